"""How many of the times that were read are of hours which the clocks of their zone skip, or show twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mining.engine.time_shifts import SKIPPED, TWICE
from mining.sources.rows import Cells, time_names

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

Clocks = Counter[tuple[str, str, bool]]
"""Times by column, zone, and whether they are skipped (else they are shown twice)."""


def count_clocks(engine: Engine, cells: Cells, kept: ir.Table, fresh: ir.Table) -> Clocks:
    """Count the times of one file that are marked, and take the marks from the table `kept`, of which `fresh` are the
    rows of this file."""
    if not cells.local_times:
        return Counter()
    columns = [name for name in (*time_names(cells.spec), "demand") if name in kept.columns]
    looks = {f"skipped_{name}": ((fresh[name] >= SKIPPED) & (fresh[name] < TWICE)).sum() for name in columns}
    looks |= {f"twice_{name}": (fresh[name] >= TWICE).sum() for name in columns}
    found = engine.fetch(fresh.aggregate(**looks), limit=1).to_pylist()[0]
    clocks: Clocks = Counter()
    for name in columns:
        skipped, twice = found[f"skipped_{name}"] or 0, found[f"twice_{name}"] or 0
        if skipped or twice:
            engine.local_times.unmark(kept, name)
            where = _of(cells, name)
            clocks.update({(*where, True): skipped, (*where, False): twice})
    return +clocks


def clock_notes(clocks: Clocks) -> list[str]:
    """What the report says of local times that clocks skipped or showed twice, a sentence for each column and zone."""
    notes = []
    for (column, zone, skips), times in sorted(clocks.items()):
        n = f"{times:,} time" if times == 1 else f"{times:,} times"
        if skips:
            what = f"of hours that the clocks of {zone} skip: read as if the clocks had not been put forward yet"
        else:
            what = f"of hours that the clocks of {zone} show twice: the second was meant, by the rule here"
        notes.append(f"{column} has {n} {what}")
    return notes


def _of(cells: Cells, kept: str) -> tuple[str, str]:
    """The columns of the file that went into a column of the event table, and their zone."""
    spec = cells.spec
    of_events = zip(time_names(spec), (time.column for time in spec.times), strict=False) if spec.times else ()
    at = {"until": spec.until, "demand": spec.demand and spec.demand.column, **dict(of_events)}.get(kept)
    here = [local.time for name, local in cells.local_times.items() if at is None or name == at]
    others = {spec.until, spec.demand and spec.demand.column}
    times = [time for time in here if at is not None or time.column not in others - {spec.time.column}] or here
    named = " and ".join(f'"{time.column}"' for time in times)
    zones = dict.fromkeys("their zone" if time.zone_column else time.zone or "UTC" for time in times)
    return f"column {named}" if len(times) == 1 else f"the columns {named}", " and ".join(zones)
