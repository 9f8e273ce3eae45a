"""Aligns merged streams and turns the outcome into the nouns that leave this room."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mining.conformance.align import MATCH, MISSING, UNEXPECTED, Alignments, Ints, Numbers, align
from mining.conformance.automaton import Automaton
from mining.conformance.deviations import KINDS, Found, find_deviations
from mining.conformance.known import Known
from mining.conformance.large import Aligned
from mining.conformance.pairs import Bools
from mining.conformance.sentences import Circumstances
from mining.conformance.tree import VALUE
from mining.core.moves import Moves
from mining.core.results import DeviationKind, Move, MoveKind, StreamDeviation

CHUNK = 50_000
"""Merged streams that are worked on at a time, so that memory stays bounded."""

_DENSE = 4
"""A table of all combinations may have so many entries for each row; with more of them, rows are sorted instead."""

_MOVE_KINDS = {MATCH: MoveKind.MATCH, UNEXPECTED: MoveKind.UNEXPECTED, MISSING: MoveKind.MISSING}

Objects = npt.NDArray[np.object_]
Seen = tuple[tuple[str, ...], Moves, tuple[StreamDeviation, ...]]
"""A merged stream, its moves and its deviations."""


@dataclass(frozen=True, slots=True)
class Told:
    """A deviation without the stream that it occurred in."""

    kind: DeviationKind
    name: str
    instead_of: str | None
    where: Circumstances

    @property
    def moves(self) -> int:
        """How many costly moves one occurrence accounts for."""
        return 2 if self.kind in (DeviationKind.OUT_OF_ORDER, DeviationKind.WRONG_CHOICE) else 1


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of distinct merged streams: an entry of `length`, `cost`, `visible` and `matched` a stream;
    `told_stream` and `told_code` say which stream has which of `told`. `seen` makes what people look at, an entry a
    stream; it takes longer than all else."""

    length: Ints
    cost: Ints
    visible: Ints
    matched: Ints
    told_stream: Ints
    told: list[Told]
    told_code: Ints
    seen: Callable[[], list[Seen]]


def check_streams(
    automaton: Automaton | Aligned,
    names: tuple[str, ...],
    tokens: Numbers,
    offsets: Ints,
    *,
    prefix: bool,
    known: Known | None = None,
) -> Iterator[Checked]:
    """Check the streams `tokens[offsets[i]:offsets[i + 1]]`, a chunk at a time. `names` and tokens as in `Merged`."""
    for low in range(0, max(len(offsets) - 1, 1), CHUNK):
        cut = offsets[low : low + CHUNK + 1]
        mine = tokens[cut[0] : cut[-1]]
        alignments = _alignments(automaton, names, mine >> 1, cut - cut[0], prefix=prefix, known=known)
        found = find_deviations(alignments, automaton.choices, len(names))
        yield _Chunk(automaton, names, mine, cut - cut[0], alignments, found).checked()


def _alignments(
    automaton: Automaton | Aligned,
    names: tuple[str, ...],
    tokens: Numbers,
    offsets: Ints,
    *,
    prefix: bool,
    known: Known | None,
) -> Alignments:
    if isinstance(automaton, Aligned):
        return automaton.alignments(names, tokens, offsets, prefix=prefix)
    number = {name: i for i, name in enumerate(names)}
    state_names = np.array([-1, *(number[name] for name in automaton.names[1:])], dtype=np.int32)

    def of(some: Numbers, begins: Ints) -> Alignments:
        return align(automaton, state_names, some, begins, prefix=prefix)

    if known is None or len(offsets) < 2:
        return of(tokens, offsets)
    return known.align(automaton, names, tokens, offsets, of, prefix=prefix)


@dataclass(frozen=True, slots=True)
class _Chunk:
    automaton: Automaton | Aligned
    names: tuple[str, ...]
    tokens: Numbers
    offsets: Ints
    alignments: Alignments
    found: Found

    def checked(self) -> Checked:
        told, code = self._told()
        a = self.alignments
        moves = np.diff(a.offsets)
        marks = np.flatnonzero(a.name == self._value)
        matching = marks[a.kind[marks] == MATCH]
        return Checked(
            length=np.diff(self.offsets),
            cost=a.cost,
            visible=moves - np.diff(np.searchsorted(marks, a.offsets)),
            matched=moves - a.cost - np.diff(np.searchsorted(matching, a.offsets)),
            told_stream=self.found.stream,
            told=told,
            told_code=code,
            seen=self.seen,
        )

    def seen(self) -> list[Seen]:
        """What people look at, an entry a stream. Moves are made later still."""
        merged = _slices(np.array(self.names, dtype=object)[self.tokens >> 1], self.offsets)
        moves = [Moves(self._moves, low, high) for low, high in pairwise(self.alignments.offsets.tolist())]
        ends = np.searchsorted(self.found.stream, np.arange(len(self.offsets)))
        return list(zip(merged, moves, _slices(self._stream_deviations(), ends), strict=True))

    @property
    def _value(self) -> int:
        return self.names.index(VALUE)

    def _moves(self, low: int, high: int) -> tuple[Move, ...]:
        a = self.alignments
        columns = (column[low:high].tolist() for column in (a.kind, a.name, a.position))
        return tuple(
            Move(_MOVE_KINDS[kind], self.names[name], position) for kind, name, position in zip(*columns, strict=True)
        )

    def _stream_deviations(self) -> Objects:
        a, found = self.alignments, self.found
        told, number = _distinct(self._tell, found.kind, a.name[found.move], self._instead_of())
        position = a.position[found.move]
        width = int(position.max(initial=0)) + 1
        different, which_one = which(number * width + position, len(told) * width)
        row, at = (part.tolist() for part in np.divmod(different, width))
        said = [(one.kind, one.name, one.instead_of, one.moves) for one in told]
        made = np.empty(len(different), dtype=object)
        made[:] = [
            StreamDeviation(kind, name, instead_of, place, moves)
            for (kind, name, instead_of, moves), place in zip(map(said.__getitem__, row), at, strict=True)
        ]
        return made[which_one]

    def _told(self) -> tuple[list[Told], Ints]:
        """The different deviations of this chunk, and which of them each found one is."""
        name = self.alignments.name[self.found.move]
        at = self.offsets[self.found.stream] + self.alignments.position[self.found.move]  # where in `tokens` it stands
        where = (self._after_value(name, at), self._reopens(at), self._late(), self._previous(name))
        told, number = _distinct(self._tell, self.found.kind, name, self._instead_of(), *where)
        return told.tolist(), number

    def _tell(self, kind: int, name: int, instead: int, *where: int) -> Told:
        after_value, reopens, late, previous = where or (0, 0, 0, 0)
        missed_after = None if previous == 0 else ("", *self.names)[previous - 1]
        circumstances = Circumstances(bool(after_value), bool(reopens), bool(late), missed_after)
        return Told(KINDS[kind], self.names[name], self.names[instead - 1] if instead else None, circumstances)

    def _is(self, *kinds: DeviationKind) -> Bools:
        found: Bools = np.array([kind in kinds for kind in KINDS])[self.found.kind]
        return found

    def _instead_of(self) -> Ints:
        """For a wrong choice, one more than the number of the name that was agreed; else 0."""
        instead = np.zeros(len(self.found.kind), dtype=np.int64)
        chosen = np.flatnonzero(self._is(DeviationKind.WRONG_CHOICE))
        instead[chosen] = self.alignments.name[self.found.partner[chosen]] + 1
        return instead

    def _after_value(self, name: Numbers, at: Ints) -> Bools:
        """Whether an unexpected or repeated visit comes after value was realised."""
        marks = np.flatnonzero(self.tokens >> 1 == self._value)
        after = np.searchsorted(marks, self.offsets[:-1])  # the first one from where each stream begins
        first = np.append(marks, len(self.tokens))[after]
        found: Bools = (first[self.found.stream] < at) & (name != self._value)
        return found & self._is(DeviationKind.UNEXPECTED, DeviationKind.REPEATED)

    def _reopens(self, at: Ints) -> Bools:
        """Whether the visit withdraws value, where the sentence says so."""
        said = self._is(DeviationKind.UNEXPECTED, DeviationKind.REPEATED, DeviationKind.WRONG_END)
        said[said] = (self.tokens[at[said]] & 1).astype(bool)
        return said

    def _late(self) -> Bools:
        late: Bools = self.found.move > self.found.partner
        return late & self._is(DeviationKind.OUT_OF_ORDER)

    def _previous(self, name: Numbers) -> Ints:
        """What stands before a missing one whose name the reference uses more than once: 1 for the start, else two
        more than the number of the name. 0 where the name alone says which one is missing."""
        a, times = self.alignments, Counter(self.automaton.names)
        previous = np.zeros(len(name), dtype=np.int64)
        often = np.array([times[one] > 1 for one in self.names])
        ambiguous = np.flatnonzero(self._is(DeviationKind.MISSING) & often[name])
        if ambiguous.size:
            index = np.arange(len(a.kind) + 1)
            on_path = np.append(0, np.where(a.kind != UNEXPECTED, index[1:], 0))
            last = np.maximum.accumulate(on_path)[self.found.move[ambiguous]]  # one more than the move before on the
            at_start = last <= a.offsets[self.found.stream[ambiguous]]  # path, 0 for none
            previous[ambiguous] = np.where(at_start, 1, a.name[np.maximum(last - 1, 0)] + 2)
        return previous


def _slices(items: Objects, offsets: Ints) -> list[tuple[Any, ...]]:
    everything = tuple(items.tolist())  # a tuple's slices are tuples
    return [everything[low:high] for low, high in pairwise(offsets.tolist())]


def _distinct(make: Callable[..., Any], *columns: npt.NDArray[Any]) -> tuple[Objects, Ints]:
    """One object for each combination that occurs in the columns (whole numbers from 0), and which one each row has."""
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        if size > 1:
            code *= size
            code += column
    codes, number = which(code, math.prod(sizes))
    objects = np.empty(len(codes), dtype=object)
    parts = np.unravel_index(codes, sizes)
    for i, combination in enumerate(zip(*(part.tolist() for part in parts), strict=True)):
        objects[i] = make(*combination)
    return objects, number


def which(code: Ints, size: int) -> tuple[Ints, Ints]:
    """The different values of `code`, which are below `size`, ascending; and which of them each one is."""
    if size > _DENSE * len(code) + 10_000:
        codes, number = np.unique(code, return_inverse=True)
        return codes, number
    occurs = np.zeros(size, dtype=bool)  # far cheaper than to sort
    occurs[code] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[code]
