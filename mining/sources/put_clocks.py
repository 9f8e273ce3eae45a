"""How many of the times that were read are of hours which the clocks of their zone skip, or show twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mining.engine.time_shifts import shifts_of
from mining.sources.local_time import LocalTime
from mining.sources.marks import UNREADABLE
from mining.sources.rows import Cells, time_names

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

Clocks = Counter[tuple[str, str, bool]]
"""Times by column, zone, and whether they are skipped (else they are shown twice)."""


def count_clocks(engine: Engine, cells: Cells, kept: ir.Table) -> Clocks:
    """Count them in one file, of which `kept` are the rows that were loaded.

    The moments that were kept tell quickly whether there may be any. Whether a moment was written as a skipped time or
    as the one an hour later, only the file tells, and then it is read once more.
    """
    if not cells.local_times:
        return Counter()
    locals_ = list(cells.local_times.values())
    moments = [kept[_kept_as(cells, local, kept)].nullif(UNREADABLE) for local in locals_]
    looks: dict[str, Any] = {}
    for i, moment in enumerate(moments):
        looks |= {f"first_{i}": moment.min(), f"last_{i}": moment.max()}
    spans = engine.fetch(kept.aggregate(**looks), limit=1).to_pylist()[0]
    doubtful: dict[str, Any] = {}
    for i, (local, moment) in enumerate(zip(locals_, moments, strict=True)):
        zones = local.zones or (local.time.zone or "UTC",)
        if spans[f"first_{i}"] is not None:
            shifts = [shift for zone in zones for shift in shifts_of(zone, spans[f"first_{i}"], spans[f"last_{i}"])]
            if shifts:
                doubtful[str(i)] = local.may_be_put(moment, tuple(dict.fromkeys(shifts))).any()
    if not doubtful:
        return Counter()
    found = engine.fetch(kept.aggregate(**doubtful), limit=1).to_pylist()[0]
    some = [i for i in range(len(locals_)) if found.get(str(i))]
    return _exactly(engine, cells.scan, [(locals_[i], spans[f"first_{i}"], spans[f"last_{i}"]) for i in some])


def clock_notes(clocks: Clocks) -> list[str]:
    """What the report says of them."""
    notes = []
    for (column, zone, skips), times in sorted(clocks.items()):
        n, were = f"{times:,}", "time" if times == 1 else "times"
        if skips:
            what = f"{were} of hours that the clocks of {zone} skip: read as if the clocks had not been put forward yet"
        else:
            what = f"{were} of hours that the clocks of {zone} show twice: the second was meant, by the rule here"
        notes.append(f'column "{column}" has {n} {what}')
    return notes


def _kept_as(cells: Cells, local: LocalTime, kept: ir.Table) -> str:
    """The column of the kept table that the times of `local` went into."""
    spec, column = cells.spec, local.time.column
    of_events = dict(zip((time.column for time in spec.times), time_names(spec), strict=False)) if spec.times else {}
    others = {spec.until: "until", spec.demand and spec.demand.column: "demand"}
    if not of_events and column == spec.time.column:
        return "time"
    name = of_events.get(column) or others.get(column, "time")
    return name if name in kept.columns else "time"


def _exactly(engine: Engine, scan: ir.Table, which: list[tuple[LocalTime, int, int]]) -> Clocks:
    counts: dict[str, Any] = {}
    meant: dict[str, tuple[str, str, bool]] = {}
    for local, first, last in which:
        for (zone, skips), count in local.put_clocks(scan, first, last).items():
            meant[f"n{len(meant)}"] = (local.time.column, zone, skips)
            counts[f"n{len(counts)}"] = count
    if not counts:
        return Counter()
    found = engine.fetch(scan.aggregate(**counts), limit=1).to_pylist()[0]
    return Counter({meant[name]: int(times) for name, times in found.items() if times})
