"""Doubling back and re-opening."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from mining.core.activities import Value
from mining.core.results import Rework
from mining.core.streams import Streams


def rework(streams: Streams) -> Rework:
    """Count the streams that come back to an activity, or to a step, that they had left; and re-openings."""
    everywhere = back_to_activity = back_to_step = reopened = reopenings = 0
    for path in streams.paths:
        labels = [streams.labels[visit] for visit in path.visits]
        times = sum(label.value is Value.WITHDRAWN for label in labels)
        everywhere += path.streams
        back_to_activity += path.streams * comes_back(label.activity for label in labels)
        back_to_step += path.streams * comes_back((label.activity, label.step) for label in labels)
        reopened += path.streams * (times > 0)
        reopenings += path.streams * times
    return Rework(everywhere, back_to_activity, back_to_step, reopened, reopenings)


def comes_back(places: Iterable[Hashable]) -> bool:
    """Whether a place is met again after another one was met in between."""
    seen: set[Hashable] = set()
    last: Hashable = None
    for place in places:
        if place != last and place in seen:
            return True
        seen.add(place)
        last = place
    return False
