"""What the streams cost, by the rates of the mapping: per stream, per variant, per deviation.

docs/decisions/0027-what-cost-is-of.md says of which time, and why a deviation costs no more than its own visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mining.core.activities import Activity
from mining.core.costs import Amounts, Basis, CostOfDeviation, CostOfPlace, CostOfVariant, Costs
from mining.core.events import MappedLog
from mining.core.rates import RateCard
from mining.core.results import Conformance, DeviationKind
from mining.core.streams import Path, Streams, is_fulfilled
from mining.core.tables import Tables
from mining.measures.priced import NO_GROUP, priced_visits
from mining.measures.stream_costs import amount_of, by_stream
from mining.measures.unexpected import Unexpected, unexpected_visits

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SHARES = (50, 85, 95)


def costs(tables: Tables, streams: Streams, mapped: MappedLog, checked: Sequence[Conformance]) -> Costs | None:
    """The costs of the streams; None where the mapping gives no rates. `checked` has one for each reference stream."""
    card = mapped.rates
    if card is None:
        return None
    basis = Basis.RECORDED if streams.tells_ends else Basis.NOT_WAITING
    fulfilled = [path for path in streams.paths if _counts(path, streams)]
    visits = priced_visits(tables, streams, mapped, card, basis)
    places, unpriced = _places(tables, visits, streams, card, fulfilled)
    others = [path for path in streams.paths if not _counts(path, streams)]
    amounts = by_stream(tables, visits)
    found = Costs(
        rates=card,
        basis=basis,
        per_stream=_per_stream(tables, amounts, fulfilled, sum(place.amount for place in places)),
        at_most=_at_most(tables, streams, mapped, card, fulfilled) if basis is Basis.RECORDED else None,
        unpriced=unpriced,
        other_streams=sum(place.amount for place in _places(tables, visits, streams, card, others)[0]),
        places=places,
        variants=_variants(tables, visits, fulfilled),
        deviations=_of_all_references(tables, visits, streams, checked) if checked else None,
        without_groups=bool(card.groups) and streams.linked is not None and streams.tickets is None,
        by_stream=amounts,
    )
    tables.drop(visits)
    return found


def _counts(path: Path, streams: Streams) -> bool:
    return is_fulfilled(path.state, path.value_at is not None, can_realise_value=streams.can_realise_value)


def _at_most(tables: Tables, streams: Streams, mapped: MappedLog, card: RateCard, fulfilled: list[Path]) -> int:
    visits = priced_visits(tables, streams, mapped, card, Basis.NOT_WAITING)
    places, _ = _places(tables, visits, streams, card, fulfilled)
    tables.drop(visits)
    return sum(place.amount for place in places)


def _of_paths(tables: Tables, visits: ir.Table, paths: Iterable[Path]) -> ir.Table:
    """The visits of these paths."""
    import pyarrow as pa

    known = tables.put(pa.table({"of_path": pa.array([path.id for path in paths], pa.int32())}), "paths")
    return visits.semi_join(known, visits.path == known.of_path)


def _places(
    tables: Tables, visits: ir.Table, streams: Streams, card: RateCard, paths: Iterable[Path]
) -> tuple[tuple[CostOfPlace, ...], int]:
    """Cost by activity and step, and by the group whose rate it is, the dearest first; and the time without a rate."""
    of_paths = _of_paths(tables, visits, paths)
    grouped = of_paths.group_by(["label", "group"]).aggregate(time=of_paths.duration.sum())
    rows = tables.fetch(grouped, limit=len(streams.labels) * (len(card.groups) + 1)).to_pylist()
    total: dict[tuple[Activity, str | None, str | None, int], int] = {}
    unpriced = 0
    groups = list(card.groups)
    for row in rows:
        label = streams.labels[row["label"]]
        group = None if row["group"] == NO_GROUP else groups[row["group"]]
        rate = card.rate(label) if group is None else card.groups[group]
        time = int(row["time"])  # sums of sums come as decimals
        if rate is None:
            unpriced += time
            continue
        key = (label.activity, label.step, group, rate)
        total[key] = total.get(key, 0) + time
    found = [CostOfPlace(*key, time) for key, time in total.items()]
    found.sort(key=lambda one: (-one.amount, one.activity, one.step or "", one.group or ""))
    return tuple(found), unpriced


def _per_stream(tables: Tables, amounts: ir.Table, fulfilled: list[Path], total: int) -> Amounts | None:
    """The quantiles over all fulfilled streams: those of which nothing is priced cost nothing."""
    import ibis

    n = sum(path.streams for path in fulfilled)
    if not n:
        return None
    priced = _of_paths(tables, amounts.filter(amounts.amount.notnull()), fulfilled)
    priced = priced.select("amount")
    ranked = priced.mutate(from_dearest=ibis.row_number().over(ibis.window(order_by=ibis.desc("amount"))))
    wanted = [n - -(-n * share // 100) for share in (*_SHARES, 100)]
    rows = tables.fetch(ranked.filter(ranked.from_dearest.isin(wanted)), limit=len(wanted)).to_pylist()
    at = {row["from_dearest"]: int(row["amount"]) for row in rows}
    return Amounts(n, total, *(at.get(rank, 0) for rank in wanted))


def _variants(tables: Tables, visits: ir.Table, fulfilled: list[Path]) -> tuple[CostOfVariant, ...]:
    """The cost of each variant of fulfilled streams, the dearest first."""
    import pyarrow as pa

    streams: dict[int, int] = {}
    for path in fulfilled:
        streams[path.variant] = streams.get(path.variant, 0) + path.streams
    known = tables.put(
        pa.table(
            {
                "of_path": pa.array([path.id for path in fulfilled], pa.int32()),
                "variant": pa.array([path.variant for path in fulfilled], pa.int32()),
            }
        ),
        "variants",
    )
    joined = visits.filter(visits.rate.notnull()).inner_join(known, visits.path == known.of_path)
    grouped = joined.group_by("variant").aggregate(amount=amount_of(joined).sum())
    amounts = {row["variant"]: int(row["amount"]) for row in tables.fetch(grouped, limit=len(streams) + 1).to_pylist()}
    found = [CostOfVariant(variant, n, amounts.get(variant, 0)) for variant, n in streams.items()]
    return tuple(sorted(found, key=lambda one: (-one.amount, one.variant)))


def _of_all_references(
    tables: Tables, visits: ir.Table, streams: Streams, checked: Sequence[Conformance]
) -> tuple[CostOfDeviation, ...]:
    """The cost of the visits that are deviations, each stream by the reference stream that it was checked against. What
    several references call the same is added up. The dearest first."""
    together: dict[tuple[DeviationKind, str, str | None], CostOfDeviation] = {}
    for one in checked:
        of = one.streams or streams
        own = visits if one.streams is None else visits.semi_join(of.table, "case_id")
        for cost in _deviations(tables, own, unexpected_visits(of, one)):
            key = (cost.kind, cost.label, cost.instead_of)
            others = together.get(key)
            together[key] = cost if others is None else _added(others, cost)
    return tuple(
        sorted(
            together.values(), key=lambda one: (-one.amount, -one.streams, one.kind, one.label, one.instead_of or "")
        )
    )


def _added(one: CostOfDeviation, other: CostOfDeviation) -> CostOfDeviation:
    return replace(
        one,
        streams=one.streams + other.streams,
        occurrences=one.occurrences + other.occurrences,
        time=one.time + other.time,
        amount=one.amount + other.amount,
    )


def _deviations(tables: Tables, visits: ir.Table, unexpected: Unexpected) -> list[CostOfDeviation]:
    """The cost of the visits that are the deviations themselves."""
    import pyarrow as pa

    columns = {"of_path": unexpected.path, "at": unexpected.position, "deviation": unexpected.deviation}
    at = tables.put(pa.table({name: pa.array(of, pa.int32()) for name, of in columns.items()}), "unexpected")
    joined = visits.filter(visits.rate.notnull()).inner_join(
        at, [visits.path == at.of_path, visits.position == at["at"]]
    )
    grouped = joined.group_by("deviation").aggregate(time=joined.duration.sum(), amount=amount_of(joined).sum())
    rows = {row["deviation"]: row for row in tables.fetch(grouped, limit=len(unexpected.told) + 1).to_pylist()}
    nothing = {"time": 0, "amount": 0}
    return [
        CostOfDeviation(
            *told,
            unexpected.streams[i],
            unexpected.occurrences[i],
            int(rows.get(i, nothing)["time"]),
            int(rows.get(i, nothing)["amount"]),
        )
        for i, told in enumerate(unexpected.told)
    ]
