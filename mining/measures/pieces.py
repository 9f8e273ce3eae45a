"""Times that are made of several pieces of a stream: what lies between them does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mining.core.spans import Bools, Ints, PathVisits
from mining.core.streams import Quantiles
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SHARES = (0.5, 0.85, 0.95)
"""Those of `Quantiles`."""


class Pieces(NamedTuple):
    """On the path `path`, the time of some pieces counts towards `key`, as one. Arrays of one length, but for the last
    two: entry i has the pieces from `offset[i]` to `offset[i + 1]` (which is the length of `start` for the last one).

    A piece lasts from the beginning of the visit at position `start` to that of the one at `stop`; where there is no
    such visit, to the end of the ticket, which `open_end` says of the entry.
    """

    path: Ints
    key: Ints
    open_end: Bools
    offset: Ints
    start: Ints
    stop: Ints

    @classmethod
    def both(cls, one: Pieces, other: Pieces) -> Pieces:
        """The entries of both."""
        moved = other._replace(offset=other.offset + len(one.start))
        return cls(*(np.concatenate(columns) for columns in zip(one, moved, strict=True)))


def counted_pieces(visits: PathVisits, begin: Ints, end: Ints, counts: Bools, key: Ints) -> Pieces:
    """The pieces of the stretches from visit `begin` to before visit `end` (indices into `visits`) in which visits
    count; stretches without any are left out."""
    length = end - begin
    stretch = np.repeat(np.arange(len(begin)), length)
    within = np.arange(len(stretch)) - np.repeat(np.cumsum(length) - length, length)
    visit = np.repeat(begin, length) + within
    kept = counts[visit]
    stretch, visit = stretch[kept], visit[kept]
    fresh = np.ones(len(visit) + 1, dtype=bool)
    fresh[1:-1] = (np.diff(stretch) != 0) | (np.diff(visit) != 1)
    first = np.flatnonzero(fresh)
    opens, closes = first[:-1], first[1:] - 1
    entry, offset = np.unique(stretch[opens], return_index=True)
    to_the_end = visits.last[visit[closes]]
    open_end = np.zeros(len(begin), dtype=bool)
    open_end[stretch[closes[to_the_end]]] = True
    return Pieces(
        path=visits.path[begin[entry]],
        key=key[entry],
        open_end=open_end[entry],
        offset=offset,
        start=visits.position[visit[opens]],
        stop=visits.position[visit[closes]] + 1,
    )


def quantiles_of_pieces(tables: Tables, streams: ir.Table, pieces: Pieces) -> dict[int, Quantiles]:
    """The quantiles of the entries' times by their key, over the streams of `Streams.table` on each path.

    An entry that lasts to the end of a ticket that has not ended is left out; a key without any time is missing.
    """
    import ibis

    if not len(pieces.key):
        return {}
    of_path = tables.put(_as_table(pieces), "pieces")
    joined = streams.inner_join(of_path, streams.path == of_path.of_path)
    joined = joined.filter(~joined.open_end | joined.ended.notnull()).select("key", "pieces", "starts", "ended")
    each = joined.pieces.map(lambda p: ibis.coalesce(joined.starts[p.stop], joined.ended) - joined.starts[p.start])
    timed = joined.select("key", duration=each.sums())
    by_key = timed.group_by("key").aggregate(
        n=timed.count(), total=timed.duration.sum(), ranks=tables.nearest_ranks(timed.duration, _SHARES)
    )
    rows = tables.fetch(by_key, limit=len(np.unique(pieces.key))).to_pylist()
    tables.drop(of_path)
    return {row["key"]: Quantiles(row["n"], row["total"], *row["ranks"]) for row in rows}


def _as_table(pieces: Pieces) -> object:
    import pyarrow as pa

    parts = pa.StructArray.from_arrays(
        [pa.array(pieces.start, pa.int32()), pa.array(pieces.stop, pa.int32())], names=["start", "stop"]
    )
    offsets = pa.array(np.append(pieces.offset, len(pieces.start)), pa.int32())
    return pa.table(
        {
            "of_path": pa.array(pieces.path, pa.int32()),
            "key": pa.array(pieces.key, pa.int32()),
            "open_end": pa.array(pieces.open_end),
            "pieces": pa.ListArray.from_arrays(offsets, parts),
        }
    )
