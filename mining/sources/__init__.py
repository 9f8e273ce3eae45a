"""Export → event table: files in, one table of rows with a ticket and a time out.

A new format is one new module and one line in `formats.FORMATS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.events import EventTable
from mining.core.export import ExportSpec
from mining.core.progress import Progress, silent

if TYPE_CHECKING:
    from mining.engine.duck import Engine

__all__ = ["read"]


def read(
    engine: Engine,
    exports: Sequence[str | Path],
    spec: ExportSpec,
    *,
    max_rejected: float = 0.01,
    progress: Progress = silent,
) -> EventTable:
    """Read `exports` (files, folders, globs; plain or packed; in any of `formats.FORMATS`) into one event table.

    Only the columns that `spec` needs are loaded. Rows without a ticket, without a time that can be read, or with too
    many or too few cells are set aside; `max_rejected` is the share of rows from which on the whole run fails.

    Raises RequestError where a file, a column or a time format is not as `spec` says; InputError where a file breaks
    off, cannot be decoded, or has too many rows that had to be set aside.
    """
    from mining.sources.reading import read_exports

    return read_exports(engine, exports, spec, max_rejected=max_rejected, progress=progress)
