"""Variants that are checked in the same way, in full or to a prefix: each distinct merged stream is aligned once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mining.conformance.align import Ints
from mining.conformance.automaton import Automaton
from mining.conformance.checks import Told, check_streams
from mining.conformance.known import Known
from mining.conformance.large import Aligned
from mining.conformance.running import stretches
from mining.conformance.sentences import key, sentence
from mining.conformance.view import Merged, Numbers
from mining.core.conformance import Incidence
from mining.core.results import Deviation, Rates, VariantCheck
from mining.core.streams import Variant

_EXAMPLES = 5
_DENSE = 4
"""A table of all pairs of a stream and a deviation may have so many entries for each that occurs."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The variants as arrays of one length, in their order: ids, how many streams each has, and of those how many have
    unmapped events."""

    id: Ints
    streams: Ints
    unmapped: Ints

    @classmethod
    def of(cls, variants: Sequence[Variant]) -> Counted:
        """Those of `variants`."""
        return cls(
            np.array([variant.id for variant in variants], dtype=np.int64),
            np.array([variant.streams for variant in variants], dtype=np.int64),
            np.array([variant.streams_with_unmapped for variant in variants], dtype=np.int64),
        )


@dataclass(frozen=True, slots=True)
class _Occurring:
    """Which distinct merged stream (`row`) has which deviation (`code`, a place in `told`), and how often (`times`): by
    deviation, then by stream. `begins` says where those of each deviation begin, and where the last end."""

    told: list[Told]
    code: Ints
    row: Ints
    times: Ints
    begins: Ints


class Group:
    """Those of `variants` that stand at `at` in `merged`, against the automaton."""

    def __init__(
        self,
        automaton: Automaton | Aligned,
        merged: Merged,
        variants: Counted,
        at: Ints,
        *,
        prefix: bool,
        known: Known | None = None,
    ) -> None:
        self.ids = variants.id[at]
        self._shortest = 0 if prefix else automaton.shortest  # of an open stream nothing need have happened yet
        tokens, offsets, self._row = _distinct(merged, at)
        rows = len(offsets) - 1
        self._streams = _sums(self._row, variants.streams[at], rows)
        self._mapped = _sums(self._row, (variants.streams - variants.unmapped)[at], rows)
        self._chunks = list(check_streams(automaton, merged.names, tokens, offsets, prefix=prefix, known=known))
        self._length, self._cost, self._visible, self._matched = (
            np.concatenate([getattr(chunk, name) for chunk in self._chunks])
            for name in ("length", "cost", "visible", "matched")
        )

    def checks(self) -> list[VariantCheck]:
        """How each variant lies against the reference stream, in the order of the variants."""
        seen = [one for chunk in self._chunks for one in chunk.seen()]
        cost = self._cost.tolist()
        checks = []
        for variant, row in zip(self.ids.tolist(), self._row.tolist(), strict=True):
            merged, moves, deviations = seen[row]
            checks.append(VariantCheck(variant, merged, cost[row], moves, deviations))
        return checks

    def rates(self, *, mapped_only: bool = False) -> Rates:
        """The rates over all streams of these variants, or over those without unmapped events."""
        weight = self._mapped if mapped_only else self._streams
        return Rates(
            checked=int(weight.sum()),
            conforming=int(weight[self._cost == 0].sum()),
            visible_moves=int(weight @ self._visible),
            matched_moves=int(weight @ self._matched),
            total_cost=int(weight @ self._cost),
            worst_cost=int(weight @ (self._length + self._shortest)),
        )

    def deviations(self) -> tuple[tuple[Deviation, ...], Incidence]:
        """The deviations over all streams of these variants, those of most streams first; and which variant has which
        of them, and how often."""
        occurring = self._occurring()
        code, row, times = occurring.code, occurring.row, occurring.times
        order = np.argsort(self._row, kind="stable")  # within a row, the variants stay in their order
        variants = self.ids[order]
        begins = np.searchsorted(self._row[order], np.arange(len(self._cost) + 1))
        examples = _examples(occurring, variants.tolist(), begins.tolist())
        streams, occurrences = (
            _sums(code, of, len(occurring.told)).tolist() for of in (self._streams[row], self._streams[row] * times)
        )
        made = [_deviation(*one) for one in zip(occurring.told, streams, occurrences, examples, strict=True)]
        ranked = sorted(range(len(made)), key=lambda i: _rank(made[i]))
        size = np.diff(occurring.begins)[ranked]
        at = stretches(occurring.begins[ranked], size)  # by deviation as they are ranked, then by row
        row, times = row[at], times[at]
        # A row stands for several variants: each has its deviations.
        count = np.diff(begins)[row]
        incidence = Incidence(
            variants[stretches(begins[row], count)],
            np.repeat(np.repeat(np.arange(len(made)), size), count),
            np.repeat(times, count),
        )
        return tuple(made[i] for i in ranked), incidence

    def _occurring(self) -> _Occurring:
        numbers: dict[Told, int] = {}
        keys, first, rows = [], 0, len(self._cost)
        for chunk in self._chunks:
            of_code = np.array([numbers.setdefault(told, len(numbers)) for told in chunk.told], dtype=np.int64)
            keys.append((of_code * rows)[chunk.told_code] + (chunk.told_stream + first))
            first += len(chunk.cost)
        every, size = np.concatenate(keys), rows * len(numbers)
        if size <= _DENSE * len(every) + 10_000:  # far cheaper than to sort
            counts = np.bincount(every, minlength=size)
            pairs = np.flatnonzero(counts)
            times = counts[pairs]
        else:
            pairs, times = np.unique(every, return_counts=True)
        code, row = np.divmod(pairs, max(rows, 1))
        return _Occurring(list(numbers), code, row, times, np.searchsorted(code, np.arange(len(numbers) + 1)))


def _deviation(told: Told, streams: int, occurrences: int, variants: tuple[int, ...]) -> Deviation:
    return Deviation(
        kind=told.kind,
        label=told.name,
        instead_of=told.instead_of,
        sentence=sentence(told.kind, told.name, told.instead_of, told.where),
        streams=streams,
        occurrences=occurrences,
        moves=occurrences * told.moves,
        variants=variants,
        key=key(told.kind, told.name, told.instead_of, told.where),
    )


def _rank(deviation: Deviation) -> tuple[int, str, str, str, str]:
    return -deviation.streams, deviation.sentence, deviation.kind, deviation.label, deviation.key


def _examples(occurring: _Occurring, variants: list[int], begins: list[int]) -> list[tuple[int, ...]]:
    """Of each deviation the first variants that have it. Rows stand in the order of their first variants, so that those
    of five rows are enough. `variants` are those of the rows, one row after the other, from `begins` on."""
    found, starts = [], occurring.begins.tolist()
    for start, end in pairwise(starts):
        rows = occurring.row[start : min(end, start + _EXAMPLES)].tolist()
        some = [one for row in rows for one in variants[begins[row] : min(begins[row + 1], begins[row] + _EXAMPLES)]]
        found.append(tuple(sorted(some)[:_EXAMPLES]))
    return found


def _distinct(merged: Merged, at: Ints) -> tuple[Numbers, Ints, Ints]:
    """The distinct ones of the streams `at`, in the order of their coming, as `Merged` has them; and which of them each
    stream is."""
    everything, ends = merged.tokens.astype(np.uint16).tobytes(), (2 * merged.offsets).tolist()
    numbers: dict[bytes, int] = {}
    row = [numbers.setdefault(everything[ends[i] : ends[i + 1]], len(numbers)) for i in at.tolist()]
    offsets = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum([len(stream) // 2 for stream in numbers], out=offsets[1:])
    tokens = np.frombuffer(b"".join(numbers), dtype=np.uint16).astype(np.int32)
    return tokens, offsets, np.array(row, dtype=np.int64)


def _sums(key: Ints, amounts: Ints, keys: int) -> Ints:
    """The sum of the amounts of each key."""
    sums = np.zeros(keys, dtype=np.int64)
    np.add.at(sums, key, amounts)
    return sums
