"""The links that an export tells: which ticket names which other one, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.events import EventTable, src
from mining.core.links import LinkSpec
from mining.core.tables import Tables
from mining.mapping.model import Mapping

if TYPE_CHECKING:
    import ibis.expr.types as ir


def read_links(tables: Tables, events: EventTable, mapping: Mapping) -> ir.Table | None:
    """The links of the columns that the event table carries, kept; None where the mapping names none.

    Columns:
      source  string  the ticket whose row it is
      target  string  the number that stands there
      link    int16   index into `ExportSpec.links`
      since   int64   microseconds UTC of the first row of the ticket that names it
    """
    import ibis

    specs = mapping.export.links
    present = [(i, spec) for i, spec in enumerate(specs) if src(spec.column) in events.table.columns]
    if not present:
        return None
    parts = [_of_column(tables, events.table, i, spec) for i, spec in present]
    told = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    first = told.group_by(["source", "target", "link"]).aggregate(since=told.since.min())
    return tables.keep(first, "links")


def _of_column(tables: Tables, table: ir.Table, number: int, spec: LinkSpec) -> ir.Table:
    import ibis

    cell = table[src(spec.column)].strip()
    named = table.select(source="ticket_id", target=cell, since="time")
    named = named.filter(named.target.notnull())
    if spec.pattern is not None:
        named = named.mutate(target=tables.found_in(named.target, spec.pattern).unnest())
    named = named.filter(named.target != "")
    return named.mutate(link=ibis.literal(number, type="int16")).select("source", "target", "link", "since")
