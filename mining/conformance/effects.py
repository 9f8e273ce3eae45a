"""What a deviation costs: the median lead time of checked streams with it, and of those without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mining.conformance.statistics import median_ranks
from mining.core.conformance import Effect, Interval
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

Ranks = tuple[int, int | None, int | None]
"""Of the median, and of its bounds."""

_WITH, _WITHOUT = 0, 1


def effects(tables: Tables, cases: ir.Table, occurs: ir.Table, sizes: Sequence[int], total: int) -> list[Effect]:
    """For each deviation: the median lead times with it and without it. `sizes` are how many streams with each have a
    lead time, `total` is how many have one in all.

    Those without are all but those with it. The r-th of them is the (r + j)-th of all, where j counts those with the
    deviation that have fewer than r without it up to them; so nothing is sorted but all lead times, once, and those
    with each deviation.
    """
    most = len(sizes)
    if not most:
        return []
    every = _cumulated(cases.filter(cases.lead.notnull()), ())
    every = tables.keep(every.select("lead", "n", "upto"), "leads")
    with_it = _cumulated(occurs.filter(occurs.lead.notnull()), ("deviation",))
    joined = with_it.inner_join(every, "lead")
    below = joined.upto_right - joined.upto
    with_it = tables.keep(joined.select("deviation", "lead", "n", "upto", below=below.cast("int64")), "leads_with")
    ranks: dict[tuple[int, int], Ranks] = {
        (i, side): median_ranks(n)
        for i in range(most)
        for side, n in ((_WITH, sizes[i]), (_WITHOUT, total - sizes[i]))
        if n
    }
    at = _at_ranks(tables, every, with_it, ranks)
    tables.drop(with_it)
    tables.drop(every)

    def interval(deviation: int, side: int) -> Interval:
        n = sizes[deviation] if side == _WITH else total - sizes[deviation]
        return Interval(n, *(at.get((deviation, side, which)) for which in range(3)))

    return [Effect(interval(i, _WITH), interval(i, _WITHOUT)) for i in range(most)]


def _cumulated(rows: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """How often each lead time occurs (`n`), and how many are as long or shorter (`upto`)."""
    import ibis

    counted = rows.group_by([*by, "lead"]).aggregate(n=rows.count())
    so_far = ibis.window(group_by=by or None, order_by="lead", preceding=None, following=0)
    return counted.mutate(upto=counted.n.sum().over(so_far).cast("int64"))


def _at_ranks(
    tables: Tables, every: ir.Table, with_it: ir.Table, ranks: Mapping[tuple[int, int], Ranks]
) -> dict[tuple[int, int, int], int]:
    """The lead times at these ranks (from 1) of each (deviation, side)."""
    import ibis

    wanted = [(*key, which, rank) for key, of_key in sorted(ranks.items()) for which, rank in enumerate(of_key) if rank]
    asked = _asked(tables, [one for one in wanted if one[1] == _WITHOUT])
    before = asked.left_join(with_it, [asked.of_deviation == with_it.deviation, with_it.below < asked["rank"]])
    passed = before.group_by("of_deviation", "side", "which", "rank").aggregate(
        passed=ibis.coalesce(before.upto.max(), 0)
    )
    of_every = passed.select("of_deviation", "side", "which", rank=passed["rank"] + passed.passed)
    met = every.inner_join(of_every, [every.upto >= of_every["rank"], every.upto - every.n < of_every["rank"]])
    rows = tables.fetch(met.select("of_deviation", "side", "which", "lead"), limit=len(wanted) + 1).to_pylist()
    own = _asked(tables, [one for one in wanted if one[1] == _WITH])
    met = with_it.inner_join(own, with_it.deviation == own.of_deviation)
    met = met.filter((met.upto >= met["rank"]) & (met.upto - met.n < met["rank"]))
    rows += tables.fetch(met.select("of_deviation", "side", "which", "lead"), limit=len(wanted) + 1).to_pylist()
    return {(row["of_deviation"], row["side"], row["which"]): row["lead"] for row in rows}


def _asked(tables: Tables, wanted: Sequence[tuple[int, int, int, int]]) -> ir.Table:
    import pyarrow as pa

    names = ("of_deviation", "side", "which", "rank")
    columns = {name: pa.array([one[i] for one in wanted], pa.int64()) for i, name in enumerate(names)}
    return tables.put(pa.table(columns), "ranks")
