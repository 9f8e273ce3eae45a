"""Feeds the readers with files that a fuzzer makes, guided by the code that each of them reaches.

    python tests/fuzz/fuzz_readers.py FORMAT [arguments of atheris, as -max_total_time=600]

FORMAT is one of `seeds.kinds()`: csv, xes, json, jsonl, xlsx, ocel-json, ocel-xml, sqlite, parquet. What is found
is written to a file `crash-…`, which can be given in place of the other arguments to see it once more.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mining.core.export import ExportSpec

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

_RENEW_AFTER = 2_000
"""An engine keeps a view of each scan; after so many files it is a new one."""

_FAR_CELL = re.compile(rb"r=.(?:[A-Za-z]{3,}|[A-Za-z]*\d{5,})")
"""Calamine ends its process at a cell far out. The program has another process for that; here there is only one."""


class Readers:
    """Reads files of any format in one engine, and says whether what became of them is as promised."""

    def __init__(self) -> None:
        from seeds import kinds

        from mining.engine import packing
        from mining.sources import loading

        packing._SAMPLE, loading._LARGE = 2, -1  # columns are held as numbers, and rows come that do not fit

        from mining.sources import workbook

        self.kinds = kinds()
        self._folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        self._stack = ExitStack()
        self._read, self._engine = 0, self._stack.enter_context(_engine())
        workbook.answered = workbook.fulfilled  # a process for each file would be slow

    def close(self) -> None:
        """Close the engine."""
        self._stack.close()
        shutil.rmtree(self._folder)

    def quick(self, format: str, data: bytes) -> str:
        """Like `read`, but seven of eight files are only opened: most of a whole reading is the engine's work.

        Of CSV and Parquet, which the engine itself takes apart, all are read.
        """
        if format in ("csv", "parquet") or zlib.crc32(data) % 8 == 0:
            return self.read(format, data)
        return self._ended(format, data, self._open)

    def read(self, format: str, data: bytes) -> str:
        """Read `data` as a file of `format`: "table" or "error". Raises whatever else it ends in."""
        return self._ended(format, data, self._load)

    def _ended(self, format: str, data: bytes, use: Callable[[Path, ExportSpec], None]) -> str:
        from seeds import as_file

        from mining.core.errors import Fault, MiningError

        kind = self.kinds[format]
        if format == "xlsx" and _FAR_CELL.search(data):
            return "error"
        self._renew()
        path = self._folder / f"file{kind.suffix}"
        path.write_bytes(as_file(kind, data))
        try:
            use(path, kind.spec)
        except Fault:
            raise
        except MiningError as error:
            return "error" if all(str(problem) for problem in error.problems) else "an empty error"
        return "table"

    def _open(self, path: Path, spec: ExportSpec) -> None:
        from mining.core.progress import silent
        from mining.sources.formats import format_of
        from mining.sources.opened import Visit
        from mining.sources.text import Odd, odd_bytes
        from mining.sources.time_memory import TimeMemory
        from mining.sources.unpack import unpacked

        try:
            for plain in unpacked(path, self._engine.new_path, silent, self._engine.most_unpacked):
                odd: Future[Odd | None] = Future()
                odd.set_result(odd_bytes(plain.path, Event()))
                visit = Visit(self._engine, plain, spec, silent, odd, Future(), TimeMemory(), more=False)
                format_of(plain).open_file(visit)
        finally:
            self._engine.clear_paths()

    def _load(self, path: Path, spec: ExportSpec) -> None:
        from mining.sources import read

        events = read(self._engine, [path], spec, max_rejected=1.0)
        kept = self._engine.fetch(events.table.count().as_table(), limit=1).column(0)[0].as_py()
        self._engine.drop(events.table)
        assert events.rows_read == kept + events.rows_rejected > 0, "a row is lost"
        assert len(events.rejected) == events.rows_rejected, "a row is rejected without its reason"
        numbers = [row.row for row in events.rejected]
        assert numbers == sorted(set(numbers)), "two rejected rows have one number"

    def _renew(self) -> None:
        self._read += 1
        if self._read % _RENEW_AFTER == 0:
            self._stack.close()
            self._engine = self._stack.enter_context(_engine())


def _engine() -> Any:
    from mining.core.analysis import Options
    from mining.engine import open_engine

    return open_engine(Options(memory_limit="500MB", threads=1))


def main() -> None:
    """Fuzz one format until told to stop."""
    import atheris

    kind, *arguments = sys.argv[1:]
    with atheris.instrument_imports(include=["mining.sources"]):
        from mining.sources import reading, sheet_cells  # noqa: F401  instrumented as they are imported
    readers = Readers()
    corpus = tempfile.mkdtemp(prefix=f"fuzz-{kind}-")
    for number, seed in enumerate(readers.kinds[kind].seeds):
        (Path(corpus) / f"seed-{number}").write_bytes(seed)
    given = [argument for argument in arguments if not argument.startswith("-")]
    options = [argument for argument in arguments if argument.startswith("-")]
    sys.stdout.write(f"corpus: {corpus}\n")
    atheris.Setup([sys.argv[0], *options, *(given or [corpus])], lambda data: readers.quick(kind, data))
    atheris.Fuzz()


if __name__ == "__main__":
    os.environ.setdefault("RUST_BACKTRACE", "0")
    main()
