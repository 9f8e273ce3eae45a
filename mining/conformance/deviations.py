"""From the moves of an alignment to deviations: every costly move belongs to exactly one.

A missing x and the nearest unexpected x are one thing out of order (2 moves). An unexpected x where a whole branch of a
`one_of` is missing is a wrong choice (2). What is left counts 1 each: an unexpected one is repeated if its name was
matched before, else a wrong start before the first match, a wrong end after the last, else merely unexpected; a missing
one is missing. Among pairs the nearest go first, then the leftmost; distance is counted in moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mining.conformance.align import MATCH, MISSING, UNEXPECTED, Alignments, Ints
from mining.conformance.fragments import Choices
from mining.core.results import DeviationKind

KINDS = tuple(DeviationKind)
_CODE = {kind: code for code, kind in enumerate(KINDS)}
NOWHERE = -1

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """The deviations of many streams, stream by stream, and from left to right in each.

    `kind` indexes `KINDS`; `move` is the move that the deviation stands at; `partner` is the missing move of a pair,
    else NOWHERE.
    """

    stream: Ints
    kind: npt.NDArray[np.int8]
    move: Ints
    partner: Ints


def find_deviations(alignments: Alignments, choices: Sequence[Choices], names: int) -> Found:
    """The deviations of all streams. `choices` are the automaton's, `names` is how many names there are."""
    streams = len(alignments.offsets) - 1
    stream = np.repeat(np.arange(streams), np.diff(alignments.offsets))
    kind = _single_kinds(alignments, stream, names)
    partner = np.full(len(kind), NOWHERE, dtype=np.int64)
    paired_away = np.zeros(len(kind), dtype=bool)
    for at in _with_pairs(alignments, stream, choices, names):
        begin, end = alignments.offsets[at], alignments.offsets[at + 1]
        moves = _Moves(alignments.kind[begin:end].tolist(), alignments.name[begin:end].tolist())
        for said, unexpected, missing in _pairs(moves, [choices[s] for s in alignments.state[begin:end].tolist()]):
            kind[begin + unexpected] = _CODE[said]
            partner[begin + unexpected] = begin + missing
            paired_away[begin + missing] = True
    move = np.flatnonzero((alignments.kind != MATCH) & ~paired_away)
    return Found(stream[move], kind[move], move, partner[move])


def _single_kinds(alignments: Alignments, stream: Ints, names: int) -> npt.NDArray[np.int8]:
    """The kind that each costly move has if it is in no pair."""
    here = np.arange(len(stream))
    matched = np.flatnonzero(alignments.kind == MATCH)
    never = len(stream)
    streams = len(alignments.offsets) - 1
    first, last = np.full(streams, -1), np.full(streams, never)  # where nothing matches, nothing lies before or after
    last[stream[matched]] = matched  # the last to be written stands
    first[stream[matched[::-1]]] = matched[::-1]
    same_name = stream * names + alignments.name
    seen = np.full(streams * names, never)
    seen[same_name[matched[::-1]]] = matched[::-1]

    kind = np.full(len(stream), _CODE[DeviationKind.UNEXPECTED], dtype=np.int8)
    kind[here > last[stream]] = _CODE[DeviationKind.WRONG_END]
    kind[here < first[stream]] = _CODE[DeviationKind.WRONG_START]
    kind[seen[same_name] < here] = _CODE[DeviationKind.REPEATED]
    kind[alignments.kind == MISSING] = _CODE[DeviationKind.MISSING]
    return kind


def _with_pairs(alignments: Alignments, stream: Ints, choices: Sequence[Choices], names: int) -> list[int]:
    """The streams in which a pair is possible at all; they are few, and only they are looked at one by one."""
    streams = len(alignments.offsets) - 1
    unexpected, missing = alignments.kind == UNEXPECTED, alignments.kind == MISSING
    same_name = stream * names + alignments.name
    both = np.zeros(streams * names, dtype=bool)
    both[same_name[unexpected]] = True
    out_of_order = missing & both[same_name]
    has_unexpected = np.zeros(streams, dtype=bool)
    has_unexpected[stream[unexpected]] = True
    at_choice = np.array([bool(c) for c in choices])[alignments.state] & missing & has_unexpected[stream]
    possible: list[int] = np.unique(stream[out_of_order | at_choice]).tolist()
    return possible


@dataclass(frozen=True, slots=True)
class _Moves:
    kind: list[int]
    name: list[int]

    def of(self, kind: int) -> list[int]:
        return [i for i, k in enumerate(self.kind) if k == kind]


def _pairs(moves: _Moves, choices: list[Choices]) -> Iterator[tuple[DeviationKind, int, int]]:
    """(kind, unexpected move, missing move) of each pair."""
    unexpected, missing = moves.of(UNEXPECTED), moves.of(MISSING)
    free = set(unexpected) | set(missing)
    same_name = [(u, m) for u in unexpected for m in missing if moves.name[u] == moves.name[m]]
    for u, m in _nearest_first(same_name):
        if u in free and m in free:
            free -= {u, m}
            yield DeviationKind.OUT_OF_ORDER, u, m
    branch = _missing_branches(moves, choices, free)
    gap = _gaps(moves)
    at_choice = [(u, m) for u in unexpected for m in branch if u in free and gap[u] == gap[m]]
    taken: set[int] = set()
    for u, m in _nearest_first(at_choice):
        if u in free and branch[m] not in taken:
            free.discard(u)
            taken.add(branch[m])
            yield DeviationKind.WRONG_CHOICE, u, m


def _nearest_first(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(pairs, key=lambda pair: (abs(pair[0] - pair[1]), min(pair), pair))


def _gaps(moves: _Moves) -> list[int]:
    """How many matches stand before each move: two costly moves with the same number stand in one place."""
    gaps, matches = [], 0
    for kind in moves.kind:
        gaps.append(matches)
        matches += kind == MATCH
    return gaps


def _missing_branches(moves: _Moves, choices: list[Choices], free: set[int]) -> dict[int, int]:
    """The missing moves that lie in a branch of which nothing happened, each with the number of that branch's run."""
    path = [i for i, kind in enumerate(moves.kind) if kind != UNEXPECTED]
    found: dict[int, int] = {}
    for at, move in enumerate(path):
        branch = choices[move]
        if not branch or moves.kind[move] != MISSING:
            continue
        low = high = at
        while low > 0 and choices[path[low - 1]][: len(branch)] == branch:
            low -= 1
        while high + 1 < len(path) and choices[path[high + 1]][: len(branch)] == branch:
            high += 1
        if all(other in free and moves.kind[other] == MISSING for other in path[low : high + 1]):
            found[move] = path[low]
    return found
