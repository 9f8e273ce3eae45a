"""Time in visits, waiting by on whom, and what that says of flow efficiency. All of it before value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mining.core.activities import Activity
from mining.core.export import Holds
from mining.core.results import HAND_OFF, FlowEfficiency, VisitTime, Waiting
from mining.core.spans import (
    NONE,
    Bools,
    Moments,
    PathVisits,
    Spans,
    once_a_path,
    quantiles_by_key,
    total_at,
    visits_of,
)
from mining.core.streams import Path, Quantiles, Streams
from mining.core.tables import Tables


def visit_times(
    tables: Tables, streams: Streams, fulfilled: Sequence[Path]
) -> tuple[tuple[VisitTime, ...], Quantiles | None]:
    """The times in visits by label, longest total first, and the times between visits (only with `Holds.POINT`).

    What a stream borrows counts for the stream that it belongs to.
    """
    all_visits = visits_of(streams, fulfilled)
    spans = visit_spans(all_visits, streams)
    overlapping = streams.tells_ends
    times = quantiles_by_key(tables, streams.table, spans.visits, stop=spans.stop, overlapping=overlapping)
    gaps = None
    if spans.between is not None:
        gaps = quantiles_by_key(tables, streams.table, spans.between, start="lasts", overlapping=overlapping).get(0)
    return counted_visits(streams, all_visits, times), gaps


def counted_visits(streams: Streams, visits: PathVisits, times: Mapping[int, Quantiles]) -> tuple[VisitTime, ...]:
    """The visits of paths of `streams` by label, longest total first, with their times, which are by label too."""
    labels, own = len(streams.labels), ~visits.borrowed
    once = np.flatnonzero(own)[once_a_path(visits.label[own], visits.path[own])]
    number = np.bincount(visits.label, visits.streams * own, labels)
    on_streams = np.bincount(visits.label[once], visits.streams[once], labels)
    late = np.bincount(visits.label, visits.streams * (visits.realised & visits.before), labels)
    found = [
        VisitTime(streams.labels[k], int(number[k]), int(on_streams[k]), int(late[k]), times.get(k))
        for k in np.unique(visits.label[own]).tolist()
    ]
    found.sort(key=lambda v: (-(v.times.total if v.times else 0), -v.visits, str(v.label)))
    return tuple(found)


def elapsed_before_value(tables: Tables, streams: Streams, fulfilled: Sequence[Path]) -> int:
    """All that `visit_times` and the times between visits add up to, in microseconds."""
    visits, gaps = visit_times(tables, streams, fulfilled)
    return sum(one.times.total for one in visits if one.times is not None) + (0 if gaps is None else gaps.total)


class VisitSpans(NamedTuple):
    """The visits before value, each as a span by its label that ends with the `stop` of the visit where it stops; and
    the times between two visits, all by the key 0, where an event is a mere point."""

    visits: Spans
    stop: Moments
    between: Spans | None


def visit_spans(all_visits: PathVisits, streams: Streams) -> VisitSpans:
    """What is timed of these visits: not what is borrowed, nor what began once value was realised."""
    point = streams.holds is Holds.POINT
    following = np.where(all_visits.last, NONE, all_visits.position + 1)
    timed = ~all_visits.borrowed & ~all_visits.realised
    spans = Spans(all_visits.path, all_visits.label, all_visits.position, all_visits.position if point else following)
    between = Spans(all_visits.path, np.zeros_like(following), all_visits.position, following) if point else None
    return VisitSpans(
        visits=_where(spans, timed),
        stop="lasts" if point else "starts",
        between=None if between is None else _where(between, timed & ~all_visits.last),
    )


def _where(spans: Spans, wanted: Bools) -> Spans:
    return Spans(*(column[wanted] for column in spans))


def time_before_value(streams: Streams, fulfilled: Sequence[Path]) -> list[tuple[Spans, dict[str, Any]]]:
    """The spans of which all elapsed time before value is made, with how `durations` is to take them. The key is 1
    where a span is waiting, or lies between two visits, and else 0."""
    point = streams.holds is Holds.POINT
    visits = visits_of(streams, fulfilled)
    waits = np.array([label.waiting is not None for label in streams.labels], dtype=np.int64)
    key = waits[visits.label] if len(visits.label) else visits.label
    following = np.where(visits.last, NONE, visits.position + 1)
    timed = ~visits.borrowed & ~visits.realised
    spans = Spans(visits.path, key, visits.position, visits.position if point else following)
    overlapping = streams.tells_ends
    found: list[tuple[Spans, dict[str, Any]]] = [
        (_where(spans, timed), {"stop": "lasts" if point else "starts", "overlapping": overlapping})
    ]
    if point:
        between = Spans(visits.path, np.ones_like(following), visits.position, following)
        found.append((_where(between, timed & ~visits.last), {"start": "lasts", "overlapping": overlapping}))
    return found


def waiting(
    visits: Sequence[VisitTime], hand_off_time: Quantiles | None, fulfilled: Sequence[Path], streams: Streams
) -> tuple[Waiting, ...]:
    """Time before value by on whom it was waited, longest first; `on` None is time that was not waiting."""
    total: Counter[str | None] = Counter()
    count: Counter[str | None] = Counter()
    for visit in visits:
        if visit.times is not None:
            total[visit.label.waiting] += visit.times.total
            count[visit.label.waiting] += visit.times.n
    on_streams: Counter[str | None] = Counter(_streams_by_waiting(fulfilled, streams))
    if hand_off_time is not None:
        total[HAND_OFF] += hand_off_time.total
        count[HAND_OFF] += hand_off_time.n
        on_streams[HAND_OFF] += sum(path.streams for path in fulfilled if len(path.visits) > 1)
    found = [Waiting(on, total[on], count[on], on_streams[on]) for on in count]
    return tuple(sorted(found, key=lambda w: (-w.total, w.on or "")))


def _streams_by_waiting(fulfilled: Sequence[Path], streams: Streams) -> dict[str | None, int]:
    """How many streams have a visit of their own that waits on each; None: that does not wait."""
    visits = visits_of(streams, fulfilled)
    names = list(dict.fromkeys(label.waiting for label in streams.labels))
    number = np.array([names.index(label.waiting) for label in streams.labels], dtype=np.int64)
    own = np.flatnonzero(~visits.borrowed)
    on = number[visits.label[own]]
    once = once_a_path(on, visits.path[own])
    counted = np.bincount(on[once], visits.streams[own][once], len(names))
    return {name: int(counted[i]) for i, name in enumerate(names) if counted[i]}


def recorded_work(tables: Tables, streams: Streams, fulfilled: Sequence[Path]) -> int:
    """The time before value that the export records as work, in microseconds: where it tells when events end, how long
    those went on that do not wait. Without ends there is none: tickets rarely record touch time."""
    if not streams.tells_ends:
        return 0
    visits = visits_of(streams, fulfilled)
    calm = np.array([label.waiting is None for label in streams.labels], dtype=bool)
    work = ~visits.realised & ~visits.borrowed & calm[visits.label]
    return total_at(tables, streams.table, "worked", visits.path[work], visits.position[work])


def flow_efficiency(waits: Sequence[Waiting], work: int) -> FlowEfficiency:
    """Bounds on the share of elapsed time before value in which somebody worked; `work` is what the export records."""
    elapsed = sum(w.total for w in waits)
    not_waiting = sum(w.total for w in waits if w.on is None)
    if not elapsed:
        return FlowEfficiency(None, None, 0, 0, 0)
    return FlowEfficiency(work / elapsed, not_waiting / elapsed, elapsed, not_waiting, work)


def time_by_activity(visits: Sequence[VisitTime]) -> dict[Activity, int]:
    """Elapsed time before value in each of the activities that were visited, in the order of the value chain."""
    total: defaultdict[Activity, int] = defaultdict(int)
    for visit in visits:
        total[visit.label.activity] += visit.times.total if visit.times else 0
    return {activity: total[activity] for activity in Activity if activity in total}
