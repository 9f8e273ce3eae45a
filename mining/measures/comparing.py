"""Cohorts against each other: how large a difference is, between what bounds, and whether chance would make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from mining.core.cohorts import Cohort, Comparison, Effect, Figure, Share
from mining.measures.intervals import beyond, cohens_h, holm, newcombe, normal, p_of_shares
from mining.measures.superiority import superiority

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Times:
    """How often each lead time occurs (a column) in each cohort (a row); the lead times ascend by steps of `step`
    microseconds."""

    times: NDArray[np.int64]
    step: int


def compared(
    cohorts: Sequence[Cohort], times: Times, pair: tuple[int, int] | None
) -> tuple[tuple[Comparison, ...], tuple[Comparison, ...]]:
    """The pair figure by figure, and the lead time of each cohort against that of all other streams. The values of p
    are adjusted within each of the two."""
    side_by_side = [] if pair is None else _side_by_side(cohorts, times, *pair)
    against_rest = [_lead(times, place, None) for place in range(len(cohorts))] if len(cohorts) > 1 else []
    return _adjusted(side_by_side), _adjusted(against_rest)


def _adjusted(found: Sequence[Comparison]) -> tuple[Comparison, ...]:
    ps = holm([one.p for one in found])
    return tuple(replace(one, p_adjusted=p) for one, p in zip(found, ps, strict=True))


def _side_by_side(cohorts: Sequence[Cohort], times: Times, first: int, second: int) -> list[Comparison]:
    one, other = cohorts[first], cohorts[second]
    shares: list[tuple[Figure, Share | None, Share | None]] = [
        (Figure.FULFILLED, one.fulfilled, other.fulfilled),
        (Figure.CONFORMING, one.conforming, other.conforming),
        (Figure.WAITING, one.waiting, other.waiting),
        (Figure.DOUBLING_BACK, one.doubling_back, other.doubling_back),
        (Figure.REOPENED, one.reopened, other.reopened),
    ]
    found = [_lead(times, first, second)]
    for figure, mine, theirs in shares:
        if mine is not None and theirs is not None:
            compare = _ratios if figure is Figure.WAITING else _shares
            found.append(compare(figure, (first, second), mine, theirs))
    return found


def _lead(times: Times, first: int, second: int | None) -> Comparison:
    mine = times.times[first]
    found = superiority(mine, times.times.sum(axis=0) - mine if second is None else times.times[second])
    return Comparison(
        figure=Figure.LEAD_TIME,
        first=first,
        second=second,
        estimate=found.probability,
        low=found.low,
        high=found.high,
        effect=Effect.CLIFFS_DELTA,
        effect_size=found.delta,
        p=found.p,
        p_adjusted=None,
    )


def _shares(figure: Figure, places: tuple[int, int], one: Share, other: Share) -> Comparison:
    low, high = newcombe(one, other)
    return _difference(figure, places, (one, other), (low, high), p_of_shares(one, other))


def _ratios(figure: Figure, places: tuple[int, int], one: Share, other: Share) -> Comparison:
    """Of shares of time: their intervals are those of sums over streams, so their spreads are taken from there."""
    p, q = one.share, other.share
    if p is None or q is None or one.low is None or one.high is None or other.low is None or other.high is None:
        return _difference(figure, places, (one, other), (None, None), None)
    # What the bounds 0 and 1 cut off is on one side only; the other one has the whole reach.
    reach = sqrt(max(p - one.low, one.high - p) ** 2 + max(q - other.low, other.high - q) ** 2)
    chance = beyond((p - q) / reach * normal()) if reach else None
    if not reach and p == q:
        chance = 1.0
    return _difference(figure, places, (one, other), (max(-1.0, p - q - reach), min(1.0, p - q + reach)), chance)


def _difference(
    figure: Figure,
    places: tuple[int, int],
    shares: tuple[Share, Share],
    interval: tuple[float | None, float | None],
    p: float | None,
) -> Comparison:
    one, other = shares[0].share, shares[1].share
    return Comparison(
        figure=figure,
        first=places[0],
        second=places[1],
        estimate=None if one is None or other is None else one - other,
        low=interval[0],
        high=interval[1],
        effect=Effect.COHENS_H,
        effect_size=cohens_h(one, other),
        p=p,
        p_adjusted=None,
    )
