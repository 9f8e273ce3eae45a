"""From a scan to rows that are kept, in one statement, and from those to the event table; and which of them have to be
set aside.

A kept row is a row of the file, whatever its shape: tickets hold all their times side by side, and become events only
in the event table, which is a view.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis

from mining.core.events import src
from mining.core.export import CREATED, EVENT, ExportSpec, Shape, TimeSpec
from mining.core.time_forms import carries_offset
from mining.engine.time_shifts import has_shifts
from mining.sources import tickets
from mining.sources.ends import good_end
from mining.sources.local_time import LocalTime
from mining.sources.marks import UNREADABLE, or_unreadable
from mining.sources.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from mining.engine.duck import Engine


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one run are loaded. `texts` are the numbers of the `order_by` columns that are not all whole."""

    spec: ExportSpec
    texts: frozenset[int]

    @property
    def of_all(self) -> ibis.Schema:
        """The columns that are kept whatever a file has."""
        types = {"ticket_id": "string", **dict.fromkeys(time_names(self.spec), "int64")}
        types |= {f"order_{i}": "string" if i in self.texts else "int64" for i in range(len(self.spec.order_by))}
        if self.spec.demand is not None:
            types["demand"] = "int64"
        return ibis.schema(types)

    @property
    def schema(self) -> ibis.Schema:
        """All columns that rows have once they are read. Those with cells of which no file has any are not kept: in
        ten million rows a column of nulls takes as much room as one of numbers."""
        return ibis.schema({**self.of_all, **{src(name): "string" for name in kept_cells(self.spec)}})

    def whole(self, kept: ir.Table, **before: ir.Value) -> ir.Table:
        """A kept table with all columns of `schema`, in their order, behind those that are named."""
        there = {name: kept[name] if name in kept.columns else ibis.null(kind) for name, kind in self.schema.items()}
        return kept.select(**before, **there)


def time_names(spec: ExportSpec) -> tuple[str, ...]:
    """What the columns with events' times are called in the kept table."""
    if spec.shape is Shape.TICKETS:
        return tickets.time_names(spec)
    if not spec.has_time:
        return ()
    return ("time",) if spec.until is None else ("time", "until")


def kept_cells(spec: ExportSpec) -> tuple[str, ...]:
    """The names of those columns of which the cells are kept as text."""
    return tickets.kept_cells(spec) if spec.shape is Shape.TICKETS else spec.used


class Cells:
    """The cells of one opened file under the names of the mapping."""

    def __init__(self, engine: Engine, opened: Opened, found: dict[str, str | None], spec: ExportSpec) -> None:
        self._engine, self._opened, self._found, self._spec = engine, opened, found, spec
        self._settled: dict[TimeSpec, TimeSpec] = {}
        self.local_times: dict[str, LocalTime] = {}
        self.scan = opened.scan

    @property
    def spec(self) -> ExportSpec:
        """The mapping's word on the export."""
        return self._spec

    def settle(self, settled: Mapping[TimeSpec, TimeSpec], zones: Mapping[str, tuple[str, ...]]) -> None:
        """Read the times of this file as was found out: the mapping's word on a column → what holds of it here.

        `zones` are the zones that stand in the columns that hold one. Local times of zones whose clocks are put become
        columns of the scan, since turning them into moments looks at them many times.
        """
        self._settled = dict(settled)
        columns: dict[str, ir.Value] = {}
        for i, time in enumerate(time for time in self._settled.values() if self._is_local(time)):
            here = () if time.zone_column is None else zones[time.zone_column]
            self.local_times[time.column] = local = LocalTime(f"local_{i}", time, here)
            columns |= local.columns(self)
        if columns:
            self.scan = self._engine.named(self.scan.mutate(**columns), "local")

    def _is_local(self, time: TimeSpec) -> bool:
        if time.zone_column is None and (time.zone is None or not has_shifts(time.zone)):
            return False
        if self.is_typed_time(time):
            return not self.is_zoned(time)
        return not carries_offset(self.format(time) or "")

    def raw(self, name: str) -> ir.Column | None:
        """The column as the file has it; None where the file lacks it."""
        there = self._found[name]
        return None if there is None else self.scan[f"c{self._opened.columns.index(there)}"]

    def text(self, name: str) -> ir.StringValue:
        """The cells as text, null where they are missing."""
        column = self.raw(name)
        if column is None:
            return ibis.null("string")
        cells: ir.StringValue = column.cast("string")
        for missing in dict.fromkeys(("", *self._spec.missing)):
            cells = cells.nullif(missing)
        return cells

    def time(self, time: TimeSpec) -> ir.IntegerValue:
        """Times as microseconds UTC, null where missing or not readable."""
        time = self._settled.get(time, time)
        if time.column in self.local_times:
            return self.local_times[time.column].moments(self._engine, self.scan)
        return self.read(time, time.zone or "UTC")

    def read(self, time: TimeSpec, zone: str) -> ir.IntegerValue:
        """Times as microseconds UTC, where those that name no zone are of `zone`."""
        column = self.raw(time.column)
        if column is None:
            return ibis.null("int64")
        if column.type().is_timestamp() or column.type().is_date():
            return self._engine.utc_time(column.cast("timestamp") if column.type().is_date() else column, zone)
        text, read = self.text(time.column), self._engine.parse_time
        if time.format is None or not self.is_iso(time):
            return read(text, self.format(time), zone, time.language)
        # A workbook's column may hold dates, which we wrote as ISO 8601, beside texts in the mapping's format.
        return ibis.coalesce(read(text, None, zone), read(text, time.format, zone, time.language))

    def needs_zone(self, time: TimeSpec) -> ir.BooleanValue:
        """Which times do not say themselves which moment they are."""
        if self.is_typed_time(time):
            return ibis.literal(not self.is_zoned(time))
        return self._engine.without_offset(self.text(time.column), self.format(time))

    def zone(self, column: str) -> ir.StringValue:
        """The cells of a column that holds zones."""
        zone: ir.StringValue = self.text(column).strip()
        return zone

    def is_iso(self, time: TimeSpec) -> bool:
        """Whether the file itself says that the column is in ISO 8601, whatever the mapping says."""
        return self._found[time.column] in self._opened.iso

    @property
    def formats(self) -> tuple[tuple[str | None, str | None], ...]:
        """The formats and languages that the times of this file are in."""
        return tuple(dict.fromkeys((self.format(time), time.language) for time in self._settled.values()))

    def format(self, time: TimeSpec) -> str | None:
        """The format that holds for a column of this file."""
        return None if self.is_iso(time) else self._settled.get(time, time).format

    def is_typed_time(self, time: TimeSpec) -> bool:
        """Whether the file itself says that the column holds times."""
        column = self.raw(time.column)
        return column is not None and bool(column.type().is_timestamp() or column.type().is_date())

    def is_zoned(self, time: TimeSpec) -> bool:
        """Whether the file itself says that the column holds times with a zone."""
        column = self.raw(time.column)
        return column is not None and getattr(column.type(), "timezone", None) is not None

    def order(self, i: int, plan: Plan) -> ir.Column:
        """An `order_by` column."""
        cells = self.text(self._spec.order_by[i])
        return cells if i in plan.texts else or_unreadable(self._engine.parse_integer(cells), cells)

    def rows(self, plan: Plan) -> ir.Table:
        """The rows, as `plan.schema` says, without columns of cells that this file does not have; none left out."""
        spec = self._spec
        columns: dict[str, ir.Value] = {"ticket_id": self.text(spec.ticket), **self.times()}
        columns |= {f"order_{i}": self.order(i, plan) for i in range(len(spec.order_by))}
        if spec.demand is not None:
            columns["demand"] = self.demand()
        columns |= {src(name): self.cell(name) for name in kept_cells(spec) if self.has(name)}
        return self.scan.select(**columns)

    def times(self) -> dict[str, ir.IntegerValue]:
        """The times of the events, by `time_names`. UNREADABLE stands in those without which a row may still stand."""
        spec = self._spec
        if spec.shape is Shape.TICKETS:
            of_ticket = (replace(spec.time, column=time.column) for time in spec.times)
            return dict(zip(time_names(spec), map(self.marked, of_ticket), strict=True))
        if spec.shape is Shape.LINKS:  # a link stands also where nobody wrote down when it was set
            return {"time": self.marked(spec.time)} if spec.has_time else {}
        if spec.shape is Shape.CHANGES and spec.demand is not None:
            return {"time": self.is_created().ifelse(self.time(spec.demand), self.time(spec.time))}
        until = {} if spec.until is None else {"until": self.marked(replace(spec.time, column=spec.until))}
        return {"time": self.time(spec.time), **until}

    def has(self, name: str) -> bool:
        """Whether the file has the column, or we make it."""
        return (self._spec.shape is Shape.CHANGES and name == EVENT) or self.raw(name) is not None

    def cell(self, name: str) -> ir.StringValue:
        """The cells of a column of `used` as text; of changes also the label that no file has."""
        spec = self._spec
        if spec.shape is not Shape.CHANGES or name != EVENT:
            return self.text(name)
        assert spec.field is not None and spec.new is not None  # noqa: S101, PT018  a mapping without does not load
        label = field = self.text(spec.field)
        if spec.state is not None:
            label = ibis.ifelse(field == spec.state, ibis.coalesce(self.text(spec.new), field), field)
        return label if spec.demand is None else self.is_created().ifelse(CREATED, label)

    def is_created(self) -> ir.BooleanValue:
        """Of changes: whether a row tells no change, but only that there is a ticket, and since when."""
        spec = self._spec
        assert spec.field is not None and spec.demand is not None  # noqa: S101, PT018  only asked for where they are
        field, time, demand = map(self.text, (spec.field, spec.time.column, spec.demand.column))
        return field.isnull() & time.isnull() & demand.notnull()

    def marked(self, time: TimeSpec) -> ir.IntegerValue:
        """Times as microseconds UTC, null where missing, UNREADABLE where they cannot be read."""
        return or_unreadable(self.time(time), self.text(time.column))

    def demand(self) -> ir.IntegerValue:
        """The demand column as microseconds UTC, null where missing, UNREADABLE where it cannot be read."""
        demand = self._spec.demand
        assert demand is not None  # noqa: S101  only called where there is one
        return self.marked(demand)

    def bad(self) -> ir.Table:
        """Of the rows of which something has to be set aside: ticket, times and demand as they stand in the file
        (`NAME_text`), and the readings."""
        spec = self._spec
        columns: dict[str, ir.Value] = {"ticket_id": self.text(spec.ticket), **self.times()}
        of_ticket = tuple(time.column for time in spec.times) or ((spec.time.column,) if spec.has_time else ())
        names = (name for name in time_names(spec) if name != "until")
        columns |= {f"{name}_text": self.text(column) for name, column in zip(names, of_ticket, strict=True)}
        if spec.demand is not None:
            columns |= {"demand": self.demand(), "demand_text": self.text(spec.demand.column)}
        if spec.time.zone_column is not None:
            columns["zone"] = self.zone(spec.time.zone_column)
        rows = self.scan.select(**columns)
        return rows.filter(touched_rows(rows, spec))


def bad_rows(kept: ir.Table, spec: ExportSpec) -> ir.BooleanValue:
    """Whether a row of a kept table has to be set aside: no ticket, or a time that it needs is missing or not read."""
    if spec.shape is Shape.TICKETS:
        return tickets.bad_rows(kept, spec)
    if spec.shape is Shape.LINKS:
        unread = (kept.time.fill_null(0) == UNREADABLE) if spec.has_time else ibis.literal(value=False)
        return kept.ticket_id.isnull() | unread
    bad = kept.ticket_id.isnull() | kept.time.isnull()
    return bad if spec.demand is None else bad | (kept.demand.fill_null(0) == UNREADABLE)


def touched_rows(kept: ir.Table, spec: ExportSpec) -> ir.BooleanValue:
    """Of which rows of a kept table something has to be set aside: the row, or one of the times of a ticket."""
    return tickets.touched_rows(kept, spec) if spec.shape is Shape.TICKETS else bad_rows(kept, spec)


def good_rows(engine: Engine, kept: ir.Table, plan: Plan, *, any_bad: bool) -> ir.Table:
    """The table that `EventTable` describes, over a kept one: nothing is copied. Where no row has to be set aside
    (`any_bad` is False) none is looked for."""
    spec = plan.spec
    rows = plan.whole(kept, row=engine.position(kept))
    if any_bad:
        rows = rows.filter(~bad_rows(rows, spec))
    if spec.shape is Shape.TICKETS:
        return tickets.events(rows, spec)
    return rows if spec.until is None else rows.mutate(until=good_end(rows))
