"""Aligns merged streams and turns the outcome into the nouns that leave this room."""

from __future__ import annotations

import math
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

_DENSE = 20_000_000
_MOVE_KINDS = {MATCH: MoveKind.MATCH, UNEXPECTED: MoveKind.UNEXPECTED, MISSING: MoveKind.MISSING}

Objects = npt.NDArray[np.object_]


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
    """What became of distinct merged streams: an entry of every list a stream; `told` are (stream, deviation)."""

    merged: list[tuple[str, ...]]
    moves: list[Moves]
    deviations: list[tuple[StreamDeviation, ...]]
    length: Ints
    cost: Ints
    visible: Ints
    matched: Ints
    told_stream: Ints
    told: list[Told]
    told_code: Ints


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
        is_visit = a.name != self._value
        return Checked(
            merged=_slices(np.array(self.names, dtype=object)[self.tokens >> 1], self.offsets),
            moves=[Moves(self._moves, low, high) for low, high in pairwise(a.offsets.tolist())],
            deviations=_slices(self._stream_deviations(), self._found_offsets()),
            length=np.diff(self.offsets),
            cost=a.cost,
            visible=_sums(is_visit, a.offsets),
            matched=_sums(is_visit & (a.kind == MATCH), a.offsets),
            told_stream=self.found.stream,
            told=told,
            told_code=code,
        )

    @property
    def _value(self) -> int:
        return self.names.index(VALUE)

    def _found_offsets(self) -> Ints:
        return np.searchsorted(self.found.stream, np.arange(len(self.offsets)))

    def _moves(self, low: int, high: int) -> tuple[Move, ...]:
        a = self.alignments
        columns = (column[low:high].tolist() for column in (a.kind, a.name, a.position))
        return tuple(
            Move(_MOVE_KINDS[kind], self.names[name], position) for kind, name, position in zip(*columns, strict=True)
        )

    def _stream_deviations(self) -> Objects:
        a, found = self.alignments, self.found
        told, number = _distinct(self._tell, found.kind, a.name[found.move], self._instead_of())
        said = [(one.kind, one.name, one.instead_of, one.moves) for one in told]

        def deviation(number: int, position: int) -> StreamDeviation:
            kind, name, instead_of, moves = said[number]
            return StreamDeviation(kind, name, instead_of, position, moves)

        deviations, number = _distinct(deviation, number, a.position[found.move])
        return deviations[number]

    def _told(self) -> tuple[list[Told], Ints]:
        """The different deviations of this chunk, and which of them each found one is."""
        where = (self._after_value(), self._reopens(), self._late(), self._previous())
        columns = (self.found.kind, self.alignments.name[self.found.move], self._instead_of(), *where)
        told, number = _distinct(self._tell, *columns)
        return told.tolist(), number

    def _tell(self, kind: int, name: int, instead: int, *where: int) -> Told:
        after_value, reopens, late, previous = where or (0, 0, 0, 0)
        missed_after = None if previous == 0 else ("", *self.names)[previous - 1]
        circumstances = Circumstances(bool(after_value), bool(reopens), bool(late), missed_after)
        return Told(KINDS[kind], self.names[name], self.names[instead - 1] if instead else None, circumstances)

    def _is(self, *kinds: DeviationKind) -> Bools:
        return np.isin(self.found.kind, [KINDS.index(kind) for kind in kinds])

    def _instead_of(self) -> Ints:
        """For a wrong choice, one more than the number of the name that was agreed; else 0."""
        chosen = self._is(DeviationKind.WRONG_CHOICE)
        return np.where(chosen, self.alignments.name[self.found.partner] + 1, 0).astype(np.int64)

    def _token_at(self) -> Ints:
        """Where in `tokens` each deviation stands."""
        return self.offsets[self.found.stream] + self.alignments.position[self.found.move]

    def _after_value(self) -> Bools:
        """Whether an unexpected or repeated visit comes after value was realised."""
        marks = np.zeros(len(self.tokens) + 1, dtype=np.int64)
        np.cumsum((self.tokens >> 1) == self._value, out=marks[1:])
        before: Bools = marks[self._token_at()] - marks[self.offsets[self.found.stream]] > 0
        visit: Bools = self.alignments.name[self.found.move] != self._value
        return before & visit & self._is(DeviationKind.UNEXPECTED, DeviationKind.REPEATED)

    def _reopens(self) -> Bools:
        """Whether the visit withdraws value, where the sentence says so."""
        withdrawn: Bools = np.append(self.tokens & 1, 0)[self._token_at()] == 1
        return withdrawn & self._is(DeviationKind.UNEXPECTED, DeviationKind.REPEATED, DeviationKind.WRONG_END)

    def _late(self) -> Bools:
        late: Bools = self.found.move > self.found.partner
        return late & self._is(DeviationKind.OUT_OF_ORDER)

    def _previous(self) -> Ints:
        """What stands before a missing one whose name the reference uses more than once: 1 for the start, else two
        more than the number of the name. 0 where the name alone says which one is missing."""
        a = self.alignments
        index = np.arange(len(a.kind) + 1)
        on_path = np.append(0, np.where(a.kind != UNEXPECTED, index[1:], 0))
        last = np.maximum.accumulate(on_path)[self.found.move]  # one more than the move before on the path, 0 for none
        at_start = last <= a.offsets[self.found.stream]
        name = np.where(at_start, 1, a.name[np.maximum(last - 1, 0)] + 2)
        often = np.array([self.automaton.names.count(name) > 1 for name in self.names])
        ambiguous = self._is(DeviationKind.MISSING) & often[a.name[self.found.move]]
        return np.where(ambiguous, name, 0).astype(np.int64)


def _slices(items: Objects, offsets: Ints) -> list[tuple[Any, ...]]:
    everything = tuple(items.tolist())  # a tuple's slices are tuples
    return [everything[low:high] for low, high in pairwise(offsets.tolist())]


def _sums(flags: Bools, offsets: Ints) -> Ints:
    total = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=total[1:])
    return np.diff(total[offsets])


def _distinct(make: Callable[..., Any], *columns: npt.NDArray[Any]) -> tuple[Objects, Ints]:
    """One object for each combination that occurs in the columns (whole numbers from 0), and which one each row has."""
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        code = code * size + column
    if math.prod(sizes) <= _DENSE:  # far cheaper than to sort
        occurs = np.zeros(math.prod(sizes), dtype=bool)
        occurs[code] = True
        codes, number = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[code]
    else:
        codes, number = np.unique(code, return_inverse=True)
    objects = np.empty(len(codes), dtype=object)
    parts = np.unravel_index(codes, sizes)
    for i, combination in enumerate(zip(*(part.tolist() for part in parts), strict=True)):
        objects[i] = make(*combination)
    return objects, number
