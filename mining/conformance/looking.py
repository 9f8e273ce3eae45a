"""What the cases tell of each deviation: what it costs, since when, in which of them. All of it joins in the engine.

The variants were aligned once each; here every checked stream meets the deviations of its variant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mining.conformance.attributes import Attributes, over_represented
from mining.conformance.effects import effects
from mining.conformance.limits import Late
from mining.conformance.periods import periods
from mining.conformance.statistics import adjusted, trend
from mining.core.activities import State
from mining.core.conformance import Cases, Evidence, Period, Trend
from mining.core.results import Conformance
from mining.core.streams import Path, Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST = 60
"""Deviations that are looked at more closely, the most frequent first: as many as a report shows."""

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """The checked cases in the engine, and which deviations each has.

    Columns of `cases` (one row a checked stream): case_id, path and variant (int32), lead (int64, microseconds from
    demand to the first value held; null where there is none), ended (int64, when it ended, or its last event),
    unmapped (boolean).
    Columns of `occurs` (one row a deviation of a stream): those of `cases`, deviation (int32), times (int64).
    """

    cases: ir.Table
    occurs: ir.Table


def checked_paths(streams: Streams, found: Conformance) -> list[Path]:
    """The paths whose streams were checked in full."""
    full = {one.variant for one in found.checks} - {v.id for v in streams.variants if v.state is State.OPEN}
    return [path for path in streams.paths if path.variant in full]


def checked_cases(
    tables: Tables, streams: Streams, found: Conformance, paths: Sequence[Path], late: Late | None = None
) -> Checked:
    """The checked cases and their deviations, those that are too slow (`late`) included, kept in the engine."""
    import ibis
    import pyarrow as pa

    of_path = tables.put(
        pa.table(
            {
                "of_path": pa.array([path.id for path in paths], pa.int32()),
                "variant": pa.array([path.variant for path in paths], pa.int32()),
                "held_at": pa.array([path.held_at for path in paths], pa.int32()),
            }
        ),
        "checked_paths",
    )
    joined = streams.table.inner_join(of_path, streams.table.path == of_path.of_path)
    cases = joined.select(
        "case_id",
        "path",
        "variant",
        lead=joined.starts[joined.held_at] - joined["first"],
        ended=ibis.coalesce(joined.ended, joined["last"]),
        unmapped=joined.unmapped > 0,
    )
    kept = tables.keep(cases, "checked_cases")
    incidence = found.incidence
    has = tables.put(
        pa.table(
            {
                "of_variant": pa.array([] if incidence is None else incidence.variant, pa.int32()),
                "deviation": pa.array([] if incidence is None else incidence.deviation, pa.int32()),
                "times": pa.array([] if incidence is None else incidence.times, pa.int64()),
            }
        ),
        "incidence",
    )
    occurs = kept.inner_join(has, kept.variant == has.of_variant).drop("of_variant")
    if late is not None:
        slow = late.table.rename(of_case="case_id")
        joined = kept.inner_join(slow, kept.case_id == slow.of_case)
        occurs = occurs.union(joined.select(*occurs.columns))
    return Checked(kept, tables.keep(occurs, "occurs"))


def without_late(tables: Tables, found: Conformance, checked: Checked) -> Conformance:
    """`found` with rates in which a stream that only is too slow does not conform either. Moves and fitness stay: it
    costs no move."""
    deviating = checked.occurs.select("case_id", "unmapped").distinct()
    counted = deviating.aggregate(all=deviating.count(), mapped=deviating.count(where=~deviating.unmapped))
    row = tables.fetch(counted, limit=1).to_pylist()[0]
    return replace(
        found,
        rates=replace(found.rates, conforming=found.rates.checked - row["all"]),
        rates_mapped=replace(found.rates_mapped, conforming=found.rates_mapped.checked - row["mapped"]),
    )


def look_closer(
    tables: Tables,
    found: Conformance,
    checked: Checked,
    attributes: Attributes | None,
    *,
    examples: bool = False,
) -> Conformance:
    """`found` with what the cases tell of the deviations that most streams have. Case numbers stay out of it unless
    `examples` are asked for."""
    looked_at = min(MOST, len(found.deviations))
    unit, begins = _periods(tables, checked)
    few = checked.occurs.filter(checked.occurs.deviation < looked_at)
    ended = _by_period(tables, checked.cases, begins, ())
    with_it = _by_period(tables, few, begins, ("deviation",), looked_at)
    trends = _trends(ended, with_it, len(begins), looked_at)
    sizes = [sum(of.leads for key, of in with_it.items() if key[0] == i) for i in range(looked_at)]
    cost = effects(tables, checked.cases, few, sizes, sum(of.leads for of in ended.values()))
    when = _when(with_it)
    named = _examples(tables, few, looked_at) if examples else {}
    stand_out, tested = (
        ({}, 0) if attributes is None else over_represented(tables, checked.cases, few, attributes, looked_at)
    )
    evidence = {
        i: Evidence(cost[i], trends[i], first, last, stand_out.get(i, ()), tuple(named.get(i, ())))
        for i in range(looked_at)
        for first, last in (when.get(i, (None, None)),)
    }
    names = () if attributes is None else tuple(attributes.columns)
    return replace(found, cases=Cases(evidence, looked_at, unit, begins, names, tested))


def _periods(tables: Tables, checked: Checked) -> tuple[str, tuple[int, ...]]:
    whole = checked.cases.aggregate(first=checked.cases.ended.min(), last=checked.cases.ended.max())
    row = tables.fetch(whole, limit=1).to_pylist()[0]
    return ("month", ()) if row["first"] is None else periods(row["first"], row["last"])


# ---------------------------------------------------------------------------------------------------- by period


@dataclass(frozen=True, slots=True)
class _Ended:
    """Streams that ended in one period: how many, how many of them have a lead time, and the first and the last end."""

    streams: int
    leads: int
    first: int
    last: int


_ByPeriod = dict[tuple[int, ...], _Ended]
"""By deviation, where there is one, and period."""


def _by_period(
    tables: Tables, table: ir.Table, begins: Sequence[int], keys: tuple[str, ...], most: int = 1
) -> _ByPeriod:
    import ibis

    if not begins:
        return {}
    period = ibis.literal(-1, "int32")
    for begin in begins:
        period = period + (table.ended >= begin).cast("int32")
    numbered = table.mutate(period=period)
    counted = numbered.group_by([*keys, "period"]).aggregate(
        streams=numbered.count(), leads=numbered.lead.count(), first=numbered.ended.min(), last=numbered.ended.max()
    )
    rows = tables.fetch(counted, limit=len(begins) * max(most, 1)).to_pylist()
    return {
        (*(row[key] for key in keys), row["period"]): _Ended(row["streams"], row["leads"], row["first"], row["last"])
        for row in rows
    }


def _when(with_it: _ByPeriod) -> dict[int, tuple[int, int]]:
    """The first and the last end of the streams with each deviation."""
    found: dict[int, tuple[int, int]] = {}
    for (deviation, _), ended in with_it.items():
        first, last = found.get(deviation, (ended.first, ended.last))
        found[deviation] = min(first, ended.first), max(last, ended.last)
    return found


def _trends(ended: _ByPeriod, with_it: _ByPeriod, periods: int, most: int) -> list[Trend]:
    nobody = _Ended(0, 0, 0, 0)
    series = [
        tuple(Period(ended.get((p,), nobody).streams, with_it.get((i, p), nobody).streams) for p in range(periods))
        for i in range(most)
    ]
    tested = {i: found for i, one in enumerate(series) if (found := trend(one)) is not None}
    corrected = dict(zip(tested, adjusted([p for _, p in tested.values()]), strict=True))
    return [Trend(one, tested[i][0] if i in tested else None, corrected.get(i)) for i, one in enumerate(series)]


def _examples(tables: Tables, occurs: ir.Table, most: int) -> dict[int, list[str]]:
    """The streams with each deviation that ended last."""
    import ibis

    latest = ibis.window(group_by="deviation", order_by=[ibis.desc(occurs.ended), occurs.case_id])
    ranked = occurs.mutate(place=ibis.row_number().over(latest))
    first = ranked.filter(ranked.place < _EXAMPLES).select("deviation", "place", "case_id")
    found: dict[int, list[str]] = {}
    for row in tables.fetch(first.order_by(["deviation", "place"]), limit=_EXAMPLES * max(most, 1)).to_pylist():
        found.setdefault(row["deviation"], []).append(row["case_id"])
    return found


def deviating_cases(tables: Tables, found: Conformance, checked: Checked) -> ir.Table:
    """One row a deviation of a checked stream, to be written: case_id, key, deviation (the sentence), kind, times,
    variant, lead_time_us, ended (timestamp)."""
    import pyarrow as pa

    told = tables.put(
        pa.table(
            {
                "of_deviation": pa.array(range(len(found.deviations)), pa.int32()),
                "key": pa.array([one.key for one in found.deviations], pa.string()),
                "sentence": pa.array([one.sentence for one in found.deviations], pa.string()),
                "kind": pa.array([one.kind.value for one in found.deviations], pa.string()),
            }
        ),
        "told",
    )
    joined = checked.occurs.inner_join(told, checked.occurs.deviation == told.of_deviation)
    return joined.select(
        "case_id",
        "key",
        "kind",
        "times",
        "variant",
        deviation=joined.sentence,
        lead_time_us=joined.lead,
        ended=tables.timestamp(joined.ended),
    ).order_by(["case_id", "key"])
