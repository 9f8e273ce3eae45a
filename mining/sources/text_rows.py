"""Rows of text on their way into a Parquet file of the engine's folder, in batches, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from mining.sources.opened import Opened, Visit

if TYPE_CHECKING:
    from mining.core.events import RejectedRow

MOST_ROWS = 100_000
MOST_TEXT = 64_000_000
"""So many rows, or signs in them, are held before they are written."""


class TextRows:
    """A Parquet file that takes rows of `width` cells, each text or None. To be used in a `with` statement."""

    def __init__(self, path: Path, width: int) -> None:
        self.path, self.count = path, 0
        self._names = [f"c{i}" for i in range(width)]
        self._rows: list[Sequence[str | None]] = []
        self._text = 0
        self._writer = pq.ParquetWriter(
            path, pa.schema([(name, pa.string()) for name in self._names]), compression="lz4"
        )

    def __enter__(self) -> TextRows:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def add(self, row: Sequence[str | None]) -> None:
        """Take one row."""
        self._rows.append(row)
        self.count += 1
        self._text += sum(len(cell) for cell in row if cell is not None)
        if len(self._rows) >= MOST_ROWS or self._text >= MOST_TEXT:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = [_texts(cells) for cells in zip(*self._rows, strict=True)]
            self._writer.write_table(pa.table(columns, names=self._names))
        self._rows, self._text = [], 0


def _texts(cells: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:  # half of a pair of UTF-16: it stands for no character
        return pa.array([None if cell is None else _whole(cell) for cell in cells], pa.string())


def _whole(cell: str) -> str:
    return cell.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def opened_rows(
    visit: Visit,
    path: Path,
    written: Sequence[str],
    known: Collection[str],
    *,
    format: str,
    iso: frozenset[str] = frozenset(),
    misfits: Sequence[RejectedRow] = (),
    notes: Sequence[str] = (),
) -> Opened:
    """The file at `path`, whose columns are `written`, as the engine scans it.

    `known` are the columns that the export has. Those that were not written have no cells, and none of them is needed:
    they are there to be named in messages.
    """
    columns = tuple(name for name in written if name in known)
    scan = visit.engine.scan_parquet([path])
    if columns:
        scan = scan.select(**{f"c{i}": scan[f"c{written.index(name)}"] for i, name in enumerate(columns)})
    others = tuple(sorted(set(known) - set(columns)))
    return Opened(
        format=format,
        path=path,
        columns=columns + others,
        scan=scan,
        iso=iso,
        misfits=tuple(misfits),
        notes=tuple(notes),
    )
