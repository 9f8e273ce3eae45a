"""The visits of every case as one table, for those who go on with other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.export import Holds
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
    import numpy as np
    import pyarrow as pa

    lengths = [len(path.visits) for path in streams.paths]
    labels = np.array([v for path in streams.paths for v in path.visits], dtype=np.int64)
    parts = {
        name: pa.array([getattr(label, name) for label in streams.labels], pa.string()).take(pa.array(labels))
        for name in ("activity", "step", "waiting", "value")
    }
    of_path = tables.put(
        pa.table(
            {
                "of_path": pa.array(np.repeat([path.id for path in streams.paths], lengths), pa.int32()),
                "variant": pa.array(np.repeat([path.variant for path in streams.paths], lengths), pa.int32()),
                "position": pa.array([i for n in lengths for i in range(n)], pa.int32()),
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
