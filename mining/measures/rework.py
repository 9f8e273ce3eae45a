"""Doubling back and re-opening."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from mining.core.activities import Value
from mining.core.results import Rework
from mining.core.spans import Ints, PathVisits, visits_of
from mining.core.streams import Streams


def rework(streams: Streams) -> Rework:
    """Count the streams that come back to an activity, or to a step, that they had left; and re-openings."""
    visits, labels = visits_of(streams), streams.labels
    on_path = np.zeros(int(visits.path.max(initial=-1)) + 1, dtype=np.int64)
    on_path[visits.path] = visits.streams
    withdraws = np.array([label.value is Value.WITHDRAWN for label in labels], dtype=bool)
    reopened = visits.path[withdraws[visits.label]]
    return Rework(
        streams=sum(path.streams for path in streams.paths),
        back_to_activity=int(on_path[come_back(visits, [label.activity for label in labels])].sum()),
        back_to_step=int(on_path[come_back(visits, [(label.activity, label.step) for label in labels])].sum()),
        reopened=int(on_path[np.unique(reopened)].sum()),
        reopenings=int(on_path[reopened].sum()),
    )


def come_back(visits: PathVisits, place_of_label: Sequence[Hashable]) -> Ints:
    """The paths that meet a place again after they met another one in between.

    Neighbouring visits at one place are one stay there: a path comes back where it stays at a place twice.
    """
    places = list(dict.fromkeys(place_of_label))
    number = np.array([places.index(place) for place in place_of_label], dtype=np.int64)
    at = number[visits.label]
    begins = visits.first | (at != np.roll(at, 1))
    stays, times = np.unique(visits.path[begins] * max(len(places), 1) + at[begins], return_counts=True)
    found: Ints = np.unique(stays[times > 1] // max(len(places), 1))
    return found
