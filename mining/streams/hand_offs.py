"""Hand-offs: the passages from one visit to the next, by step and by activity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mining.core.activities import Activity
from mining.core.events import MappedLog, VisitLabel
from mining.core.export import Holds
from mining.core.spans import NONE, Bools, Ints, Moments, PathVisits, Spans, once_a_path, quantiles_by_key
from mining.core.streams import HandOff
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_Place = tuple[Activity, str | None]


class _Passages(NamedTuple):
    """_Passages of all paths, as arrays of one length.

    source, target  places by number; `NONE` is demand as a source and value as a target
    left            the position at which the stream came to the source (`NONE`: demand)
    last            the position of its last visit there
    reached         the position of the visit that it passes to
    """

    path: Ints
    streams: Ints
    source: Ints
    target: Ints
    left: Ints
    last: Ints
    reached: Ints
    after_value: Bools


def step_hand_offs(
    tables: Tables, streams: ir.Table, visits: PathVisits, labels: Sequence[VisitLabel], mapped: MappedLog
) -> tuple[HandOff, ...]:
    """The hand-offs between (activity, step), the most frequent first."""
    places, at = _places([(label.activity, label.step) for label in labels], visits)
    return _hand_offs(tables, streams, _between(visits, at), places, mapped)


def step_end_hand_offs(
    tables: Tables, streams: ir.Table, visits: PathVisits, labels: Sequence[VisitLabel], mapped: MappedLog
) -> tuple[HandOff, ...]:
    """The hand-offs from demand to (activity, step), and from (activity, step) to value, the most frequent first."""
    places, at = _places([(label.activity, label.step) for label in labels], visits)
    parts = (_from_demand(visits, at), _to_value(visits, at, _realises(labels)))
    return _hand_offs(tables, streams, _together(parts), places, mapped)


def activity_hand_offs(
    tables: Tables, streams: ir.Table, visits: PathVisits, labels: Sequence[VisitLabel], mapped: MappedLog
) -> tuple[HandOff, ...]:
    """The hand-offs between activities, with demand and value, the most frequent first; those within one activity are
    internal and not among them."""
    places, at = _places([(label.activity, None) for label in labels], visits)
    parts = (_from_demand(visits, at), _between(visits, at), _to_value(visits, at, _realises(labels)))
    return _hand_offs(tables, streams, _together(parts), places, mapped)


def _realises(labels: Sequence[VisitLabel]) -> Bools:
    return np.array([label.realises for label in labels], dtype=bool)


def _together(parts: Sequence[_Passages]) -> _Passages:
    return _Passages(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _places(of_labels: Sequence[_Place], visits: PathVisits) -> tuple[list[_Place], Ints]:
    """The distinct places, and the place of each visit."""
    places = list(dict.fromkeys(of_labels))
    numbers = np.array([places.index(place) for place in of_labels], dtype=np.int64)
    return places, numbers[visits.label] if len(visits.label) else visits.label


def _run_starts(visits: PathVisits, at: Ints) -> tuple[Bools, Ints]:
    """Whether each visit begins a run of visits at one place, and the index of the visit that began its run."""
    begins = visits.first | (at != np.roll(at, 1))
    index = np.arange(len(at))
    return begins, np.maximum.accumulate(np.where(begins, index, 0)) if len(at) else index


def _between(visits: PathVisits, at: Ints) -> _Passages:
    """The passages between runs of visits at the same place; those to what is borrowed count for another stream."""
    begins, run = _run_starts(visits, at)
    i = np.flatnonzero(begins & ~visits.first & ~visits.borrowed)
    return _passages(
        visits,
        i,
        source=at[i - 1],
        target=at[i],
        left=visits.position[run[i - 1]],
        last=visits.position[i] - 1,
    )


def _from_demand(visits: PathVisits, at: Ints) -> _Passages:
    i = np.flatnonzero(visits.first)
    nowhere = np.full(len(i), NONE)
    return _passages(visits, i, source=nowhere, target=at[i], left=nowhere, last=nowhere)


def _to_value(visits: PathVisits, at: Ints, realises: Bools) -> _Passages:
    """The passages into value: at each visit that claims or confirms it while it is not realised."""
    _, run = _run_starts(visits, at)
    i = np.flatnonzero(realises[visits.label] & ~visits.before & ~visits.borrowed) if len(at) else at
    nowhere = np.full(len(i), NONE)
    return _passages(visits, i, source=at[i], target=nowhere, left=visits.position[run[i]], last=nowhere)


def _passages(visits: PathVisits, i: Ints, *, source: Ints, target: Ints, left: Ints, last: Ints) -> _Passages:
    """_Passages to the visits `i`."""
    after_value = visits.before[i]
    return _Passages(visits.path[i], visits.streams[i], source, target, left, last, visits.position[i], after_value)


def _hand_offs(
    tables: Tables, streams: ir.Table, passages: _Passages, places: Sequence[_Place], mapped: MappedLog
) -> tuple[HandOff, ...]:
    width = len(places) + 1  # NONE is one more place
    pairs, key = np.unique((passages.source + 1) * width + passages.target + 1, return_inverse=True)
    once = once_a_path(key, passages.path)
    count = _sum_by(key, passages.streams, len(pairs))
    on_streams = _sum_by(key[once], passages.streams[once], len(pairs))
    late = _sum_by(key, passages.streams * passages.after_value, len(pairs))

    spans, start = timed_spans(passages, key, mapped.holds)
    times = quantiles_by_key(tables, streams, spans, start=start, overlapping=mapped.tells_ends)
    found = []
    for k, pair in enumerate(pairs.tolist()):
        (source, source_step), (target, target_step) = (
            places[n - 1] if n else (None, None) for n in divmod(pair, width)
        )
        found.append(
            HandOff(
                source=source,
                source_step=source_step,
                target=target,
                target_step=target_step,
                count=int(count[k]),
                streams=int(on_streams[k]),
                after_value=int(late[k]),
                times=times.get(k),
            )
        )
    return tuple(sorted(found, key=_by_frequency))


def timed_spans(passages: _Passages, key: Ints, holds: Holds) -> tuple[Spans, Moments]:
    """The passages before value as spans, and the moment of the giving visit at which they begin."""
    timed = ~passages.after_value
    from_last = holds is Holds.POINT
    left = np.where(passages.last != NONE, passages.last, passages.left) if from_last else passages.left
    spans = Spans(passages.path[timed], key[timed], left[timed], passages.reached[timed])
    return spans, "lasts" if from_last else "starts"


def passages_between(
    visits: PathVisits, labels: Sequence[VisitLabel], *, steps: bool
) -> tuple[_Passages, list[_Place]]:
    """All passages between steps, or between activities, with demand and value; and the places by number."""
    places, at = _places([(label.activity, label.step if steps else None) for label in labels], visits)
    return _together((_from_demand(visits, at), _between(visits, at), _to_value(visits, at, _realises(labels)))), places


def _sum_by(key: Ints, amount: Ints, keys: int) -> Ints:
    total = np.zeros(keys, dtype=np.int64)
    np.add.at(total, key, amount)
    return total


def _by_frequency(h: HandOff) -> tuple[int, str, str, str, str]:
    return (-h.count, h.source or "", h.source_step or "", h.target or "", h.target_step or "")
