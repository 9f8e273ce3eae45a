"""From the moves of an alignment to deviations: every costly move belongs to exactly one.

A missing x and the nearest unexpected x are one thing out of order (2 moves). An unexpected x where a whole branch of a
`one_of` is missing is a wrong choice (2). What is left counts 1 each: an unexpected one is repeated if its name was
matched before, else a wrong start before the first match, a wrong end after the last, else merely unexpected; a missing
one is missing. Among pairs the nearest go first, then the leftmost; distance is counted in moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mining.conformance.align import MATCH, MISSING, UNEXPECTED, Alignments, Ints
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


def find_deviations(alignments: Alignments, choices: Sequence[Choices], names: int) -> Found:
    """The deviations of all streams. `choices` are the automaton's, `names` is how many names there are."""
    streams = len(alignments.offsets) - 1
    stream = np.repeat(np.arange(streams), np.diff(alignments.offsets))
    kind = _single_kinds(alignments, stream, names)
    partner = np.full(len(kind), NOWHERE, dtype=np.int64)
    free = alignments.kind != MATCH
    unpaired = free.copy()
    for said, find in ((DeviationKind.OUT_OF_ORDER, _out_of_order), (DeviationKind.WRONG_CHOICE, _wrong_choices)):
        unexpected, missing = find(alignments, stream, unpaired, choices, names)
        kind[unexpected], partner[unexpected] = _CODE[said], missing
        unpaired[unexpected] = unpaired[missing] = False
        free[missing] = False
    move = np.flatnonzero(free)
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


def _out_of_order(alignments: Alignments, stream: Ints, free: Bools, _choices: Sequence[Choices], names: int) -> Pairs:
    """What is missing here and happens there."""
    same_name = stream * names + alignments.name
    both = [np.zeros(int(same_name.max(initial=-1)) + 1, dtype=bool) for _ in range(2)]
    for here, kind in zip(both, (UNEXPECTED, MISSING), strict=True):
        here[same_name[alignments.kind == kind]] = True
    possible = free & (both[0] & both[1])[same_name]  # in most streams nothing is
    unexpected, missing = (np.flatnonzero(possible & (alignments.kind == kind)) for kind in (UNEXPECTED, MISSING))
    return nearest(unexpected, missing, same_name)


def _wrong_choices(alignments: Alignments, stream: Ints, free: Bools, choices: Sequence[Choices], _names: int) -> Pairs:
    """What happens in the place of an agreed branch."""
    if not any(choices):
        return NO_PAIRS
    path = np.flatnonzero(alignments.kind != UNEXPECTED)
    is_missing = (alignments.kind == MISSING)[path] & free[path]
    missing, branches = missing_branches(
        path, is_missing, stream[path], alignments.state[path].astype(np.int64), choices
    )
    unexpected = np.flatnonzero(free & (alignments.kind == UNEXPECTED))
    gaps = np.cumsum(alignments.kind == MATCH) + stream
    return at_choices(unexpected, missing, branches, gaps)
