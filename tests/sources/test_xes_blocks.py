"""A log read in blocks, and by expat as a whole: the same rows, or the file is left to expat."""

from __future__ import annotations

from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_helpers import written
from test_xes_logs import SMALL, attribute, event, log, trace

from mining.sources import xes, xes_blocks
from mining.sources.xes_plain import plain_block

WANTED = ["case:concept:name", "case:impact", "concept:name", "org:group", "time:timestamp"]
UP, DOWN = "<trace>", "</trace>"
INNER = '<string key="org:group" value="i"/>'
AROUND = '<string key="org:group" value="o">{}</string>'
NESTED = AROUND.format(INNER)


@pytest.fixture
def in_small_blocks(monkeypatch):
    """Every log of more than a few lines is cut, and every batch is full soon."""
    monkeypatch.setattr(xes_blocks, "_CHUNK", 700)
    monkeypatch.setattr(xes, "_BATCH", 3)


def read_as(tmp_path, text: str, *, in_blocks: bool):
    """The rows, the keys, and the keys of dates."""
    path, target = written(tmp_path / "a.xes", text), tmp_path / "rows.parquet"
    visit = SimpleNamespace(plain=SimpleNamespace(path=path), name="a.xes", progress=lambda _, share: None)
    keys, dates = xes._read(visit, WANTED, target, in_blocks=in_blocks)
    return pq.read_table(target).rename_columns(WANTED).to_pylist(), keys, dates


def block_of(*traces: str):
    return plain_block("".join(traces).encode(), WANTED)


def test_the_plain_form_needs_no_expat():
    late = attribute("string", "impact", "high &amp; wide")
    named = trace("A", event("Open", "2010-04-01"), event(None, None, late), late)
    found = block_of(named, "\n", trace(None, event("x", None)))
    assert found.keys == {"case:concept:name", "case:impact", "concept:name", "impact", "time:timestamp"}
    assert found.dates == {"time:timestamp"}
    assert [list(row.values()) for row in found.table.to_pylist()] == [
        ["A", "high & wide", "Open", None, "2010-04-01"],
        ["A", "high & wide", None, None, None],
        [None, None, "x", None, None],
    ]


ODD_VALUES = ["a<b", "&other;", "&#10;", "&", "a\tb", "a\nb", "\1", "\ufffe"]


@pytest.mark.parametrize(
    "odd",
    [
        *(NESTED, "<event/>", "text", "<!-- no -->", "<?no?>", "<![CDATA[no]]>", "<string key='a' value='b'/>"),
        *('<string value="b" key="a"/>', '<string key="a"/>', '<string key="a" value="b" more="c"/>'),
        *('<event key="a" value="b"/>', '<trace key="a" value="b"/>', "<event><event/></event>", "</event><event>"),
        *(attribute("string", "a", value) for value in ODD_VALUES),
        *(attribute("string", key, "v") for key in ("a<b", "a\nb", "a&amp;b")),
        *("<event>", "</event>", DOWN, UP, DOWN + UP + UP, '<a key="b" value="c">', '"', '""', '""""'),
    ],
)
def test_whatever_else_there_is_goes_to_expat(odd):
    usual = attribute("string", "org:group", "x")
    assert block_of(trace("A", event("Open", "2010-04-01"), usual)) is not None
    assert block_of(trace("A", event("Open", "2010-04-01"), odd, usual)) is None


@pytest.mark.parametrize("data", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xef\xbf\xbf"])
def test_what_is_no_utf_8_goes_to_expat(data):
    block = trace("A", event("Open", "2010-04-01")).encode()
    assert plain_block(block.replace(b"Open", "Ö".encode()), WANTED) is not None
    assert plain_block(block.replace(b"Open", data), WANTED) is None


@pytest.mark.usefixtures("in_small_blocks")
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(UP, "<!-- <trace> -->" + UP),
        lambda text: text.replace(UP, "<![CDATA[</trace><trace>]]>" + UP),
        lambda text: text.replace("UTF-8", "ISO-8859-1"),
        lambda text: text.replace("<!-- a comment -->", "<!DOCTYPE log>"),
        lambda text: text.replace(UP, '<trace id="1">'),
        lambda text: text.replace("<event>", "<even>", 1),
        lambda text: text.replace("<log ", "<ocel ").replace("</log>", "</ocel>"),
        lambda text: text[: text.rindex(DOWN)],
        lambda text: text[: text.rindex("</log>")],
        lambda text: text + "more",
        lambda text: text.replace(DOWN, DOWN + "</log><log>", 1),
        lambda _: log(trace("A")),
    ],
)
def test_what_cannot_be_cut_is_left_to_expat(tmp_path, change):
    many = log(*(trace(f"T{n}", event("Open", "2010-04-01"), event("Close", "2010-04-02")) for n in range(20)))
    assert len(read_as(tmp_path, many, in_blocks=True)[0]) == 40
    with pytest.raises(xes_blocks.NotInBlocks):
        read_as(tmp_path, change(many), in_blocks=True)


@pytest.mark.usefixtures("in_small_blocks")
def test_a_trace_too_long_to_be_held_is_left_to_expat(tmp_path, monkeypatch):
    monkeypatch.setattr(xes_blocks, "_MOST", 2_000)
    with pytest.raises(xes_blocks.NotInBlocks):
        read_as(tmp_path, log(trace("A", *(event(f"e{n}", "2010-04-01") for n in range(60)))), in_blocks=True)


@pytest.mark.parametrize("around", ['<global scope="event">{}</global>', "<event>{}</event>", AROUND])
@pytest.mark.parametrize("in_blocks", [True, False])
def test_events_inside_of_what_is_no_trace_are_none(tmp_path, around, in_blocks):
    odd = around.format(event("inner", "2010-04-01"))
    rows, _, _ = read_as(tmp_path, SMALL.replace("</log>", odd + "</log>"), in_blocks=in_blocks)
    assert "inner" not in {row["concept:name"] for row in rows}
    assert len(rows) == 3 + around.startswith("<event>")


VALUES = st.sampled_from(["", "x", "a b", "é", "&amp;lt;", "&lt;&quot;&gt;&apos;", "a>b", "it's", "a\tb", "&#233;"])
KEYS = st.sampled_from(["concept:name", "org:group", "time:timestamp", "impact", "case:impact", "é"])
PLAIN = st.builds(attribute, st.just("string"), KEYS, st.sampled_from(["x", "&amp;lt;", ""]))
KIND = st.sampled_from(["string", "date", "int"])
ATTRIBUTES = st.one_of(*[PLAIN] * 20, st.builds(attribute, KIND, KEYS, VALUES), st.just(NESTED))
BLANK = st.sampled_from(["", "\n", "\r\n\t", "  "])


@st.composite
def element(draw, tag: str, *kinds):
    """An element, and in it of each kind between so many and so many."""
    parts = [part for kind, least, most in kinds for part in draw(st.lists(kind, min_size=least, max_size=most))]
    blank = draw(BLANK)
    return f"{blank}<{tag}>{blank}{blank.join(parts)}{blank}</{tag}>{blank}"


EVENTS = element("event", (ATTRIBUTES, 0, 4))
TRACES = element("trace", (ATTRIBUTES, 1, 2), (EVENTS, 0, 4), (ATTRIBUTES, 0, 1))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TRACES, max_size=12), st.lists(EVENTS, max_size=1))
@pytest.mark.usefixtures("in_small_blocks")
def test_both_ways_find_the_same(tmp_path, traces, outside):
    text = log(trace("first", event("x", "2010-04-01")), *traces, *outside)
    assert read_as(tmp_path, text, in_blocks=True) == read_as(tmp_path, text, in_blocks=False)
