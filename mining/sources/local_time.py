"""Local times of a file on their way to moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from mining.core.export import TimeSpec

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
        """Microseconds UTC, null where there is no time or no zone to read it by.

        Those that the clocks skip or show twice are marked, see `LocalTimes`.
        """
        read, needs_zone = scan[self.name], scan[f"{self.name}_open"]
        if self.time.zone_column is None:
            utc = engine.local_times.to_utc(read, self.time.zone or "UTC")
        else:
            zone = scan[f"{self.name}_zone"]
            of_zones = [(zone == each, engine.local_times.to_utc(read, each)) for each in self.zones]
            utc = ibis.cases(*of_zones, else_=ibis.null("int64")) if of_zones else ibis.null("int64")
        moments: ir.IntegerValue = needs_zone.ifelse(utc, read)
        return moments
