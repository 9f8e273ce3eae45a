"""Export → event table: files in, one table of rows with a ticket and a time out.

A new format is one new module and one line in `formats.FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.events import EventTable
from mining.core.export import ExportSpec
from mining.core.profile import Asked, Column, ExportProfile
from mining.core.progress import Progress, silent

if TYPE_CHECKING:
    from mining.core.cache import Cache
    from mining.engine.duck import Engine

__all__ = ["headers", "look", "read"]


def read(
    engine: Engine,
    exports: Sequence[str | Path],
    spec: ExportSpec,
    *,
    max_rejected: float = 0.01,
    progress: Progress = silent,
    cache: Cache | None = None,
) -> EventTable:
    """Read `exports` (files, folders, globs; plain, gzip, zip or Zstandard; in any of `formats.FORMATS`) into one event
    table.

    Only the columns that `spec` needs are loaded. Rows without a ticket, without a time that can be read, or with too
    many or too few cells are set aside; `max_rejected` is the share of rows from which on the whole run fails.
    With a `cache`, files that were read before are taken from there, and of a CSV file that only grew what is new is
    read; the outcome is the same.

    Raises RequestError where a file, a column or a time format is not as `spec` says; InputError where a file breaks
    off, cannot be decoded, or has too many rows that had to be set aside.
    """
    from mining.sources.reading import read_exports

    return read_exports(engine, exports, spec, max_rejected=max_rejected, progress=progress, cache=cache)


def look(
    engine: Engine,
    exports: Sequence[str | Path],
    ask: Callable[[Sequence[Column], int], Asked],
    *,
    only: Collection[str] | None = None,
    expand: str | None = None,
    progress: Progress = silent,
) -> ExportProfile:
    """Look at `exports`, of which no mapping says anything: what each column holds, over all rows.

    `ask` says from the columns and the number of rows what to look at more closely: by which columns to group the rows,
    which to look at together. With `only`, no other columns are looked at; `expand` is the path of nested lists in
    JSON of which each element is a row. Only figures and the texts of columns with few of them leave the engine. Raises
    what `read` raises.
    """
    from mining.sources.look_table import Wanted
    from mining.sources.looking import look as look_at

    return look_at(engine, exports, ask, Wanted(only, expand), progress)


def headers(
    engine: Engine, exports: Sequence[str | Path], *, progress: Progress = silent
) -> dict[str, tuple[str, ...]]:
    """The names of the columns of each file of `exports`. Raises what `read` raises of files."""
    from mining.sources.look_table import headers as headers_of

    return headers_of(engine, exports, progress)
