from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_helpers import moment, rows_of, take, written
from test_bad_exports import problem_of

from mining.core.errors import InputError, RequestError
from mining.core.export import ExportSpec, Shape, TimeSpec
from mining.sources import xes

SPEC = ExportSpec(
    shape=Shape.EVENTS,
    ticket="case:concept:name",
    time=TimeSpec("time:timestamp"),
    event="concept:name",
    used=("concept:name", "lifecycle:transition", "org:group", "case:impact"),
    optional=("lifecycle:transition", "org:group", "case:impact"),
)


def attribute(kind: str, key: str, value: str) -> str:
    return f'<{kind} key="{key}" value="{value}"/>'


def event(name: str | None, time: str | None, *more: str) -> str:
    parts = [attribute("string", "concept:name", name)] if name is not None else []
    parts += [attribute("date", "time:timestamp", time)] if time is not None else []
    return f"<event>{''.join(parts)}{''.join(more)}</event>"


def trace(name: str | None, *parts: str) -> str:
    named = attribute("string", "concept:name", name) if name is not None else ""
    return f"<trace>{named}{''.join(parts)}</trace>"


def log(*traces: str) -> str:
    head = (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- a comment -->\n'
        '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'
        '<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>\n'
        '<global scope="event"><string key="concept:name" value="__INVALID__"/></global>\n'
        '<classifier name="Activity" keys="concept:name"/>\n<string key="concept:name" value="the log"/>\n'
    )
    return head + "\n".join(traces) + "\n</log>\n"


SMALL = log(
    trace(
        "A",
        attribute("string", "impact", "High &amp; wide"),
        event("Open", "2010-03-31T16:59:42+02:00", attribute("string", "org:group", "V30")),
        event("Close", "2010-03-31T16:00:00.500Z", attribute("string", "lifecycle:transition", "complete")),
    ),
    trace("B", event("Open", "2010-04-01T00:00:00")),
)


def test_traces_and_events_become_rows(engine, tmp_path):
    events = take(engine, written(tmp_path / "small.xes", SMALL), spec=SPEC)
    (file,) = events.files
    assert (file.format, file.rows, file.name) == ("XES", 3, "small.xes")
    assert set(events.columns) == {
        *("case:concept:name", "case:impact", "concept:name", "time:timestamp", "lifecycle:transition", "org:group")
    }
    found = [(r["ticket_id"], moment(r["time"]), *(r[f"src.{c}"] for c in SPEC.used)) for r in rows_of(engine, events)]
    assert found == [
        ("A", "2010-03-31 14:59:42", "Open", None, "V30", "High & wide"),
        ("A", "2010-03-31 16:00:00", "Close", "complete", None, "High & wide"),
        ("B", "2010-04-01 00:00:00", "Open", None, None, None),
    ]
    (note,) = events.notes
    assert "UTC was assumed" in note


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: data])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_and_wrappings(engine, tmp_path, pack, encoding):
    text = SMALL.replace("High", "Höhe").replace("UTF-8", encoding)
    path = written(tmp_path / "small.xes.gz", pack(text.encode(encoding)))
    assert rows_of(engine, take(engine, path, spec=SPEC))[0]["src.case:impact"] == "Höhe & wide"


def test_nested_attributes_are_left_out(engine, tmp_path):
    nested = '<string key="org:group" value="outer"><string key="org:group" value="inner"/></string>'
    listed = '<list key="all"><values><string key="concept:name" value="inner"/></values></list>'
    path = written(tmp_path / "a.xes", log(trace("A", nested, event("Open", "2010-04-01", nested, listed))))
    (row,) = rows_of(engine, take(engine, path, spec=SPEC))
    assert (row["src.concept:name"], row["src.org:group"]) == ("Open", "outer")


def test_trace_attributes_may_stand_after_the_events(engine, tmp_path):
    late = f"<trace>{event('Open', '2010-04-01')}{attribute('string', 'concept:name', 'A')}</trace>"
    assert [
        r["ticket_id"] for r in rows_of(engine, take(engine, written(tmp_path / "a.xes", log(late)), spec=SPEC))
    ] == ["A"]


def test_a_date_that_cannot_be_read_sets_its_event_aside_and_shows_it(engine, tmp_path):
    traces = [trace("A", event("Open", "2010-04-01"), event("Close", "01.04.2010")), trace("B", event("Open", None))]
    events = take(engine, written(tmp_path / "a.xes", log(*traces)), spec=SPEC, max_rejected=0.7)
    assert [(row.row, row.column, row.found) for row in events.rejected] == [
        (2, "time:timestamp", "01.04.2010"),
        (3, "time:timestamp", None),
    ]
    assert events.rows_read == 3


def test_dates_are_iso_8601_whatever_the_mapping_says_of_csv(engine, tmp_path):
    spec = replace(SPEC, time=TimeSpec("time:timestamp", "%d/%m/%Y", "Europe/Berlin"))
    (row,) = rows_of(
        engine, take(engine, written(tmp_path / "a.xes", log(trace("A", event("x", "2010-07-01")))), spec=spec)
    )
    assert moment(row["time"]) == "2010-06-30 22:00:00"


def test_events_of_traces_without_a_name_are_set_aside(engine, tmp_path):
    path = written(
        tmp_path / "a.xes", log(trace(None, event("Open", "2010-04-01")), trace("B", event("x", "2010-04-01")))
    )
    events = take(engine, path, spec=SPEC, max_rejected=0.5)
    assert [(row.row, row.reason) for row in events.rejected] == [(1, "the ticket is missing")]


@pytest.mark.parametrize(
    ("traces", "column"),
    [
        ([trace(None, event("Open", "2010-04-01"))], "case:concept:name"),
        ([trace("A", event("Open", None))], "time:timestamp"),
        ([trace("A", event(None, "2010-04-01"))], "concept:name"),
        ([trace(None, event(None, None))], "case:concept:name"),
        ([trace(None, event(None, None, attribute("string", "key", "x")))], "case:concept:name"),
    ],
)
def test_a_log_without_names_or_times(engine, tmp_path, traces, column):
    problem = problem_of(RequestError, engine, written(tmp_path / "a.xes", log(*traces)), spec=SPEC)
    assert (problem.column, problem.text) == (column, "there is no such column")


@pytest.mark.parametrize("end", ["</log>", "</trace>", "</event>", "value=", "B", "<trace"])
def test_a_log_that_breaks_off_is_noticed(engine, tmp_path, end):
    cut = SMALL[: SMALL.rindex(end)]
    for name, data in (("a.xes", cut.encode()), ("a.xes.gz", gzip.compress(cut.encode()))):
        problem = problem_of(InputError, engine, written(tmp_path / name, data), spec=SPEC)
        assert problem.text == "breaks off"
        assert problem.line is not None


def test_a_damaged_log(engine, tmp_path):
    problem = problem_of(
        InputError, engine, written(tmp_path / "a.xes", SMALL.replace("</event>", "</even>", 1)), spec=SPEC
    )
    assert "no XML" in problem.text
    assert problem.found == "mismatched tag"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE log [<!ENTITY a SYSTEM "secret.txt">]>',
        '<!DOCTYPE log [<!ENTITY % a SYSTEM "http://example.org/a.dtd"> %a;]>',
    ],
)
def test_entities_are_refused(engine, tmp_path, declared):
    text = SMALL.replace("<!-- a comment -->", declared).replace('"V30"', '"&b;"')
    assert "entity" in problem_of(RequestError, engine, written(tmp_path / "a.xes", text), spec=SPEC).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("number,time\n1,2\n", "is no XES"),
        ("<html><body/></html>", "is XML, but no XES"),
        ('<ocel><event key="a"/></ocel>', "is XML, but no XES"),
        (log(), "holds no events"),
        (log(trace("A")), "holds no events"),
    ],
)
def test_what_is_no_log(engine, tmp_path, content, said):
    assert said in problem_of(RequestError, engine, written(tmp_path / "a.xes", content), spec=SPEC).text


def test_more_events_than_are_held_at_once(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(xes, "_BATCH", 7)
    traces = [trace(f"T{i}", *(event(f"e{i}.{k}", "2010-04-01") for k in range(i % 5))) for i in range(60)]
    found = rows_of(engine, take(engine, written(tmp_path / "a.xes", log(*traces)), spec=SPEC))
    assert [row["src.concept:name"] for row in found] == [f"e{i}.{k}" for i in range(60) for k in range(i % 5)]
    assert [row["ticket_id"] for row in found] == [f"T{i}" for i in range(60) for _ in range(i % 5)]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"), max_size=8)


@pytest.mark.slow
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXT.filter(bool), st.lists(TEXT, max_size=4)), min_size=1, max_size=6))
def test_what_was_written_comes_back_event_for_event(engine, tmp_path, traces):
    from xml.sax.saxutils import quoteattr

    def quoted(text: str) -> str:
        return quoteattr(text, {'"': "&quot;"})[1:-1]

    first = trace("first", event("x", "2010-04-01"))
    parts = [trace(quoted(name), *(event(quoted(e), "2010-04-01") for e in events)) for name, events in traces]
    path = written(tmp_path / "random.xes", log(first, *parts))
    found = [(row["ticket_id"], row["src.concept:name"]) for row in rows_of(engine, take(engine, path, spec=SPEC))]
    assert found[1:] == [(name, e or None) for name, events in traces for e in events]


def test_an_alias_that_differs_from_its_column_in_case_alone_is_found(engine, tmp_path):
    spec = replace(SPEC, used=("Product",), event="Product", optional=(), aliases=(("Product", ("product",)),))
    text = log(trace("A", event("Open", "2010-03-31T16:59:42Z", attribute("string", "product", "P1"))))
    assert [
        row["src.Product"] for row in rows_of(engine, take(engine, written(tmp_path / "x.xes", text), spec=spec))
    ] == ["P1"]
