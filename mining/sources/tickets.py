"""The shape `tickets`: a row holds several times of a ticket, and each of them that is filled becomes an event."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING

import ibis

from mining.core.events import src
from mining.core.export import ACTOR, EVENT, GROUP, ExportSpec, TicketTime
from mining.sources.marks import UNREADABLE

if TYPE_CHECKING:
    import ibis.expr.types as ir


def time_names(spec: ExportSpec) -> tuple[str, ...]:
    """What the columns of `spec.times` are called in the kept table."""
    return tuple(f"time_{i}" for i in range(len(spec.times)))


def kept_cells(spec: ExportSpec) -> tuple[str, ...]:
    """The columns of which the cells are kept as text: those of `used` that files have, and who did what when."""
    found = [name for name in spec.used if name not in spec.made]
    found += [name for time in spec.times for name in (time.actor, time.group) if name is not None]
    return tuple(dict.fromkeys(found))


def bad_rows(kept: ir.Table, spec: ExportSpec) -> ir.BooleanValue:
    """Which rows have to be set aside: those without a ticket, and those of which no event stands."""
    return kept.ticket_id.isnull() | ~reduce(operator.or_, (_is_read(kept, name) for name in time_names(spec)))


def touched_rows(kept: ir.Table, spec: ExportSpec) -> ir.BooleanValue:
    """Of which rows something has to be set aside: the row, or a time that cannot be read."""
    unread = (_is_unread(kept, name) for name in unread_names(spec))
    return reduce(operator.or_, unread, bad_rows(kept, spec))


def further_rejected(kept: ir.Table, spec: ExportSpec) -> ir.IntegerValue:
    """How many events of each row are set aside, beside one for a row that is set aside itself."""
    filled = reduce(operator.add, (kept[name].notnull().cast("int64") for name in time_names(spec)))
    unread = reduce(operator.add, (_is_unread(kept, name).cast("int64") for name in unread_names(spec)))
    number: ir.IntegerValue = bad_rows(kept, spec).ifelse(ibis.greatest(filled - 1, 0), unread)
    return number


def unread_names(spec: ExportSpec) -> tuple[str, ...]:
    """The kept columns in which an unreadable time sets an event aside; a demand that is an event is told once."""
    columns = {time.column for time in spec.times}
    of_demand = ("demand",) if spec.demand is not None and spec.demand.column not in columns else ()
    return (*time_names(spec), *of_demand)


def events(rows: ir.Table, spec: ExportSpec) -> ir.Table:
    """The event table of rows that have a `row`, each with at least one time that was read."""
    if spec.demand is not None:
        rows = rows.mutate(demand=rows.demand.nullif(UNREADABLE))
    return ibis.union(*(_events_of(rows, spec, part) for part in range(len(spec.times))), distinct=False)


def _events_of(rows: ir.Table, spec: ExportSpec, part: int) -> ir.Table:
    """The events of one of the times."""
    name = time_names(spec)[part]
    rows = rows.filter(_is_read(rows, name))
    others = [f"order_{i}" for i in range(len(spec.order_by))] + (["demand"] if spec.demand is not None else [])
    cells = {src(column): _cell(rows, spec, spec.times[part], column) for column in spec.used}
    number = ibis.literal(part, type="int64")
    return rows.select("row", "ticket_id", *others, time=rows[name], part=number, **cells)


def _cell(rows: ir.Table, spec: ExportSpec, time: TicketTime, column: str) -> ir.Value:
    if column not in spec.made:
        return rows[src(column)]
    if column == EVENT:
        return ibis.literal(time.event)
    there = {ACTOR: time.actor, GROUP: time.group}[column]
    return ibis.null("string") if there is None else rows[src(there)]


def _is_read(rows: ir.Table, name: str) -> ir.BooleanValue:
    return rows[name].fill_null(UNREADABLE) != UNREADABLE


def _is_unread(rows: ir.Table, name: str) -> ir.BooleanValue:
    return rows[name].fill_null(0) == UNREADABLE
