"""The visits of every case as one table, for those who go on with other tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mining.core.export import Holds
from mining.core.spans import Ints, visits_of
from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


def visits_by_case(tables: Tables, streams: Streams) -> ir.Table:
    """One row a visit, of the streams within the cap, by case and position: a join has another order in each run.

    Columns: case_id, position (from 0), activity, step, waiting, value, start and end (timestamp, microseconds UTC; end
    is null where it is not known: the last visit of an open stream), variant, state; and, where cases are made of
    several tickets, borrowed (whether it counts for another stream).
    """
    import pyarrow as pa

    visits = visits_of(streams)
    variant = pa.array([path.variant for path in streams.paths], pa.int32())
    parts = {
        name: _words([getattr(label, name) for label in streams.labels], visits.label)
        for name in ("activity", "step", "waiting", "value")
    }
    lends = streams.linked is not None or any(label.borrowed for label in streams.labels)
    if lends:
        parts["borrowed"] = pa.array(visits.borrowed)
    parts["state"] = _words([path.state.value for path in streams.paths], visits.path)
    of_path = tables.put(
        pa.table(
            {
                "of_path": pa.array(visits.path, pa.int32()),
                "variant": variant.take(pa.array(visits.path)),
                "position": pa.array(visits.position, pa.int32()),
                **parts,
            }
        ),
        "path_visits",
    )
    apart = _apart(streams)
    joined = apart.inner_join(of_path, [apart.path == of_path.of_path, apart.place == of_path.position])
    told = joined.select(
        "rank",
        "case_id",
        "position",
        "activity",
        "step",
        "waiting",
        "value",
        "variant",
        "state",
        *(["borrowed"] if lends else []),
        start=tables.timestamp(joined.start),
        end=tables.timestamp(joined.end),
    )
    return told.order_by(["rank", "position"]).drop("rank")


def _apart(streams: Streams) -> ir.Table:
    """One row a visit: rank (of the stream, by case), case_id, path, place (from 0), start and end. The arrays are
    taken apart before anything is joined: a join would copy those of a long stream once for each of its visits."""
    import ibis

    table = streams.table.filter(lambda stream: stream.path.notnull())  # those within the cap
    ends = table.lasts if streams.holds is Holds.POINT else table.starts[1:].concat(ibis.array([table.ended]))
    return table.select(
        "case_id",
        "path",
        rank=ibis.row_number().over(order_by=table.case_id),  # numbers are put in order sooner than texts
        place=ibis.range(table.starts.length()).unnest().cast("int32"),
        start=table.starts.unnest(),
        end=ends.unnest(),
    )


def _words(of_each: Sequence[str | None], each: Ints) -> pa.DictionaryArray:
    """For every visit the word of its label, or of its path, as a dictionary."""
    import pyarrow as pa

    words = pa.array(of_each, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(words.indices.take(pa.array(each)), words.dictionary)
