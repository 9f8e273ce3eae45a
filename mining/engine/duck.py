"""The engine: Ibis on DuckDB in the process."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
from ibis.backends.sql.datatypes import DuckDBType

from mining.core.errors import Fault, InputError, Problem, RequestError
from mining.core.progress import Progress
from mining.core.time_forms import NUMBERS
from mining.engine import duckdb_functions as duckdb_
from mining.engine import times
from mining.engine.connections import Connections
from mining.engine.local_times import LocalTimes
from mining.engine.packing import REST, as_numbers, packed, sample_of, unfit_columns, words_of
from mining.engine.scans import CsvForm, csv_scan, is_pattern, literal, parquet_scan, put_in, quoted
from mining.engine.trouble import translated

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.expr.datatypes import DataType

    from mining.engine.settings import Settings

T = TypeVar("T")

_WATCH_EVERY = 0.5  # seconds between two words of progress


class Engine:
    """Fulfils `core.tables.Tables`, and reads files for the sources room.

    Tables live in memory and move to `scratch` where memory is short; what a table takes on disk then is compressed.
    A database file was tried: half the memory for the same table, but 1.6 times the time to write it.
    `most_unpacked` is how many bytes one packed file may unfold to in the folder that `new_path` gives paths in.
    """

    def __init__(self, settings: Settings, scratch: Path) -> None:
        self._scratch = scratch
        self.most_unpacked = settings.most_unpacked
        self._names = 0
        self._naming = threading.Lock()
        self._writing = threading.Lock()
        self._paths: list[Path] = []
        self._packed: dict[str, dict[str, str]] = {}  # a kept table → its columns that are held as numbers
        self._below: dict[str, str | None] = {}  # a view of `named` or `dress` → the kept table that goes with it
        spill = scratch / "spill"
        spill.mkdir()
        config: dict[str, Any] = {
            "memory_limit": f"{settings.memory}B",
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "extension_directory": str(scratch / "extensions"),
            "preserve_insertion_order": True,
        }
        if settings.threads is not None:
            config["threads"] = settings.threads
        with translated("opening the engine"):
            self._connections = Connections(config)
            self._ibis = ibis.duckdb.from_connection(self._connections.first)
            self._connections.lock()
        self.local_times = LocalTimes(self._execute)

    def close(self) -> None:
        """Free everything; the engine cannot be used afterwards."""
        self._connections.close()

    # What every room may ask: see core.tables.Tables.

    def keep(self, table: ir.Table, name: str) -> ir.Table:
        """Compute `table` now and hold the result; see `Tables.keep`."""
        fresh = self._fresh(name)
        with translated(f"computing the table of {name}"):
            self._execute(f"CREATE TABLE {quoted(fresh)} AS {self._written(table)}")
            return self._kept(fresh)

    def named(self, table: ir.Table, name: str) -> ir.Table:
        """`table` as a step with a name; see `Tables.named`."""
        with translated(f"naming the table of {name}"):
            step = self._view(self._written(table), name)
        self._below[step.op().name] = None
        return step

    def drop(self, table: ir.Table) -> None:
        """Free a table that `keep`, `named`, `put` or `dress` returned."""
        name = table.op().name
        with translated("freeing a table"):
            if name not in self._below:
                self._execute(f"DROP TABLE {quoted(name)}")
                return
            self._execute(f"DROP VIEW {quoted(name)}")
            below = self._below.pop(name)
            if below is not None:
                self._execute(f"DROP TABLE {quoted(below)}")

    def put(self, table: pa.Table, name: str) -> ir.Table:
        """Bring a small table in; see `Tables.put`."""
        fresh, view = self._fresh(name), self._fresh("incoming")
        with translated(f"bringing in the table of {name}"):
            self._connections.run(lambda connection: _bring_in(connection, table, view, fresh))
            return self._kept(fresh)

    def fetch(self, table: ir.Table, *, limit: int) -> pa.Table:
        """Compute `table` and bring the result out; see `Tables.fetch`."""
        some = table.limit(limit + 1)
        with translated("bringing out a table"):
            # Ibis's own to_pyarrow imports pandas, which takes longer than most of these queries.
            query = self._written(some)
            found: pa.Table = self._connections.run(lambda connection: connection.execute(query).to_arrow_table())
        found = found.cast(some.schema().to_pyarrow())
        if found.num_rows > limit:
            raise Fault(Problem(f"a table of more than {limit:,} rows was to leave the engine"))
        return found

    def batches(self, kept: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """The rows of a kept table, bit by bit; see `Tables.batches`.

        Each batch is a query of its own, for which DuckDB looks only at the part of the table that holds it. A stream
        of one query would end early, and say nothing, as soon as anything else is computed beside it.
        """
        total = int(self.fetch(kept.aggregate(n=kept.count()), limit=1)["n"][0].as_py())
        place = self.position(kept)
        for begin in range(0, total, rows):
            yield from self.fetch(kept.filter(place >= begin, place < begin + rows), limit=rows).to_batches()

    def write_parquet(self, table: ir.Table, path: Path) -> None:
        """Compute `table` and write it to `path`; see `Tables.write_parquet`."""
        target = literal(str(path))
        with translated(f"writing {path.name}"):
            form = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"  # the next one: 4/3 the time, 7/8 the size
            self._execute(f"COPY ({self._written(table)}) TO {target} ({form})")

    def parse_time(
        self, text: ir.StringValue, format: str | None, zone: str, language: str | None = None
    ) -> ir.IntegerValue:
        """Text as microseconds UTC; see `Tables.parse_time`. Raises RequestError for no zone, or no format."""
        times.check_zone(zone)
        if format is not None and format not in NUMBERS:
            with self._understood("a time format is not understood", format, "strptime's signs, as %d/%m/%Y %H:%M"):
                self._asked(f"SELECT try_strptime('', {literal(format)})")
        return times.read_time(text, format, zone, language)

    def without_offset(self, text: ir.StringValue, format: str | None) -> ir.BooleanValue:
        """Which times of this format need a zone, because they carry no offset."""
        return times.without_offset(text, format)

    def timestamp(self, micros: ir.IntegerValue) -> ir.TimestampValue:
        """Microseconds UTC as a time stamp; see `Tables.timestamp`."""
        stamp: ir.TimestampValue = duckdb_.make_timestamptz(micros)
        return stamp

    def parse_integer(self, text: ir.StringValue) -> ir.IntegerValue:
        """Text as int64, null where it is no whole number; "007" and "+7" are, "7.0" and "1e3" are not."""
        number = text.try_cast("int64")
        # A bare cast would round "1.5". Most numbers are written the way they are printed, and comparing is cheap.
        return ibis.cases(
            (number.cast("string") == text, number),
            (duckdb_.regexp_full_match(text, r"\s*[+-]?[0-9]+\s*"), number),
            else_=ibis.null("int64"),
        )

    def matches(self, text: ir.StringValue, pattern: str) -> ir.BooleanValue:
        """Whether `pattern` is found in `text`; in linear time. Raises RequestError where it is no pattern."""
        with self._understood("a pattern is no regular expression", pattern, "RE2's signs"):
            self._asked(f"SELECT regexp_matches('', {literal(pattern)})")
        found: ir.BooleanValue = duckdb_.regexp_matches(text, pattern)
        return found

    def found_in(self, text: ir.StringValue, pattern: str) -> ir.ArrayValue:
        """All that `pattern` finds in `text`; see `Tables.found_in`."""
        found: ir.ArrayValue = duckdb_.regexp_extract_all(text, pattern, re.compile(pattern).groups)
        return found

    def nearest_ranks(self, value: ir.IntegerValue, shares: Sequence[float]) -> ir.ArrayScalar:
        """The nearest-rank quantiles; see `Tables.nearest_ranks`. Each call of the function would hold all values."""
        found: ir.ArrayScalar = duckdb_.quantile_disc(value, list(shares))
        return found

    def fingerprint(self, *values: ir.Value) -> ir.IntegerValue:
        """A 63-bit hash of the values; see `Tables.fingerprint`.

        Ibis's own `hash` goes by way of a text of bits to keep the 64th, which takes twice as long. A word that is held
        as a number is hashed as the word.
        """
        nothing = ibis.null("string")
        told = [ibis.coalesce(value, nothing) if value.type().is_string() else value for value in values]
        both = told[0] if len(told) == 1 else ibis.struct({f"v{i}": value for i, value in enumerate(told)})
        # Ibis takes what is shifted for signed and would drop a cast to that; beside a signed null the number would be
        # one of 128 bits.
        number: ir.IntegerValue = (duckdb_.hash_of(both) >> 1).cast("uint64").cast("int64")
        return number

    def position(self, kept: ir.Table) -> ir.IntegerValue:
        """The position (from 0) of each row of a kept table."""
        return kept.rowid()

    def together(self, *jobs: Callable[[], Any]) -> list[Any]:
        """What each of `jobs` returns; see `Tables.together`."""
        return self._connections.together(jobs)

    # What only the sources room asks.

    def scan_csv(self, path: Path, width: int, form: CsvForm) -> ir.Table:
        """The records of a UTF-8 CSV file as strings, columns c0…c{width-1}. Computing it may raise UncleanCsvError."""
        return self._view(csv_scan(path, width, form))

    def scan_parquet(self, paths: Sequence[Path]) -> ir.Table:
        """The rows of Parquet files, in the order of the files, with the columns and types that they hold.

        Raises InputError where one is damaged.
        """
        try:
            return self._view(parquet_scan(paths))
        except Fault as fault:  # what stands in a damaged footer makes the engine fail in many ways
            text, todo = "is damaged: it cannot be read as Parquet", "fetch or export the file again"
            problem = Problem(text, file=paths[0].name, found=fault.problems[0].found, todo=todo)
            raise InputError(problem) from fault

    def new_path(self, suffix: str) -> Path:
        """A path in the engine's own folder that nothing uses yet; the folder is gone when the engine is closed."""
        path = self._scratch / f"{self._fresh('file')}{suffix}"
        self._paths.append(path)
        return path

    def readable(self, path: Path) -> Path:
        """A path by which the engine can scan `path`: the same, or a link where the engine would read signs in it."""
        if not is_pattern(path):
            return path
        link = self.new_path(path.suffix if path.suffix.isalnum() else "")
        link.symlink_to(path.absolute())
        return link

    def clear_paths(self) -> None:
        """Remove the files that stand under paths from `new_path`; scans of them cannot be computed any more."""
        for path in self._paths:
            path.unlink(missing_ok=True)
        self._paths.clear()

    def begin(self, schema: ir.Schema, name: str) -> ir.Table:
        """An empty kept table that `append` fills."""
        fresh = self._fresh(name)
        with translated(f"making room for {name}"):
            columns = ", ".join(f"{quoted(name)} {DuckDBType.to_string(kind)}" for name, kind in schema.items())
            self._execute(f"CREATE TABLE {quoted(fresh)} ({columns})")
            return self._kept(fresh)

    def widen(self, kept: ir.Table, schema: ibis.Schema) -> ir.Table:
        """A kept table with further columns, null in the rows that it has; `kept` stands for it no longer."""
        name = kept.op().name
        with translated(f"making room for further columns of {name}"):
            for column, kind in schema.items():
                added = f"{quoted(column)} {DuckDBType.to_string(kind)}"
                self._execute(f"ALTER TABLE {quoted(name)} ADD COLUMN {added}")
            return self._kept(name)

    def pack(self, kept: ir.Table, rows: ir.Table) -> None:
        """Hold the columns of text of which the first of `rows` have few different words as numbers; `kept`, which has
        no rows yet, looks as before."""
        name = kept.op().name
        columns = [column for column, kind in rows.schema().items() if kind.is_string() and column in kept.columns]
        with translated("reading"):
            sample = sample_of(self._written(rows), columns)
            words = words_of(self._connections.run(lambda connection: connection.execute(sample).to_arrow_table()))
            self._packed[name] = types = {column: as_numbers(each) for column, each in words.items()}
            for column, kind in types.items():
                self._execute(f"ALTER TABLE {quoted(name)} ALTER COLUMN {quoted(column)} TYPE {kind}")

    def append(self, kept: ir.Table, rows: ir.Table) -> int:
        """Add `rows` to a kept table, all or none, in their order; their number. Columns that they lack are null."""
        target = quoted(kept.op().name)
        with translated("reading"):
            types = self._packed.get(kept.op().name)
            if not types:
                return int(self._asked(f"INSERT INTO {target} BY NAME {self._written(rows)}")[0][0])
            self._execute(f"ALTER TABLE {target} ADD COLUMN IF NOT EXISTS {quoted(REST)} VARCHAR")
            there = {name: kind for name, kind in types.items() if name in rows.columns}
            query = packed(self._written(rows), there) if there else self._written(rows)
            counted = self._asked(f"INSERT INTO {target} BY NAME {query}")
            for name, text in unfit_columns(self._asked, target, there).items() if there else ():
                self._execute(f"ALTER TABLE {target} ALTER COLUMN {quoted(name)} TYPE VARCHAR USING {text}")
                del types[name]
            self._execute(f"ALTER TABLE {target} DROP COLUMN {quoted(REST)}")
        return int(counted[0][0])

    def dress(self, kept: ir.Table, rows: ir.Table, name: str) -> ir.Table:
        """`rows`, a selection from `kept`, as a table that `drop` frees together with `kept`; nothing is copied."""
        shown = self._view(self._written(rows), name)
        self._below[shown.op().name] = kept.op().name
        return shown

    def utc_time(self, time: ir.TimestampValue, zone: str) -> ir.IntegerValue:
        """A time stamp as microseconds UTC; `zone` holds where it carries none."""
        times.check_zone(zone)
        return times.utc_time(time, zone)

    @contextmanager
    def watched(self, progress: Progress, phase: str) -> Iterator[None]:
        """Tells `progress` every half second how far the engine is with what is computed inside the block."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(_WATCH_EVERY):
                percent = self._connections.percent()
                progress(phase, percent / 100 if percent >= 0 else None)

        watcher = threading.Thread(target=watch, name="progress", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _written(self, table: ir.Table) -> str:
        """The query of an expression. Nothing says that Ibis may write two at the same time."""
        with self._writing:
            return str(self._ibis.compile(table))

    def _execute(self, statement: str) -> None:
        self._connections.run(lambda connection: connection.execute(statement))

    def _asked(self, query: str) -> list[tuple[Any, ...]]:
        return self._connections.run(lambda connection: connection.execute(query).fetchall())

    @contextmanager
    def _understood(self, text: str, found: str, expected: str) -> Iterator[None]:
        """Asks DuckDB before a whole table is computed: its answer then names what is wrong, and no more."""
        try:
            yield
        except duckdb.Error as error:
            said = str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
            raise RequestError(Problem(f"{text}: {said}", found=found, expected=expected)) from error

    def _view(self, select: str, near: str = "scan") -> ir.Table:
        name = self._fresh(near)
        with translated("opening a file"):
            self._execute(f"CREATE VIEW {quoted(name)} AS {select}")
            return self._kept(name)

    def _kept(self, name: str) -> ir.Table:
        """The table or view of this name. Ibis's own `table` parses the type of each column anew, for milliseconds."""
        described = self._asked(f"DESCRIBE {quoted(name)}")
        schema = ibis.schema({column: _type_of(sql_type) for column, sql_type, *_ in described if column != REST})
        namespace = ops.Namespace(catalog="memory", database="main")
        return ops.DatabaseTable(name, schema=schema, source=self._ibis, namespace=namespace).to_expr()

    def _fresh(self, name: str) -> str:
        with self._naming:
            self._names += 1
            return f"{re.sub(r'[^a-z0-9]+', '_', name.lower()).strip('_') or 'table'}_{self._names}"


def _bring_in(connection: duckdb.DuckDBPyConnection, table: pa.Table, view: str, name: str) -> None:
    connection.register(view, table)
    try:
        connection.execute(f"CREATE TABLE {quoted(name)} AS {put_in(table, view)}")
    finally:
        connection.unregister(view)


@cache
def _type_of(sql_type: str) -> DataType:
    if sql_type.startswith("ENUM("):  # words that are held as numbers, which takes long to read
        return dt.string
    return DuckDBType.from_string(sql_type)
