"""The conformance of part of the streams: no stream is aligned again, each variant has its check already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mining.conformance.tree import VALUE
from mining.core.activities import State
from mining.core.results import Conformance, Deviation, MoveKind, Rates, VariantCheck
from mining.core.spans import Ints
from mining.core.streams import Streams, Variant


def take_apart(found: Conformance, streams: Streams, parts: Sequence[Streams]) -> list[Conformance]:
    """`found`, of `streams`, for each of their `parts`: rates and deviations. What only the cases can tell (limits on
    time, acceptances, what a deviation goes with) is left out."""
    of_variants = _Checks(found, streams)
    return [of_variants.of_part(part.variants) for part in parts]


class _Checks:
    """What each checked variant comes to, in arrays by its id."""

    def __init__(self, found: Conformance, streams: Streams) -> None:
        self._found = found
        size = max((one.id for one in streams.variants), default=-1) + 1
        self._cost, self._visible, self._matched, self._worst = (np.zeros(size, dtype=np.int64) for _ in range(4))
        self._full, self._open = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        still_open = {one.id for one in streams.variants if one.state is State.OPEN}
        seen: dict[int, tuple[int, int]] = {}  # variants that are merged alike share their moves
        for check in found.checks:
            if id(check.moves) not in seen:
                seen[id(check.moves)] = _moves(check)
            prefix = check.variant in still_open
            self._cost[check.variant] = check.cost
            self._visible[check.variant], self._matched[check.variant] = seen[id(check.moves)]
            self._worst[check.variant] = len(check.merged) + (0 if prefix else found.shortest_path)
            (self._open if prefix else self._full)[check.variant] = True

    def of_part(self, variants: Sequence[Variant]) -> Conformance:
        streams, unmapped = np.zeros_like(self._cost), np.zeros_like(self._cost)
        ids = np.array([one.id for one in variants], dtype=np.int64)
        streams[ids] = [one.streams for one in variants]
        unmapped[ids] = [one.streams_with_unmapped for one in variants]
        full = streams * self._full
        return replace(
            self._found,
            rates=self._rates(full),
            rates_mapped=self._rates((streams - unmapped) * self._full),
            open_rates=self._rates(streams * self._open),
            not_checked={},
            deviations=self._deviations(full),
            cases=None,
            limits=(),
            accepted=None,
            fields=(),
        )

    def _rates(self, weight: Ints) -> Rates:
        return Rates(
            checked=int(weight.sum()),
            conforming=int(weight[self._cost == 0].sum()),
            visible_moves=int((weight * self._visible).sum()),
            matched_moves=int((weight * self._matched).sum()),
            total_cost=int((weight * self._cost).sum()),
            worst_cost=int((weight * self._worst).sum()),
        )

    def _deviations(self, weight: Ints) -> tuple[Deviation, ...]:
        incidence, every = self._found.incidence, self._found.deviations
        if incidence is None or not len(incidence.variant):
            return ()
        on = weight[incidence.variant]
        streams, times = (np.zeros(len(every), dtype=np.int64) for _ in range(2))
        np.add.at(streams, incidence.deviation, on)
        np.add.at(times, incidence.deviation, on * incidence.times)
        made = [
            replace(one, streams=int(n), occurrences=int(often), moves=int(often) * (one.moves // one.occurrences))
            for one, n, often in zip(every, streams, times, strict=True)
            if n
        ]
        return tuple(sorted(made, key=lambda d: (-d.streams, d.sentence, d.kind, d.label)))


def _moves(check: VariantCheck) -> tuple[int, int]:
    """Visible moves, value marks left out, and those of them that match."""
    visible = [one for one in check.moves if one.label != VALUE]
    return len(visible), sum(one.kind is MoveKind.MATCH for one in visible)
