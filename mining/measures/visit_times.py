"""Time in visits, waiting by on whom, and what that says of flow efficiency. All of it before value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from mining.core.activities import Activity
from mining.core.export import Holds
from mining.core.results import FlowEfficiency, VisitTime, Waiting
from mining.core.spans import Span, quantiles_by_key, realised_after
from mining.core.streams import Path, Quantiles, Streams
from mining.core.tables import Tables

HAND_OFF = "hand-off"
"""What a stream waits on between two visits, where an event holds for its moment only."""


def visit_times(
    tables: Tables, streams: Streams, fulfilled: Sequence[Path]
) -> tuple[tuple[VisitTime, ...], Quantiles | None]:
    """The times in visits by label, longest total first, and the times between visits (only with `Holds.POINT`)."""
    point = streams.holds is Holds.POINT
    visits: Counter[int] = Counter()
    on_streams: Counter[int] = Counter()
    late: Counter[int] = Counter()
    spans: list[Span] = []
    between: list[Span] = []
    for path in fulfilled:
        realised = realised_after(path.visits, streams.labels)
        for label in set(path.visits):
            on_streams[label] += path.streams
        for i, label in enumerate(path.visits):
            visits[label] += path.streams
            if realised[i]:
                late[label] += path.streams * (i > 0 and realised[i - 1])
                continue
            following = i + 1 if i + 1 < len(path.visits) else None
            spans.append(Span(path.id, label, i, i if point else following))
            if point and following is not None:
                between.append(Span(path.id, 0, i, following))
    timed = quantiles_by_key(tables, streams.table, spans, stop="lasts" if point else "starts")
    gaps = quantiles_by_key(tables, streams.table, between, start="lasts").get(0)
    found = [
        VisitTime(streams.labels[label], n, on_streams[label], late[label], timed.get(label))
        for label, n in visits.items()
    ]
    found.sort(key=lambda v: (-(v.times.total if v.times else 0), -v.visits, str(v.label)))
    return tuple(found), gaps


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
    on_streams: Counter[str | None] = Counter()
    for path in fulfilled:
        for on in {streams.labels[label].waiting for label in path.visits}:
            on_streams[on] += path.streams
    if hand_off_time is not None:
        total[HAND_OFF] += hand_off_time.total
        count[HAND_OFF] += hand_off_time.n
        on_streams[HAND_OFF] += sum(path.streams for path in fulfilled if len(path.visits) > 1)
    found = [Waiting(on, total[on], count[on], on_streams[on]) for on in count]
    return tuple(sorted(found, key=lambda w: (-w.total, w.on or "")))


def flow_efficiency(waits: Sequence[Waiting]) -> FlowEfficiency:
    """Bounds on the share of elapsed time before value in which somebody worked.

    Tickets rarely record touch time, and no shape that is read today holds any, so the lower bound is 0.
    """
    elapsed = sum(w.total for w in waits)
    not_waiting = sum(w.total for w in waits if w.on is None)
    if not elapsed:
        return FlowEfficiency(None, None, 0, 0, 0)
    return FlowEfficiency(0.0, not_waiting / elapsed, elapsed, not_waiting, 0)


def time_by_activity(visits: Sequence[VisitTime]) -> dict[Activity, int]:
    """Elapsed time before value in each of the activities that were visited, in the order of the value chain."""
    total: defaultdict[Activity, int] = defaultdict(int)
    for visit in visits:
        total[visit.label.activity] += visit.times.total if visit.times else 0
    return {activity: total[activity] for activity in Activity if activity in total}
