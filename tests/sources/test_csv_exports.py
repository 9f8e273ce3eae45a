"""CSV as it comes: delimiters, quotes, encodings, line ends; each gives the same rows."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_helpers import DAY_FIRST, HEADER, ROWS, SMALL, SMALL_CELLS, SPEC, cells, moment, rows_of, take, written

from mining.core.errors import InputError, RequestError
from mining.core.export import CsvSpec, TimeSpec
from mining.sources import read
from mining.sources.text import Odd, odd_bytes


def test_the_small_export(engine, tmp_path):
    events = take(engine, written(tmp_path / "small.csv", SMALL))
    assert (events.rows_read, events.rows_rejected, events.rejected) == (3, 0, ())
    assert events.columns == ("number", "updated", "state", "group")
    (file,) = events.files
    assert (file.name, file.bytes, file.format, file.rows) == ("small.csv", len(SMALL), "CSV", 3)
    assert (file.encoding, file.delimiter) == ("UTF-8", ",")
    assert events.notes == ()
    assert [(name, str(kind)) for name, kind in events.table.schema().items()] == [
        ("row", "int64"),
        ("ticket_id", "string"),
        ("time", "int64"),
        ("src.state", "string"),
        ("src.group", "string"),
    ]
    assert [row["row"] for row in rows_of(engine, events)] == [0, 1, 2]


def test_its_sha_256_is_that_of_the_file(engine, tmp_path):
    import hashlib

    path = written(tmp_path / "small.csv", SMALL)
    assert take(engine, path).files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(engine, tmp_path, delimiter):
    path = written(tmp_path / "small.csv", SMALL.replace(",", delimiter))
    assert cells(engine, path) == SMALL_CELLS
    assert take(engine, path).files[0].delimiter == delimiter


def test_a_delimiter_that_is_also_in_the_cells(engine, tmp_path):
    text = "number;updated;state;group\n" + 'INC1;2024-03-01 10:00:00;"a;b";c,d,e,f\n' * 5
    assert cells(engine, written(tmp_path / "small.csv", text))[0][2:] == ("a;b", "c,d,e,f")


def test_a_given_delimiter_is_not_questioned(engine, tmp_path):
    text = (
        SMALL.replace(",", ":").replace("10:00:00", "10.00").replace("11:00:00", "11.00").replace("09:30:00", "09.30")
    )
    spec = replace(SPEC, csv=CsvSpec(delimiter=":"), time=TimeSpec("updated", "%Y-%m-%d %H.%M", "UTC"))
    assert cells(engine, written(tmp_path / "small.csv", text), spec=spec) == SMALL_CELLS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(engine, tmp_path, end, last):
    text = SMALL.replace("\n", end)
    assert cells(engine, written(tmp_path / "small.csv", text if last else text.removesuffix(end))) == SMALL_CELLS


def test_a_header_that_never_ends_is_not_said_to_have_no_rows(engine, tmp_path):
    with pytest.raises(InputError, match=r"small\.csv:1: a quote is opened in the header and never closed"):
        take(engine, written(tmp_path / "small.csv", SMALL.replace("state", '"state', 1)))


@pytest.mark.parametrize("before", ["\n", "\r\n\r\n", "\ufeff\n\n"])
def test_empty_lines_before_the_header_are_no_header(engine, tmp_path, before):
    assert cells(engine, written(tmp_path / "small.csv", before + SMALL)) == SMALL_CELLS


def test_mixed_line_ends(engine, tmp_path):
    first, second, third, fourth, _ = SMALL.split("\n")
    path = written(tmp_path / "small.csv", f"{first}\r\n{second}\n{third}\r{fourth}\r\n")
    assert cells(engine, path) == SMALL_CELLS


def test_empty_lines_are_no_rows(engine, tmp_path):
    text = SMALL.replace("INC2", "\n\nINC2") + "\n\n"
    assert cells(engine, written(tmp_path / "small.csv", text)) == SMALL_CELLS


def test_quoted_everything_with_lines_quotes_and_delimiters_inside(engine, tmp_path):
    text = (
        '"number","updated","state","group"\r\n'
        '"INC1","2024-03-01 10:00:00","he said ""no"", twice","line\r\nbreak"\r\n'
        '"INC1","2024-03-01 11:00:00","","x"\r\n'
    )
    assert cells(engine, written(tmp_path / "small.csv", text)) == [
        ("INC1", "2024-03-01 10:00:00", 'he said "no", twice', "line\r\nbreak"),
        ("INC1", "2024-03-01 11:00:00", None, "x"),
    ]


def test_single_quotes_are_found_by_the_header(engine, tmp_path):
    text = "'number','updated','state','group'\n'INC1','2024-03-01 10:00:00','it''s, so','x'\n"
    assert cells(engine, written(tmp_path / "small.csv", text))[0][2] == "it's, so"


def test_quotes_can_be_switched_off(engine, tmp_path):
    text = f'{HEADER}\nINC1,2024-03-01 10:00:00,5" disk,"x\n'
    spec = replace(SPEC, csv=CsvSpec(quote=""))
    assert cells(engine, written(tmp_path / "small.csv", text), spec=spec)[0][2:] == ('5" disk', '"x')


def test_without_a_header_columns_have_numbers(engine, tmp_path):
    spec = replace(
        SPEC,
        ticket="column_1",
        time=TimeSpec("column_2", zone="UTC"),
        event="column_3",
        used=("column_3", "column_4"),
        csv=CsvSpec(header=False),
    )
    assert cells(engine, written(tmp_path / "small.csv", ROWS), spec=spec) == SMALL_CELLS


UMLAUTS = SMALL.replace("Desk", "Müller, François & Søn – 5 €".replace(",", "")).replace("Network", "Škoda")
ENCODED = [
    ("utf-8", "utf-8", "UTF-8"),
    ("utf-8-sig", "utf-8", "UTF-8"),
    ("utf-16", None, "UTF-16"),
    ("utf-16-le", None, "UTF-16-LE"),
    ("utf-16-be", None, "UTF-16-BE"),
    ("cp1252", None, "Windows-1252"),
    ("cp1252", "windows-1252", "Windows-1252"),
    ("utf-16-le", "utf-16-le", "UTF-16-LE"),
]


@pytest.mark.parametrize(("encoding", "given", "named"), ENCODED)
def test_encodings(engine, tmp_path, encoding, given, named):
    path = written(tmp_path / "small.csv", UMLAUTS.encode(encoding))
    events = take(engine, path, spec=replace(SPEC, csv=CsvSpec(encoding=given)))
    assert events.files[0].encoding == named
    found = [row["src.group"] for row in rows_of(engine, events)]
    assert found == ["Müller François & Søn – 5 €", "Škoda", None]
    assert any("Windows-1252" in note for note in events.notes) == (encoding == "cp1252" and given is None)


def test_latin_1_when_it_is_named(engine, tmp_path):
    path = written(tmp_path / "small.csv", SMALL.replace("Desk", "Büro").encode("latin-1"))
    spec = replace(SPEC, csv=CsvSpec(encoding="latin-1"))
    assert cells(engine, path, spec=spec)[0][3] == "Büro"


def test_windows_1252_that_shows_only_far_into_the_file(engine, tmp_path):
    """The first megabyte is plain ASCII: the scan begins as UTF-8 and starts over."""
    many = ROWS * 15_000
    path = written(tmp_path / "small.csv", (f"{HEADER}\n{many}" + ROWS.replace("Desk", "Büro")).encode("cp1252"))
    assert path.stat().st_size > 1_500_000
    events = take(engine, path)
    assert events.files[0].encoding == "Windows-1252"
    assert events.rows_read == 45_003
    table = events.table
    assert engine.fetch(table.filter(table["src.group"] == "Büro"), limit=9).num_rows == 1
    engine.drop(table)


@pytest.mark.parametrize("at", [0, 30_000])
def test_a_given_encoding_that_is_wrong_names_the_byte_and_the_line(engine, tmp_path, at):
    before = f"{HEADER}\n" + ROWS * at
    path = written(tmp_path / "small.csv", before.encode() + ROWS.replace("Desk", "Büro").encode("cp1252"))
    offset = len(before) + ROWS.index("Desk") + 1
    with pytest.raises(InputError) as caught:
        take(engine, path, spec=replace(SPEC, csv=CsvSpec(encoding="utf-8")))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("small.csv", before.count("\n") + 1)
    assert problem.found == f"byte 0xFC at offset {offset:,}"


def test_a_mark_of_utf_8_is_believed(engine, tmp_path):
    path = written(tmp_path / "small.csv", SMALL.encode("utf-8-sig") + ROWS.replace("Desk", "Büro").encode("cp1252"))
    events = take(engine, path)
    assert events.files[0].encoding == "UTF-8"
    assert any("no UTF-8" in note and "read as Windows-1252" in note for note in events.notes)


@pytest.mark.parametrize("column", ["number", "updated", "state", "group", "remark"])
def test_an_odd_byte_far_into_the_file_is_read_in_whatever_column_it_stands(engine, tmp_path, column):
    """Columns that are not read stand between those that are: DuckDB 1.5 then fails for good at such a byte."""
    names = ["a", "number", "b", "updated", "c", "state", "group", "remark"]
    row = {name: name for name in names} | {"number": "INC1", "updated": "2024-03-01"}
    odd = row | {column: row[column] + "ü"}
    lines = [",".join(each[name] for name in names) for each in (row, odd)]
    whole = "\n".join([",".join(names), *[lines[0]] * 30_000, lines[1], ""])
    events = take(engine, written(tmp_path / "small.csv", whole.encode("cp1252")), max_rejected=1.0)
    assert (events.rows_read, events.files[0].encoding) == (30_001, "Windows-1252")
    assert [row.found for row in events.rejected] == (["2024-03-01ü"] if column == "updated" else [])


CUT = "Büro Zürich, Österreich".encode() + "ü".encode()[:1]
"""A text of many signs that a program cut within the last."""


@pytest.mark.parametrize("far", [False, True])
def test_a_sign_that_was_cut_in_two_leaves_all_others_what_they_are(engine, tmp_path, far):
    before = ROWS * 15_000 if far else ROWS
    text = f"{HEADER}\n{before}".encode() + b'INC7,2024-03-01,New,"' + CUT + b'"\n'
    events = take(engine, written(tmp_path / "small.csv", text))
    assert events.files[0].encoding == "UTF-8"
    (note,) = [note for note in events.notes if "no UTF-8" in note]
    assert f"1 byte is no UTF-8 (the first at offset {text.index(CUT) + len(CUT) - 1:,})" in note
    table = events.table
    found = engine.fetch(table.filter(table.ticket_id == "INC7"), limit=9)
    assert found["src.group"].to_pylist() == ["Büro Zürich, ÖsterreichÃ"]


def test_odd_bytes_are_found_over_the_seams_of_what_is_read_at_a_time(tmp_path, monkeypatch):
    text = "aü€😀\n".encode()
    for size in range(1, 12):
        monkeypatch.setattr("mining.sources.text._CHUNK", size)
        path = written(tmp_path / "seams.txt", text * 3)
        assert odd_bytes(path, Event()) is None
        assert odd_bytes(written(path, text * 3 + b"\xe2\x82"), Event()) == Odd(len(text) * 3, 2, 9)
        assert odd_bytes(written(path, text + b"\xfc\n" + text), Event()) == Odd(len(text), 1, 6)


def test_bytes_that_are_no_utf_8_though_that_was_said_are_an_error_in_every_column(engine, tmp_path):
    text = "number,updated,state,group,remark\nINC1,2024-03-01,New,x,Büro\n"
    path = written(tmp_path / "small.csv", text.encode() + b"INC1,2024-03-02,New,x,B\xfcro\n")
    assert take(engine, path).files[0].encoding == "Windows-1252"  # one against one
    with pytest.raises(InputError, match="UTF-8"):
        take(engine, path, spec=replace(SPEC, csv=CsvSpec(encoding="utf-8")))


def test_an_encoding_that_does_not_exist(engine, tmp_path):
    with pytest.raises(RequestError, match="utf-8"):
        take(engine, written(tmp_path / "s.csv", SMALL), spec=replace(SPEC, csv=CsvSpec(encoding="utf-9")))


def test_utf_16_that_breaks_off_within_a_sign(engine, tmp_path):
    with pytest.raises(InputError, match="UTF-16"):
        take(engine, written(tmp_path / "small.csv", SMALL.encode("utf-16")[:-1]))


def test_missing_cells_are_null_whatever_they_look_like(engine, tmp_path):
    text = f'{HEADER}\nINC1,2024-03-01,?,"?"\nINC1,2024-03-01,,""\nINC1,2024-03-01,n/a, ?\n'
    spec = replace(SPEC, missing=("?", "n/a"))
    found = cells(engine, written(tmp_path / "small.csv", text), spec=spec)
    assert [row[2:] for row in found] == [(None, None), (None, None), (None, " ?")]


def test_order_by_is_whole_numbers_only_where_every_cell_is(engine, tmp_path):
    spec = replace(SPEC, order_by=("group", "state"), used=("state",))
    text = f"{HEADER}\nA,2024-03-01,1,010\nA,2024-03-01,2,\nA,2024-03-01,x,9\n"
    events = take(engine, written(tmp_path / "small.csv", text), spec=spec)
    assert events.table.schema()["order_0"].is_int64()
    assert events.table.schema()["order_1"].is_string()
    found = rows_of(engine, events)
    assert [(row["order_0"], row["order_1"]) for row in found] == [(10, "1"), (None, "2"), (9, "x")]


def test_demand_is_read_and_may_be_missing(engine, tmp_path):
    spec = replace(SPEC, demand=TimeSpec("opened", "%d/%m/%Y", "Europe/Berlin"))
    text = "number,updated,state,group,opened\nA,2024-03-01,New,x,29/02/2024\nA,2024-03-02,New,x,\n"
    found = rows_of(engine, take(engine, written(tmp_path / "small.csv", text), spec=spec))
    assert moment(found[0]["demand"]) == "2024-02-28 23:00:00"
    assert found[1]["demand"] is None


def test_a_demand_that_cannot_be_read_sets_the_row_aside(engine, tmp_path):
    spec = replace(SPEC, demand=TimeSpec("opened", "%d/%m/%Y", "UTC"))
    text = "number,updated,state,group,opened\nA,2024-03-01,New,x,29/02/2024\nA,2024-03-02,New,x,soon\n"
    events = take(engine, written(tmp_path / "small.csv", text), spec=spec, max_rejected=0.5)
    (rejected,) = events.rejected
    assert (rejected.row, rejected.column, rejected.found) == (2, "opened", "soon")
    assert len(rows_of(engine, events)) == 1


def test_aliases_and_optional_columns(engine, tmp_path):
    spec = replace(SPEC, ticket="key", aliases=(("key", ("id", "number")),), used=("state", "team"), optional=("team",))
    found = cells(engine, written(tmp_path / "small.csv", SMALL), spec=spec)
    assert found[0] == ("INC1", "2024-03-01 10:00:00", "New", None)


def test_only_what_is_needed_is_carried(engine, tmp_path):
    text = "number,updated,secret,state,group\nINC1,2024-03-01,me@example.org,New,x\n"
    events = take(engine, written(tmp_path / "small.csv", text))
    assert "secret" in events.columns
    assert "example" not in str(rows_of(engine, events))


def test_a_name_that_the_engine_would_read_as_a_pattern(engine, tmp_path):
    path = written(tmp_path / "week [1] *.csv", SMALL)
    assert cells(engine, path) == SMALL_CELLS


def test_times_without_a_zone_are_noted(engine, tmp_path):
    path = written(tmp_path / "small.csv", SMALL)
    (note,) = take(engine, path, spec=replace(SPEC, time=TimeSpec("updated"))).notes
    assert "UTC was assumed" in note
    zoned = written(tmp_path / "zoned.csv", SMALL.replace(":00,", ":00+01:00,"))
    assert take(engine, zoned, spec=replace(SPEC, time=TimeSpec("updated"))).notes == ()


def test_progress_is_told(engine, tmp_path):
    said = []
    take(engine, written(tmp_path / "small.csv", SMALL), progress=lambda phase, share: said.append((phase, share)))
    assert ("reading small.csv", None) in said


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
NASTY = st.sampled_from(
    ['"', '""', "\n", "\r\n", "\r", ",", ";", "a,b", "'", '"x"', " ", "\ufeff", "é", "\u2028", "\t"]
)
CELL = st.one_of(TEXT, NASTY, st.tuples(TEXT, NASTY, TEXT).map("".join))


def csv_text(rows: list[list[str]], delimiter: str, end: str, *, all_quoted: bool) -> str:
    """As RFC 4180 says. Python's own writer leaves a lone carriage return without quotes."""

    def cell(text: str) -> str:
        must = all_quoted or any(sign in text for sign in (delimiter, '"', "\r", "\n"))
        return '"' + text.replace('"', '""') + '"' if must else text

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


@pytest.mark.slow
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    all_quoted=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_comes_back_row_for_row(engine, tmp_path, rows, delimiter, end, all_quoted, encoding):
    table = [HEADER.split(","), *([f"T{i}", "2024-03-01 10:00:00", *row] for i, row in enumerate(rows))]
    text = csv_text(table, delimiter, end, all_quoted=all_quoted)
    path = written(tmp_path / "random.csv", text.encode(encoding))
    events = read(engine, [path], replace(SPEC, csv=CsvSpec(delimiter=delimiter)), max_rejected=0)
    found = [(row["ticket_id"], row["src.state"], row["src.group"]) for row in rows_of(engine, events)]
    assert found == [(f"T{i}", state or None, group or None) for i, (state, group) in enumerate(rows)]
    assert events.rows_read == len(found)


def test_the_order_of_the_rows_is_kept_by_many_threads(engine, tmp_path):
    rows = "".join(f'INC{i},2024-03-01 10:00:00,"state {i}\nin two lines",{"x" * 60}\n' for i in range(400_000))
    events = take(engine, written(tmp_path / "long.csv", f"{HEADER}\n{rows}"))
    table = events.table
    wrong = table.filter(table.ticket_id != "INC" + table.row.cast("string"))
    assert engine.fetch(wrong, limit=1).num_rows == 0
    assert events.rows_read == 400_000
    engine.drop(table)


def test_day_first_times(engine, tmp_path):
    text = f"{HEADER}\nINC1,3/4/2016 01:16,New,x\n"
    assert cells(engine, written(tmp_path / "s.csv", text), spec=DAY_FIRST)[0][1] == "2016-04-03 01:16:00"
