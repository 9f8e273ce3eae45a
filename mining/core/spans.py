"""All visits of all paths side by side, and the times between two moments of every stream on a path.

What depends on a path alone is worked out here in arrays, once per path; the times of the streams on it are a join in
the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mining.core.activities import Value
from mining.core.events import VisitLabel
from mining.core.streams import Path, Quantiles
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Moments = Literal["starts", "lasts"]
"""The start of each visit, or its last event: columns of `Streams.table`."""

_SHARES = (0.5, 0.85, 0.95)
"""Those of `Quantiles`: median, p85, p95."""

NONE = -1
"""In `Spans.start`: demand. In `Spans.stop`: the end of the ticket."""


@dataclass(frozen=True, slots=True)
class PathVisits:
    """The visits of all paths, one after the other, as arrays of one length.

    path      `Path.id`
    streams   how many streams are on that path
    position  of the visit in its path, from 0
    label     index into `Streams.labels`
    realised  value is realised, and not withdrawn, once this visit has begun: time from here on is neither work nor
              waiting
    before    the same before this visit began
    borrowed  the visit counts for another stream: totals leave it out
    """

    path: Ints
    streams: Ints
    position: Ints
    label: Ints
    realised: Bools
    before: Bools
    borrowed: Bools

    @property
    def first(self) -> Bools:
        """Whether the visit is the first of its path."""
        first: Bools = self.position == 0
        return first

    @property
    def last(self) -> Bools:
        """Whether the visit is the last of its path."""
        return np.append(self.first[1:], True) if len(self.position) else self.first


def path_visits(paths: Sequence[Path], labels: Sequence[VisitLabel]) -> PathVisits:
    """The visits of `paths`, in their order."""
    lengths = np.array([len(path.visits) for path in paths], dtype=np.int64)
    label = np.array([visit for path in paths for visit in path.visits], dtype=np.int64)
    begins = np.repeat(np.cumsum(lengths) - lengths, lengths)
    index = np.arange(len(label))
    marks = np.array([0 if one.value is None else -1 if one.value is Value.WITHDRAWN else 1 for one in labels])
    mark = marks[label] if len(label) else label
    # The last mark at or before each visit, if it lies on the same path.
    last_mark = np.maximum.accumulate(np.where(mark != 0, index, -1)) if len(label) else label
    realised = (last_mark >= begins) & (mark[last_mark] == 1) if len(label) else label.astype(bool)
    position = index - begins
    before = np.where(position == 0, False, np.roll(realised, 1))
    lent = np.array([one.borrowed for one in labels], dtype=bool)
    return PathVisits(
        path=np.repeat(np.array([path.id for path in paths], dtype=np.int64), lengths),
        streams=np.repeat(np.array([path.streams for path in paths], dtype=np.int64), lengths),
        position=position,
        label=label,
        realised=realised,
        before=before,
        borrowed=lent[label] if len(label) else label.astype(bool),
    )


def once_a_path(key: Ints, path: Ints) -> Ints:
    """Where each pair of a key and a path stands for the first time, in the order of the pairs."""
    first: Ints = np.unique(key * (path.max(initial=0) + 1) + path, return_index=True)[1]
    return first


class Spans(NamedTuple):
    """On the path `path`, the time from the visit at position `start` to the one at `stop` counts towards `key`.
    Arrays of one length."""

    path: Ints
    key: Ints
    start: Ints
    stop: Ints

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int]]) -> Spans:
        """Spans from rows of (path, key, start, stop)."""
        return cls(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)


def durations(
    tables: Tables,
    streams: ir.Table,
    spans: Spans,
    *,
    start: Moments = "starts",
    stop: Moments = "starts",
    overlapping: bool = False,
) -> ir.Table:
    """One row a span and stream on its path: `key` (int32) and `duration` (int64, microseconds; never null); see
    `instants`."""
    between = instants(tables, streams, spans, start=start, stop=stop, overlapping=overlapping)
    return between.select("key", duration=between.end - between.begin)


def instants(
    tables: Tables,
    streams: ir.Table,
    spans: Spans,
    *,
    start: Moments = "starts",
    stop: Moments = "starts",
    overlapping: bool = False,
    at_start: Sequence[str] = (),
    of_stream: Sequence[str] = (),
) -> ir.Table:
    """One row a span and stream on its path: `key` (int32), `begin` and `end` (int64, microseconds UTC; never null),
    what the arrays of the columns `at_start` hold at the visit where the span starts, and the columns `of_stream`.

    Spans whose end is not known (the last visit of an open stream) are left out. Where visits may be `overlapping`, one
    that is not over when the next begins counts up to there, and there is no time between the two.
    """
    import ibis
    import pyarrow as pa

    of_path = tables.put(
        pa.table(
            {
                "of_path": pa.array(spans.path, pa.int32()),
                "key": pa.array(spans.key, pa.int32()),
                "from_visit": pa.array(spans.start, pa.int32(), mask=spans.start == NONE),
                "to_visit": pa.array(spans.stop, pa.int32(), mask=spans.stop == NONE),
            }
        ),
        "spans",
    )
    joined = streams.inner_join(of_path, streams.path == of_path.of_path)
    begin = ibis.ifelse(joined.from_visit.isnull(), joined["first"], joined[start][joined.from_visit])
    end = ibis.ifelse(joined.to_visit.isnull(), joined.ended, joined[stop][joined.to_visit])
    if overlapping and stop == "lasts":
        end = ibis.least(end, joined.starts[joined.to_visit + 1])
    if overlapping and start == "lasts":
        end = ibis.greatest(begin, end)
    more = {column: joined[column][joined.from_visit] for column in at_start}
    timed = joined.select("key", *of_stream, begin=begin, end=end, **more)
    return timed.filter(timed.begin.notnull(), timed.end.notnull())


def total_at(tables: Tables, streams: ir.Table, column: str, path: Ints, position: Ints) -> int:
    """The sum over all streams of what `column` (array<int64>) holds at a `position` of a `path`, pair by pair."""
    import pyarrow as pa

    wanted = tables.put(
        pa.table({"of_path": pa.array(path, pa.int32()), "position": pa.array(position, pa.int32())}), "positions"
    )
    joined = streams.inner_join(wanted, streams.path == wanted.of_path)
    found = tables.fetch(joined.aggregate(total=joined[column][joined.position].sum()), limit=1)
    return int(found["total"][0].as_py() or 0)


def quantiles_by_key(
    tables: Tables,
    streams: ir.Table,
    spans: Spans,
    *,
    start: Moments = "starts",
    stop: Moments = "starts",
    overlapping: bool = False,
) -> dict[int, Quantiles]:
    """The quantiles of the spans' durations by their key, see `durations`; a key without any duration is missing."""
    if not len(spans.key):
        return {}
    timed = durations(tables, streams, spans, start=start, stop=stop, overlapping=overlapping)
    by_key = timed.group_by("key").aggregate(
        n=timed.count(),
        total=timed.duration.sum(),
        ranks=tables.nearest_ranks(timed.duration, _SHARES),
    )
    rows = tables.fetch(by_key, limit=len(np.unique(spans.key))).to_pylist()
    return {row["key"]: Quantiles(row["n"], row["total"], *row["ranks"]) for row in rows}
