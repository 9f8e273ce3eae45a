"""What every room may ask of the engine, on DuckDB by way of Ibis."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
from ibis.backends.sql.datatypes import DuckDBType

from mining.core.errors import Fault, InputError, Problem
from mining.engine.connections import Connections
from mining.engine.expressions import Expressions
from mining.engine.local_times import LocalTimes
from mining.engine.packing import REST
from mining.engine.scans import literal, parquet_scan, put_in, quoted
from mining.engine.trouble import translated

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.expr.datatypes import DataType

    from mining.engine.settings import Settings


class DuckTables(Expressions):
    """Fulfils `core.tables.Tables`.

    Tables live in memory and move to `scratch` where memory is short; what a table takes on disk then is compressed.
    A database file was tried: half the memory for the same table, but 1.6 times the time to write it.
    """

    def __init__(self, settings: Settings, scratch: Path) -> None:
        self._scratch = scratch
        self._names = 0
        self._naming = threading.Lock()
        self._writing = threading.Lock()
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
