"""The conformance of part of the streams: no stream is aligned again, each variant has its check already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mining.conformance.tree import VALUE
from mining.core.activities import State
from mining.core.parts import Parted
from mining.core.results import Conformance, Deviation, MoveKind, Rates, VariantCheck
from mining.core.spans import Ints
from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class _Part:
    """What is counted of the streams of a part that were checked against one reference stream. By variant: `streams`,
    those of them with `unmapped` events, and those that exceed a limit, and of them again with unmapped events; by
    deviation: in how many streams it is a limit that is exceeded, and how often."""

    streams: Ints
    unmapped: Ints
    late: Ints
    late_unmapped: Ints
    late_streams: Ints
    late_times: Ints


def take_apart(
    tables: Tables, checked: Sequence[Conformance], streams: Streams, parted: Parted, parts: Sequence[Streams]
) -> list[tuple[Conformance, ...]]:
    """By part: all of `checked`, with the rates and deviations of that part. What else only the cases can tell
    (acceptances, what a deviation goes with) is left out."""
    by_reference = [_of_reference(tables, one, streams, parted, parts) for one in checked]
    return [tuple(found[number] for found in by_reference) for number in range(len(parts))]


def _of_reference(
    tables: Tables, found: Conformance, streams: Streams, parted: Parted, parts: Sequence[Streams]
) -> list[Conformance]:
    variants = max((one.id for one in streams.variants), default=-1) + 1
    of_variants = _Checks(found, streams, variants)
    size = variants, len(found.deviations)
    if found.streams is None:
        counted = [_of_all(part, size) for part in parts]
    else:
        counted = [_nothing(size) for _ in parts]
        _add(tables, counted, streams, _rows(parted, found.streams.table), ("streams", "unmapped"))
    if found.late is not None:
        slow = found.late.rename(of_case="case_id")
        late = parted.rows.inner_join(slow, parted.rows.case_id == slow.of_case)
        _add(tables, counted, streams, _rows(parted, found.late), ("late", "late_unmapped"))
        _add_deviations(tables, counted, late)
    return [of_variants.of_part(one) for one in counted]


def _nothing(size: tuple[int, int]) -> _Part:
    return _Part(*(np.zeros(size[0], dtype=np.int64) for _ in range(4)), *(np.zeros(size[1], np.int64) for _ in "12"))


def _of_all(part: Streams, size: tuple[int, int]) -> _Part:
    """Where every stream was checked against the one reference stream, its variants are counted already."""
    counted = _nothing(size)
    ids = np.array([one.id for one in part.variants], dtype=np.int64)
    counted.streams[ids] = [one.streams for one in part.variants]
    counted.unmapped[ids] = [one.streams_with_unmapped for one in part.variants]
    return counted


def _rows(parted: Parted, cases: ir.Table) -> ir.Table:
    """The streams of all parts that are among these cases."""
    return parted.rows.semi_join(cases, "case_id")


def _add(tables: Tables, counted: Sequence[_Part], streams: Streams, rows: ir.Table, names: tuple[str, str]) -> None:
    """Count rows by part and variant, all of them and those with unmapped events, into what `names` say."""
    known = rows.filter(rows.path.notnull())
    found = tables.fetch(
        known.group_by(["part", "path"]).aggregate(n=known.count(), unmapped=known.count(where=known.unmapped > 0)),
        limit=max(len(streams.paths), 1) * len(counted),
    )
    part, path, n, unmapped = (found[name].to_numpy().astype(np.int64) for name in ("part", "path", "n", "unmapped"))
    variant = np.array([one.variant for one in streams.paths], dtype=np.int64)[path]
    for number, one in enumerate(counted):
        here = part == number
        np.add.at(getattr(one, names[0]), variant[here], n[here])
        np.add.at(getattr(one, names[1]), variant[here], unmapped[here])


def _add_deviations(tables: Tables, counted: Sequence[_Part], late: ir.Table) -> None:
    by = late.group_by(["part", "deviation"]).aggregate(n=late.count(), times=late.times.sum())
    most = len(counted) * max(len(counted[0].late_streams), 1)
    for row in tables.fetch(by, limit=most).to_pylist():
        counted[row["part"]].late_streams[row["deviation"]] += row["n"]
        counted[row["part"]].late_times[row["deviation"]] += int(row["times"])


class _Checks:
    """What each checked variant comes to, in arrays by its id."""

    def __init__(self, found: Conformance, streams: Streams, size: int) -> None:
        self._found = found
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

    def of_part(self, part: _Part) -> Conformance:
        full = part.streams * self._full
        without_unmapped = (part.streams - part.unmapped) * self._full
        return replace(
            self._found,
            rates=self._rates(full, part.late),
            rates_mapped=self._rates(without_unmapped, part.late - part.late_unmapped),
            open_rates=self._rates(part.streams * self._open),
            not_checked={},
            deviations=self._deviations(full, part),
            cases=None,
            limits=(),
            accepted=None,
            fields=(),
        )

    def _rates(self, weight: Ints, late: Ints | None = None) -> Rates:
        """`late`, those that are too slow, do not conform either; it costs no move."""
        conforming = weight if late is None else weight - late
        return Rates(
            checked=int(weight.sum()),
            conforming=int(conforming[self._cost == 0].sum()),
            visible_moves=int((weight * self._visible).sum()),
            matched_moves=int((weight * self._matched).sum()),
            total_cost=int((weight * self._cost).sum()),
            worst_cost=int((weight * self._worst).sum()),
        )

    def _deviations(self, weight: Ints, part: _Part) -> tuple[Deviation, ...]:
        incidence, every = self._found.incidence, self._found.deviations
        streams, times = part.late_streams.copy(), part.late_times.copy()
        if incidence is not None and len(incidence.variant):
            on = weight[incidence.variant]
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
