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
    around = _around(marked.filter(marked.inside, marked.alone), incidents)
    sums = around.aggregate(
        before=around.before.sum(),
        after=around.after.sum(),
        followed=(around.after > 0).sum(),
        more=(around.after * BEFORE > around.before * AFTER).sum(),
    )
    row = tables.fetch(sums, limit=1).to_pylist()[0]
    before, after, followed, more = (int(row[name] or 0) for name in ("before", "after", "followed", "more"))
    tables.drop(changes)
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
    )


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
    """For each change the incidents on its item before and after, as `before` and `after`.

    Not by a join of the two, which could be as large as both together: incidents and the three moments of each change
    stand in one order by item and time, and what has come so far is counted.
    """
    import ibis

    nothing = ibis.null("string")
    came = incidents.select(
        item=incidents[told(Fact.ITEM)], time=incidents.begin, change=nothing, moment=ibis.literal(-1, type="int8")
    )
    came = came.semi_join(changes, "item")
    moments = [
        changes.select("item", time=changes["at"] + days * _DAY, change="case_id", moment=ibis.literal(i, type="int8"))
        for i, days in enumerate((-BEFORE, 0, AFTER))
    ]
    every = ibis.union(came, *moments, distinct=False)
    is_one = (every.moment < 0).cast("int64")
    so_far = ibis.window(group_by=every.item, order_by=[every.time, is_one, every.moment, every.change], rows=(None, 0))
    counted = every.mutate(came=is_one.sum().over(so_far))
    of_change = counted.filter(counted.moment >= 0).group_by("change")
    sums = of_change.aggregate(
        **{f"c{i}": counted.came.max(where=counted.moment == i) for i in range(3)},
    )
    return sums.select(before=sums.c1 - sums.c0, after=sums.c2 - sums.c1)
