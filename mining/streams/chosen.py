"""Which tickets the streams hold that begin at some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mining.core.events import MappedLog
from mining.core.links import CasesSpec
from mining.core.tables import Tables
from mining.streams.cases import members_of
from mining.streams.graph import among, graph_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


def tickets_of_streams(tables: Tables, mapped: MappedLog, spec: CasesSpec, begins: ir.Table) -> ir.Table:
    """The tickets of the streams that begin at a ticket of `begins` (case_id, as in `MappedLog.table`), kept in a table
    of the same kind. Raises what `build_streams` raises."""
    import ibis
    import pyarrow as pa

    graph = graph_of(tables, mapped)
    source, target = graph.onwards(mapped, np.ones(len(graph.source), dtype=bool))
    members = members_of(graph, spec, source, target, begins=among(tables, graph, begins))
    held = np.unique(members.ticket)
    numbers = tables.put(pa.table({"n": pa.array(held, pa.int64())}), "held")
    linked = graph.names.semi_join(numbers, "n").select(case_id=graph.names.name)
    alone = begins.select("case_id").anti_join(graph.names, begins.case_id == graph.names.name)
    found = tables.keep(ibis.union(linked, alone, distinct=False), "held_tickets")
    for table in (numbers, graph.names):
        tables.drop(table)
    return found
