"""Variants that are checked in the same way, in full or to a prefix: each distinct merged stream is aligned once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise

import numpy as np

from mining.conformance.align import Ints
from mining.conformance.automaton import Automaton
from mining.conformance.checks import Checked, Told, check_streams
from mining.conformance.sentences import sentence
from mining.conformance.view import Merged
from mining.core.results import Deviation, Rates, VariantCheck
from mining.core.streams import Variant

_EXAMPLES = 5
_WIDE = np.dtype(">u2")  # big-endian, so that bytes sort as the numbers do


@dataclass(slots=True)
class _Tally:
    streams: int = 0
    occurrences: int = 0
    variants: tuple[int, ...] = ()


class Group:
    """`variants` against the automaton; `at` says where in `merged` each of them stands."""

    def __init__(
        self, automaton: Automaton, merged: Merged, variants: Sequence[Variant], at: list[int], *, prefix: bool
    ) -> None:
        self._variants = variants
        self._shortest = 0 if prefix else automaton.shortest  # of an open stream nothing need have happened yet
        distinct, self._row = _distinct(merged, at)
        tokens = np.frombuffer(b"".join(distinct), dtype=_WIDE).astype(np.int32)
        offsets = np.zeros(len(distinct) + 1, dtype=np.int64)
        np.cumsum([len(stream) // _WIDE.itemsize for stream in distinct], out=offsets[1:])
        self._chunks = list(check_streams(automaton, merged.names, tokens, offsets, prefix=prefix))

    @property
    def checks(self) -> list[VariantCheck]:
        """How each variant lies against the reference stream, in the order of the variants."""
        rows = [
            row
            for chunk in self._chunks
            for row in zip(chunk.merged, chunk.cost.tolist(), chunk.moves, chunk.deviations, strict=True)
        ]
        return [VariantCheck(v.id, *rows[row]) for v, row in zip(self._variants, self._row.tolist(), strict=True)]

    def rates(self, *, mapped_only: bool = False) -> Rates:
        """The rates over all streams of these variants, or over those without unmapped events."""
        counts = [v.streams - v.streams_with_unmapped if mapped_only else v.streams for v in self._variants]
        weight = np.array(counts, dtype=np.int64)
        cost, visible, matched, length = (
            np.concatenate([getattr(chunk, column) for chunk in self._chunks])[self._row]
            for column in ("cost", "visible", "matched", "length")
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
        by_row = self._variants_by_row()
        tallies: dict[Told, _Tally] = {}
        first = 0
        for chunk in self._chunks:
            _tally(chunk, by_row[first : first + len(chunk.cost)], tallies)
            first += len(chunk.cost)
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
            )
            for told, tally in tallies.items()
        ]
        return tuple(sorted(found, key=lambda d: (-d.streams, d.sentence, d.kind, d.label)))

    def _variants_by_row(self) -> list[tuple[int, list[int]]]:
        """For each distinct merged stream how many streams took it, and its most frequent variants."""
        streams = np.zeros(sum(len(chunk.cost) for chunk in self._chunks), dtype=np.int64)
        np.add.at(streams, self._row, [v.streams for v in self._variants])
        most: list[list[int]] = [[] for _ in streams]
        for variant, row in zip(self._variants, self._row.tolist(), strict=True):
            if len(most[row]) < _EXAMPLES:
                most[row].append(variant.id)
        return list(zip(streams.tolist(), most, strict=True))


def _distinct(merged: Merged, at: list[int]) -> tuple[list[bytes], Ints]:
    """The distinct merged streams, sorted, and which of them each variant is."""
    everything = merged.tokens.astype(_WIDE).tobytes()
    ends = (merged.offsets * _WIDE.itemsize).tolist()
    streams = [everything[ends[i] : ends[i + 1]] for i in at]
    distinct = sorted(set(streams))
    number = {stream: row for row, stream in enumerate(distinct)}
    return distinct, np.array([number[stream] for stream in streams], dtype=np.int64)


def _tally(chunk: Checked, by_row: list[tuple[int, list[int]]], tallies: dict[Told, _Tally]) -> None:
    """Add the deviations of a chunk to `tallies`."""
    weight = np.array([streams for streams, _ in by_row], dtype=np.int64)
    order = np.argsort(chunk.told_code, kind="stable")
    stream, code = chunk.told_stream[order], chunk.told_code[order]
    cuts = np.searchsorted(code, np.arange(len(chunk.told) + 1)).tolist()
    for told, (low, high) in zip(chunk.told, pairwise(cuts), strict=True):
        rows = stream[low:high]
        once = rows[np.concatenate([[True], rows[1:] != rows[:-1]])]
        tally = tallies.setdefault(told, _Tally())
        tally.streams += int(weight[once].sum())
        tally.occurrences += int(weight[rows].sum())
        variants = (variant for row in once.tolist() for variant in by_row[row][1])
        tally.variants = tuple(nsmallest(_EXAMPLES, (*tally.variants, *variants)))
