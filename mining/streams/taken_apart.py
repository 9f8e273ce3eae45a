"""The streams of each part: paths, variants and hand-offs with the counts and times of that part alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np

from mining.core.events import MappedLog
from mining.core.export import Holds
from mining.core.slices import PartCount, Parted, quantiles_in_parts
from mining.core.spans import NONE, Ints, Moments, PathVisits, Spans, once_a_path, visits_of
from mining.core.streams import HandOff, Path, Quantiles, Streams, Variant
from mining.core.tables import Tables
from mining.streams.hand_offs import (
    _between,
    _by_frequency,
    _from_demand,
    _Passages,
    _Place,
    _places,
    _realises,
    _sum_by,
    _to_value,
    _together,
)


def take_apart(
    tables: Tables, streams: Streams, mapped: MappedLog, parted: Parted, counts: Sequence[PartCount]
) -> list[Streams]:
    """The streams of each part, in the order of `parted.names`. Ids of paths and variants stay those of the whole."""
    visits = visits_of(streams)
    levels = _levels(streams, visits)
    timed = _times(tables, mapped, parted, levels)
    made = []
    for number, count in enumerate(counts):
        paths = [
            Path(one.id, one.variant, one.visits, one.state, n, one.value_at, one.held_at)
            for one, n in zip(streams.paths, count.on_path.tolist(), strict=True)
            if n
        ]
        own = _visits(visits, count.on_path)
        activities, steps, step_ends = (
            _hand_offs(level, count.on_path, timed[i][number]) for i, level in enumerate(levels)
        )
        made.append(
            replace(
                streams,
                table=parted.rows.filter(parted.rows.part == number),
                paths=tuple(paths),
                variants=_variants(streams, paths, count),
                steps=steps,
                activities=activities,
                step_ends=step_ends,
                cases=count.cases,
                events=count.events,
                visits=int((own.streams * ~own.borrowed).sum()),
                states=count.states,
                beyond_cap=count.beyond_cap,
                first_event=count.first,
                last_event=count.last,
                path_visits=own,
            )
        )
    return made


def _visits(visits: PathVisits, on_path: Ints) -> PathVisits:
    """The visits of those paths that occur in a part, with its numbers of streams."""
    streams = on_path[visits.path] if len(visits.path) else visits.streams
    kept = streams > 0
    columns = {column.name: getattr(visits, column.name)[kept] for column in fields(visits)}
    return PathVisits(**{**columns, "streams": streams[kept]})


def _variants(streams: Streams, paths: Sequence[Path], count: PartCount) -> tuple[Variant, ...]:
    number: dict[int, int] = {}
    unmapped: dict[int, int] = {}
    for path in paths:
        number[path.variant] = number.get(path.variant, 0) + path.streams
        unmapped[path.variant] = unmapped.get(path.variant, 0) + int(count.unmapped_on_path[path.id])
    return tuple(
        Variant(one.id, one.symbols, one.state, number[one.id], unmapped[one.id])
        for one in streams.variants
        if one.id in number
    )


# ----------------------------------------------------------------------------------------------------- hand-offs


class _Level:
    """The passages of all paths at one level, each with the number of its pair of places."""

    def __init__(self, passages: _Passages, places: Sequence[_Place]) -> None:
        self.passages, self.places = passages, places
        self.width = len(places) + 1  # NONE is one more place
        pair = (passages.source + 1) * self.width + passages.target + 1
        self.pairs, self.key = np.unique(pair, return_inverse=True)
        self.once = once_a_path(self.key, passages.path)


def _levels(streams: Streams, visits: PathVisits) -> tuple[_Level, _Level, _Level]:
    """Between activities, between steps, and from demand to steps and from there to value; as in `hand_offs`."""
    realises = _realises(streams.labels)
    places, at = _places([(label.activity, None) for label in streams.labels], visits)
    parts = (_from_demand(visits, at), _between(visits, at), _to_value(visits, at, realises))
    activities = _Level(_together(parts), places)
    places, at = _places([(label.activity, label.step) for label in streams.labels], visits)
    steps = _Level(_between(visits, at), places)
    ends = _Level(_together((_from_demand(visits, at), _to_value(visits, at, realises))), places)
    return activities, steps, ends


def _times(
    tables: Tables, mapped: MappedLog, parted: Parted, levels: Sequence[_Level]
) -> list[list[dict[int, Quantiles]]]:
    """By level and part: the times of each pair. All levels are timed at once: their keys follow one another."""
    from_last = mapped.holds is Holds.POINT
    spans, begins = [], [0]
    for level in levels:
        passages, timed = level.passages, ~level.passages.after_value
        left = np.where(passages.last != NONE, passages.last, passages.left) if from_last else passages.left
        key = level.key[timed] + begins[-1]
        spans.append(Spans(passages.path[timed], key, left[timed], passages.reached[timed]))
        begins.append(begins[-1] + len(level.pairs))
    every = Spans(*(np.concatenate(columns) for columns in zip(*spans, strict=True)))
    start: Moments = "lasts" if from_last else "starts"
    found = quantiles_in_parts(tables, parted, every, start=start, overlapping=mapped.tells_ends)
    return [
        [{key - low: times for key, times in part.items() if low <= key < high} for part in found]
        for low, high in pairwise(begins)
    ]


def _hand_offs(level: _Level, on_path: Ints, times: dict[int, Quantiles]) -> tuple[HandOff, ...]:
    passages, pairs = level.passages, len(level.pairs)
    weight = on_path[passages.path] if len(passages.path) else passages.path
    count = _sum_by(level.key, weight, pairs)
    on_streams = _sum_by(level.key[level.once], weight[level.once], pairs)
    late = _sum_by(level.key, weight * passages.after_value, pairs)
    found = []
    for k in np.flatnonzero(count).tolist():
        (source, source_step), (target, target_step) = (
            level.places[n - 1] if n else (None, None) for n in divmod(int(level.pairs[k]), level.width)
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
