"""From a scan to rows of the event table, in one statement; and which of its rows have to be set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from mining.core.events import src
from mining.core.export import ExportSpec, TimeSpec
from mining.core.time_forms import carries_offset
from mining.engine.time_shifts import has_shifts
from mining.sources.local_time import LocalTime
from mining.sources.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from mining.engine.duck import Engine

UNREADABLE = -(2**63)
"""Stands for "there was text, but it could not be read" until the rows are looked at; no time and no counter is it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one run are loaded. `texts` are the numbers of the `order_by` columns that are not all whole."""

    spec: ExportSpec
    texts: frozenset[int]

    @property
    def schema(self) -> ibis.Schema:
        """The columns that are kept."""
        types = {"ticket_id": "string", "time": "int64"}
        types |= {f"order_{i}": "string" if i in self.texts else "int64" for i in range(len(self.spec.order_by))}
        if self.spec.demand is not None:
            types["demand"] = "int64"
        return ibis.schema(types | {src(name): "string" for name in self.spec.used})


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
        return self._engine.parse_time(self.text(time.column), self.format(time), zone, time.language)

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
        return cells if i in plan.texts else _or_unreadable(self._engine.parse_integer(cells), cells)

    def rows(self, plan: Plan) -> ir.Table:
        """The rows, as `plan.schema` says; none left out."""
        spec = self._spec
        columns: dict[str, ir.Value] = {"ticket_id": self.text(spec.ticket), "time": self.time(spec.time)}
        columns |= {f"order_{i}": self.order(i, plan) for i in range(len(spec.order_by))}
        if spec.demand is not None:
            columns["demand"] = self.demand()
        columns |= {src(name): self.text(name) for name in spec.used}
        return self.scan.select(**columns)

    def demand(self) -> ir.IntegerValue:
        """The demand column as microseconds UTC, null where missing, UNREADABLE where it cannot be read."""
        demand = self._spec.demand
        assert demand is not None  # noqa: S101  only called where there is one
        return _or_unreadable(self.time(demand), self.text(demand.column))

    def bad(self) -> ir.Table:
        """Of the rows that have to be set aside: ticket, time, demand as they stand in the file, and the readings."""
        spec = self._spec
        columns = {
            "ticket": self.text(spec.ticket),
            "time": self.time(spec.time),
            "time_text": self.text(spec.time.column),
        }
        if spec.demand is not None:
            columns |= {"demand": self.demand(), "demand_text": self.text(spec.demand.column)}
        if spec.time.zone_column is not None:
            columns["zone"] = self.zone(spec.time.zone_column)
        rows = self.scan.select(**columns)
        return rows.filter(_is_bad(rows, rows.ticket, spec))


def bad_rows(kept: ir.Table, spec: ExportSpec) -> ir.BooleanValue:
    """Which rows of a kept table have to be set aside."""
    return _is_bad(kept, kept.ticket_id, spec)


def good_rows(engine: Engine, kept: ir.Table, spec: ExportSpec, *, any_bad: bool) -> ir.Table:
    """The event table as `EventTable` describes it."""
    rows = kept.mutate(row=engine.position(kept))
    if any_bad:
        rows = rows.filter(~bad_rows(rows, spec))
    return rows.select("row", *(name for name in kept.columns))


def _is_bad(rows: ir.Table, ticket: ir.Column, spec: ExportSpec) -> ir.BooleanValue:
    bad = ticket.isnull() | rows.time.isnull()
    return bad if spec.demand is None else bad | (rows.demand.fill_null(0) == UNREADABLE)


def _or_unreadable(read: ir.IntegerValue, text: ir.StringValue) -> ir.IntegerValue:
    number: ir.IntegerValue = ibis.cases((read.isnull() & text.notnull(), UNREADABLE), else_=read)
    return number
