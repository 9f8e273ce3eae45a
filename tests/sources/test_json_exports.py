"""JSON and JSON Lines: records and nested lists as rows, cells as they stand in the text, and what is broken."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_helpers import ROWS, SMALL_CELLS, SPEC, cells, rows_of, take, written
from test_bad_exports import problem_of

from mining.core.errors import InputError, RequestError
from mining.core.export import ExportSpec, Layout, Shape, TimeSpec
from mining.sources import json_records, text_rows

RECORDS = [
    dict(zip(("number", "updated", "state", "group"), line.split(","), strict=True)) for line in ROWS.splitlines()
]
RECORDS[-1]["group"] = None

JIRA = ExportSpec(
    shape=Shape.EVENTS,
    ticket="key",
    time=TimeSpec("changelog.histories.created"),
    event="changelog.histories.items.field",
    used=("changelog.histories.items.field", "changelog.histories.items.toString", "fields.priority.name"),
    optional=("fields.priority.name",),
    layout=Layout(records="issues", expand="changelog.histories.items"),
)


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def issue(key: str, *histories: tuple[str, list[tuple[str, str | None]]], **fields: object) -> dict[str, object]:
    changes = [
        {"created": created, "items": [{"field": field, "toString": to} for field, to in items]}
        for created, items in histories
    ]
    return {"key": key, "fields": fields, "changelog": {"histories": changes}}


def states(engine, path, **more) -> list[str | None]:
    return [row[2] for row in cells(engine, path, **more)]


def one(engine, tmp_path, value: str) -> str | None:
    """What becomes of a value of JSON that stands in a cell."""
    path = written(tmp_path / "one.json", f'[{{"number": "A", "updated": "2024-03-01", "state": {value}}}]')
    return states(engine, path, spec=replace(SPEC, used=("state",)))[0]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=2),
        json.dumps({"result": RECORDS}),
        json.dumps({"count": 3, "tickets": RECORDS, "users": [], "tags": ["a"], "meta": {"page": [{"a": 1}]}}),
        "\ufeff" + json.dumps(RECORDS),
        lines(*RECORDS),
        lines(*RECORDS).replace("\n", "\r\n"),
        "\n" + lines(*RECORDS).replace("\n", "\n\n"),
        "\ufeff" + lines(*RECORDS).rstrip(),
        json.dumps([{"result": RECORDS[:2]}, {"result": RECORDS[2:]}]),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.txt"])
def test_records_are_found(engine, tmp_path, content, name):
    spec = replace(SPEC, layout=Layout(records="result")) if content.startswith('[{"result') else SPEC
    assert cells(engine, written(tmp_path / name, content), spec=spec) == SMALL_CELLS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8"])
def test_encodings(engine, tmp_path, encoding):
    path = written(tmp_path / "a.json", lines(*RECORDS, {**RECORDS[0], "state": "Geöffnet"}).encode(encoding))
    assert states(engine, path)[-1] == "Geöffnet"


def test_the_form_is_named(engine, tmp_path):
    for name, content, form in (("a.json", json.dumps(RECORDS), "JSON"), ("b.jsonl", lines(*RECORDS), "JSON Lines")):
        assert take(engine, written(tmp_path / name, content)).files[0].format == form


def test_nested_lists_become_rows_and_no_record_is_lost(engine, tmp_path):
    issues = [
        issue("A-1", ("2024-03-01", [("status", "Open"), ("rank", "1")]), ("2024-03-02", [("status", "Done")])),
        issue("A-2", priority={"name": "High"}),
        {"key": "A-3", "fields": {"priority": None}},
        issue("A-4", ("2024-03-03", []), priority={"name": "Low"}),
    ]
    for name, content in (("a.json", json.dumps({"issues": issues})), ("a.jsonl", lines(*issues))):
        events = take(engine, written(tmp_path / name, content), spec=JIRA, max_rejected=0.5)
        assert (events.rows_read, events.rows_rejected) == (6, 2)
        assert [(row.row, row.column) for row in events.rejected] == [(4, JIRA.time.column), (5, JIRA.time.column)]
        found = [(row["ticket_id"], *(row[f"src.{c}"] for c in JIRA.used)) for row in rows_of(engine, events)]
        assert found == [
            ("A-1", "status", "Open", None),
            ("A-1", "rank", "1", None),
            ("A-1", "status", "Done", None),
            ("A-4", None, None, "Low"),
        ]


def test_the_columns_of_a_file_are_named_in_messages(engine, tmp_path):
    path = written(tmp_path / "a.json", json.dumps([{**RECORDS[0], "group": {"name": "x", "id": 7}}]))
    spec = replace(SPEC, used=("state", "group.nam"))
    problem = problem_of(RequestError, engine, path, spec=spec)
    assert (problem.column, str(problem.found).split(", ")[0]) == ("group.nam", "group.name")


def test_keys_may_hold_dots_themselves(engine, tmp_path):
    record = {**RECORDS[0], "group": {"link": "x"}, "group.name": "Desk"}
    spec = replace(SPEC, used=("group.name", "group.link"))
    assert cells(engine, written(tmp_path / "a.json", json.dumps([record])), spec=spec)[0][2:] == ("Desk", "x")


def test_an_empty_reference_has_no_name(engine, tmp_path):
    records = [{**RECORDS[0], "group": group} for group in ({"value": "7"}, "", None, [])]
    spec = replace(SPEC, used=("group.value",))
    assert states(engine, written(tmp_path / "a.json", json.dumps(records)), spec=spec) == ["7", None, None, None]


def test_lists_on_the_way_give_their_values_joined(engine, tmp_path):
    record = {**RECORDS[0], "tags": ["a", None, 2, True], "people": [{"team": "x"}, {}, {"team": "y"}], "none": []}
    spec = replace(SPEC, used=("tags", "people.team", "none"))
    assert cells(engine, written(tmp_path / "a.json", json.dumps([record])), spec=spec)[0][2:] == (
        "a, 2, true",
        "x, y",
        None,
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7", "7"),
        ("-0", "-0"),
        ("1e3", "1e3"),
        ("1.50", "1.50"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1" * 5_000, "1" * 5_000),
        ("1e999", "1e999"),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
        ('""', None),
        ("NaN", None),
        ("-Infinity", None),
        ('"\\u00fc\\n"', "ü\n"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"a\\ud83d"', "a\ufffd"),
        ('"a\\u0000b"', "a\x00b"),
        ('"a\tb"', "a\tb"),
        ('1, "state": 2', "2"),
    ],
)
def test_cells_are_as_they_stand_in_the_text(engine, tmp_path, value, text):
    assert one(engine, tmp_path, value) == text


def test_a_cell_of_ten_megabytes(engine, tmp_path):
    assert one(engine, tmp_path, json.dumps("ä" * 10_000_000)) == "ä" * 10_000_000


def test_a_bad_line_costs_its_row_and_no_other(engine, tmp_path):
    bad = b'{"number": "B", "upd\n[1]\n"text"\n\xff{}\n{"number" "B"}\n'
    good = lines(*RECORDS).encode()
    events = take(engine, written(tmp_path / "a.jsonl", good + bad + good), max_rejected=0.5)
    assert (events.rows_read, events.rows_rejected) == (11, 5)
    assert [row.row for row in events.rejected] == [4, 5, 6, 7, 8]
    assert [row.reason.partition(" (")[0] for row in events.rejected] == [
        "line 4: is no JSON: unterminated string starting at",
        "line 5: is no record: a record is an object with names and values",
        "line 6: is no record: a record is an object with names and values",
        "line 7: is not UTF-8: byte 1 of the line",
        "line 8: is no JSON: expecting ':' delimiter",
    ]
    assert [row["row"] for row in rows_of(engine, events)] == list(range(6))


def test_rows_after_a_bad_line_keep_their_numbers(engine, tmp_path):
    content = lines(RECORDS[0]) + "x\n" + lines({**RECORDS[0], "updated": "never"}, RECORDS[1])
    events = take(engine, written(tmp_path / "a.jsonl", content), max_rejected=0.5)
    assert [(row.row, row.found) for row in events.rejected] == [(2, "x"), (3, "never")]


def test_a_record_that_is_none(engine, tmp_path):
    events = take(engine, written(tmp_path / "a.json", json.dumps([*RECORDS, 7, None])), max_rejected=0.5)
    assert [(row.row, row.found) for row in events.rejected] == [(4, "7"), (5, None)]


DOCUMENT = json.dumps({"total": 3, "result": RECORDS, "more": True})


@pytest.mark.parametrize("cut", range(1, len(DOCUMENT) - 1, 7))
def test_a_document_that_breaks_off_anywhere(engine, tmp_path, cut):
    problem = problem_of(InputError, engine, written(tmp_path / "a.json", DOCUMENT[:-cut]))
    assert (problem.text, problem.line) == ("breaks off", 1)
    assert "column" in str(problem.found)


@pytest.mark.parametrize("cut", range(2, 60, 3))
def test_lines_that_break_off(engine, tmp_path, cut):
    problem = problem_of(InputError, engine, written(tmp_path / "a.jsonl", lines(*RECORDS)[:-cut]), max_rejected=1)
    assert (problem.text, problem.line) == ("breaks off", 3)


@pytest.mark.parametrize("content", ['[{"a": 1},, {}]', '{"a": 1} {"b": 2}', "[1, 2}", '{"a": tru}', "[01]", "{a: 1}"])
def test_a_damaged_document_names_the_place(engine, tmp_path, content):
    problem = problem_of(InputError, engine, written(tmp_path / "a.json", "\n\n" + content))
    assert "is damaged" in problem.text
    assert problem.line == 3


def test_a_document_that_is_not_utf_8(engine, tmp_path):
    problem = problem_of(InputError, engine, written(tmp_path / "a.json", b'[{"a": "\xff"}]'))
    assert (problem.text, problem.found) == ("is not UTF-8 text", "byte 0xFF at offset 8")


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_nesting_without_end(engine, tmp_path, opening):
    path = written(tmp_path / "a.json", opening * 100_000)
    assert "nested too deeply" in str(problem_of(InputError, engine, path).found)


def test_a_line_nested_without_end_costs_its_row(engine, tmp_path):
    deep = '{"number": "A", "state": ' + '{"a": ' * 900 + "1" + "}" * 901
    content = lines(*RECORDS) + deep + "\n" + '{"a": ' * 50_000 + "1" + "}" * 50_000 + "\n"
    events = take(engine, written(tmp_path / "a.jsonl", content), max_rejected=0.5)
    assert (events.rows_read, events.rows_rejected) == (5, 2)
    assert [row.row for row in events.rejected] == [4, 5]  # the first of them has no time
    assert "nested too deeply" in events.rejected[1].reason


def test_lists_that_may_all_be_the_records(engine, tmp_path):
    content = json.dumps({"tickets": RECORDS, "users": [{"id": 1}], "deep": {"er": [{"id": 1}]}})
    problem = problem_of(RequestError, engine, written(tmp_path / "a.json", content))
    assert "not clear which" in problem.text
    assert problem.found == "lists of records at tickets, users, deep.er"
    spec = replace(SPEC, layout=Layout(records="tickets"))
    assert take(engine, written(tmp_path / "a.json", content), spec=spec).rows_read == 3


def test_a_document_without_the_expected_key(engine, tmp_path):
    spec = replace(SPEC, layout=Layout(records="result.rows"))
    problem = problem_of(RequestError, engine, written(tmp_path / "a.json", json.dumps({"issues": RECORDS})), spec=spec)
    assert (problem.text, problem.found) == ('there is no list "result.rows"', "lists of records at issues")


def test_an_answer_that_is_an_error(engine, tmp_path):
    content = '{"error": {"message": "No Record found"}, "status": "failure"}'
    problem = problem_of(RequestError, engine, written(tmp_path / "a.json", content))
    assert (problem.text, problem.found) == ("there is no list of records", "keys error, status")


def test_one_ticket_may_be_the_whole_document(engine, tmp_path):
    content = json.dumps(issue("A-1", ("2024-03-01", [("status", "Open")])), indent=1)
    spec = replace(JIRA, layout=Layout(expand=JIRA.layout.expand))
    assert take(engine, written(tmp_path / "a.json", content), spec=spec).rows_read == 1


def test_a_list_to_expand_that_is_nowhere(engine, tmp_path):
    spec = replace(SPEC, layout=Layout(expand="history.items"))
    problem = problem_of(RequestError, engine, written(tmp_path / "a.json", json.dumps(RECORDS)), spec=spec)
    assert 'no record has the list "history.items"' in problem.text
    assert "number" in str(problem.found)


@pytest.mark.parametrize("content", ["[]", '{"result": []}'])
def test_no_records(engine, tmp_path, content):
    problem = problem_of(RequestError, engine, written(tmp_path / "a.json", content))
    assert problem.text == "holds no records"


def test_lines_of_which_none_is_a_record(engine, tmp_path):
    path = written(tmp_path / "a.jsonl", "x\n[1]\n")
    with pytest.raises(InputError) as caught:
        take(engine, path, max_rejected=1)
    first, *rows = caught.value.problems
    assert first.text == "holds no records"
    assert [row.row for row in rows] == [1, 2]


def test_an_object_is_no_cell_unless_the_column_holds_others(engine, tmp_path):
    records = [{**RECORDS[0], "state": {"b": [1, "x"], "a": None}}, RECORDS[0]]
    assert states(engine, written(tmp_path / "a.json", json.dumps(records))) == ['{"b":["1","x"],"a":null}', "New"]
    problem = problem_of(RequestError, engine, written(tmp_path / "a.json", json.dumps(records[:1])))
    assert (problem.column, str(problem.found).split(", ")[:2]) == ("state", ["state.b", "state.a"])


def test_a_document_or_a_line_that_is_too_large(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(json_records, "MOST_DOCUMENT", 100)
    problem = problem_of(RequestError, engine, written(tmp_path / "a.json", json.dumps(RECORDS)))
    assert "JSON Lines" in str(problem.todo)
    monkeypatch.setattr(json_records, "MOST_LINE", 50)
    assert "longer" in problem_of(InputError, engine, written(tmp_path / "a.jsonl", lines(*RECORDS))).text


def test_more_rows_than_are_held_at_once(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(text_rows, "MOST_ROWS", 7)
    records = [{**RECORDS[0], "state": f"s{i}"} for i in range(60)]
    assert states(engine, written(tmp_path / "a.jsonl", lines(*records))) == [f"s{i}" for i in range(60)]


VALUE = st.none() | st.booleans() | st.integers() | st.text(max_size=6)


@pytest.mark.slow
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(VALUE, VALUE), max_size=3), min_size=1, max_size=5), st.booleans())
def test_what_was_written_comes_back_row_for_row(engine, tmp_path, tickets, as_lines):
    records = [
        {"n": f"T{i}", "t": "2024-03-01", "items": [{"a": a, "b": {"c": b}} for a, b in items]}
        for i, items in enumerate([[("x", "y")], *tickets])
    ]
    content = lines(*records) if as_lines else json.dumps(records)
    spec = replace(
        SPEC, ticket="n", time=TimeSpec("t"), used=("items.a", "items.b.c"), event="n", layout=Layout(expand="items")
    )
    found = cells(engine, written(tmp_path / "random.json", content), spec=spec)
    expected = [
        (f"T{i}", _text(a), _text(b))
        for i, items in enumerate([[("x", "y")], *tickets])
        for a, b in (items or [(None, None)])
    ]
    assert [(row[0], *row[2:]) for row in found] == expected


def _text(value):
    return json.dumps(value) if isinstance(value, bool) else None if value in (None, "") else str(value)
