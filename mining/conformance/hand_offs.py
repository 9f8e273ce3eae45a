"""Hand-offs: what comes straight back, and what the description of the value chain does not know or misses."""

from __future__ import annotations

import numpy as np

from mining.core.activities import HAND_OFFS
from mining.core.hand_offs import QUICK, Bounce, HandOffChecks
from mining.core.spans import Spans, durations, path_visits
from mining.core.streams import Streams
from mining.core.tables import Tables


def check_hand_offs(tables: Tables, streams: Streams) -> HandOffChecks:
    """Look at all hand-offs of all streams within the cap, whatever was agreed."""
    observed = {(one.source, one.target): one.count for one in streams.activities}
    undocumented = [
        (source, target, count)
        for (source, target), count in observed.items()
        if source is not None and target is not None and source != target and (source, target) not in HAND_OFFS
    ]
    seen = {label.activity for path in streams.paths for label in (streams.labels[v] for v in path.visits)}
    never = [pair for pair in HAND_OFFS if pair not in observed and pair[0] in seen and pair[1] in seen]
    return HandOffChecks(
        bounces=_bounces(tables, streams),
        undocumented=tuple(sorted(undocumented, key=lambda one: (-one[2], one[0].value, one[1].value))),
        never=None if streams.linked is None else tuple(never),
    )


def _bounces(tables: Tables, streams: Streams) -> tuple[Bounce, ...]:
    """The passages between (activity, step) of which at least one came straight back, the most quick returns first."""
    visits = path_visits(streams.paths, streams.labels)
    if not len(visits.label):
        return ()
    places = list(dict.fromkeys((label.activity, label.step) for label in streams.labels))
    of_label = np.array([places.index((label.activity, label.step)) for label in streams.labels], dtype=np.int64)
    at = of_label[visits.label]
    runs = np.flatnonzero(visits.first | (at != np.roll(at, 1)))  # where each run of visits at one place begins
    path, place = visits.path[runs], at[runs]
    taking = 1 + np.flatnonzero((path[1:] == path[:-1]) & ~visits.borrowed[runs[1:]])
    key = place[taking - 1] * len(places) + place[taking]
    following = np.minimum(taking + 1, len(runs) - 1)
    back = (following > taking) & (path[following] == path[taking]) & (place[following] == place[taking - 1])
    weight = visits.streams[runs][taking]
    size = len(places) ** 2
    passages, returned = np.bincount(key, weight, size), np.bincount(key[back], weight[back], size)
    quick = _quick(
        tables,
        streams,
        Spans(
            path[taking][back],
            key[back],
            visits.position[runs][taking][back],
            visits.position[runs][following][back],
        ),
    )
    found = [
        Bounce(*places[k // len(places)], *places[k % len(places)], int(passages[k]), int(returned[k]), quick.get(k, 0))
        for k in np.flatnonzero(returned).tolist()
    ]
    return tuple(sorted(found, key=_order))


def _order(one: Bounce) -> tuple[int, int, str, str, str, str]:
    places = (one.source.value, one.source_step or "", one.target.value, one.target_step or "")
    return (-one.quick, -one.returned, *places)


def _quick(tables: Tables, streams: Streams, spans: Spans) -> dict[int, int]:
    """By key: how many of the spans took at most `QUICK`."""
    if not len(spans.key):
        return {}
    timed = durations(tables, streams.table, spans)
    short = timed.filter(timed.duration <= QUICK)
    counted = short.group_by("key").aggregate(n=short.count())
    rows = tables.fetch(counted, limit=len(np.unique(spans.key))).to_pylist()
    return {row["key"]: row["n"] for row in rows}
