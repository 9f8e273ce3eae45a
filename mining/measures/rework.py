"""Doubling back and re-opening."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from mining.core.activities import Value
from mining.core.results import Rework
from mining.core.spans import Ints, PathVisits, visits_of
from mining.core.streams import Streams
from mining.measures.doubling_back import returning, stays


def rework(streams: Streams) -> Rework:
    """Count the streams that come back to an activity, or to a step, that they had left; and re-openings. What a stream
    borrows counts for the stream that it belongs to."""
    visits, labels = visits_of(streams), streams.labels
    on_path = np.zeros(int(visits.path.max(initial=-1)) + 1, dtype=np.int64)
    on_path[visits.path] = visits.streams
    withdraws = np.array([label.value is Value.WITHDRAWN for label in labels], dtype=bool)
    reopened = visits.path[withdraws[visits.label] & ~visits.borrowed]
    return Rework(
        streams=sum(path.streams for path in streams.paths),
        back_to_activity=int(on_path[come_back(visits, [label.activity for label in labels])].sum()),
        back_to_step=int(on_path[come_back(visits, [(label.activity, label.step) for label in labels])].sum()),
        reopened=int(on_path[np.unique(reopened)].sum()),
        reopenings=int(on_path[reopened].sum()),
    )


def come_back(visits: PathVisits, place_of_label: Sequence[Hashable]) -> Ints:
    """The paths that meet a place again after they met another one in between: those with a return, as
    `doubling_back.returning` counts them."""
    places = list(dict.fromkeys(place_of_label))
    number = np.array([places.index(place) for place in place_of_label], dtype=np.int64)
    at = number[visits.label]
    begins, before = stays(visits, at)
    found: Ints = np.unique(visits.path[begins[returning(visits, begins, before)]])
    return found
