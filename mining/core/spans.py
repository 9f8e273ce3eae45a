"""All visits of all paths side by side, and the times between two moments of every stream on a path.

What depends on a path alone is worked out here in arrays, once per path; the times of the streams on it are a join in
the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mining.core.activities import Value
from mining.core.events import VisitLabel
from mining.core.streams import Path, Quantiles, Streams
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
    lengths = np.fromiter((len(path.visits) for path in paths), dtype=np.int64, count=len(paths))
    visits = chain.from_iterable(path.visits for path in paths)
    label = np.fromiter(visits, dtype=np.int64, count=int(lengths.sum()))
    begins = np.repeat(np.cumsum(lengths) - lengths, lengths)
    index = np.arange(len(label))
    mark = value_marks(labels)[label] if len(label) else label
    # The last mark at or before each visit, if it lies on the same path.
    last_mark = np.maximum.accumulate(np.where(mark != 0, index, -1)) if len(label) else label
    realised = (last_mark >= begins) & (mark[last_mark] == 1) if len(label) else label.astype(bool)
    position = index - begins
    before = np.where(position == 0, False, np.roll(realised, 1))
    lent = np.array([one.borrowed for one in labels], dtype=bool)
    return PathVisits(
        path=np.repeat(np.fromiter((path.id for path in paths), np.int64, len(paths)), lengths),
        streams=np.repeat(np.fromiter((path.streams for path in paths), np.int64, len(paths)), lengths),
        position=position,
        label=label,
        realised=realised,
        before=before,
        borrowed=lent[label] if len(label) else label.astype(bool),
    )


def visits_of(streams: Streams, only: Sequence[Path] | None = None) -> PathVisits:
    """The visits of all paths of `streams`, or of `only` those."""
    known = streams.path_visits or path_visits(streams.paths, streams.labels)
    if only is None:
        return known
    wanted = np.zeros(int(known.path.max(initial=-1)) + 1, dtype=bool)
    wanted[[path.id for path in only if path.visits]] = True
    of_wanted = wanted[known.path]
    return PathVisits(*(getattr(known, column.name)[of_wanted] for column in fields(known)))


def value_marks(labels: Sequence[VisitLabel]) -> Ints:
    """Of each label: 1 where value is claimed or confirmed, −1 where it is withdrawn, else 0."""
    marks = [0 if one.value is None else -1 if one.value is Value.WITHDRAWN else 1 for one in labels]
    return np.array(marks, dtype=np.int64)


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


def durations(
    tables: Tables,
    streams: ir.Table,
    spans: Spans,
    *,
    start: Moments = "starts",
    stop: Moments = "starts",
    overlapping: bool = False,
    also: Sequence[str] = (),
) -> ir.Table:
    """One row a span and stream on its path: `key` (int32) and `duration` (int64, microseconds; never null), and the
    columns of `streams` that are named in `also`; see `instants`."""
    between = instants(tables, streams, spans, start=start, stop=stop, overlapping=overlapping, of_stream=also)
    return between.select("key", *also, duration=between.end - between.begin)


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


def quantiles_of(tables: Tables, timed: ir.Table, duration: ir.IntegerValue, by: str | None = None) -> ir.Table:
    """Of all durations, or of those with one value in `by`: n, total and ranks, what `Quantiles` are made of."""
    grouped = timed if by is None else timed.group_by(by)
    ranks = tables.nearest_ranks(duration, _SHARES)
    return grouped.aggregate(n=timed.count(), total=duration.sum(), ranks=ranks)


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
    by_key = quantiles_of(tables, timed, timed.duration, by="key")
    found = tables.fetch(by_key, limit=int(spans.key.max()) + 1)
    columns = (found[name].to_pylist() for name in ("key", "n", "total", "ranks"))
    return {key: Quantiles(n, total, *ranks) for key, n, total, ranks in zip(*columns, strict=True)}
