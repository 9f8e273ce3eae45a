"""In what two parts of the streams differ, and whether chance explains it.

Shares of streams by Newcombe's interval and the test of their table, waits by that of Brunner and Munzel; p is adjusted
over all of them together: see `adjusted`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from mining.core.activities import Activity
from mining.core.differing import Difference, Differences, Ends, Of, Passed
from mining.core.slices import Slice
from mining.core.spans import once_a_path, visits_of
from mining.core.streams import HandOff, Streams
from mining.measures.intervals import newcombe, p_of_shares, wilson
from mining.measures.superiority import superiority

_Key = TypeVar("_Key")

MOST = 40
"""So many of each kind are compared, those that most streams have: with each that is compared the others count less."""


def differences(pair: tuple[int, int], first: Slice, second: Slice, passed: Mapping[Ends, Passed]) -> Differences:
    """Compare two slices. `passed` has the durations of their hand-offs."""
    found = [
        *_places(first.streams, second.streams),
        *_hand_offs(first.streams, second.streams, passed),
        *_variants(first.streams, second.streams),
        *_deviations(first, second),
    ]
    return Differences(*pair, adjusted(found))


def adjusted(found: Sequence[Difference]) -> tuple[Difference, ...]:
    """With p such that of all that is called more than chance, the expected share of false alarms stays below the
    level: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300."""
    told = sorted(((one.p, i) for i, one in enumerate(found) if one.p is not None), reverse=True)
    made, least = list(found), 1.0
    for place, (p, i) in enumerate(told):
        least = min(least, p * len(told) / (len(told) - place))
        made[i] = replace(made[i], p_adjusted=least)
    return tuple(made)


def _known(streams: Streams) -> int:
    """Streams on a known path: only of those it is known where they were."""
    return streams.cases - streams.beyond_cap


def _shares(
    of: Of,
    parts: tuple[int, int],
    wholes: tuple[int, int],
    *,
    place: Ends | None = None,
    variant: int | None = None,
    deviation: str | None = None,
) -> Difference:
    one, other = (wilson(part, whole) for part, whole in zip(parts, wholes, strict=True))
    low, high = newcombe(one, other)
    estimate = None if one.share is None or other.share is None else one.share - other.share
    return Difference(
        of=of,
        place=place,
        variant=variant,
        deviation=deviation,
        first=one,
        second=other,
        medians=None,
        estimate=estimate,
        low=low,
        high=high,
        p=p_of_shares(one, other),
    )


def _top(one: Mapping[_Key, int], other: Mapping[_Key, int]) -> list[_Key]:
    """What most streams of both have; equally frequent ones by name."""
    both = {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *other)}
    return sorted(both, key=lambda key: (-both[key], str(key)))[:MOST]


def _places(first: Streams, second: Streams) -> list[Difference]:
    one, other = _through(first), _through(second)
    wholes = _known(first), _known(second)
    return [
        _shares(Of.PLACE, (one.get(place, 0), other.get(place, 0)), wholes, place=(*place, None, None))
        for place in _top(one, other)
    ]


def _through(streams: Streams) -> dict[tuple[Activity, str | None], int]:
    """How many streams come to each step."""
    visits = visits_of(streams)
    places = list(dict.fromkeys((label.activity, label.step) for label in streams.labels))
    number = np.array([places.index((label.activity, label.step)) for label in streams.labels], dtype=np.int64)
    at = number[visits.label] if len(visits.label) else visits.label
    once = once_a_path(at, visits.path)
    counted = np.bincount(at[once], visits.streams[once], len(places)).astype(np.int64)
    return {place: int(n) for place, n in zip(places, counted, strict=True) if n}


def _ends(one: HandOff) -> Ends:
    return one.source, one.source_step, one.target, one.target_step


def _hand_offs(first: Streams, second: Streams, passed: Mapping[Ends, Passed]) -> list[Difference]:
    one, other = ({_ends(it): it for it in (*of.steps, *of.step_ends)} for of in (first, second))
    wholes = _known(first), _known(second)
    number = [{ends: it.streams for ends, it in each.items()} for each in (one, other)]
    top = _top(*number)
    found = [_shares(Of.HAND_OFF, (number[0].get(ends, 0), number[1].get(ends, 0)), wholes, place=ends) for ends in top]
    for ends in top:
        times = None if ends[0] is None or ends[2] is None else passed.get(ends)  # those take no time
        if times is not None and (times.first.any() or times.second.any()):
            found.append(_wait(ends, times, (_median(one.get(ends)), _median(other.get(ends)))))
    return found


def _median(of: HandOff | None) -> int | None:
    return None if of is None or of.times is None else of.times.median


def _wait(ends: Ends, passed: Passed, medians: tuple[int | None, int | None]) -> Difference:
    found = superiority(passed.first, passed.second)
    return Difference(
        of=Of.WAIT,
        place=ends,
        variant=None,
        deviation=None,
        first=None,
        second=None,
        medians=medians,
        estimate=found.probability,
        low=found.low,
        high=found.high,
        p=found.p,
    )


def _variants(first: Streams, second: Streams) -> list[Difference]:
    one, other = ({it.id: it.streams for it in of.variants} for of in (first, second))
    wholes = _known(first), _known(second)
    top = sorted({*one, *other}, key=lambda id_: (-one.get(id_, 0) - other.get(id_, 0), id_))[:MOST]
    return [_shares(Of.VARIANT, (one.get(id_, 0), other.get(id_, 0)), wholes, variant=id_) for id_ in top]


def _deviations(first: Slice, second: Slice) -> list[Difference]:
    if first.conformance is None or second.conformance is None:
        return []
    one, other = ({it.key: it.streams for it in of.conformance.deviations} for of in (first, second) if of.conformance)
    wholes = first.conformance.checked, second.conformance.checked
    top = sorted({*one, *other}, key=lambda key: (-one.get(key, 0) - other.get(key, 0), key))[:MOST]
    return [_shares(Of.DEVIATION, (one.get(key, 0), other.get(key, 0)), wholes, deviation=key) for key in top]
