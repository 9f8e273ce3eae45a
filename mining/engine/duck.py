"""The engine: Ibis on DuckDB in the process."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
from ibis.backends.sql.datatypes import DuckDBType

from mining.core.errors import Fault, InputError, Problem
from mining.core.progress import Progress
from mining.engine.connections import Connections
from mining.engine.expressions import Expressions
from mining.engine.local_times import LocalTimes
from mining.engine.packing import REST, as_numbers, packed, sample_of, unfit_columns, words_of
from mining.engine.scans import CsvForm, csv_scan, literal, parquet_scan, put_in, quoted
from mining.engine.trouble import translated

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.expr.datatypes import DataType

    from mining.engine.settings import Settings

_WATCH_EVERY = 0.5  # seconds between two words of progress


class Engine(Expressions):
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
        self._folders: dict[str, Path] = {}  # a view of `divide` → where its rows are
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

    def extend(self, kept: ir.Table, table: ir.Table, name: str) -> None:
        """Add the rows of `table` to a kept one; see `Tables.extend`."""
        with translated(f"computing the table of {name}"):
            self._execute(f"INSERT INTO {quoted(kept.op().name)} BY NAME {self._written(table)}")

    def named(self, table: ir.Table, name: str) -> ir.Table:
        """`table` as a step with a name; see `Tables.named`."""
        with translated(f"naming the table of {name}"):
            step = self._view(self._written(table), name)
        self._below[step.op().name] = None
        return step

    def divide(self, table: ir.Table, by: str, parts: int, name: str) -> tuple[ir.Table, ...]:
        """The rows of `table` apart, each part in files of its own; see `Tables.divide`."""
        folder = self._scratch / self._fresh(name)
        form = f"FORMAT parquet, COMPRESSION snappy, PARTITION_BY ({quoted(by)})"
        with translated(f"dividing the table of {name}"):
            self._execute(f"COPY ({self._written(table)}) TO {literal(str(folder))} ({form})")
        nothing = self._written(table.drop(by).limit(0))
        found = []
        for number in range(parts):
            here = folder / f"{by}={number}"
            files = sorted(here.glob("*.parquet"))
            found.append(self._view(parquet_scan(files) if files else nothing, name))
            self._below[found[-1].op().name], self._folders[found[-1].op().name] = None, here
        return tuple(found)

    def drop(self, table: ir.Table) -> None:
        """Free a table that `keep`, `named`, `put`, `divide` or `dress` returned."""
        name = table.op().name
        with translated("freeing a table"):
            if name not in self._below:
                self._execute(f"DROP TABLE {quoted(name)}")
                return
            self._execute(f"DROP VIEW {quoted(name)}")
            below = self._below.pop(name)
            if below is not None:
                self._execute(f"DROP TABLE {quoted(below)}")
        if name in self._folders:
            shutil.rmtree(self._folders.pop(name), ignore_errors=True)

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
            before = self._packed.get(name, {})  # of a way to read the file that was refused
            self._packed[name] = types = {column: as_numbers(each) for column, each in words.items()}
            for column, kind in {**dict.fromkeys(before, "VARCHAR"), **types}.items():
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
        """The query of an expression. Nothing says that Ibis may write two at the same time.

        Selections that follow on one another are not merged, which would take Ibis a quarter of its time: DuckDB does.
        """
        with self._writing:
            before, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
            try:
                return str(self._ibis.compile(table))
            finally:
                ibis.options.sql.fuse_selects = before

    def _execute(self, statement: str) -> None:
        self._connections.run(lambda connection: connection.execute(statement))

    def _asked(self, query: str) -> list[tuple[Any, ...]]:
        return self._connections.run(lambda connection: connection.execute(query).fetchall())

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
    if sql_type.startswith("ENUM("):  # words that are held as numbers; Ibis would read every one of them
        return dt.Array(dt.string) if sql_type.endswith("[]") else dt.string
    return DuckDBType.from_string(sql_type)
