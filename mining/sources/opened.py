"""What each format makes of a file: columns, and a scan that the engine can compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mining.core.errors import Fault, InputError, Problem, RequestError
from mining.core.export import ExportSpec
from mining.core.progress import Progress

if TYPE_CHECKING:
    from concurrent.futures import Future

    import ibis.expr.types as ir
    import pyarrow as pa

    from mining.core.events import RejectedRow
    from mining.engine.duck import Engine
    from mining.sources.text import Examined, Odd
    from mining.sources.time_memory import TimeMemory
    from mining.sources.unpack import Plain


PROTOCOL = 1
"""The number of the protocol between this program and formats that other packages bring: `Format`, `Visit`, `Opened`,
and `new_path` and `scan_parquet` of the engine. It goes up where a format that kept to it before would not work any
more; docs/extending.md says what belongs to it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One file in the middle of being read, and what is needed for it.

    `plain.path` is where the file lies, without wrappings; `plain.name` is what messages call it. `spec` is how the
    mapping reads it, `progress` takes a phase in words and the share that is done.
    """

    engine: Engine
    plain: Plain
    spec: ExportSpec
    progress: Progress
    odd: Future[Odd | None]
    examined: Future[Examined]  # runs beside the scan
    times: TimeMemory
    more: bool  # whether further files come after this one

    @property
    def name(self) -> str:
        """What messages call the file."""
        return self.plain.name

    @property
    def wanted(self) -> set[str]:
        """Every name that a column which is needed may have."""
        return {*self.spec.needed, *(other for _, others in self.spec.aliases for other in others)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be scanned: `scan` has the columns c0, c1, …, which the file calls `columns`.

    `iso` are the columns whose times are ISO 8601 whatever the mapping's format says. `misfits` are rows that were set
    aside before the scan; the scan is without them, their numbers count. `path` is what the scan reads.

    `mend` is called where the scan raised UncleanCsvError, for another way to read the same file. `confirm` is called
    after the scan, for notes, or for an error where the file was not what it seemed. `decoded_by_engine` says that the
    engine takes the user's own file apart, so that what fails there is the file's fault. `relations` are the links that
    stand beside the rows, see `EventTable`; None where the format has no such thing.
    """

    format: str
    path: Path
    columns: tuple[str, ...]
    scan: ir.Table
    encoding: str | None = None
    delimiter: str | None = None
    iso: frozenset[str] = frozenset()
    misfits: tuple[RejectedRow, ...] = ()
    notes: tuple[str, ...] = ()
    mend: Callable[[Opened], Opened] | None = None
    confirm: Callable[[Opened], tuple[str, ...]] | None = None
    decoded_by_engine: bool = False
    relations: pa.Table | None = None


def from_parquet(visit: Visit, path: Path, format: str, **more: Any) -> Opened:
    """What a format returns that has its rows in a Parquet file: all of its columns, of any type.

    Time stamps are taken as they are, everything else as text. `more` are fields of `Opened`, such as `misfits`.
    Raises RequestError where there are no columns, InputError where the file is damaged.
    """
    try:
        scan = visit.engine.scan_parquet([path])
    except Fault as error:
        raise damaged(error, format, visit.name) from error
    columns = tuple(scan.columns)
    if not columns:
        raise RequestError(Problem("has no columns", file=visit.name))
    scan = scan.select(**{f"c{i}": scan[name] for i, name in enumerate(columns)})
    return Opened(format=format, path=path, columns=columns, scan=scan, **more)


def damaged(fault: Fault, format: str, name: str) -> InputError:
    """What a fault of the engine means where it takes the user's own file apart: the file is damaged."""
    text, todo = f"is damaged: it cannot be read as {format}", "fetch or export the file again"
    return InputError(Problem(text, file=name, found=fault.problems[0].found, todo=todo))


class Format(Protocol):
    """A module that reads one format.

    One that another package brings may also have `SUFFIXES`, the ends of file names that are its own (such as
    (".acme",)), by which its files are found in folders and archives; and `PROTOCOL`, the number of the protocol that
    it was made for.
    """

    NAME: str

    def fits(self, name: str, head: bytes) -> bool:
        """Whether a file of that name, beginning with those bytes, is of this format."""
        ...

    def open_file(self, visit: Visit) -> Opened:
        """Make the file ready to be scanned."""
        ...
