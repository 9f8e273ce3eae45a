"""Workbooks: cells as text, the sheet and the header found, and what is no workbook or a trap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_helpers import DAY_FIRST, SMALL_CELLS, SPEC, cells, rows_of, take, written
from test_bad_exports import problem_of
from workbook_builder import ERROR, Raw, packed, parts, sheet, workbook

from mining.core.errors import InputError, RequestError
from mining.core.export import Layout
from mining.sources import sheet_cells, zips
from mining.sources import workbook as reader

at = datetime.fromisoformat

HEADER = ["number", "updated", "state", "group"]
ROWS = [
    ["INC1", at("2024-03-01 10:00:00"), "New", "Desk"],
    ["INC1", at("2024-03-01 11:00:00"), "Active", "Network"],
    ["INC2", at("2024-03-02 09:30:00"), "New", None],
]
SMALL = [HEADER, *ROWS]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch, request):
    """A process for each workbook would make these tests slow; those that need one are marked so."""
    if "apart" not in request.fixturenames:
        monkeypatch.setattr(reader, "answered", reader.fulfilled)


@pytest.fixture
def apart():
    """As the program does: calamine in a process of its own."""


def test_a_workbook_is_read_in_a_process_of_its_own(engine, tmp_path, apart):
    path = written(tmp_path / "small.xlsx", workbook(SMALL))
    assert cells(engine, path) == SMALL_CELLS
    (file,) = take(engine, path).files
    assert (file.format, file.rows, file.name) == ("XLSX", 3, "small.xlsx")


def test_cells_become_text(engine, tmp_path):
    values = {
        "7": 7,
        "7.25": 7.25,
        "-3": -3.0,
        "true": True,
        "false": False,
        "2024-03-01T10:30:15": at("2024-03-01 10:30:15"),
        "2024-03-01": date(2024, 3, 1),
        "36:00:05": timedelta(hours=36, seconds=5),
        "a\nb": "a\nb",
        "=1+1": "=1+1",
        "2": Raw("<f>1+1</f><v>2</v>"),
        "1e+22": 1e22,
    }
    rows = [HEADER, *(["A", date(2024, 3, 1), value, ERROR] for value in values.values())]
    found = cells(engine, written(tmp_path / "a.xlsx", workbook(rows)))
    assert [row[2] for row in found] == list(values)
    assert {row[3] for row in found} == {None}


def test_a_column_may_hold_dates_beside_texts_in_the_format_of_the_mapping(engine, tmp_path):
    times = [at("2024-03-04 10:00:00"), "05/03/2024 11:00", "2024-03-06 12:00", "6 March"]
    rows = [HEADER, *(["A", time, "x", "y"] for time in times)]
    events = take(engine, written(tmp_path / "a.xlsx", workbook(rows)), spec=DAY_FIRST, max_rejected=0.25)
    assert [(row.row, row.found) for row in events.rejected] == [(4, "6 March")]
    found = [datetime.fromtimestamp(row["time"] / 1e6, UTC) for row in rows_of(engine, events)]
    assert [(time.day, time.hour) for time in found] == [(4, 10), (5, 11), (6, 12)]


def test_the_header_may_stand_below_a_title(engine, tmp_path):
    rows = [["Incidents of March"], [], [None, *HEADER], *([None, *row] for row in ROWS), [], ["", "", ""]]
    assert cells(engine, written(tmp_path / "a.xlsx", workbook(rows))) == SMALL_CELLS


def test_the_first_sheet_with_the_needed_columns_is_read(engine, tmp_path):
    sheets = {"Cover": [["Report"], ["made", "by", "us"]], "Data": SMALL, "More": [HEADER, *ROWS, *ROWS]}
    path = written(tmp_path / "a.xlsx", workbook(sheets))
    events = take(engine, path)
    assert [event["src.state"] for event in rows_of(engine, events)] == ["New", "Active", "New"]
    assert any('the sheet "Data" was read' in note for note in events.notes)
    more = replace(SPEC, layout=Layout(sheet="More"))
    assert take(engine, path, spec=more).rows_read == 6


def test_where_no_columns_are_asked_for_the_widest_sheet_is_taken(tmp_path):
    sheets = {"Cover": [["Report"], ["made", "by"]], "Data": [["All incidents"], *SMALL], "More": SMALL}
    path = written(tmp_path / "a.xlsx", workbook(sheets))
    taken = sheet_cells.take(sheet_cells.Wish(str(path), str(tmp_path / "a.parquet"), None, [], ["state"]))
    assert (taken.sheet, taken.sheets, taken.columns, taken.rows) == ("Data", 3, HEADER, 3)


def test_no_sheet_with_the_needed_columns(engine, tmp_path):
    sheets = {"Cover": [["made", "by"]], "Data": [["key", "when"], ["a", "b"]], "Empty": []}
    problem = problem_of(RequestError, engine, written(tmp_path / "a.xlsx", workbook(sheets)))
    assert problem.text == "no sheet has the needed columns"
    assert problem.found == '"Cover": made, by; "Data": key, when; "Empty": nothing'
    assert "number, updated, state, group" in str(problem.expected)


def test_a_sheet_that_is_not_there(engine, tmp_path):
    path = written(tmp_path / "a.xlsx", workbook({"Data": SMALL, "Other": [["x"]]}))
    problem = problem_of(RequestError, engine, path, spec=replace(SPEC, layout=Layout(sheet="Date")))
    assert (problem.text, problem.found) == ('there is no sheet "Date"', "Data")


def test_a_missing_column_names_the_nearest(engine, tmp_path):
    path = written(tmp_path / "a.xlsx", workbook([["number", "updated", "stat", "group"], *ROWS]))
    problem = problem_of(RequestError, engine, path)
    assert (problem.column, str(problem.found).split(", ")[0]) == ("state", "stat")


def test_a_double_name_matters_only_where_it_is_needed(engine, tmp_path):
    path = written(tmp_path / "a.xlsx", workbook([[*HEADER, "group"], *ROWS]))
    assert "several columns" in problem_of(RequestError, engine, path).text
    assert take(engine, path, spec=replace(SPEC, used=("state",))).rows_read == 3


@pytest.mark.parametrize(("rows", "said"), [([], "no sheet has"), ([HEADER], "a header and no rows")])
def test_a_sheet_without_rows(engine, tmp_path, rows, said):
    assert said in problem_of(RequestError, engine, written(tmp_path / "a.xlsx", workbook(rows))).text


def test_macros_are_not_run_and_named(engine, tmp_path):
    path = written(tmp_path / "a.xlsm", workbook(SMALL, more={"xl/vbaProject.bin": b"\xd0\xcf macro"}))
    events = take(engine, path)
    assert events.rows_read == 3
    assert "a.xlsm: holds macros; none was run" in events.notes


def test_an_encrypted_workbook(engine, tmp_path):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    problem = problem_of(RequestError, engine, written(tmp_path / "a.xlsx", data))
    assert (problem.text, problem.todo) == ("is encrypted", "save it without a password")


@pytest.mark.parametrize("cut", [1, 30, 200, 600, 1_000])
def test_a_workbook_that_breaks_off(engine, tmp_path, cut):
    data = workbook(SMALL)
    problem = problem_of(InputError, engine, written(tmp_path / "a.xlsx", data[:-cut]))
    assert "breaks off" in problem.text


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.ods"])
def test_what_only_calls_itself_a_workbook(engine, tmp_path, name):
    assert "damaged" in problem_of(InputError, engine, written(tmp_path / name, b"\xd0\xcf\x11\xe0" + bytes(800))).text


@pytest.mark.parametrize("place", ["</sheetData>", "<row r", "</c>", "</v>"])
def test_a_sheet_that_breaks_off(engine, tmp_path, place):
    xml = sheet(SMALL)
    data = packed(parts([xml[: xml.rindex(place)]], ["Sheet1"]))
    problem = problem_of(InputError, engine, written(tmp_path / "a.xlsx", data))
    assert "cannot be read as a workbook" in problem.text


def test_a_sheet_that_seems_endless_ends_no_process_of_ours(engine, tmp_path, apart):
    far = sheet(SMALL).replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    problem = problem_of(RequestError, engine, written(tmp_path / "a.xlsx", packed(parts([far], ["Sheet1"]))))
    assert "bytes of memory" in problem.text


def test_a_workbook_that_unfolds_without_end(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "FREE_BYTES", 1_000_000)
    monkeypatch.setattr(zips, "MOST_RATIO", 50)
    data = workbook(SMALL, more={"xl/media/image.bin": bytes(5_000_000)})
    assert "far more than an export" in problem_of(RequestError, engine, written(tmp_path / "a.xlsx", data)).text


def test_a_workbook_in_an_archive(engine, tmp_path):
    path = written(tmp_path / "week.zip", packed({"reports/small.xlsx": workbook(SMALL)}))
    assert cells(engine, path) == SMALL_CELLS


def test_the_spreadsheet_of_libre_office(engine, tmp_path):
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    when = '<table:table-cell office:value-type="date" office:date-value="{}"/>'
    rows = [[cell.format(name) for name in HEADER]]
    rows += [[cell.format(row[0]), when.format(row[1].isoformat()), *map(cell.format, row[2:])] for row in ROWS[:2]]
    table = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="One">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    data = packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": "<x/>"})
    assert cells(engine, written(tmp_path / "a.ods", data)) == SMALL_CELLS[:2]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"), max_size=8)
NUMBER = st.integers(-(10**14), 10**14) | st.floats(allow_nan=False, allow_infinity=False, width=32)
CELL = st.none() | TEXT | st.booleans() | NUMBER


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_what_was_written_comes_back_row_for_row(engine, tmp_path, rows):
    table = [HEADER, *([f"T{i}", date(2024, 3, 1), *pair] for i, pair in enumerate(rows))]
    found = cells(engine, written(tmp_path / "random.xlsx", workbook(table)))
    assert [row[0] for row in found] == [f"T{i}" for i in range(len(rows))]
    assert [row[2:] for row in found] == [tuple(map(_as_text, pair)) for pair in rows]


def _as_text(value):
    return None if value is None else sheet_cells.text_of(float(value) if type(value) in (int, float) else value)
