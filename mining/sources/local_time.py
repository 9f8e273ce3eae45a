"""Local times of a file on their way to moments, and how many of them the clocks skip or show twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from mining.core.export import TimeSpec
from mining.engine.time_shifts import Shift, shifts_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine
    from mining.sources.rows import Cells


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A column with times that may be local. `zones` are those of its rows, where they have one each.

    `name` begins the names of the columns that the scan has for it: `name` itself holds the times as if they were of
    UTC, `name`_open whether they need a zone, `name`_zone the zone of each row.
    """

    name: str
    time: TimeSpec
    zones: tuple[str, ...] = ()

    def columns(self, cells: Cells) -> dict[str, ir.Value]:
        """The columns that the scan has to have."""
        columns: dict[str, ir.Value] = {self.name: cells.read(self.time, "UTC")}
        columns[f"{self.name}_open"] = cells.needs_zone(self.time)
        if self.time.zone_column is not None:
            columns[f"{self.name}_zone"] = cells.zone(self.time.zone_column)
        return columns

    def moments(self, engine: Engine, scan: ir.Table) -> ir.IntegerValue:
        """Microseconds UTC, null where there is no time or no zone to read it by."""
        read, needs_zone = scan[self.name], scan[f"{self.name}_open"]
        if self.time.zone_column is None:
            utc = engine.local_times.to_utc(read, self.time.zone or "UTC")
        else:
            zone = scan[f"{self.name}_zone"]
            of_zones = [(zone == each, engine.local_times.to_utc(read, each)) for each in self.zones]
            utc = ibis.cases(*of_zones, else_=ibis.null("int64")) if of_zones else ibis.null("int64")
        moments: ir.IntegerValue = needs_zone.ifelse(utc, read)
        return moments

    def put_clocks(self, scan: ir.Table, first: int, last: int) -> dict[tuple[str, bool], Any]:
        """How many times between two moments (microseconds UTC) the clocks skip, or show twice, as aggregates.

        By (zone, whether they are skipped).
        """
        read, needs_zone = scan[self.name], scan[f"{self.name}_open"]
        counts: dict[tuple[str, bool], Any] = {}
        for zone in self.zones or (self.time.zone or "UTC",):
            shifts = shifts_of(zone, first, last)
            of_zone = scan[f"{self.name}_zone"] == zone if self.time.zone_column is not None else True
            for skips in (True, False):
                spans = [shift.local for shift in shifts if shift.skips is skips]
                if spans:
                    counts[zone, skips] = (needs_zone & _in_one(read, spans) & of_zone).sum()
        return counts

    def may_be_put(self, moments: ir.IntegerValue, shifts: tuple[Shift, ...]) -> ir.BooleanValue:
        """Of moments, those that a time which the clocks skip or show twice may have become."""
        return _in_one(moments, [shift.moments for shift in shifts])


def _in_one(value: ir.IntegerValue, spans: list[tuple[int, int]]) -> ir.BooleanValue:
    return ibis.or_(*((value >= begin) & (value < end) for begin, end in spans))
