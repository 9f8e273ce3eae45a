"""The passages of hand-offs as spans of time on paths, for whoever takes their times by another clock."""

from __future__ import annotations

import numpy as np

from mining.core.activities import Activity
from mining.core.passages import Ends, TimedPassages
from mining.core.spans import Moments, Spans, visits_of
from mining.core.streams import Streams
from mining.streams.hand_offs import passages_between, timed_spans


def timed_passages(streams: Streams) -> TimedPassages:
    """The passages of `Streams.activities`, and of `steps` and `step_ends`; the same spans as their elapsed times."""
    visits = visits_of(streams)
    keys: list[Ends] = []
    parts: list[Spans] = []
    start: Moments = "starts"
    for steps in (False, True):
        passages, places = passages_between(visits, streams.labels, steps=steps)
        width = len(places) + 1  # -1 is one more place: demand or value
        pairs, key = np.unique((passages.source + 1) * width + passages.target + 1, return_inverse=True)
        spans, start = timed_spans(passages, key + len(keys), streams.holds)
        parts.append(spans)
        named: list[tuple[Activity | None, str | None]] = [(None, None), *places]
        ends = [divmod(pair, width) for pair in pairs.tolist()]
        keys += [(*named[source], *named[target]) for source, target in ends]
    return TimedPassages(tuple(keys), Spans(*(np.concatenate(columns) for columns in zip(*parts, strict=True))), start)
