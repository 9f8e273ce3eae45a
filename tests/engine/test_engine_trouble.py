from __future__ import annotations

import duckdb
import pytest

from mining.core.errors import Fault, InputError, RequestError
from mining.engine.trouble import UncleanCsvError, translated


@pytest.mark.parametrize(
    ("raised", "becomes", "said"),
    [
        (duckdb.IOException('could not write all bytes to file "x": No space left on device'), RequestError, "disk"),
        (duckdb.IOException("Could not read from file"), InputError, "could not read"),
        (duckdb.OutOfMemoryException("failed to allocate data of size 16 MiB"), RequestError, "--memory-limit"),
        (duckdb.OutOfMemoryException("limit of max_temp_directory_size reached"), RequestError, "--temp"),
        (duckdb.InvalidInputException("Invalid Input Error: CSV Error on Line: 3"), UncleanCsvError, "Line: 3"),
        (duckdb.InvalidInputException("No magic bytes found at end of Parquet file"), InputError, "magic bytes"),
        (duckdb.BinderException("no such thing"), Fault, "please report"),
        (duckdb.InterruptException("Interrupted!"), KeyboardInterrupt, ""),
        (RuntimeError("Query interrupted"), KeyboardInterrupt, ""),
    ],
)
def test_what_duckdb_raises_becomes_ours(raised, becomes, said):
    with pytest.raises(becomes) as caught, translated("a test"):
        raise raised
    assert said in str(caught.value)
    assert caught.value.__cause__ is raised


def test_other_errors_stay_what_they_are():
    for other in (ZeroDivisionError("x"), RuntimeError("not one of DuckDB's")):
        with pytest.raises(type(other), match=str(other)), translated("a test"):
            raise other


def test_progress_is_told_while_the_engine_computes(engine):
    import pyarrow as pa

    said: list[tuple[str, float | None]] = []
    numbers = engine.put(pa.table({"n": range(20_000)}), "numbers")
    pairs = numbers.cross_join(numbers.view())
    with engine.watched(lambda phase, share: said.append((phase, share)), "working"):
        engine.fetch(pairs.aggregate(n=((pairs.n * pairs.n_right) % 1_000_003).sum()), limit=1)
    assert {phase for phase, _ in said} == {"working"}
    assert all(share is None or 0 <= share <= 1 for _, share in said)
