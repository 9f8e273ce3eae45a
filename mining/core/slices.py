"""Slices: the streams taken apart by a few things at a time, so that a page can show each part by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mining.core.activities import State
from mining.core.cohorts import FEW, CohortKind
from mining.core.differing import Differences
from mining.core.results import Conformance, Measures
from mining.core.spans import Ints, Moments, Spans, durations, quantiles_of
from mining.core.streams import Quantiles, Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_SLICES = 12
"""So many parts does a dimension have at most; all that is beyond the largest of them is one."""


class Along(StrEnum):
    """What streams are taken apart by."""

    PERIOD = "period"  # when their demand arose
    TYPE = "type"  # the type of the ticket at which they begin
    SCOPE = "scope"  # whether they run or change the business
    COHORT = "cohort"  # what was asked for by --split-by


@dataclass(frozen=True, slots=True)
class Slice:
    """The streams of one part, as they would stand in an analysis of them alone.

    `streams` has those paths, variants and hand-offs that occur in it, with their ids in the whole. `measures` has the
    times before value, lead times, ends and doubling back; what is not worked out by part is empty. `conformance` has
    rates and deviations, the most frequent routes of the latter being those of the whole; None where nothing was
    checked, or not in a way that can be taken apart.
    """

    kind: CohortKind
    label: str | None
    streams: Streams
    measures: Measures
    conformance: Conformance | None

    @property
    def few(self) -> bool:
        """Whether it has so few fulfilled streams that its figures are hints."""
        return self.measures.fulfilled < FEW


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing by which the streams are taken apart: each stream is in exactly one of `slices`. `name` is as it would
    be asked for ("period:month", "ticket_type", "priority")."""

    along: Along
    name: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Slices:
    """All of them. `no_period` says why streams are not taken apart by period though nobody asked for anything else,
    and `no_conformance` why conformance is not taken apart; empty where they are."""

    dimensions: tuple[Dimension, ...]
    no_period: str = ""
    no_conformance: str = ""
    differences: Differences | None = None  # of the two cohorts that stand side by side


# ------------------------------------------------------------------------------------- on the way from room to room


@dataclass(frozen=True, slots=True)
class PartName:
    """What a part is called."""

    kind: CohortKind
    label: str | None


@dataclass(frozen=True, slots=True)
class Parted:
    """The streams with the part that each is in: `rows` is `Streams.table` with the column `part` (int16, the place in
    `names`; never null)."""

    along: Along
    name: str
    names: tuple[PartName, ...]
    rows: ir.Table


@dataclass(frozen=True, slots=True)
class PartCount:
    """What was counted of one part. `on_path` and `unmapped_on_path` have one entry for each `Path.id`: streams, and
    those of them that hold unmapped events. `ends` are by index into `MappedLog.ends`; `valueless` are streams without
    value, by state."""

    on_path: Ints
    unmapped_on_path: Ints
    cases: int
    events: int
    states: dict[State, int]
    beyond_cap: int
    first: int
    last: int
    ends: dict[int, int]
    valueless: dict[State, int]


def in_parts(
    tables: Tables,
    parted: Parted,
    spans: Spans,
    *,
    start: Moments = "starts",
    stop: Moments = "starts",
    overlapping: bool = False,
) -> ir.Table:
    """The durations of spans in which key and part are one: `key` is key × parts + part. See `spans.durations`."""
    kind = {"start": start, "stop": stop}
    timed = durations(tables, parted.rows, spans, **kind, overlapping=overlapping, also=("part",))
    return timed.select(key=timed.key.cast("int64") * len(parted.names) + timed.part, duration=timed.duration)


def quantiles_in_parts(
    tables: Tables,
    parted: Parted,
    spans: Spans,
    *,
    start: Moments = "starts",
    stop: Moments = "starts",
    overlapping: bool = False,
) -> list[dict[int, Quantiles]]:
    """For each part: the quantiles of the spans' durations by their key; a key without any duration is missing."""
    parts = len(parted.names)
    found: list[dict[int, Quantiles]] = [{} for _ in range(parts)]
    if not len(spans.key):
        return found
    timed = in_parts(tables, parted, spans, start=start, stop=stop, overlapping=overlapping)
    by_key = quantiles_of(tables, timed, timed.duration, by="key")
    table = tables.fetch(by_key, limit=(int(spans.key.max()) + 1) * parts)
    columns: Sequence[list[object]] = [table[name].to_pylist() for name in ("key", "n", "total", "ranks")]
    for key, n, total, ranks in zip(*columns, strict=True):
        found[key % parts][key // parts] = Quantiles(n, int(total), *ranks)
    return found
