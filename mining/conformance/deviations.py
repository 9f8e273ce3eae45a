"""From the moves of an alignment to deviations: every costly move belongs to exactly one.

A missing x and the nearest unexpected x are one thing out of order (2 moves). An unexpected x where a whole branch of a
`one_of` is missing is a wrong choice (2). What is left counts 1 each: an unexpected one is repeated if its name was
matched before, else a wrong start before the first match, a wrong end after the last, else merely unexpected; a missing
one is missing. Among pairs the nearest go first, then the leftmost; distance is counted in moves.

Most moves are matches: so that they are passed over seldom, what costs something is picked out first, and the arrays
here are of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mining.conformance.align import MATCH, UNEXPECTED, Alignments, Ints
from mining.conformance.fragments import Choices
from mining.conformance.pairs import NO_PAIRS, Bools, Pairs, at_choices, missing_branches, nearest
from mining.core.results import DeviationKind

KINDS = tuple(DeviationKind)
_CODE = {kind: code for code, kind in enumerate(KINDS)}
NOWHERE = -1


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


@dataclass(frozen=True, slots=True)
class _Costly:
    """The moves that cost something, as arrays of one length: `move` counts them over all streams, `name` tells stream
    and name in one number, `matches` is how many moves of all streams before it match. `begins` says where those of
    each stream begin."""

    move: Ints
    begins: Ints
    stream: Ints
    unexpected: Bools
    name: Ints
    matches: Ints


def find_deviations(alignments: Alignments, choices: Sequence[Choices], names: int) -> Found:
    """The deviations of all streams. `choices` are the automaton's, `names` is how many names there are."""
    costly = _costly(alignments, names)
    kind = _single_kinds(alignments, costly, names)
    partner = np.full(len(kind), NOWHERE, dtype=np.int64)
    kept, unpaired = (np.ones(len(kind), dtype=bool) for _ in range(2))
    for said, find in ((DeviationKind.OUT_OF_ORDER, _out_of_order), (DeviationKind.WRONG_CHOICE, _wrong_choices)):
        unexpected, missing = find(alignments, costly, unpaired, choices)
        kind[unexpected], partner[unexpected] = _CODE[said], costly.move[missing]
        unpaired[unexpected] = unpaired[missing] = False
        kept[missing] = False
    return Found(costly.stream[kept], kind[kept], costly.move[kept], partner[kept])


def _costly(alignments: Alignments, names: int) -> _Costly:
    move = np.flatnonzero(alignments.kind != MATCH)
    begins = np.searchsorted(move, alignments.offsets)
    stream = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
    return _Costly(
        move=move,
        begins=begins,
        stream=stream,
        unexpected=alignments.kind[move] == UNEXPECTED,
        name=stream * names + alignments.name[move],
        matches=move - np.arange(len(move)),
    )


def _single_kinds(alignments: Alignments, costly: _Costly, names: int) -> npt.NDArray[np.int8]:
    """The kind that each costly move has if it is in no pair."""
    ends = alignments.offsets - costly.begins  # how many matches the streams before have
    before, all_of_them = costly.matches - ends[costly.stream], np.diff(ends)
    some = (all_of_them > 0)[costly.stream]  # where nothing matches, nothing lies before or after
    kind = np.full(len(before), _CODE[DeviationKind.UNEXPECTED], dtype=np.int8)
    kind[some & (before == all_of_them[costly.stream])] = _CODE[DeviationKind.WRONG_END]
    kind[some & (before == 0)] = _CODE[DeviationKind.WRONG_START]
    kind[_matched_before(alignments, costly, all_of_them, names)] = _CODE[DeviationKind.REPEATED]
    kind[~costly.unexpected] = _CODE[DeviationKind.MISSING]
    return kind


def _matched_before(alignments: Alignments, costly: _Costly, matches: Ints, names: int) -> Bools:
    """Whether the name of each costly move was matched before it, in its stream."""
    matched = np.flatnonzero(alignments.kind == MATCH)
    name = np.repeat(np.arange(0, len(matches) * names, names), matches) + alignments.name[matched]
    first = np.full(len(matches) * names, len(alignments.kind))
    first[name[::-1]] = matched[::-1]  # the last to be written stands
    found: Bools = first[costly.name] < costly.move
    return found


def _out_of_order(_alignments: Alignments, costly: _Costly, _free: Bools, _choices: Sequence[Choices]) -> Pairs:
    """What is missing here and happens there."""
    both = [np.zeros(int(costly.name.max(initial=-1)) + 1, dtype=bool) for _ in range(2)]
    for here, of in zip(both, (costly.unexpected, ~costly.unexpected), strict=True):
        here[costly.name[of]] = True
    possible = np.flatnonzero((both[0] & both[1])[costly.name])  # in most streams nothing is
    found = nearest(costly.move[possible], ~costly.unexpected[possible], costly.name[possible])
    return possible[found[0]], possible[found[1]]


def _wrong_choices(alignments: Alignments, costly: _Costly, free: Bools, choices: Sequence[Choices]) -> Pairs:
    """What happens in the place of an agreed branch."""
    if not any(choices):
        return NO_PAIRS
    path = np.flatnonzero(alignments.kind != UNEXPECTED)
    stream = np.repeat(np.arange(len(alignments.offsets) - 1), np.diff(alignments.offsets))
    is_missing = np.zeros(len(stream), dtype=bool)
    is_missing[costly.move[free & ~costly.unexpected]] = True
    missing, branches = missing_branches(
        path, is_missing[path], stream[path], alignments.state[path].astype(np.int64), choices
    )
    unexpected = np.flatnonzero(free & costly.unexpected)
    gaps = costly.matches + costly.stream
    return at_choices(unexpected, np.searchsorted(costly.move, missing), branches, gaps)
