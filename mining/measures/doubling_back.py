"""Doubling back by activity and step: how often, how deep, what it costs in elapsed time; iteration or rework.

docs/decisions/0026-what-a-return-is.md says why it is counted so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mining.core.activities import Activity, Value
from mining.core.doubling import NO_RETURNS, ComesBack, Depth, DoublingBack, Returns
from mining.core.events import MappedLog, VisitLabel
from mining.core.spans import Bools, Ints, PathVisits, once_a_path, visits_of
from mining.core.streams import Quantiles, Streams
from mining.core.tables import Tables
from mining.measures.pieces import Pieces, counted_pieces, quantiles_of_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

Place = tuple[Activity, str | None]

_KINDS = 2  # iteration 0, rework 1
_AWAY, _AGAIN = 0, 1


@dataclass(frozen=True, slots=True)
class _Found:
    """The returns to the places of one level, as arrays of one length. `left` and `came` are indices into the visits:
    the first visit elsewhere, and the first one of the stay that is made again; `leaves` is behind its last. `at`, a
    longer one, has the place of every visit."""

    path: Ints
    streams: Ints
    place: Ints
    depth: Ints
    rework: Bools
    left: Ints
    came: Ints
    leaves: Ints
    at: Ints


def doubling_back(tables: Tables, streams: Streams, mapped: MappedLog) -> DoublingBack:
    """Count and time the returns of all streams on a known path, by activity and by step.

    A return counts for the stream that the visit it comes back to belongs to. It is rework if value stands withdrawn
    when the stream comes back (the visit that withdraws it included), or if one of the steps that the mapping names
    under `rework_after` was visited last before leaving, or since, the visit that comes back included; else it is
    iteration.
    """
    visits = visits_of(streams)
    blamed = _blamed(streams.labels, mapped.rework_after)
    withdrawn = _withdrawn(visits, streams.labels)
    by_activity = _level(streams.labels, lambda label: (label.activity, None))
    by_step = _level(streams.labels, lambda label: (label.activity, label.step))
    levels = []
    for places, at in (by_activity, by_step):
        found = _returns(visits, at[visits.label] if len(visits.label) else visits.label, blamed, withdrawn)
        levels.append((found, _by_place(tables, streams, visits, places, found)))
    (found, activities), (_, steps) = levels
    several = {activity for activity in Activity if sum(one == activity for one, _ in by_step[0]) > 1}
    return DoublingBack(
        streams=sum(path.streams for path in streams.paths),
        back=_on_streams(found, np.ones_like(found.rework)),
        rework=_on_streams(found, found.rework),
        activities=activities,
        steps=tuple(one for one in steps if one.activity in several),
        rework_after=mapped.rework_after,
        tells_rework=bool(blamed.any()) or any(label.value is Value.WITHDRAWN for label in streams.labels),
    )


def _blamed(labels: Sequence[VisitLabel], named: Sequence[Place]) -> Bools:
    """Of each label, whether the mapping names it as a rejection or failure."""
    return np.array(
        [(label.activity, label.step) in named or (label.activity, None) in named for label in labels], dtype=bool
    )


def _withdrawn(visits: PathVisits, labels: Sequence[VisitLabel]) -> Bools:
    """Of each visit, whether value stands withdrawn when it begins, or is withdrawn by it."""
    if not len(visits.label):
        return visits.realised
    marks = np.array([0 if one.value is None else -1 if one.value is Value.WITHDRAWN else 1 for one in labels])
    mark, index = marks[visits.label], np.arange(len(visits.label))
    last_mark = np.maximum.accumulate(np.where(mark != 0, index, -1))
    stands = (last_mark >= index - visits.position) & (mark[last_mark] == -1)
    found: Bools = (mark == -1) | (~visits.first & np.roll(stands, 1))
    return found


def _level(labels: Sequence[VisitLabel], place_of: Callable[[VisitLabel], Place]) -> tuple[list[Place], Ints]:
    """The distinct places, and the place of each label."""
    of_labels = [place_of(label) for label in labels]
    places = list(dict.fromkeys(of_labels))
    return places, np.array([places.index(place) for place in of_labels], dtype=np.int64)


def _returns(visits: PathVisits, at: Ints, blamed: Bools, withdrawn: Bools) -> _Found:
    """The stays that are not the first of their stream at their place."""
    begins, before = stays(visits, at)
    ends = np.append(begins[1:], len(at))
    stay = np.flatnonzero(returning(visits, begins, before))
    came, left = begins[stay], ends[before[stay]]
    so_far = np.append(0, np.cumsum(blamed[visits.label])) if len(at) else np.zeros(1, dtype=np.int64)
    return _Found(
        path=visits.path[came],
        streams=visits.streams[came],
        place=at[came],
        depth=stay - before[stay] - 1,
        rework=withdrawn[came] | (so_far[came + 1] > so_far[left - 1]),
        left=left,
        came=came,
        leaves=ends[stay],
        at=at,
    )


def stays(visits: PathVisits, at: Ints) -> tuple[Ints, Ints]:
    """Where stays begin, neighbouring visits at one place (`at`) being one; and of each, the index of the stay before
    it on the same path at the same place, -1 where there is none."""
    begins = np.flatnonzero(visits.first | (at != np.roll(at, 1))) if len(at) else at
    return begins, _stay_before(visits.path[begins], at[begins])


def returning(visits: PathVisits, begins: Ints, before: Ints) -> Bools:
    """Of each of these `stays`, whether it is a return that counts for its own stream."""
    found: Bools = (before >= 0) & ~visits.borrowed[begins]
    return found


def _stay_before(path: Ints, place: Ints) -> Ints:
    """Of each stay, the index of the stay before it on the same path at the same place; -1 where there is none."""
    key = place * (path.max(initial=0) + 1) + path
    order = np.argsort(key, kind="stable")
    found = np.full(len(key), -1, dtype=np.int64)
    same = key[order[1:]] == key[order[:-1]]
    found[order[1:][same]] = order[:-1][same]
    return found


def _by_place(
    tables: Tables, streams: Streams, visits: PathVisits, places: Sequence[Place], found: _Found
) -> tuple[ComesBack, ...]:
    """What comes back to each place, the most returns first."""
    own = np.flatnonzero(~visits.borrowed)
    once = own[once_a_path(found.at[own], visits.path[own])]
    visited = np.bincount(found.at[once], visits.streams[once], len(places))
    times = quantiles_of_pieces(tables, streams.table, _pieces(visits, found))
    made = []
    for number in np.unique(found.place).tolist():
        here = found.place == number
        iteration, rework = (_kind(found, here & (found.rework == bool(kind)), times, number, kind) for kind in (0, 1))
        activity, step = places[number]
        made.append(ComesBack(activity, step, int(visited[number]), _on_streams(found, here), iteration, rework))
    return tuple(sorted(made, key=lambda one: (-one.returns, one.activity, one.step or "")))


def _pieces(visits: PathVisits, found: _Found) -> Pieces:
    """The time away and the time again of each return, keyed by place, kind and which of the two it is."""
    counts = ~visits.realised & ~visits.borrowed
    key = (found.place * _KINDS + found.rework) * 2
    away = counted_pieces(visits, found.left, found.came, counts, key + _AWAY)
    again = counted_pieces(visits, found.came, found.leaves, counts, key + _AGAIN)
    return Pieces.both(away, again)


def _kind(found: _Found, these: Bools, times: dict[int, Quantiles], place: int, rework: int) -> Returns:
    if not these.any():
        return NO_RETURNS
    key = (place * _KINDS + rework) * 2
    return Returns(
        returns=int(found.streams[these].sum()),
        streams=_on_streams(found, these),
        depth=_depth(found.depth[these], found.streams[these]),
        away=times.get(key + _AWAY),
        again=times.get(key + _AGAIN),
    )


def _on_streams(found: _Found, these: Bools) -> int:
    """How many streams have at least one of these returns."""
    return int(found.streams[these][np.unique(found.path[these], return_index=True)[1]].sum())


def _depth(depth: Ints, times: Ints) -> Depth:
    order = np.argsort(depth, kind="stable")
    so_far = np.cumsum(times[order])
    ranks = [-(-int(so_far[-1]) * percent // 100) for percent in (50, 85)]
    median, p85 = (int(depth[order][np.searchsorted(so_far, rank)]) for rank in ranks)
    return Depth(median, p85, int(depth.max()))
