"""Times between two moments of every stream on a path: from the path's small table to quantiles, in the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from mining.core.activities import Value
from mining.core.events import VisitLabel
from mining.core.streams import Quantiles
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

Moments = Literal["starts", "lasts"]
"""The start of each visit, or its last event: columns of `Streams.table`."""


class Span(NamedTuple):
    """On the path `path`, the time from the visit at `start` (None: from demand) to the one at `stop` (None: to the end
    of the ticket) counts towards `key`."""

    path: int
    key: int
    start: int | None
    stop: int | None


def realised_after(visits: Sequence[int], labels: Sequence[VisitLabel]) -> list[bool]:
    """For each visit, whether value is realised (and not withdrawn) once it has begun: time after value is neither work
    nor waiting."""
    realised, now = [], False
    for visit in visits:
        value = labels[visit].value
        if value is not None:
            now = value is not Value.WITHDRAWN
        realised.append(now)
    return realised


def durations(
    tables: Tables, streams: ir.Table, spans: Sequence[Span], *, start: Moments = "starts", stop: Moments = "starts"
) -> ir.Table:
    """One row a span and stream on its path: `key` (int32) and `duration` (int64, microseconds; never null).

    Spans whose end is not known (the last visit of an open stream) are left out.
    """
    import ibis
    import pyarrow as pa

    paths, keys, starts, stops = zip(*spans, strict=True) if spans else ((), (), (), ())
    of_path = tables.put(
        pa.table(
            {
                "of_path": pa.array(paths, pa.int32()),
                "key": pa.array(keys, pa.int32()),
                "from_visit": pa.array(starts, pa.int32()),
                "to_visit": pa.array(stops, pa.int32()),
            }
        ),
        "spans",
    )
    joined = streams.inner_join(of_path, streams.path == of_path.of_path)
    begin = ibis.ifelse(joined.from_visit.isnull(), joined["first"], joined[start][joined.from_visit])
    end = ibis.ifelse(joined.to_visit.isnull(), joined.ended, joined[stop][joined.to_visit])
    timed = joined.select("key", duration=end - begin)
    return timed.filter(timed.duration.notnull())


def quantiles_by_key(
    tables: Tables, streams: ir.Table, spans: Sequence[Span], *, start: Moments = "starts", stop: Moments = "starts"
) -> dict[int, Quantiles]:
    """The quantiles of the spans' durations by `Span.key`; a key without any duration is missing."""
    if not spans:
        return {}
    timed = durations(tables, streams, spans, start=start, stop=stop)
    by_key = timed.group_by("key").aggregate(
        n=timed.count(),
        total=timed.duration.sum(),
        median=tables.nearest_rank(timed.duration, 0.5),
        p85=tables.nearest_rank(timed.duration, 0.85),
        p95=tables.nearest_rank(timed.duration, 0.95),
    )
    rows = tables.fetch(by_key, limit=len({span.key for span in spans})).to_pylist()
    return {row.pop("key"): Quantiles(**row) for row in rows}
