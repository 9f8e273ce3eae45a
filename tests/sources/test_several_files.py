from __future__ import annotations

import gzip
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from source_helpers import HEADER, SMALL, SMALL_CELLS, SPEC, cells, rows_of, take, written
from test_bad_exports import zipped


@pytest.fixture
def weeks(tmp_path):
    """Three weekly exports, each written another way; by name they are in the order of their tickets."""
    written(tmp_path / "week_2.csv", "updated;number;state;group\r\n2024-01-09;B;New;x\r\n".encode("utf-16"))
    written(tmp_path / "week_1.csv", f"{HEADER}\nA,2024-01-02,New,x\nA,2024-01-02,Active,x\n")
    written(tmp_path / "week_3.csv.gz", gzip.compress(f"{HEADER}\nC,2024-01-16,New,x\n".encode()))
    written(tmp_path / "README.md", "not data")
    written(tmp_path / ".hidden.csv", "not data")
    return tmp_path


def test_a_folder_is_read_in_the_order_of_the_names(engine, weeks):
    events = take(engine, weeks)
    assert [(file.name, file.rows) for file in events.files] == [
        ("week_1.csv", 2),
        ("week_2.csv", 1),
        ("week_3.csv.gz", 1),
    ]
    assert [(row["row"], row["ticket_id"]) for row in rows_of(engine, events)] == [
        (0, "A"),
        (1, "A"),
        (2, "B"),
        (3, "C"),
    ]


def test_the_order_and_the_number_of_mentions_do_not_matter(engine, weeks):
    everything = cells(engine, weeks)
    assert cells(engine, weeks / "week_3.csv.gz", weeks / "week_1.csv", weeks / "week_2.csv") == everything
    assert cells(engine, f"{weeks}/week_*", weeks / "week_1.csv") == everything


def test_rejected_rows_are_numbered_within_their_file(engine, weeks):
    written(weeks / "week_0.csv", f"{HEADER}\nX,2024-01-01,a,b\nX,never,a,b\nX,2024-01-01,a\nX,,a,b\n")
    events = take(engine, weeks, max_rejected=0.5)
    assert [(row.file, row.row) for row in events.rejected] == [("week_0.csv", n) for n in (2, 3, 4)]
    assert (events.rows_read, events.rows_rejected) == (8, 3)
    assert [row["ticket_id"] for row in rows_of(engine, events)] == ["X", "A", "A", "B", "C"]


def test_a_counter_that_is_text_in_one_file_is_text_in_all(engine, tmp_path):
    spec = replace(SPEC, order_by=("group",), used=("state",))
    written(tmp_path / "1.csv", f"{HEADER}\nA,2024-01-01,a,7\n")
    written(tmp_path / "2.csv", f"{HEADER}\nA,2024-01-01,a,8b\n")
    assert [row["order_0"] for row in rows_of(engine, take(engine, tmp_path, spec=spec))] == ["7", "8b"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("small.csv.gz", gzip.compress(SMALL.encode())),
        ("small.gz", gzip.compress(SMALL[:30].encode()) + gzip.compress(SMALL[30:].encode())),
        ("small.csv.zst", zstandard.compress(SMALL.encode())),
        ("small.zst", zstandard.compress(SMALL[:30].encode()) + zstandard.compress(SMALL[30:].encode())),
        ("small.zip", zipped(**{"export/small.csv": SMALL, "__MACOSX/export/._small.csv": "x", "README.txt.md": "x"})),
        ("small.csv.gz.zip", zipped(**{"small.csv.gz": gzip.compress(SMALL.encode())})),
        ("no suffix", SMALL.encode()),
        ("wrong.csv", gzip.compress(SMALL.encode())),
    ],
)
def test_wrappings(engine, tmp_path, name, data):
    path = written(tmp_path / name, data)
    assert cells(engine, path) == SMALL_CELLS
    (file,) = take(engine, path).files
    assert (file.name, file.bytes) == (name, len(data))


def test_several_files_in_one_archive(engine, tmp_path):
    path = written(tmp_path / "a.zip", zipped(**{"b.csv": SMALL, "a.csv": SMALL.replace("INC", "AAA")}))
    events = take(engine, path)
    assert [file.name for file in events.files] == ["a.zip/a.csv", "a.zip/b.csv"]
    assert len({file.sha256 for file in events.files}) == 1
    assert [row["ticket_id"] for row in rows_of(engine, events)] == ["AAA1", "AAA1", "AAA2", "INC1", "INC1", "INC2"]


def parquet(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_with_columns_of_all_types(engine, tmp_path):
    from datetime import UTC, date, datetime
    from decimal import Decimal

    path = parquet(
        tmp_path / "a.parquet",
        number=pa.array([1, 2]),
        updated=pa.array([datetime(2024, 3, 1, 10, tzinfo=UTC), None], pa.timestamp("ns", "Europe/Berlin")),
        state=pa.array(["New", "?"]).dictionary_encode(),
        group=pa.array([Decimal("1.50"), None]),
        flag=pa.array([True, False]),
        day=pa.array([date(2024, 2, 29), None]),
    )
    spec = replace(SPEC, used=("state", "group", "flag", "day"), missing=("?",))
    events = take(engine, path, spec=spec, max_rejected=0.5)
    assert (events.files[0].format, events.files[0].rows) == ("Parquet", 2)
    (rejected,) = events.rejected
    assert (rejected.row, rejected.reason) == (2, "the time is missing")
    (row,) = rows_of(engine, events)
    assert (row["ticket_id"], row["time"]) == ("1", 1_709_287_200_000_000)
    assert [row[f"src.{name}"] for name in spec.used] == ["New", "1.50", "true", "2024-02-29"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_parquet_times_without_a_zone_are_local(engine, tmp_path, unit):
    from datetime import datetime

    from mining.core.export import TimeSpec

    times = pa.array([datetime(2024, 7, 1, 10)], pa.timestamp(unit))  # noqa: DTZ001
    path = parquet(tmp_path / "a.parquet", number=["A"], updated=times, state=["New"], group=["x"])
    in_berlin = replace(SPEC, time=TimeSpec("updated", zone="Europe/Berlin"))
    assert cells(engine, path, spec=in_berlin)[0][1] == "2024-07-01 08:00:00"
    (note,) = take(engine, path, spec=replace(SPEC, time=TimeSpec("updated"))).notes
    assert "UTC was assumed" in note


def test_parquet_with_times_as_text_and_a_folder_of_parts(engine, tmp_path):
    folder = tmp_path / "export.parquet"
    folder.mkdir()
    for part, ticket in enumerate("AB"):
        parquet(folder / f"part-{part}.parquet", number=[ticket], updated=["2024-03-01"], state=["New"], group=["x"])
    written(folder / "_SUCCESS", "")
    assert [row[0] for row in cells(engine, folder)] == ["A", "B"]


def test_formats_can_be_mixed(engine, tmp_path):
    written(tmp_path / "1.csv", SMALL)
    parquet(tmp_path / "2.parquet", number=["Z"], updated=["2024-03-01"], state=["New"], group=["x"])
    assert [row[0] for row in cells(engine, tmp_path)] == ["INC1", "INC1", "INC2", "Z"]
