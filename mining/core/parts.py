"""The streams in parts on their way from room to room: which part each is in, and what is counted and timed of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.core.activities import State
from mining.core.cohorts import CohortKind
from mining.core.slices import Along
from mining.core.spans import Ints, Moments, Spans, durations, quantiles_of
from mining.core.streams import Quantiles
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir


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
