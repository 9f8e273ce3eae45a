"""Rows that are in the export twice, as in weekly exports that overlap.

A row is a duplicate where an earlier row of the input has the same ticket, time, order and used columns; of tickets,
where all of its events are so. Such rows always tie, so where no rows tie there are none, and nothing more is computed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mining.core.events import EventTable, src
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.mapping.model import Mapping
from mining.mapping.remembered import Decide
from mining.mapping.rows import decide

if TYPE_CHECKING:
    import ibis.expr.types as ir


def without_duplicates(
    tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table, decide: Decide = decide
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

    if mapping.export.shape is Shape.TICKETS:
        same = _tickets(tables, events, mapping, rows)
    else:
        ties = rows.filter(rows.tie).select(ticket_id="case_id", time="time").distinct()
        tied = events.table.semi_join(ties, ["ticket_id", "time"])
        same = tied.select("row", "ticket_id", "time", used=_used(tables, tied, mapping))
    copy = ibis.row_number().over(group_by=[same.ticket_id, same.time, same.used], order_by=same.row)
    numbered = same.mutate(copy=copy)
    return numbered.filter(numbered.copy > 0).select("row")


def _tickets(tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table) -> ir.Table:
    """The rows of tickets with ties; `used` stands for all of a row's events, `time` is the first one's."""
    ties = rows.filter(rows.tie).select(ticket_id="case_id").distinct()
    tied = events.table.semi_join(ties, "ticket_id")
    event = tables.fingerprint(tied.part, tied.time, _used(tables, tied, mapping))
    of_row = tied.group_by("row", "ticket_id").aggregate(time=tied.time.min(), events=event.collect())
    return of_row.select("row", "ticket_id", "time", used=tables.fingerprint(of_row.events.sort()))


def _used(tables: Tables, table: ir.Table, mapping: Mapping) -> ir.IntegerValue:
    """A hash of what a row holds beside ticket and time."""
    others = [f"order_{i}" for i in range(len(mapping.export.order_by))]
    others += ["until"] if "until" in table.columns else []
    return tables.fingerprint(
        *(
            table[name]
            for name in (*others, *(src(name) for name in mapping.export.used if name not in mapping.export.asked))
        )
    )


def _number_of(tables: Tables, table: ir.Table) -> int:
    return int(tables.fetch(table.aggregate(n=table.count()), limit=1)["n"][0].as_py())
