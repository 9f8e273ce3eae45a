"""The ripple of a change: incidents on its configuration item in the days after, against the mean of the days before.

A change counts from when value was first claimed on it. Only changes that were alone are looked at: with no other one
on their item so shortly before or after that the same incidents would count for both. So all windows are apart, and the
incidents in them are counts of Poisson's, of which the ratio of the rates has an exact interval: given all N of them,
those after are binomial. Source: J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples from
Poisson series", Biometrika 31 (1940); for the interval, C. Clopper and E. Pearson, Biometrika 26 (1934).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mining.core.events import MappedLog
from mining.core.facts import Fact, told
from mining.core.improvement import Interval, Ripple, Verdict
from mining.core.results import Selection
from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

BEFORE, AFTER = 28, 7
"""Days of the base line, and of the ripple."""

LEAST_CHANGES, LEAST_INCIDENTS = 10, 10
"""So many changes that were alone, and so many incidents in their windows, it takes for a ratio."""

_DAY = 86_400_000_000
FEW = "Only {changes} that were alone, with {incidents} in their windows; it takes {least} of each."


def can_ripple(mapped: MappedLog, types: Sequence[str]) -> bool:
    """Whether there are changes and incidents, and a column that tells the configuration item."""
    changes = any(name.lower() == "change" for name in mapped.ticket_types)
    return changes and bool(types) and mapped.turns is not None and told(Fact.ITEM) in mapped.turns.columns


def ripple(tables: Tables, streams: Streams, mapped: MappedLog, incidents: ir.Table, selected: Selection) -> Ripple:
    """The ripple of all changes that reached value and tell their item. `incidents` as of `incidents_of`."""
    changes = tables.keep(_changes(mapped), "changes")
    inside = (changes["at"] - BEFORE * _DAY >= streams.first_event) & (
        changes["at"] + AFTER * _DAY <= streams.last_event
    )
    marked = changes.mutate(inside=inside)
    counts = tables.fetch(
        marked.aggregate(n=marked.count(), inside=marked.inside.sum(), alone=(marked.inside & marked.alone).sum()),
        limit=1,
    ).to_pylist()[0]
    n, in_window, alone = (int(counts[name] or 0) for name in ("n", "inside", "alone"))
    if selected.by_completion:
        tables.drop(changes)
        return Ripple(Verdict.NOT_SHOWN, selected.reason, BEFORE, AFTER, n, in_window, alone, 0, 0, 0, 0, None)
    around = tables.keep(_around(marked.filter(marked.inside, marked.alone), incidents), "around")
    by_change = around.group_by("change").aggregate(
        before=(around.day < 0).sum().cast("int64"), after=(around.day >= 0).sum().cast("int64")
    )
    sums = by_change.aggregate(
        followed=(by_change.after > 0).sum(), more=(by_change.after * BEFORE > by_change.before * AFTER).sum()
    )
    row = tables.fetch(sums, limit=1).to_pylist()[0]
    followed, more = (int(row[name] or 0) for name in ("followed", "more"))
    daily = _daily(tables, around)
    before, after = sum(daily[:BEFORE]), sum(daily[BEFORE:])
    for kept in (around, changes):
        tables.drop(kept)
    enough = alone >= LEAST_CHANGES and before + after >= LEAST_INCIDENTS
    reason = FEW.format(
        changes=f"{alone:,} change{'' if alone == 1 else 's'}",
        incidents=f"{before + after:,} incident{'' if before + after == 1 else 's'}",
        least=LEAST_CHANGES,
    )
    return Ripple(
        verdict=Verdict.COMPARED if enough else Verdict.NOT_SHOWN,
        reason="" if enough else reason,
        days_before=BEFORE,
        days_after=AFTER,
        changes=n,
        in_window=in_window,
        alone=alone,
        before=before,
        after=after,
        followed=followed,
        more=more,
        ratio=rate_ratio(after, AFTER, before, BEFORE) if enough else None,
        daily=daily if enough else (),
        band=_band(before / BEFORE) if enough else None,
    )


def _daily(tables: Tables, around: ir.Table) -> tuple[int, ...]:
    """The incidents of each day, from the first one before on."""
    counted = around.group_by("day").aggregate(n=around.count())
    found = {row["day"]: row["n"] for row in tables.fetch(counted, limit=BEFORE + AFTER).to_pylist()}
    return tuple(found.get(day, 0) for day in range(-BEFORE, AFTER))


def _band(mean: float) -> tuple[int, int]:
    """Within which a count of this mean lies in at least 95 of 100 days by chance alone (Poisson)."""
    from scipy.stats import poisson

    return int(poisson.ppf(0.025, mean)), int(poisson.ppf(0.975, mean))


def rate_ratio(after: int, days_after: float, before: int, days_before: float) -> Interval:
    """The rate after ÷ the rate before, with its exact 95 % interval. `before` of 0 has no upper bound."""
    from scipy.special import betaincinv

    low = float(betaincinv(after, before + 1, 0.025)) if after else 0.0
    scale = days_before / days_after
    if not before:
        return Interval(None, scale * low / (1 - low), None)
    high = float(betaincinv(after + 1, before, 0.975))
    return Interval(scale * after / before, scale * low / (1 - low), scale * high / (1 - high))


def _changes(mapped: MappedLog) -> ir.Table:
    """One row a change that reached value and tells its item: item, at (int64, microseconds UTC), alone (boolean)."""
    import ibis

    turns, log = mapped.turns, mapped.table
    if turns is None:
        raise ValueError("a log without turns")
    names = [name for name in mapped.ticket_types if name.lower() == "change"]
    marks = [number for number, label in enumerate(mapped.visits) if label.realises]
    valued = log.filter(log.visit.isin(marks or [-1]))
    valued = valued.filter(ibis.or_(*(valued.case_id.startswith(mapped.case_of(name, "")) for name in names)))
    done = valued.group_by("case_id").aggregate(at=valued.time.min())
    last = turns.filter(turns["last"]).select("case_id", item=turns[told(Fact.ITEM)].nullif(""))
    joined = done.inner_join(last.filter(last.item.notnull()), "case_id").select("case_id", "item", "at")
    in_order = ibis.window(group_by=joined.item, order_by=[joined["at"], joined.case_id])
    near = joined.mutate(
        gap_before=joined["at"] - joined["at"].lag().over(in_order),
        gap_after=joined["at"].lead().over(in_order) - joined["at"],
    )
    apart = (near.gap_before.fill_null((BEFORE + AFTER) * _DAY) >= (BEFORE + AFTER) * _DAY) & (
        near.gap_after.fill_null(AFTER * _DAY + 1) > AFTER * _DAY
    )
    return near.select("case_id", "item", "at", alone=apart)


def _around(changes: ir.Table, incidents: ir.Table) -> ir.Table:
    """The incidents within the days of a change on their item: the change, and the day from it on (int64).

    Changes that were alone have windows apart, so an incident can only be in that of the latest one that had begun.
    """
    windows = changes.select(item_of="item", change="case_id", at="at", opens=changes["at"] - BEFORE * _DAY)
    came = incidents.select(item=incidents[told(Fact.ITEM)].nullif(""), time="begin")
    came = came.filter(came.item.notnull(), came.time.notnull())
    near = came.asof_join(windows, on=came.time >= windows.opens, predicates=[came.item == windows.item_of])
    since = near.time - near.opens
    placed = near.select("change", since=since).filter(lambda each: each.since.notnull())
    placed = placed.filter(placed.since < (BEFORE + AFTER) * _DAY)
    return placed.select("change", day=(placed.since // _DAY).cast("int64") - BEFORE)
