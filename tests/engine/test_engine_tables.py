from __future__ import annotations

import math
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.core.analysis import Options
from mining.core.errors import Fault, RequestError
from mining.core.tables import Tables
from mining.engine import open_engine


def numbers(engine: Tables, values: list[int | None]):
    return engine.put(pa.table({"n": pa.array(values, pa.int64())}), "numbers")


def test_what_is_kept_stays_after_what_it_was_computed_from_is_dropped(engine):
    source = numbers(engine, [3, 1, 2])
    kept = engine.keep(source.filter(source.n > 1), "Über 1!")
    engine.drop(source)
    assert sorted(engine.fetch(kept, limit=10).column("n").to_pylist()) == [2, 3]


def test_two_tables_of_one_name_do_not_meet(engine):
    first, second = numbers(engine, [1]), numbers(engine, [2])
    both = [engine.fetch(table, limit=1).column("n").to_pylist() for table in (first, second)]
    assert both == [[1], [2]]


def test_a_named_step_is_computed_where_it_is_used_and_dropped_alone(engine):
    source = numbers(engine, [3, 1, 2])
    lists = source.group_by(source.n * 0).aggregate(all=source.n.collect())
    step = engine.named(lists.mutate(all=lists["all"].sort()), "in order")
    rising = step.select(n=step["all"].filter(lambda n, i: (i == 0) | (n > step["all"][i - 1])).length())
    assert engine.fetch(rising, limit=1)["n"].to_pylist() == [3]
    engine.drop(step)
    with pytest.raises(Fault):
        engine.fetch(rising, limit=1)
    assert engine.fetch(source, limit=3).num_rows == 3


def test_what_is_divided_is_all_there_each_part_by_itself(tmp_path):
    temp = tmp_path / "what? [a]*"  # signs that DuckDB would take for a pattern of paths
    temp.mkdir()
    with open_engine(Options(temp=str(temp))) as engine:
        source = numbers(engine, [*range(10_000), None])
        parts = engine.divide(source.mutate(part=source.n.fill_null(0) % 3), "part", 4, "thirds")
        found = [engine.fetch(part, limit=10_000)["n"].to_pylist() for part in parts]
        assert [{n % 3 for n in each if n is not None} for each in found] == [{0}, {1}, {2}, set()]
        assert sorted(n for each in found for n in each if n is not None) == list(range(10_000))
        assert None in found[0]
        held = sum(1 for _ in temp.rglob("*.parquet"))
        engine.drop(parts[0])
        assert sum(1 for _ in temp.rglob("*.parquet")) < held
        with pytest.raises(Fault):
            engine.fetch(parts[0], limit=1)
        assert engine.fetch(parts[1], limit=10_000).num_rows == 3_333


def test_a_dropped_table_is_gone(engine):
    table = numbers(engine, [1])
    engine.drop(table)
    with pytest.raises(Fault):
        engine.fetch(table, limit=1)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(0, 5000), rows=st.integers(500, 6000))
def test_batches_are_the_kept_rows_in_their_order_whatever_is_computed_between(shared_engine, count, rows):
    source = numbers(shared_engine, [(7 * i) % 5003 for i in range(count)])
    kept = shared_engine.keep(source.order_by(source.n), "in order")
    found = []
    for batch in shared_engine.batches(kept, rows):
        assert 0 < batch.num_rows <= rows
        found += batch.column("n").to_pylist()
        shared_engine.fetch(source.aggregate(n=source.n.sum()), limit=1)
    assert found == sorted((7 * i) % 5003 for i in range(count))
    shared_engine.drop(kept)
    shared_engine.drop(source)


def test_no_more_rows_leave_the_engine_than_were_agreed(engine):
    table = numbers(engine, [1, 2, 3])
    assert engine.fetch(table, limit=3).num_rows == 3
    with pytest.raises(Fault, match="more than 2 rows"):
        engine.fetch(table, limit=2)


def test_a_table_is_written_as_parquet(engine, tmp_path):
    table = numbers(engine, [1, None])
    engine.write_parquet(table, tmp_path / "it's.parquet")
    assert pq.read_table(tmp_path / "it's.parquet").to_pydict() == {"n": [1, None]}
    assert pq.ParquetFile(tmp_path / "it's.parquet").metadata.row_group(0).column(0).compression == "ZSTD"


def test_positions_are_those_of_the_source(engine):
    values = list(range(300_000, 0, -1))
    kept = engine.keep(numbers(engine, values), "kept")
    rows = engine.fetch(kept.mutate(at=engine.position(kept)), limit=len(values))
    assert sorted(zip(rows["at"].to_pylist(), rows["n"].to_pylist(), strict=True)) == list(enumerate(values))


@given(
    st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=60),
    st.sampled_from([0.01, 0.07, 0.1, 0.25, 0.29, 0.5, 0.57, 0.58, 0.85, 0.9, 0.95, 0.99, 1.0]),
)
def test_nearest_rank_is_the_value_at_rank_ceil_of_share_times_n(shared_engine, values, share):
    table = numbers(shared_engine, values)
    found = shared_engine.fetch(table.aggregate(q=shared_engine.nearest_ranks(table.n, [share])), limit=1)
    shared_engine.drop(table)
    rank = math.ceil(round(share * 100) * len(values) / 100)  # a share has two decimals: no binary fraction decides
    assert found["q"].to_pylist() == [[sorted(values)[rank - 1]]]


def test_nearest_rank_of_large_tables_and_of_nothing(engine):
    table = numbers(engine, list(range(1, 100_001)))
    found = engine.fetch(table.aggregate(q=engine.nearest_ranks(table.n, [0.5, 0.85])), limit=1)
    assert found["q"].to_pylist() == [[50_000, 85_000]]
    empty = table.filter(table.n < 0)
    assert engine.fetch(empty.aggregate(q=engine.nearest_ranks(empty.n, [0.5])), limit=1)["q"].to_pylist() == [None]


def test_only_whole_numbers_are_integers(engine):
    texts = ["1", "007", "+5", "-3", " 7 ", "1.5", "1.0", "1e3", "0x1F", "1_000", "", "x", None, "9" * 19, "9" * 18]
    table = engine.put(pa.table({"t": texts}), "texts")
    found = engine.fetch(table.select(i=engine.parse_integer(table.t)), limit=99)["i"].to_pylist()
    assert found == [1, 7, 5, -3, 7, None, None, None, None, None, None, None, None, None, int("9" * 18)]


def test_patterns_are_found_anywhere_and_a_wrong_one_is_explained(engine):
    table = engine.put(pa.table({"t": ["Wait - User", "wait", None]}), "texts")
    found = engine.fetch(table.select(m=engine.matches(table.t, "Wait( - |$)")), limit=9)["m"].to_pylist()
    assert found == [True, False, None]
    with pytest.raises(RequestError, match="no regular expression"):
        engine.fetch(table.select(m=engine.matches(table.t, "(")), limit=9)


def test_a_fingerprint_tells_nulls_and_borders_apart_and_is_the_same_in_every_run(engine):
    rows = [("a", "b"), ("ab", None), (None, "ab"), ("ab", ""), ("a", "b")]
    table = engine.put(pa.table({"x": [x for x, _ in rows], "y": [y for _, y in rows]}), "rows")
    found = engine.fetch(table.select(f=engine.fingerprint(table.x, table.y)), limit=9)["f"].to_pylist()
    assert len(set(found)) == 4
    assert found[0] == found[4]
    with open_engine(Options()) as other:
        again = other.put(pa.table({"x": ["a"], "y": ["b"]}), "rows")
        assert other.fetch(again.select(f=other.fingerprint(again.x, again.y)), limit=1)["f"].to_pylist() == [found[0]]


@pytest.mark.parametrize("limit", ["much", "2 apples", "0GB", "-1GB", "12MB", ""])
def test_a_memory_limit_must_make_sense(limit):
    with pytest.raises(RequestError, match="--memory-limit"), open_engine(Options(memory_limit=limit)):
        pass


@pytest.mark.parametrize("limit", ["150MB", "0.5 GB", "1gib"])
def test_memory_limits_that_make_sense(limit):
    with open_engine(Options(memory_limit=limit)) as engine:
        assert engine.fetch(numbers(engine, [1]), limit=1).num_rows == 1


@pytest.mark.parametrize("threads", [0, -1, 10**9])
def test_the_threads_must_make_sense(threads):
    with pytest.raises(RequestError, match="--threads"), open_engine(Options(threads=threads)):
        pass


def test_the_temporary_folder_must_be_there(tmp_path):
    with pytest.raises(RequestError, match="temporary folder"), open_engine(Options(temp=tmp_path / "nowhere")):
        pass


def test_it_spills_under_its_memory_limit_and_leaves_nothing_behind(tmp_path):
    with open_engine(Options(memory_limit="100MB", threads=1, temp=tmp_path)) as engine:
        table = numbers(engine, list(range(2_000_000)))
        for _ in range(3):  # 16 bytes and more a row, three times: more than the limit
            text = (table.n + 1_000_000_000_000_000).cast("string")
            table = engine.keep(table.mutate(t=text), "grown")
        spilled = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert spilled
        assert engine.fetch(table.aggregate(n=table.t.nunique()), limit=1)["n"].to_pylist() == [2_000_000]
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_is_explained(tmp_path):
    with open_engine(Options(memory_limit="100MB", threads=1, temp=tmp_path)) as engine:
        table = numbers(engine, list(range(3_000_000)))
        collected = table.aggregate(all=table.n.cast("string").collect())
        with pytest.raises(RequestError, match="--memory-limit"):
            engine.keep(collected, "everything at once")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_stops_at_once_and_leaves_nothing_behind(tmp_path, how):
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        from mining.core.analysis import Options
        from mining.engine import open_engine
        import pyarrow as pa
        with open_engine(Options(temp=Path({str(tmp_path)!r}), threads=1)) as engine:
            numbers = engine.put(pa.table({{"n": range(100_000)}}), "numbers")
            pairs = numbers.cross_join(numbers.view())
            print("ready", flush=True)
            engine.keep(pairs.filter((pairs.n * pairs.n_right) % 1_000_003 == 5), "never done")
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(how)
        try:
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert b"KeyboardInterrupt" in said
    assert process.returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_fetched_at_run_time(engine):
    query = (
        "SELECT name, value FROM duckdb_settings() WHERE name IN"
        " ('autoinstall_known_extensions', 'autoload_known_extensions', 'lock_configuration', 'TimeZone')"
    )
    for connection in engine._connections._all:
        assert dict(connection.execute(query).fetchall()) == {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "lock_configuration": "true",
            "TimeZone": "UTC",
        }


def test_the_room_is_light_to_enter():
    program = "import sys, mining.engine, mining.sources; print([m for m in ('duckdb', 'ibis') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_other_files_of_the_folder_are_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with open_engine(Options(temp=tmp_path)):
        assert len(list(Path(tmp_path).iterdir())) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
