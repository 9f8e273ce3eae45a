"""Exact optimal alignments of many streams at once.

A move is a match (cost 0), an unexpected visit or mark of the stream, or a missing one of the reference (cost 1 each).
The least cost of having read a beginning of a stream and standing in a state of the automaton depends on that beginning
alone, so it is computed once for all streams that begin alike: level by level over the prefix trie, all nodes of a
level at once. Then all streams are walked back together from where they end.

**Which of the cheapest alignments.** Read from the end, each step is: an unexpected one if a cheapest alignment allows
that, else a missing one, else a match; among states the first in the order of the reference. So a stream is matched as
early as it can be: what comes again is the later one, and what is missing is missed right after the last thing that
did happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mining.conformance.automaton import Automaton

MATCH, UNEXPECTED, MISSING = 0, 1, 2

MEMORY = 256_000_000
"""Bytes that the costs of one batch may take."""

Ints = npt.NDArray[np.int64]
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
    """Align the streams `names[offsets[i]:offsets[i + 1]]` with `automaton`; sorted ones are the cheapest.

    `state_names` is the number of each state's name. With `prefix` a stream may stop anywhere: what has not happened
    yet is not missing. The costs of a batch take `memory` bytes at most, unless a single stream needs more.
    """
    model = _Model(automaton, state_names, prefix)
    parts = [
        _align_batch(model, names[offsets[low] : offsets[high]], offsets[low : high + 1] - offsets[low])
        for low, high in _batches(offsets, len(automaton.names), memory)
    ]
    return parts[0] if len(parts) == 1 else _joined(parts)


def _batches(offsets: Ints, states: int, memory: int) -> Iterator[tuple[int, int]]:
    streams, low = len(offsets) - 1, 0
    nodes = max(memory // (states * 4), 1)
    while low < streams or low == 0:
        high = int(np.searchsorted(offsets, offsets[low] + nodes, side="right")) - 1
        high = min(max(high, low + 1), streams)
        yield low, high
        low = max(high, 1)


class _Model:
    """The automaton as arrays."""

    def __init__(self, automaton: Automaton, names: Numbers, prefix: bool) -> None:
        self.before = automaton.before()
        self.distances = np.array(automaton.distances())
        self.names = names
        self.loops = any(before and before[-1] >= state for state, before in enumerate(self.before))
        self.by_name: dict[int, list[int]] = {}
        for state in range(1, len(names)):
            self.by_name.setdefault(int(names[state]), []).append(state)
        self.ends = np.flatnonzero(np.ones(len(names), dtype=bool) if prefix else np.array(automaton.accepting))
        self.before_table = np.full((len(names), max(map(len, self.before), default=0)), -1, dtype=np.int64)
        for state, before in enumerate(self.before):
            self.before_table[state, : len(before)] = before


@dataclass(frozen=True, slots=True)
class _Trie:
    """The beginnings of the streams. Node 0 is the root; the nodes of level d are `levels[d - 1]` to `levels[d]`."""

    parent: Ints
    name: Numbers
    levels: list[int]
    node: Ints  # where each stream ends


def _trie(names: Numbers, offsets: Ints) -> _Trie:
    length = np.diff(offsets)
    node = np.zeros(len(length), dtype=np.int64)
    active = np.arange(len(length))
    parents, labels, levels = [np.zeros(1, dtype=np.int64)], [np.zeros(1, dtype=names.dtype)], [1]
    depth = 0
    while True:
        active = active[length[active] > depth]
        if not active.size:
            return _Trie(np.concatenate(parents), np.concatenate(labels), levels, node)
        parent, name = node[active], names[offsets[active] + depth]
        fresh = np.ones(len(active), dtype=bool)
        fresh[1:] = (parent[1:] != parent[:-1]) | (name[1:] != name[:-1])
        node[active] = levels[-1] + np.cumsum(fresh) - 1
        parents.append(parent[fresh])
        labels.append(name[fresh])
        levels.append(levels[-1] + len(parents[-1]))
        depth += 1


def _costs(model: _Model, trie: _Trie) -> npt.NDArray[np.integer]:
    """The least cost of having read the beginning `node` and standing in `state`, as `[state, node]`."""
    highest = len(trie.levels) + int(model.distances.max())
    costs = np.empty((len(model.names), trie.levels[-1]), dtype=np.int16 if highest < 32_000 else np.int32)
    costs[:, 0] = model.distances
    for low, high in pairwise(trie.levels):
        before = costs[:, trie.parent[low:high]]
        now = before + 1
        name = trie.name[low:high]
        for label, states in model.by_name.items():
            at = np.flatnonzero(name == label)
            if not at.size:
                continue
            matched = before[:, at]
            for state in states:
                best = matched[list(model.before[state])].min(axis=0)
                now[state, at] = np.minimum(now[state, at], best)
        _relax(model, now)
        costs[:, low:high] = now
    return costs


def _relax(model: _Model, costs: npt.NDArray[np.integer]) -> None:
    """Let missing moves (1 each) spread along the edges until nothing gets cheaper."""
    changed = True
    while changed:
        changed = False
        for state, before in enumerate(model.before):
            for source in before:
                cheaper = costs[source] + 1
                if model.loops and not changed:
                    changed = bool((cheaper < costs[state]).any())
                np.minimum(costs[state], cheaper, out=costs[state])


def _align_batch(model: _Model, names: Numbers, offsets: Ints) -> Alignments:
    trie = _trie(names, offsets)
    costs = _costs(model, trie)
    at_end = costs[np.ix_(model.ends, trie.node)]
    cost = at_end.min(axis=0)
    steps = list(_walk_back(model, trie, costs, model.ends[at_end.argmin(axis=0)]))

    streams = len(offsets) - 1
    count = np.zeros(streams, dtype=np.int64)
    for stream, *_ in steps:
        count[stream] += 1
    begins = np.zeros(streams + 1, dtype=np.int64)
    np.cumsum(count, out=begins[1:])
    kinds = np.empty(begins[-1], dtype=np.int8)
    states = np.empty(begins[-1], dtype=np.int32)
    labels = np.empty(begins[-1], dtype=np.int32)
    free = begins[1:].copy()
    for stream, kind, name, state in steps:
        free[stream] -= 1
        kinds[free[stream]], labels[free[stream]], states[free[stream]] = kind, name, state
    return Alignments(begins, kinds, labels, positions(begins, kinds), states, cost.astype(np.int64))


def positions(begins: Ints, kinds: npt.NDArray[np.int8]) -> Numbers:
    """How many moves of the same stream before each one stand in the stream."""
    read = np.zeros(len(kinds) + 1, dtype=np.int64)
    np.cumsum(kinds != MISSING, out=read[1:])
    return (read[:-1] - np.repeat(read[begins[:-1]], np.diff(begins))).astype(np.int32)


_Step = tuple[Ints, npt.NDArray[np.int8], Numbers, Numbers]


def _walk_back(model: _Model, trie: _Trie, costs: npt.NDArray[np.integer], state: Ints) -> Iterator[_Step]:
    """The last moves of all streams, then the last but one, and so on: (stream, kind, name, state)."""
    stream, node = np.arange(len(state)), trie.node
    while True:
        going = np.flatnonzero((node > 0) | (state > 0))
        if not going.size:
            return
        stream, node, state = stream[going], node[going], state[going]
        parent, cost = trie.parent[node], costs[state, node]
        kind = np.full(len(going), UNEXPECTED, dtype=np.int8)
        before = state.copy()

        rest = np.flatnonzero((node == 0) | (costs[state, parent] + 1 != cost))
        source = _source(model, costs, state[rest], node[rest], cost[rest] - 1)
        missing = source >= 0
        kind[rest] = np.where(missing, MISSING, MATCH)
        before[rest[missing]] = source[missing]

        rest = rest[~missing]
        before[rest] = _source(model, costs, state[rest], parent[rest], cost[rest])
        name = np.where(kind == UNEXPECTED, trie.name[node], model.names[state])
        yield stream, kind, name, np.where(kind == UNEXPECTED, 0, state).astype(np.int32)
        node, state = np.where(kind == MISSING, node, parent), before


def _source(
    model: _Model, costs: npt.NDArray[np.integer], state: Ints, node: Ints, wanted: npt.NDArray[np.integer]
) -> Ints:
    """For each (state, node) the first state before it that has exactly the cost `wanted` at the node; else -1."""
    found = np.full(len(state), -1, dtype=np.int64)
    open_ = np.arange(len(state))
    for column in range(model.before_table.shape[1]):
        source = model.before_table[state[open_], column]
        open_, source = open_[source >= 0], source[source >= 0]
        fits = costs[source, node[open_]] == wanted[open_]
        found[open_[fits]] = source[fits]
        open_ = open_[~fits]
        if not open_.size:
            break
    return found


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
