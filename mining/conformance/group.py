"""Variants that are checked in the same way, in full or to a prefix: each distinct merged stream is aligned once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from mining.conformance.align import Ints
from mining.conformance.automaton import Automaton
from mining.conformance.checks import Checked, Told, check_streams
from mining.conformance.known import Known
from mining.conformance.large import Aligned
from mining.conformance.sentences import key, sentence
from mining.conformance.view import Merged
from mining.core.conformance import Incidence
from mining.core.results import Deviation, Rates, VariantCheck
from mining.core.streams import Variant

_EXAMPLES = 5
_NO_VARIANT = np.iinfo(np.int64).max
_WIDE = np.dtype(">u2")  # big-endian, so that bytes sort as the numbers do


@dataclass(slots=True)
class _Tally:
    streams: int = 0
    occurrences: int = 0
    variants: tuple[int, ...] = ()


class Group:
    """`variants` against the automaton; `at` says where in `merged` each of them stands."""

    def __init__(
        self,
        automaton: Automaton | Aligned,
        merged: Merged,
        variants: Sequence[Variant],
        at: list[int],
        *,
        prefix: bool,
        known: Known | None = None,
    ) -> None:
        self._variants = variants
        self._shortest = 0 if prefix else automaton.shortest  # of an open stream nothing need have happened yet
        distinct, self._row = _distinct(merged, at)
        tokens = np.frombuffer(b"".join(distinct), dtype=_WIDE).astype(np.int32)
        offsets = np.zeros(len(distinct) + 1, dtype=np.int64)
        np.cumsum([len(stream) // _WIDE.itemsize for stream in distinct], out=offsets[1:])
        self._chunks = list(check_streams(automaton, merged.names, tokens, offsets, prefix=prefix, known=known))

    @property
    def checks(self) -> list[VariantCheck]:
        """How each variant lies against the reference stream, in the order of the variants."""
        merged, moves, deviations = (
            list(chain.from_iterable(getattr(chunk, column) for chunk in self._chunks))
            for column in ("merged", "moves", "deviations")
        )
        cost = self._column("cost").tolist()
        return [
            VariantCheck(variant.id, merged[row], cost[row], moves[row], deviations[row])
            for variant, row in zip(self._variants, self._row.tolist(), strict=True)
        ]

    def _column(self, name: str) -> Ints:
        return np.concatenate([getattr(chunk, name) for chunk in self._chunks])

    def rates(self, *, mapped_only: bool = False) -> Rates:
        """The rates over all streams of these variants, or over those without unmapped events."""
        counts = [v.streams - v.streams_with_unmapped if mapped_only else v.streams for v in self._variants]
        weight = np.array(counts, dtype=np.int64)
        cost, visible, matched, length = (
            self._column(name)[self._row] for name in ("cost", "visible", "matched", "length")
        )
        return Rates(
            checked=int(weight.sum()),
            conforming=int(weight[cost == 0].sum()),
            visible_moves=int((weight * visible).sum()),
            matched_moves=int((weight * matched).sum()),
            total_cost=int((weight * cost).sum()),
            worst_cost=int((weight * (length + self._shortest)).sum()),
        )

    def deviations(self) -> tuple[Deviation, ...]:
        """The deviations over all streams of these variants, those of most streams first."""
        streams, most_frequent = self._by_row()
        tallies: dict[Told, _Tally] = {}
        first = 0
        for chunk in self._chunks:
            rows = slice(first, first + len(chunk.cost))
            _tally(chunk, streams[rows], most_frequent[rows], tallies)
            first = rows.stop
        found = [
            Deviation(
                kind=told.kind,
                label=told.name,
                instead_of=told.instead_of,
                sentence=sentence(told.kind, told.name, told.instead_of, told.where),
                streams=tally.streams,
                occurrences=tally.occurrences,
                moves=tally.occurrences * told.moves,
                variants=tally.variants,
                key=key(told.kind, told.name, told.instead_of, told.where),
            )
            for told, tally in tallies.items()
        ]
        return tuple(sorted(found, key=lambda d: (-d.streams, d.sentence, d.kind, d.label)))

    def incidence(self, deviations: Sequence[Deviation]) -> Incidence:
        """Which variant has which of `deviations` (those of this group), and how often."""
        number = {deviation.key: i for i, deviation in enumerate(deviations)}
        rows, codes, first = [], [], 0
        for chunk in self._chunks:
            of_code = np.array([number[key(t.kind, t.name, t.instead_of, t.where)] for t in chunk.told], dtype=np.int64)
            rows.append(chunk.told_stream + first)
            codes.append(of_code[chunk.told_code] if len(of_code) else np.zeros(0, dtype=np.int64))
            first += len(chunk.cost)
        width = max(len(deviations), 1)
        pairs, times = np.unique(np.concatenate(rows) * width + np.concatenate(codes), return_counts=True)
        row, deviation = pairs // width, pairs % width
        # A row of `distinct` stands for several variants: each gets its deviations.
        order = np.argsort(self._row, kind="stable")
        begins = np.searchsorted(self._row[order], np.arange(first + 1))
        count = (begins[row + 1] - begins[row]).astype(np.int64)
        at = np.repeat(begins[row] - (np.cumsum(count) - count), count) + np.arange(count.sum())
        ids = np.array([variant.id for variant in self._variants], dtype=np.int64)
        return Incidence(ids[order[at]], np.repeat(deviation, count), np.repeat(times, count).astype(np.int64))

    def _by_row(self) -> tuple[Ints, Ints]:
        """For each distinct merged stream how many streams took it, and its most frequent variants (or NO_VARIANT)."""
        rows = len(self._column("cost"))
        streams = np.zeros(rows, dtype=np.int64)
        np.add.at(streams, self._row, [variant.streams for variant in self._variants])
        order = np.argsort(self._row, kind="stable")  # within a row, the variants stay in their order
        row = self._row[order]
        place = np.arange(len(row)) - np.searchsorted(row, row)
        first = place < _EXAMPLES
        most_frequent = np.full((rows, _EXAMPLES), _NO_VARIANT)
        ids = np.array([variant.id for variant in self._variants], dtype=np.int64)
        most_frequent[row[first], place[first]] = ids[order[first]]
        return streams, most_frequent


def _distinct(merged: Merged, at: list[int]) -> tuple[list[bytes], Ints]:
    """The distinct merged streams, sorted, and which of them each variant is."""
    everything = merged.tokens.astype(_WIDE).tobytes()
    ends = (merged.offsets * _WIDE.itemsize).tolist()
    streams = [everything[ends[i] : ends[i + 1]] for i in at]
    distinct = sorted(set(streams))
    number = {stream: row for row, stream in enumerate(distinct)}
    return distinct, np.array([number[stream] for stream in streams], dtype=np.int64)


def _tally(chunk: Checked, streams: Ints, most_frequent: Ints, tallies: dict[Told, _Tally]) -> None:
    """Add the deviations of a chunk to `tallies`; `streams` and `most_frequent` as of `Group._by_row`."""
    order = np.argsort(chunk.told_code, kind="stable")
    row, code = chunk.told_stream[order], chunk.told_code[order]
    cuts = np.searchsorted(code, np.arange(len(chunk.told) + 1)).tolist()
    for told, (low, high) in zip(chunk.told, pairwise(cuts), strict=True):
        rows = row[low:high]
        once = rows[np.diff(rows, prepend=-1) > 0]
        tally = tallies.setdefault(told, _Tally())
        tally.streams += int(streams[once].sum())
        tally.occurrences += int(streams[rows].sum())
        examples = np.sort(most_frequent[once], axis=None)[:_EXAMPLES].tolist()
        tally.variants = tuple(sorted({*tally.variants, *examples} - {_NO_VARIANT})[:_EXAMPLES])
