"""Rows that are in the export twice, as in weekly exports that overlap.

A row is a duplicate where an earlier row of the input has the same ticket, time, order and used columns. Such rows
always tie, so where no rows tie there are none, and nothing more is computed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mining.core.events import EventTable, src
from mining.core.tables import Tables
from mining.mapping.model import Mapping
from mining.mapping.rows import decide

if TYPE_CHECKING:
    import ibis.expr.types as ir


def without_duplicates(
    tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table
) -> tuple[ir.Table, EventTable, int]:
    """The decided rows and the event table without their duplicates, and how many there were.

    Where there were any, `rows` is dropped and decided anew, since the row before may have been one.
    """
    if not _number_of(tables, rows.filter(rows.tie)):
        return rows, events, 0
    copies = tables.keep(_copies(tables, events, mapping, rows), "copies")
    found = _number_of(tables, copies)
    if found:
        single = tables.keep(events.table.anti_join(copies, "row"), "single")
        events = replace(events, table=single)
        tables.drop(rows)
        rows = decide(tables, events, mapping)
    tables.drop(copies)
    return rows, events, found


def _copies(tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table) -> ir.Table:
    """The `row` of every duplicate, looked for only where rows tie."""
    import ibis

    table = events.table
    ties = rows.filter(rows.tie).select(ticket_id="case_id", time="time").distinct()
    tied = table.semi_join(ties, ["ticket_id", "time"])
    order = [f"order_{i}" for i in range(len(mapping.export.order_by))]
    used = tables.fingerprint(*(tied[name] for name in (*order, *map(src, mapping.export.used))))
    same = tied.select("row", "ticket_id", "time", used=used)
    copy = ibis.row_number().over(group_by=[same.ticket_id, same.time, same.used], order_by=same.row)
    numbered = same.mutate(copy=copy)
    return numbered.filter(numbered.copy > 0).select("row")


def _number_of(tables: Tables, table: ir.Table) -> int:
    return int(tables.fetch(table.aggregate(n=table.count()), limit=1)["n"][0].as_py())
