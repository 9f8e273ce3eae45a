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

import numpy as np
import numpy.typing as npt

from mining.conformance.automaton import Automaton
from mining.conformance.columns import UNKNOWN, Columns, Ints, Model
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
    model = Model(automaton, state_names, prefix=prefix)
    parts = [
        _align_batch(model, names[offsets[low] : offsets[high]], offsets[low : high + 1] - offsets[low])
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


@dataclass(frozen=True, slots=True)
class _Levels:
    """The names of all streams level by level: first the first of each, then the second, and so on. The longest
    streams stand first in each level, so that a level's streams are always the first `widths[level]` of them.

    `order` are the streams, the longest first; `place` says where each name of the streams stands.
    """

    order: Ints
    widths: list[int]
    place: Ints


def _levels(offsets: Ints) -> _Levels:
    length = np.diff(offsets)
    order = np.argsort(-length, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    ending = np.bincount(length, minlength=1)
    widths = len(length) - np.cumsum(ending)[:-1]
    begins = np.zeros(len(widths) + 1, dtype=np.int64)
    np.cumsum(widths, out=begins[1:])
    depth = np.arange(offsets[-1]) - np.repeat(offsets[:-1], length)
    return _Levels(order, widths.tolist(), begins[depth] + np.repeat(rank, length))


def _align_batch(model: Model, names: Numbers, offsets: Ints) -> Alignments:
    levels = _levels(offsets)
    columns = Columns(model)
    steps = np.empty(len(names), dtype=np.int64)
    steps[levels.place] = model.class_of(names)
    last = _read(columns, levels, steps)
    ways = Ways(model, columns, steps)
    at = model.ends[columns.costs[last // model.width][:, model.ends].argmin(axis=1)]
    _walk_back(ways, levels, at)
    start = np.empty(len(offsets) - 1, dtype=np.int64)
    start[levels.order] = at
    return _moves(ways, ways.taken[levels.place], start, names, offsets)


def _read(columns: Columns, levels: _Levels, steps: Ints) -> Ints:
    """Read the streams to their ends: `steps` holds the classes of the names by level, and then the steps. Returns the
    column that each stream ends in, as `Columns.next` has it."""
    last = np.zeros(len(levels.order), dtype=np.int64)
    low = 0
    for width in levels.widths:
        step = steps[low : low + width]
        step += last[:width]
        after = columns.next[step]
        if after.min() == UNKNOWN:
            columns.learn(step)
            after = columns.next[step]
        last[:width] = after
        low += width
    return last


def _walk_back(ways: Ways, levels: _Levels, at: Ints) -> None:
    """Walk the streams back from the states `at`: `ways.taken` holds the steps by level, and then the ways. `at` is
    where they come out."""
    high = len(ways.taken)
    for width in reversed(levels.widths):
        way = ways.taken[high - width : high]
        way += at[:width]
        before = ways.back[way]
        if not ways.all_known and before.min() == UNKNOWN:
            ways.learn(way)
            before = ways.back[way]
        at[:width] = before
        high -= width


def _moves(ways: Ways, way: Ints, start: Ints, names: Numbers, offsets: Ints) -> Alignments:
    """The way of each name as moves: its own, and then what is missing after it. Before them comes what is missing
    between the start of the automaton and the states `start`."""
    streams = len(offsets) - 1
    # A stream's first item is what is missing before it begins; then each name is one.
    item = np.insert(way, offsets[:-1], ways.begin(start))
    items = offsets + np.arange(streams + 1)
    size = 1 + ways.missing_after(item)
    size[items[:-1]] -= 1
    ends = np.cumsum(size)
    begins = np.concatenate([[0], ends])[items]

    kinds = np.full(begins[-1], MISSING, dtype=np.int8)
    states = np.zeros(begins[-1], dtype=np.int32)
    read = np.delete(ends - size, items[:-1])
    kinds[read], states[read] = ways.kind[way], ways.state[way]
    missing = kinds == MISSING
    states[missing] = ways.chains(item)
    labels = ways.labels[states].astype(np.int32)
    labels[read] = names
    costs = np.zeros(len(kinds) + 1, dtype=np.int64)
    np.cumsum(kinds != MATCH, out=costs[1:])
    return Alignments(begins, kinds, labels, positions(begins, kinds), states, np.diff(costs[begins]))


def positions(begins: Ints, kinds: npt.NDArray[np.int8]) -> Numbers:
    """How many moves of the same stream before each one stand in the stream."""
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
