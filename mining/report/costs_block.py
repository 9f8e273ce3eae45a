"""The block on costs of `result.json`. Its rows are those of the report's tables."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.costs import Basis, CostOfVariant, Costs
from mining.core.rates import RateCard, hundredths, hundredths_of_parts
from mining.report.formats import share

MOST_VARIANTS = 25
Json = dict[str, Any]


def costs_block(analysis: Analysis) -> Json | None:
    """What the streams cost; None where the mapping gives no rates."""
    costs = analysis.costs
    if costs is None:
        return None
    of = costs.per_stream
    return {
        "currency": costs.rates.currency,
        "basis": costs.basis.value,
        "rates": _rates(costs.rates),
        "groups_used": not costs.without_groups if costs.rates.groups else None,
        "streams": 0 if of is None else of.n,
        "total": hundredths(costs.total),
        "at_least": hundredths(costs.total) if costs.basis is Basis.RECORDED else 0,
        "at_most": hundredths(at_most(costs)),
        "mean": None if of is None else hundredths(of.total, among=of.n),
        "median": None if of is None else hundredths(of.median),
        "p85": None if of is None else hundredths(of.p85),
        "p95": None if of is None else hundredths(of.p95),
        "dearest": None if of is None else hundredths(of.dearest),
        "unpriced_us": costs.unpriced,
        "other_streams": hundredths(costs.other_streams),
        "places": [
            {
                "activity": one.activity.value,
                "step": one.step,
                "group": one.group,
                "rate_millionths": one.rate,
                "time_us": one.time,
                "amount": amount,
                "share": share(one.amount, costs.total),
            }
            for one, amount in zip(costs.places, amounts_of_places(costs), strict=True)
        ],
        "variants": [
            _variant(analysis, costs, one, amount)
            for one, amount in zip(dearest(costs), amounts_of_variants(costs), strict=False)
        ],
        "further_variants": further(costs),
        "deviations": None
        if costs.deviations is None
        else [
            {
                "kind": one.kind.value,
                "label": one.label,
                "instead_of": one.instead_of,
                "streams": one.streams,
                "occurrences": one.occurrences,
                "time_us": one.time,
                "amount": hundredths(one.amount),
                "share": share(one.amount, costs.total),
            }
            for one in costs.deviations
        ],
    }


def at_most(costs: Costs) -> int:
    """The upper bound of the total, in the unit of `Costs.total`; the total itself where nothing is told apart."""
    return costs.total if costs.at_most is None else costs.at_most


def dearest(costs: Costs) -> tuple[CostOfVariant, ...]:
    """The `MOST_VARIANTS` variants that are shown, the dearest first."""
    return costs.variants[:MOST_VARIANTS]


def amounts_of_places(costs: Costs) -> list[int]:
    """What each place costs, in hundredths that add up to the total's."""
    return hundredths_of_parts([one.amount for one in costs.places])


def amounts_of_variants(costs: Costs) -> list[int]:
    """What each variant costs that is shown, and last what the others cost together, in hundredths that add up."""
    shown, rest = costs.variants[:MOST_VARIANTS], costs.variants[MOST_VARIANTS:]
    return hundredths_of_parts([*(one.amount for one in shown), sum(one.amount for one in rest)])


def further(costs: Costs) -> Json:
    """The variants that are not shown, together."""
    rest = costs.variants[MOST_VARIANTS:]
    amount = sum(one.amount for one in rest)
    return {
        "variants": len(rest),
        "streams": sum(one.streams for one in rest),
        "amount": amounts_of_variants(costs)[-1],
        "share": share(amount, costs.total),
    }


def _variant(analysis: Analysis, costs: Costs, one: CostOfVariant, amount: int) -> Json:
    return {
        "number": one.variant + 1,
        "symbols": [str(symbol) for symbol in analysis.streams.variants[one.variant].symbols],
        "streams": one.streams,
        "amount": amount,
        "mean": hundredths(one.amount, among=one.streams),
        "share": share(one.amount, costs.total),
    }


def _rates(card: RateCard) -> list[Json]:
    told: list[tuple[str | None, str | None, str | None, int]] = []
    told += [(None, None, group, rate) for group, rate in card.groups.items()]
    told += [(activity.value, step, None, rate) for (activity, step), rate in card.steps.items()]
    told += [(activity.value, None, None, rate) for activity, rate in card.activities.items()]
    told += [(None, None, None, card.default)] if card.default is not None else []
    return [dict(zip(("activity", "step", "group", "rate_millionths"), one, strict=True)) for one in told]
