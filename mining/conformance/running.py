"""Many streams run through a machine at once: what a machine is in, and the next name, decide what it is in next.

Streams run side by side, level by level, so that a level is a few operations for all of them. Where there are few long
ones, levels are narrow and many. Those are cut into pieces that run side by side as well. Where a piece begins, its
machine is guessed: what machines are in comes to the same after a few names, wherever they began, so that it is the
outcome of running a few names before the piece. What proves to be guessed wrongly is run again; and where machines do
not come to the same, nothing is cut. (T. Mytkowicz, M. Musuvathi, W. Schulte, "Data-parallel finite-state machines",
2014, cut streams into pieces for the same reason.)
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

UNKNOWN = -1

PIECE = 64
"""Names in a piece."""

_BEFORE, _SHORTER = 32, 16
"""Names that are run before a piece to guess what it begins in; and fewer of them, to see whether that says enough."""

_LONG = 4 * PIECE
"""Names of the longest stream from which on cutting may gain something."""

_WIDE = 1_000
"""Streams side by side from which on cutting gains nothing."""

_ALIKE = 0.6
"""Share of the guesses that more and fewer names have to agree in."""

_ROUNDS = 4


class Machine(Protocol):
    """What a step leads to, or UNKNOWN where nobody has asked yet. A step is a key plus what the machine is in."""

    leads: Ints

    def learn(self, steps: Ints) -> None:
        """Work out where the steps lead that are not known yet."""


class Course:
    """Streams that names stand in one after the other: stream i has those from `offsets[i]` to `offsets[i + 1]`."""

    def __init__(self, offsets: Ints) -> None:
        self._offsets = offsets
        length = np.diff(offsets)
        longest = int(length.max(initial=0))
        self._pieces: _Pieces | None = None
        if longest > _LONG and offsets[-1] < _WIDE * longest:
            self._pieces = _Pieces(offsets, length)
        self._levels = _Levels(length)

    def run(self, machine: Machine, keys: Ints, begin: Ints, guess: int, *, back: bool = False) -> tuple[Ints, Ints]:
        """Run the machine through all streams, from their ends with `back`: it begins in `begin`, one for each stream.
        `keys` are those of the names. Returns the steps that the names are, and what each stream ends in. Where a piece
        begins, the machine is thought to have been in `guess` some names before."""
        if self._pieces is not None:
            found = self._pieces.run(machine, keys, begin, guess, back=back)
            if found is not None:
                return found
        return self._levels.run(machine, keys, begin, back=back)


class _Levels:
    """The names of all streams level by level: first the first of each, then the second, and so on. The longest
    streams stand first in each level, so that a level's streams are always the first so many of them."""

    def __init__(self, length: Ints) -> None:
        self._order = np.argsort(-length, kind="stable")
        rank = np.empty_like(self._order)
        rank[self._order] = np.arange(len(length))
        widths = len(length) - np.cumsum(np.bincount(length, minlength=1))[:-1]
        begins = np.zeros(len(widths) + 1, dtype=np.int64)
        np.cumsum(widths, out=begins[1:])
        self._levels = list(zip(begins[:-1].tolist(), begins[1:].tolist(), widths.tolist(), strict=True))
        ends = np.cumsum(length)
        depth = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - length, length)
        self._place = begins[depth] + np.repeat(rank, length)

    def run(self, machine: Machine, keys: Ints, begin: Ints, *, back: bool) -> tuple[Ints, Ints]:
        steps, now = np.empty_like(keys), begin[self._order]
        steps[self._place] = keys
        for low, high, width in reversed(self._levels) if back else self._levels:
            step, of_these = steps[low:high], now[:width]
            step += of_these
            machine.leads.take(step, out=of_these, mode="clip")
            if np.minimum.reduce(of_these) == UNKNOWN:
                machine.learn(step)
                machine.leads.take(step, out=of_these, mode="clip")
        end = np.empty_like(now)
        end[self._order] = now
        return steps[self._place], end


class _Pieces:
    """Streams in pieces, each of which follows another one of its stream or is the first."""

    def __init__(self, offsets: Ints, length: Ints) -> None:
        number = np.maximum(-(-length // PIECE), 1)  # a stream without names is a piece as well
        self._last = np.cumsum(number) - 1
        self._first = self._last - number + 1
        place = np.arange(number.sum()) - np.repeat(self._first, number)
        self._begins = np.repeat(offsets[:-1], number) + place * PIECE
        self._length = np.minimum(PIECE, np.repeat(offsets[1:], number) - self._begins)

    def run(self, machine: Machine, keys: Ints, begin: Ints, guess: int, *, back: bool) -> tuple[Ints, Ints] | None:
        """As `Course.run`; None where guesses say too little."""
        known = self._last if back else self._first
        follows = np.ones(len(self._begins), dtype=bool)
        follows[known] = False
        after = np.flatnonzero(follows)
        before = after + 1 if back else after - 1
        guesses = [self._outcome(machine, keys, before, names, guess, back=back) for names in (_BEFORE, _SHORTER)]
        if (guesses[0] == guesses[1]).mean() < _ALIKE:
            return None
        begins_in, steps = np.empty(len(self._begins), dtype=np.int64), np.empty_like(keys)
        begins_in[known], begins_in[after] = begin, guesses[0]
        ends_in = np.empty_like(begins_in)
        again = np.arange(len(self._begins))
        for _ in range(_ROUNDS):
            at = stretches(self._begins[again], self._length[again])
            levels = _Levels(self._length[again])
            steps[at], ends_in[again] = levels.run(machine, keys[at], begins_in[again], back=back)
            wrong = begins_in[after] != ends_in[before]
            if not wrong.any():
                return steps, ends_in[self._first if back else self._last]
            again = after[wrong]
            begins_in[again] = ends_in[before[wrong]]
        return None

    def _outcome(self, machine: Machine, keys: Ints, pieces: Ints, most: int, guess: int, *, back: bool) -> Ints:
        """What the machine is in at the end of `pieces` if it was in `guess` up to `most` names before."""
        length = np.minimum(self._length[pieces], most)
        begins = self._begins[pieces] + (0 if back else self._length[pieces] - length)
        some = keys[stretches(begins, length)]
        return _Levels(length).run(machine, some, np.full(len(pieces), guess), back=back)[1]


def stretches(begins: Ints, lengths: Ints) -> Ints:
    """The places `begin`, `begin` + 1, … of each of `begins`, as many as its length, behind one another."""
    ends = np.cumsum(lengths)
    found: Ints = np.repeat(begins - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)
    return found
