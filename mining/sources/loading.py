"""The rows of one opened file on their way into the engine, and what gathers of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis

from mining.core.errors import Fault, Problem, RequestError
from mining.core.events import InputFile, Piece, RejectedRow
from mining.core.export import Shape, columns_in
from mining.sources import ends, rejects, tickets
from mining.sources.marks import UNREADABLE
from mining.sources.opened import Opened, Visit, damaged
from mining.sources.put_clocks import Clocks, count_clocks
from mining.sources.rows import Cells, Plan, bad_rows, touched_rows
from mining.sources.time_check import check_times

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from mining.engine.duck import Engine

_LARGE = 20_000_000
"""Bytes of a file from which it pays to look for columns with few different words."""


class NotWhole(Exception):
    """An `order_by` column that seemed to hold whole numbers does not."""

    def __init__(self, order: int) -> None:
        super().__init__(order)
        self.order = order


@dataclass
class Loading:
    """What gathers while the files are loaded."""

    kept: ir.Table
    rows_read: int = 0
    rows_rejected: int = 0
    rows_touched: int = 0  # something of them was set aside
    further_rejected: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    files: list[InputFile] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    clocks: Clocks = field(default_factory=Counter)
    formats: dict[tuple[str | None, str | None], None] = field(default_factory=dict)
    relations: list[pa.Table] = field(default_factory=list)
    in_engine: int = 0
    bad_in_engine: int = 0
    pieces: list[Piece] = field(default_factory=list)
    may_grow: dict[str, Any] | None = None  # how a file was read of which a longer one may be read from its end on

    def fresh(self) -> Loading:
        """For one more file: it goes behind what is in the engine."""
        return Loading(self.kept, in_engine=self.in_engine)

    def make_room(self, engine: Engine, rows: ir.Table) -> None:
        """Room in the engine for the columns of `rows`."""
        further = {name: kind for name, kind in rows.schema().items() if name not in self.kept.columns}
        if further:
            self.kept = engine.widen(self.kept, ibis.schema(further))

    def take(self, part: Loading) -> None:
        """Take in what gathered of that file."""
        self.kept = part.kept
        self.rows_read += part.rows_read
        self.rows_rejected += part.rows_rejected
        self.rows_touched += part.rows_touched
        self.further_rejected += part.further_rejected
        self.rejected += part.rejected[: max(0, rejects.MOST_LISTED - len(self.rejected))]
        self.files += part.files
        self.columns |= part.columns
        self.notes |= part.notes
        self.clocks.update(part.clocks)
        self.formats |= part.formats
        self.relations += part.relations
        self.in_engine = part.in_engine
        self.bad_in_engine += part.bad_in_engine
        self.pieces += part.pieces


@contextmanager
def damage_noticed(opened: Opened, name: str) -> Iterator[None]:
    """A damaged file can make the engine fail in ways that look like a fault of ours."""
    try:
        yield
    except Fault as error:
        if not opened.decoded_by_engine:
            raise
        raise damaged(error, opened.format, name) from error


def append(visit: Visit, opened: Opened, plan: Plan, loading: Loading) -> tuple[Cells, int]:
    """Put the rows of a file behind those that are in the engine; how its cells are read, and their number."""
    found = columns_in(plan.spec, opened.columns, visit.name)
    cells = Cells(visit.engine, opened, found, plan.spec)
    notes = check_times(visit, opened, cells)
    with visit.engine.watched(visit.progress, f"reading {visit.name}"):
        rows = cells.rows(plan)
        loading.make_room(visit.engine, rows)
        if not loading.in_engine and visit.plain.path.stat().st_size > _LARGE:
            visit.engine.pack(loading.kept, rows)
        added = visit.engine.append(loading.kept, rows)
    if added == 0 and not opened.misfits:
        raise RequestError(Problem("holds no rows", file=visit.name, todo="export the tickets again"))
    loading.columns |= dict.fromkeys(opened.columns)
    loading.notes |= dict.fromkeys(notes)
    loading.formats |= dict.fromkeys(cells.formats)
    return cells, added


def set_aside(visit: Visit, opened: Opened, cells: Cells, plan: Plan, loading: Loading) -> None:
    """Look at the rows of this file that have to be set aside, if any, and write down why."""
    kept, engine, spec = loading.kept, visit.engine, plan.spec
    fresh = kept.mutate(at=engine.position(kept) - loading.in_engine)
    fresh = fresh.filter(fresh["at"] >= 0)
    loading.clocks.update(count_clocks(engine, cells, kept, fresh))  # takes marks from the times: before all else
    looks = {"bad": bad_rows(fresh, spec).sum()}
    whole = [i for i in range(len(spec.order_by)) if i not in plan.texts]
    if spec.shape is Shape.TICKETS:
        looks |= {"touched": touched_rows(fresh, spec).sum(), "further": tickets.further_rejected(fresh, spec).sum()}
    if spec.until is not None:
        looks |= ends.looks(fresh)
    looks |= {f"order_{i}": (fresh[f"order_{i}"] == UNREADABLE).any() for i in whole}
    found = engine.fetch(fresh.aggregate(**looks), limit=1).to_pylist()[0]
    for i in whole:
        if found[f"order_{i}"]:
            raise NotWhole(i)
    bad = found["bad"] or 0
    loading.bad_in_engine += bad
    loading.notes |= dict.fromkeys(ends.notes(visit.name, spec, found) if spec.until is not None else ())
    touched = found.get("touched", bad) or 0
    loading.rows_rejected += bad + len(opened.misfits)
    loading.rows_touched += touched + len(opened.misfits)
    loading.further_rejected += found.get("further") or 0
    room = rejects.MOST_LISTED - len(loading.rejected)
    rows = list(opened.misfits)
    if touched and room > 0:
        rows += rejects.from_engine(visit, opened, cells, fresh.filter(touched_rows(fresh, spec)).select("at"), room)
    loading.rejected += sorted(rows, key=lambda row: row.row)[: max(room, 0)]
