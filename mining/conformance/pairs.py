"""Which unexpected and which missing moves of a stream are one deviation: the nearest first, then the leftmost.

All streams at once, in a time that grows with the number of moves and not with that of possible pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mining.conformance.fragments import Choices

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Pairs = tuple[Ints, Ints]
"""Which unexpected moves, and which missing one each of them goes with."""

NO_PAIRS: Pairs = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
_NO_PAIR = np.iinfo(np.int64).max


def nearest(move: Ints, is_missing: Bools, name: Ints) -> Pairs:
    """Pair what is unexpected with what is missing under the same name in the same stream, by their places in these
    arrays: `move` counts over all streams and grows, `name` tells stream and name in one number.

    The nearest of all possible pairs goes first, of equally near ones the leftmost, and so on. It has nothing of its
    name between its two moves, else one of them would be nearer to that. So neighbours are looked at, and all of them
    are paired at once that are nearer to each other than either is to any other that it could be paired with; where
    several neighbours in a row are equally far apart, the first two, the third and fourth, and so on. Each round the
    least distance that is left has grown.
    """
    at = np.argsort(name, kind="stable")
    found: list[Pairs] = []
    while len(at) > 1:
        taken = _nearest_neighbours(move[at], is_missing[at], name[at])
        if not taken.size:
            break
        first, second = at[taken], at[taken + 1]
        turned = is_missing[first]
        found.append((np.where(turned, second, first), np.where(turned, first, second)))
        kept = np.ones(len(at), dtype=bool)
        kept[taken] = kept[taken + 1] = False
        at = at[kept]
    unexpected, missing = (np.concatenate(of) for of in zip(NO_PAIRS, *found, strict=True))
    return unexpected, missing


def _nearest_neighbours(move: Ints, is_missing: Bools, name: Ints) -> Ints:
    """Which neighbours go together, told by the first of the two: see `nearest`."""
    before = _to_others(move, is_missing, name)
    after = _to_others(-move[::-1], is_missing[::-1], name[::-1])[::-1]
    apart = (name[1:] == name[:-1]) & (is_missing[1:] != is_missing[:-1])
    begins, length = _runs(np.where(apart, before[1:], _NO_PAIR))  # neighbours in a row that are equally far apart
    ends = begins + length - 1
    distance = np.where(apart[begins], before[begins + 1], _NO_PAIR)
    nearer = (distance < before[begins]) & (distance <= after[ends + 1]) & (distance != _NO_PAIR)
    place = np.arange(len(apart)) - np.repeat(begins, length)
    return np.flatnonzero(np.repeat(nearer, length) & (place % 2 == 0))


def _to_others(move: Ints, is_missing: Bools, name: Ints) -> Ints:
    """How far back the nearest of the other kind and the same name is; _NO_PAIR where there is none."""
    here = np.arange(len(move))
    last = [np.maximum.accumulate(np.where(is_missing == kind, here, -1)) for kind in (True, False)]
    other = np.where(is_missing, last[1], last[0])
    found: Ints = np.where((other >= 0) & (name[other] == name), move - move[other], _NO_PAIR)
    return found


def at_choices(unexpected: Ints, missing: Ints, runs: Ints, gaps: Ints) -> Pairs:
    """Pair what is unexpected with a missing branch of a `one_of` in the same place, that is with no match between.
    `runs` tells which branch each missing move is of: each goes into one pair at most. `gaps` tells for every move its
    place, over all streams.

    In one place all that is missing stands before all that is unexpected (`align` has it so). So the nearest pair is
    the last missing one with the first unexpected one, and so on outwards.
    """
    order = np.lexsort([missing, runs])
    missing, runs = missing[order], runs[order]
    last = missing[np.append(runs[1:] != runs[:-1], np.ones(min(len(runs), 1), dtype=bool))]
    last = np.sort(last)[::-1]
    last = last[np.argsort(gaps[last], kind="stable")]
    unexpected = unexpected[np.argsort(gaps[unexpected], kind="stable")]
    width = max(len(last), len(unexpected)) + 1
    keys = [gaps[of] * width + _place(gaps[of]) for of in (unexpected, last)]
    _, at, of = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    return unexpected[at], last[of]


def _place(group: Ints) -> Ints:
    """The place of each within its group; groups stand together."""
    begins, length = _runs(group)
    found: Ints = np.arange(len(group)) - np.repeat(begins, length)
    return found


def missing_branches(
    on_path: Ints, is_missing: Bools, stream: Ints, state: Ints, choices: Sequence[Choices]
) -> tuple[Ints, Ints]:
    """The missing moves that lie in a branch of which nothing happened, and a number for each such branch.

    `on_path` are the moves of all streams that are not unexpected; `is_missing` whether each of them is missing and in
    no pair, `stream` which stream it is of, `state` where it leads. `choices` says in which branches each state lies,
    the outermost first.
    """
    moves, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for depth in range(1, max(map(len, choices), default=0) + 1):
        known: dict[Choices, int] = {(): 0}
        branch = [known.setdefault(one[:depth] if len(one) >= depth else (), len(known)) for one in choices]
        begins, length = _runs(stream * len(known) + np.array(branch, dtype=np.int64)[state])
        nothing = np.logical_and.reduceat(is_missing, begins) if len(begins) else np.zeros(0, dtype=bool)
        innermost = np.array([len(one) == depth for one in choices], dtype=bool)[state]
        chosen = np.flatnonzero(np.repeat(nothing, length) & innermost)
        moves.append(on_path[chosen])
        numbers.append(np.repeat(on_path[begins], length)[chosen])
    return np.concatenate(moves), np.concatenate(numbers)


def _runs(values: Ints) -> tuple[Ints, Ints]:
    """Where each run of equal values begins, and how long it is. The values are 0 or more."""
    begins = np.flatnonzero(np.diff(values, prepend=-1))
    return begins, np.diff(np.append(begins, len(values)))
