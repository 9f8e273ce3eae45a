"""Hand-offs: the passages from one visit to the next, by step and by activity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mining.core.activities import Activity
from mining.core.differing import Ends
from mining.core.events import MappedLog, VisitLabel
from mining.core.export import Holds
from mining.core.spans import NONE, Bools, Ints, Moments, PathVisits, Spans, once_a_path, quantiles_by_key
from mining.core.streams import HandOff, Quantiles
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

Place = tuple[Activity, str | None]


class Passages(NamedTuple):
    """Passages of all paths, as arrays of one length.

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
    places, at = places_of([(label.activity, label.step) for label in labels], visits)
    return _hand_offs(tables, streams, between(visits, at), places, mapped)


def step_end_hand_offs(
    tables: Tables, streams: ir.Table, visits: PathVisits, labels: Sequence[VisitLabel], mapped: MappedLog
) -> tuple[HandOff, ...]:
    """The hand-offs from demand to (activity, step), and from (activity, step) to value, the most frequent first."""
    places, at = places_of([(label.activity, label.step) for label in labels], visits)
    parts = (from_demand(visits, at), to_value(visits, at, realising(labels)))
    return _hand_offs(tables, streams, together(parts), places, mapped)


def activity_hand_offs(
    tables: Tables, streams: ir.Table, visits: PathVisits, labels: Sequence[VisitLabel], mapped: MappedLog
) -> tuple[HandOff, ...]:
    """The hand-offs between activities, with demand and value, the most frequent first; those within one activity are
    internal and not among them."""
    places, at = places_of([(label.activity, None) for label in labels], visits)
    parts = (from_demand(visits, at), between(visits, at), to_value(visits, at, realising(labels)))
    return _hand_offs(tables, streams, together(parts), places, mapped)


def realising(labels: Sequence[VisitLabel]) -> Bools:
    """Which labels realise value."""
    return np.array([label.realises for label in labels], dtype=bool)


def together(parts: Sequence[Passages]) -> Passages:
    """Several passages as one."""
    return Passages(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def places_of(of_labels: Sequence[Place], visits: PathVisits) -> tuple[list[Place], Ints]:
    """The distinct places, and the place of each visit."""
    places = list(dict.fromkeys(of_labels))
    numbers = np.array([places.index(place) for place in of_labels], dtype=np.int64)
    return places, numbers[visits.label] if len(visits.label) else visits.label


def _run_starts(visits: PathVisits, at: Ints) -> tuple[Bools, Ints]:
    """Whether each visit begins a run of visits at one place, and the index of the visit that began its run."""
    begins = visits.first | (at != np.roll(at, 1))
    index = np.arange(len(at))
    return begins, np.maximum.accumulate(np.where(begins, index, 0)) if len(at) else index


def between(visits: PathVisits, at: Ints) -> Passages:
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


def from_demand(visits: PathVisits, at: Ints) -> Passages:
    """The passages from demand to the first visit."""
    i = np.flatnonzero(visits.first)
    nowhere = np.full(len(i), NONE)
    return _passages(visits, i, source=nowhere, target=at[i], left=nowhere, last=nowhere)


def to_value(visits: PathVisits, at: Ints, realises: Bools) -> Passages:
    """The passages into value: at each visit that claims or confirms it while it is not realised."""
    _, run = _run_starts(visits, at)
    i = np.flatnonzero(realises[visits.label] & ~visits.before & ~visits.borrowed) if len(at) else at
    nowhere = np.full(len(i), NONE)
    return _passages(visits, i, source=at[i], target=nowhere, left=visits.position[run[i]], last=nowhere)


def _passages(visits: PathVisits, i: Ints, *, source: Ints, target: Ints, left: Ints, last: Ints) -> Passages:
    """Passages to the visits `i`."""
    after_value = visits.before[i]
    return Passages(visits.path[i], visits.streams[i], source, target, left, last, visits.position[i], after_value)


class Level:
    """The passages of all paths at one level, each with the number of its pair of places."""

    def __init__(self, passages: Passages, places: Sequence[Place]) -> None:
        self.passages, self._places = passages, places
        self._width = len(places) + 1  # NONE is one more place
        pair = (passages.source + 1) * self._width + passages.target + 1
        self.pairs, self.key = np.unique(pair, return_inverse=True)
        self._once = once_a_path(self.key, passages.path)

    def ends(self, pair: int) -> Ends:
        """Between what the hand-offs of a pair go."""
        at = divmod(int(self.pairs[pair]), self._width)
        source, target = (self._places[n - 1] if n else (None, None) for n in at)
        return (*source, *target)

    def hand_offs(self, streams: Ints, times: Mapping[int, Quantiles]) -> tuple[HandOff, ...]:
        """The hand-offs that occur, the most frequent first: `streams` are on the path of each passage, `times` those
        of each pair."""
        count = _sum_by(self.key, streams, len(self.pairs))
        on_streams = _sum_by(self.key[self._once], streams[self._once], len(self.pairs))
        late = _sum_by(self.key, streams * self.passages.after_value, len(self.pairs))
        found = [
            HandOff(*self.ends(k), int(count[k]), int(on_streams[k]), int(late[k]), times.get(k))
            for k in np.flatnonzero(count).tolist()
        ]
        return tuple(sorted(found, key=_by_frequency))


def _hand_offs(
    tables: Tables, streams: ir.Table, passages: Passages, places: Sequence[Place], mapped: MappedLog
) -> tuple[HandOff, ...]:
    level = Level(passages, places)
    spans, start = timed_spans(passages, level.key, mapped.holds)
    times = quantiles_by_key(tables, streams, spans, start=start, overlapping=mapped.tells_ends)
    return level.hand_offs(passages.streams, times)


def timed_spans(passages: Passages, key: Ints, holds: Holds) -> tuple[Spans, Moments]:
    """The passages before value as spans, and the moment of the giving visit at which they begin."""
    timed = ~passages.after_value
    from_last = holds is Holds.POINT
    left = np.where(passages.last != NONE, passages.last, passages.left) if from_last else passages.left
    spans = Spans(passages.path[timed], key[timed], left[timed], passages.reached[timed])
    return spans, "lasts" if from_last else "starts"


def passages_between(visits: PathVisits, labels: Sequence[VisitLabel], *, steps: bool) -> tuple[Passages, list[Place]]:
    """All passages between steps, or between activities, with demand and value; and the places by number."""
    places, at = places_of([(label.activity, label.step if steps else None) for label in labels], visits)
    return together((from_demand(visits, at), between(visits, at), to_value(visits, at, realising(labels)))), places


def _sum_by(key: Ints, amount: Ints, keys: int) -> Ints:
    total = np.zeros(keys, dtype=np.int64)
    np.add.at(total, key, amount)
    return total


def _by_frequency(h: HandOff) -> tuple[int, str, str, str, str]:
    return (-h.count, h.source or "", h.source_step or "", h.target or "", h.target_step or "")
