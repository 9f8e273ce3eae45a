"""The engine: Ibis on DuckDB in the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
from ibis.backends.sql.datatypes import DuckDBType

from mining.core.progress import Progress
from mining.engine.packing import REST, as_numbers, packed, sample_of, unfit_columns, words_of
from mining.engine.scans import CsvForm, csv_scan, quoted
from mining.engine.tables import DuckTables
from mining.engine.trouble import translated

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.settings import Settings

_WATCH_EVERY = 0.5  # seconds between two words of progress


class Engine(DuckTables):
    """What every room may ask, and how the sources room fills tables from files.

    `most_unpacked` is how many bytes one packed file may unfold to in the folder that `new_path` gives paths in.
    """

    def __init__(self, settings: Settings, scratch: Path) -> None:
        super().__init__(settings, scratch)
        self.most_unpacked = settings.most_unpacked
        self._paths: list[Path] = []
        self._packed: dict[str, dict[str, str]] = {}  # a kept table → its columns that are held as numbers

    def scan_csv(self, path: Path, width: int, form: CsvForm) -> ir.Table:
        """The records of a UTF-8 CSV file as strings, columns c0…c{width-1}. Computing it may raise UncleanCsvError."""
        return self._view(csv_scan(path, width, form))

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
