"""The visits of every case as one table, for those who go on with other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.export import Holds
from mining.core.spans import path_visits
from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir


def visits_by_case(tables: Tables, streams: Streams) -> ir.Table:
    """One row a visit, of the streams within the cap.

    Columns: case_id, position (from 0), activity, step, waiting, value, start and end (timestamp, microseconds UTC; end
    is null where it is not known: the last visit of an open stream), variant, state.
    """
    import ibis
    import pyarrow as pa

    visits = path_visits(streams.paths, streams.labels)
    variant = pa.array([path.variant for path in streams.paths], pa.int32())
    parts = {
        name: pa.array([getattr(label, name) for label in streams.labels], pa.string()).take(pa.array(visits.label))
        for name in ("activity", "step", "waiting", "value")
    }
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
    joined = streams.table.inner_join(of_path, streams.table.path == of_path.of_path)
    start = joined.starts[joined.position]
    if streams.holds is Holds.POINT:
        end = joined.lasts[joined.position]
    else:
        end = ibis.coalesce(joined.starts[joined.position + 1], joined.ended)
    return joined.select(
        "case_id",
        "position",
        "activity",
        "step",
        "waiting",
        "value",
        "variant",
        "state",
        start=tables.timestamp(start),
        end=tables.timestamp(end),
    )
