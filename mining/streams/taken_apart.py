"""The streams of each part: paths, variants and hand-offs with the counts and times of that part alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np

from mining.core.differing import Ends, Passed
from mining.core.events import MappedLog
from mining.core.parts import PartCount, Parted, in_parts, quantiles_in_parts
from mining.core.spans import Ints, Moments, PathVisits, Spans, visits_of
from mining.core.streams import Path, Quantiles, Streams, Variant
from mining.core.tables import Tables
from mining.streams.hand_offs import (
    Level,
    between,
    from_demand,
    places_of,
    realising,
    timed_spans,
    to_value,
    together,
)

_STEPS = (60_000_000, 3_600_000_000, 86_400_000_000, 31 * 86_400_000_000)
"""Microseconds: the times of two parts are compared in the finest of these steps that leaves few enough of them."""

_MOST_TIMES = 200_000


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
            level.hand_offs(count.on_path[level.passages.path], timed[i][number]) for i, level in enumerate(levels)
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


def _levels(streams: Streams, visits: PathVisits) -> tuple[Level, Level, Level]:
    """Between activities, between steps, and from demand to steps and from there to value; as in `hand_offs`."""
    realises = realising(streams.labels)
    places, at = places_of([(label.activity, None) for label in streams.labels], visits)
    parts = (from_demand(visits, at), between(visits, at), to_value(visits, at, realises))
    activities = Level(together(parts), places)
    places, at = places_of([(label.activity, label.step) for label in streams.labels], visits)
    steps = Level(between(visits, at), places)
    ends = Level(together((from_demand(visits, at), to_value(visits, at, realises))), places)
    return activities, steps, ends


def _times(
    tables: Tables, mapped: MappedLog, parted: Parted, levels: Sequence[Level]
) -> list[list[dict[int, Quantiles]]]:
    """By level and part: the times of each pair. All levels are timed at once: their keys follow one another."""
    every, start, begins = _spans(mapped, levels)
    found = quantiles_in_parts(tables, parted, every, start=start, overlapping=mapped.tells_ends)
    return [
        [{key - low: times for key, times in part.items() if low <= key < high} for part in found]
        for low, high in pairwise(begins)
    ]


def _spans(mapped: MappedLog, levels: Sequence[Level]) -> tuple[Spans, Moments, list[int]]:
    """The timed passages of all levels, the moment at which they begin, and where the keys of each level begin."""
    spans, begins = [], [0]
    start: Moments = "starts"
    for level in levels:
        of_level, start = timed_spans(level.passages, level.key + begins[-1], mapped.holds)
        spans.append(of_level)
        begins.append(begins[-1] + len(level.pairs))
    return Spans(*(np.concatenate(columns) for columns in zip(*spans, strict=True))), start, begins


def pair_times(
    tables: Tables, streams: Streams, mapped: MappedLog, parted: Parted, pair: tuple[int, int]
) -> dict[Ends, Passed]:
    """How often each duration of each hand-off between steps, from demand and to value, occurs in two parts: in the
    finest of `_STEPS` that leaves few enough of them."""
    levels = _levels(streams, visits_of(streams))[1:]
    spans, start, begins = _spans(mapped, levels)
    if not len(spans.key):
        return {}
    timed = in_parts(tables, parted, spans, start=start, overlapping=mapped.tells_ends)
    parts = len(parted.names)
    timed = timed.filter((timed.key % parts).isin(pair))
    counted = None
    for step in _STEPS:
        binned = timed.mutate(bin=timed.duration // step)
        grouped = binned.group_by(["key", "bin"]).aggregate(n=binned.count())
        rows = tables.fetch(grouped.limit(_MOST_TIMES + 1), limit=_MOST_TIMES + 1)
        if rows.num_rows <= _MOST_TIMES or step == _STEPS[-1]:
            counted = rows
            break
    if counted is None:
        return {}
    key, bins, n = (counted[name].to_numpy().astype(np.int64) for name in ("key", "bin", "n"))
    found = {}
    for low, level in zip(begins, levels, strict=False):
        for k in range(len(level.pairs)):
            sides = [key == (low + k) * parts + part for part in pair]
            if not (sides[0].any() or sides[1].any()):
                continue
            durations = np.unique(bins[sides[0] | sides[1]])
            first, second = (np.zeros(len(durations), dtype=np.int64) for _ in pair)
            for side, counts in zip(sides, (first, second), strict=True):
                counts[np.searchsorted(durations, bins[side])] = n[side]
            found[level.ends(k)] = Passed(first, second)
    return found
