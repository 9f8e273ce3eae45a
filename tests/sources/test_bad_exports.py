"""Bad input: each ends in an error that says where, what and what to do, or in rows that are accounted for."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from source_helpers import DAY_FIRST, HEADER, ROWS, SMALL, SMALL_CELLS, SPEC, cells, rows_of, take, written

from mining.core.analysis import Options
from mining.core.errors import InputError, MiningError, RequestError
from mining.core.export import CsvSpec, TimeSpec
from mining.engine import open_engine
from mining.sources import zips


def problem_of(error: type[MiningError], engine, *exports, **more):
    with pytest.raises(error) as caught:
        take(engine, *exports, **more)
    return caught.value.problems[0]


def test_no_export():
    with pytest.raises(RequestError, match="no export"):
        take(None)


def test_a_missing_file_names_its_neighbours(engine, tmp_path):
    written(tmp_path / "incidents.csv", SMALL)
    problem = problem_of(RequestError, engine, tmp_path / "incident.csv")
    assert "no such file" in problem.text
    assert "incidents.csv" in str(problem.found)


def test_a_missing_folder(engine, tmp_path):
    assert "no such folder" in problem_of(RequestError, engine, tmp_path / "nowhere" / "incident.csv").text


def test_all_missing_files_are_named_at_once(engine, tmp_path):
    with pytest.raises(RequestError) as caught:
        take(engine, tmp_path / "a.csv", tmp_path / "b.csv")
    assert len(caught.value.problems) == 2


def test_an_empty_folder(engine, tmp_path):
    written(tmp_path / "notes.md", "# no data")
    assert "no data file" in problem_of(RequestError, engine, tmp_path).text


def test_a_glob_that_matches_nothing(engine, tmp_path):
    assert "no file matches" in problem_of(RequestError, engine, f"{tmp_path}/*.csv").text


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \n"])
def test_an_empty_file(engine, tmp_path, content):
    assert problem_of(RequestError, engine, written(tmp_path / "empty.csv", content)).text == "is empty"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_a_header_only(engine, tmp_path, end):
    assert "no rows" in problem_of(RequestError, engine, written(tmp_path / "header.csv", HEADER + end)).text


def test_no_such_column_names_the_nearest(engine, tmp_path):
    path = written(tmp_path / "small.csv", SMALL)
    problem = problem_of(RequestError, engine, path, spec=replace(SPEC, used=("states",)))
    assert (problem.column, problem.found) == ("states", "state")


def test_a_double_name_matters_only_where_it_is_needed(engine, tmp_path):
    text = SMALL.replace("group", "group,group").replace("Desk", "Desk,x").replace("Network", "Network,x")
    path = written(tmp_path / "small.csv", text.replace("New,\n", "New,,\n"))
    assert "several columns" in problem_of(RequestError, engine, path).text
    assert [row[2] for row in cells(engine, path, spec=replace(SPEC, used=("state",)))] == ["New", "Active", "New"]


def test_rows_with_too_few_and_too_many_cells_are_set_aside_with_their_numbers(engine, tmp_path):
    text = f'{HEADER}\nA,2024-03-01,"x\ny",g\nA,2024-03-02\n\nA,2024-03-03,x,g\nA,2024-03-04,x,g,h\nA,never,x,g\n'
    events = take(engine, written(tmp_path / "small.csv", text), max_rejected=0.6)
    assert (events.rows_read, events.rows_rejected, events.files[0].rows) == (5, 3, 5)
    assert [(row.file, row.row, row.column, row.found) for row in events.rejected] == [
        ("small.csv", 2, None, "A,2024-03-02"),
        ("small.csv", 4, None, "A,2024-03-04,x,g,h"),
        ("small.csv", 5, "updated", "never"),
    ]
    assert [row.reason for row in events.rejected] == [
        "too few cells: 2 where the header has 4",
        "too many cells: 5 where the header has 4",
        "the time cannot be read: it should be ISO 8601, as 2024-03-31T14:05:00+02:00",
    ]
    assert [row["src.state"] for row in rows_of(engine, events)] == ["x\ny", "x"]


def test_above_the_limit_the_run_fails_and_names_the_first_rows(engine, tmp_path):
    text = f"{HEADER}\n" + "A,2024-03-01,x,g\n" * 98 + "A,2024-03-02,x\n,2024-03-02,x,g\n"
    path = written(tmp_path / "small.csv", text)
    assert take(engine, path, max_rejected=0.02).rows_rejected == 2
    with pytest.raises(InputError) as caught:
        take(engine, path, max_rejected=0.01)
    first, *rows = caught.value.problems
    assert first.text.startswith("2 of 100 rows cannot be used")
    assert [(row.row, row.column) for row in rows] == [(99, None), (100, "number")]


def test_a_delimiter_at_the_end_of_each_line_is_no_cell(engine, tmp_path):
    text = SMALL.replace("Desk\n", "Desk,\n").replace("Network\n", "Network,\n")
    assert cells(engine, written(tmp_path / "small.csv", text)) == SMALL_CELLS


def test_broken_quotes_cost_their_row_and_no_other(engine, tmp_path):
    text = f'{HEADER}\nA,2024-03-01,"x"y,g\nB,2024-03-02,x,g\n'
    events = take(engine, written(tmp_path / "small.csv", text), max_rejected=0.5)
    (rejected,) = events.rejected
    assert rejected.row == 1
    assert "taken apart" in rejected.reason
    assert [row["ticket_id"] for row in rows_of(engine, events)] == ["B"]


def test_a_quote_that_is_never_closed(engine, tmp_path):
    path = written(tmp_path / "small.csv", f'{HEADER}\nA,2024-03-01,x,g\nB,2024-03-02,"x,g\n{ROWS * 10}')
    problem = problem_of(InputError, engine, path, max_rejected=1.0)
    assert (problem.row, problem.line) == (2, 3)
    assert "never closed" in problem.text


def test_a_quote_that_is_never_closed_in_a_long_file(engine, tmp_path):
    path = written(tmp_path / "small.csv", f'{HEADER}\nA,2024-03-01,x,g\nB,2024-03-02,"x,g\n{ROWS * 60_000}')
    assert problem_of(InputError, engine, path, max_rejected=1.0).row == 2


def test_null_tickets_and_times_are_set_aside_with_their_reason(engine, tmp_path):
    text = f"{HEADER}\n,2024-03-01,x,g\nA,,x,g\nA,2024-03-01,x,g\n"
    events = take(engine, written(tmp_path / "small.csv", text), max_rejected=0.7)
    assert [(row.row, row.column, row.reason) for row in events.rejected] == [
        (1, "number", "the ticket is missing"),
        (2, "updated", "the time is missing"),
    ]
    assert [row["row"] for row in rows_of(engine, events)] == [2]


def test_mixed_time_formats_set_aside_what_does_not_fit(engine, tmp_path):
    text = f"{HEADER}\n" + "A,01/02/2024 10:00,x,g\n" * 99 + "A,2024-02-01 10:00,x,g\n"
    events = take(engine, written(tmp_path / "small.csv", text), spec=DAY_FIRST, max_rejected=0.01)
    assert [(row.row, row.found) for row in events.rejected] == [(100, "2024-02-01 10:00")]
    assert '"%d/%m/%Y %H:%M"' in events.rejected[0].reason


def test_a_given_format_that_fits_nothing_proposes_another(engine, tmp_path):
    path = written(tmp_path / "small.csv", f"{HEADER}\nA,25.06.2016 11:00:00,x,g\n")
    problem = problem_of(RequestError, engine, path, spec=DAY_FIRST)
    assert problem.expected == 'a time like "%d/%m/%Y %H:%M"'
    assert "'%d.%m.%Y %H:%M:%S'" in str(problem.todo)


def test_times_that_are_none(engine, tmp_path):
    problem = problem_of(RequestError, engine, written(tmp_path / "s.csv", f"{HEADER}\nA,yesterday,x,g\n"))
    assert problem.found == "yesterday"
    assert "strptime" in str(problem.todo)


def test_a_format_and_a_zone_that_are_none(engine, tmp_path):
    path = written(tmp_path / "small.csv", SMALL)
    for time in (TimeSpec("updated", "%Q"), TimeSpec("updated", None, "Middle/Earth")):
        problem_of(RequestError, engine, path, spec=replace(SPEC, time=time))


@pytest.mark.parametrize(("delimiter", "quote"), [(",,", None), ("\n", None), (None, '""')])
def test_delimiters_and_quotes_that_are_none(engine, tmp_path, delimiter, quote):
    spec = replace(SPEC, csv=CsvSpec(delimiter=delimiter, quote=quote))
    assert "cannot be a" in problem_of(RequestError, engine, written(tmp_path / "small.csv", SMALL), spec=spec).text


def test_a_format_that_is_not_read(engine, tmp_path):
    problem = problem_of(RequestError, engine, written(tmp_path / "a.bin", b"\x00\x01\x02\x03" * 20 + b"\xff"))
    assert "no format that is read" in problem.text
    assert "JSON" in str(problem.expected)


def zipped(**entries: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_an_archive_without_data(engine, tmp_path):
    path = written(tmp_path / "a.zip", zipped(**{"README.md": "no", "__MACOSX/._a.csv": "x"}))
    problem = problem_of(RequestError, engine, path)
    assert "no data file" in problem.text
    assert "README.md" in str(problem.found)


LONG = (f"{HEADER}\n" + "".join(f"A{i},2024-03-01,x,{i * 7919 % 997}\n" for i in range(5_000))).encode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv.gz", gzip.compress(LONG)),
        ("a.csv.zst", zstandard.compress(LONG)),
        ("a.csv.zip", zipped(**{"a.csv": LONG})),
    ],
)
@pytest.mark.parametrize("cut", [1, 20, 3_000])
def test_packed_files_that_break_off(engine, tmp_path, name, data, cut):
    problem = problem_of(InputError, engine, written(tmp_path / name, data[:-cut]))
    assert problem.file == name
    assert "breaks off" in problem.text


def test_a_damaged_gzip(engine, tmp_path):
    data = bytearray(gzip.compress(LONG))
    data[len(data) // 2] ^= 0xFF
    problem_of(InputError, engine, written(tmp_path / "a.csv.gz", bytes(data)))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda data: zipped(**{"a.csv": data})])
def test_a_file_that_unfolds_without_end_is_refused(engine, tmp_path, monkeypatch, pack):
    monkeypatch.setattr(zips, "FREE_BYTES", 1_000_000)
    monkeypatch.setattr(zips, "MOST_RATIO", 50)
    path = written(tmp_path / "bomb", pack(bytes(5_000_000)))
    assert "far more than an export" in problem_of(RequestError, engine, path).text


def test_packed_too_often(engine, tmp_path):
    data = LONG
    for _ in range(5):
        data = gzip.compress(data)
    assert "too many times" in problem_of(RequestError, engine, written(tmp_path / "a.gz", data)).text


def test_paths_in_an_archive_write_nothing_outside(engine, tmp_path, monkeypatch):
    inner = tmp_path / "in"
    inner.mkdir()
    monkeypatch.chdir(inner)
    names = ("../../evil.csv", "/abs.csv", "x\\..\\..\\evil2.csv", "C:\\evil3.csv", "a/../../../evil4.csv")
    path = written(inner / "a.zip", zipped(**dict.fromkeys(names, SMALL)))
    before = sorted(tmp_path.rglob("*"))
    made: list[Path] = []
    monkeypatch.setattr(engine, "new_path", lambda suffix, make=engine.new_path: made.append(make(suffix)) or made[-1])
    events = take(engine, path)
    assert events.rows_read == 15
    assert sorted(tmp_path.rglob("*")) == before
    assert {path.parent for path in made} == {engine._scratch}
    assert all(path.name.startswith("file_") for path in made)
    assert all("/" not in file.name.removeprefix("a.zip/") for file in events.files)


def test_archives_in_archives_have_one_limit_for_all(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "FREE_BYTES", 3_000_000)
    monkeypatch.setattr(zips, "MOST_RATIO", 1)
    inner = zipped(**{"a.csv": bytes(1_000_000)})
    path = written(tmp_path / "bomb.zip", zipped(**{f"{i}.zip": inner for i in range(20)}))
    problem = problem_of(RequestError, engine, path)
    assert "far more than an export" in problem.text
    assert problem.file == "bomb.zip"


def test_files_in_an_archive_that_lie_over_one_another(engine, tmp_path):
    """All entries of the list at the end say that they are the first file: a few kilobytes, told many times."""
    names = {f"{i:03}.csv": LONG if i == 0 else b"x" for i in range(50)}
    data = bytearray(zipped(**names))
    at, first = 0, data.index(b"PK\x01\x02")
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 10 : at + 28] = data[first + 10 : first + 28]  # method, time, sum, sizes
        data[at + 42 : at + 46] = data[first + 42 : first + 46]  # where it begins
    path = written(tmp_path / "bomb.zip", bytes(data))
    assert "lie over one another" in problem_of(RequestError, engine, path).text


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda data: zipped(**{"a.csv": data})])
def test_how_much_may_be_unpacked_can_be_set(tmp_path, pack):
    path = written(tmp_path / "packed", pack(LONG))
    with open_engine(Options(max_unpacked="50kB")) as engine:
        problem = problem_of(RequestError, engine, path)
        assert problem.expected == f"at most 50,000 bytes from {path.stat().st_size:,}"
        assert "--max-unpacked" in str(problem.todo)
    with open_engine(Options(max_unpacked="1 MB")) as engine:
        assert take(engine, path).rows_read == 5_000


@pytest.mark.parametrize("size", ["", "much", "-1GB", "0GB", "10"])
def test_a_size_that_is_none(size):
    with pytest.raises(RequestError, match="--max-unpacked"), open_engine(Options(max_unpacked=size)):
        pass


def test_a_password(engine, tmp_path):
    data = bytearray(zipped(**{"a.csv": SMALL}))
    data[6] |= 1  # the local header says: encrypted
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    assert "cannot be unpacked" in problem_of(RequestError, engine, written(tmp_path / "a.zip", bytes(data))).text


def test_a_file_that_is_no_parquet(engine, tmp_path):
    assert problem_of(InputError, engine, written(tmp_path / "a.parquet", b"PAR1" + bytes(50))).text


@pytest.mark.parametrize("place", ["name", "footer", "data"])
def test_a_damaged_parquet_file_is_no_fault_of_ours(engine, tmp_path, place):
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [["INC1"] * 50, ["2024-03-01"] * 50, [f"{i}x" for i in range(50)], ["Desk"] * 50]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns, names=HEADER.split(",")), path, compression="none")
    data = bytearray(path.read_bytes())
    at = {"name": data.index(b"number"), "footer": len(data) - 60, "data": data.index(b"10x") - 4}[place]
    data[at : at + 4] = b"\xff\xfe\xfd\xfc"
    problem_of(InputError, engine, written(path, bytes(data)))


def test_after_an_error_the_engine_goes_on(engine, tmp_path):
    with pytest.raises(RequestError):
        take(engine, written(tmp_path / "bad.csv", f"{HEADER}\nA,yesterday,x,g\n"))
    assert cells(engine, written(tmp_path / "good.csv", SMALL)) == SMALL_CELLS
    assert list(engine._scratch.rglob("file_*")) == []
