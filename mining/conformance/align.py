"""Exact optimal alignments of many streams at once.

A move is a match (cost 0), an unexpected visit or mark of the stream, or a missing one of the reference (cost 1 each).
The streams are read name by name, all at once, by the machine of `columns`; then they are walked back together from
where they end. What has been read before is only looked up, in both directions, so that the time is that of the names.

**Which of the cheapest alignments.** Read from the end, each step is: an unexpected one if a cheapest alignment allows
that, else a missing one, else a match; among states the first in the order of the reference. So a stream is matched as
early as it can be: what comes again is the later one, and what is missing is missed right after the last thing that
did happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mining.conformance.automaton import Automaton
from mining.conformance.columns import Columns, Model, model_of
from mining.conformance.running import Course, Ints, stretches
from mining.conformance.walking_back import MATCH, MISSING, UNEXPECTED, Ways

__all__ = ["MATCH", "MISSING", "UNEXPECTED", "Alignments", "Ints", "Numbers", "align", "positions"]

MEMORY = 256_000_000
"""Bytes that the costs of one batch may take."""

_EACH = 40
"""Bytes for each state and name, if no two beginnings come to the same."""

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Alignments:
    """The moves of many streams, one after the other: stream i has those from `offsets[i]` to `offsets[i + 1]`.

    `name` is the number of the name, `position` where in the stream it stands (a missing one: before which position),
    `state` the automaton's state that a match or a missing one leads to (0 for an unexpected one).
    """

    offsets: Ints
    kind: npt.NDArray[np.int8]
    name: Numbers
    position: Numbers
    state: Numbers
    cost: Ints


def align(
    automaton: Automaton,
    state_names: Numbers,
    names: Numbers,
    offsets: Ints,
    *,
    prefix: bool,
    memory: int = MEMORY,
) -> Alignments:
    """Align the streams `names[offsets[i]:offsets[i + 1]]` with `automaton`.

    `state_names` is the number of each state's name. With `prefix` a stream may stop anywhere: what has not happened
    yet is not missing. The costs of a batch take `memory` bytes at most, unless a single stream needs more.
    """
    if len(offsets) == 1:
        nothing = np.zeros(0, dtype=np.int32)
        return Alignments(offsets, nothing.astype(np.int8), nothing, nothing, nothing, nothing.astype(np.int64))
    model = model_of(automaton, prefix=prefix)
    parts = [
        _align_batch(model, state_names, names[offsets[low] : offsets[high]], offsets[low : high + 1] - offsets[low])
        for low, high in _batches(offsets, len(automaton.names), memory)
    ]
    return parts[0] if len(parts) == 1 else _joined(parts)


def _batches(offsets: Ints, states: int, memory: int) -> Iterator[tuple[int, int]]:
    streams, low = len(offsets) - 1, 0
    most = max(memory // (states * _EACH), 1)
    while low < streams:
        high = int(np.searchsorted(offsets, offsets[low] + most, side="right")) - 1
        high = min(max(high, low + 1), streams)
        yield low, high
        low = high


def _align_batch(model: Model, labels: Numbers, names: Numbers, offsets: Ints) -> Alignments:
    streams, course = len(offsets) - 1, Course(offsets)
    columns = Columns(model)
    steps, last = course.run(columns, model.class_of(labels, names), np.zeros(streams, dtype=np.int64), 0)
    ways = Ways(model, columns, steps)
    end = model.ends[columns.costs[last // model.width][:, model.ends].argmin(axis=1)]
    walked = course.run(ways, ways.taken, end, int(model.ends[0]), back=True)
    return _moves(ways, labels, walked, names, offsets)


def _moves(ways: Ways, labels: Numbers, walked: tuple[Ints, Ints], names: Numbers, offsets: Ints) -> Alignments:
    """The ways of the names that were `walked` as moves: of each its own, and then what is missing after it. Before
    them comes what is missing between the start of the automaton and the states that walking came out in."""
    (way, start), length = walked, np.diff(offsets)
    begin = ways.begin(start)
    before, after = ways.missing_after(begin), ways.missing_after(way)
    missing = [np.zeros(len(some) + 1, dtype=np.int64) for some in (before, after)]
    for total, some in zip(missing, (before, after), strict=True):
        np.cumsum(some, out=total[1:])
    begins = offsets + missing[0] + missing[1][offsets]
    read = np.arange(len(way)) + missing[1][:-1] + np.repeat(missing[0][1:], length)

    here, there = np.flatnonzero(before), np.flatnonzero(after)
    size = np.concatenate([before[here], after[there]])
    gaps = stretches(np.concatenate([begins[here], read[there] + 1]), size)
    led_to = ways.chains(np.concatenate([begin[here], way[there]]))
    place = np.arange(len(way)) - np.repeat(offsets[:-1], length)

    def moves(of_read: Any, of_missing: Any, kind: type[np.generic]) -> Any:
        both = np.empty(begins[-1], dtype=kind)
        both[read], both[gaps] = of_read, of_missing
        return both

    state = ways.state[way]
    unexpected = np.flatnonzero(state == 0)
    return Alignments(
        begins,
        moves(np.where(state == 0, UNEXPECTED, MATCH), MISSING, np.int8),
        moves(names, labels[led_to], np.int32),
        moves(place, np.repeat(np.concatenate([np.zeros_like(here), place[there] + 1]), size), np.int32),
        moves(state, led_to, np.int32),
        np.diff(begins) - length + np.diff(np.searchsorted(unexpected, offsets)),
    )


def positions(begins: Ints, kinds: npt.NDArray[np.int8]) -> Numbers:
    """For each move, how many moves before it stand in its stream. `begins` are the places at which streams begin, with
    the end of the last; `kinds` are those of the moves."""
    read = np.zeros(len(kinds) + 1, dtype=np.int64)
    np.cumsum(kinds != MISSING, out=read[1:])
    return (read[:-1] - np.repeat(read[begins[:-1]], np.diff(begins))).astype(np.int32)


def _joined(parts: list[Alignments]) -> Alignments:
    starts = np.cumsum([0, *(part.offsets[-1] for part in parts)])
    offsets = [part.offsets[:-1] + start for part, start in zip(parts, starts, strict=False)]
    return Alignments(
        np.concatenate([*offsets, starts[-1:]]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.name for part in parts]),
        np.concatenate([part.position for part in parts]),
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.cost for part in parts]),
    )
