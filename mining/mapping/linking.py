"""The links that an export tells (which ticket names which other one, and since when), and what they are used for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mining.core.errors import Problem, RequestError
from mining.core.events import EventTable, src
from mining.core.links import EACH_TICKET, CasesBy, CasesSpec, LinkSpec
from mining.core.tables import Tables
from mining.mapping.model import Mapping

if TYPE_CHECKING:
    import ibis.expr.types as ir


def read_links(
    tables: Tables, events: EventTable, mapping: Mapping, inferred: Sequence[ir.Table] = ()
) -> ir.Table | None:
    """The links of the columns that the event table carries, those that stand beside its rows, and the `inferred` ones,
    which are freed; kept. None where there are none of these.

    Columns:
      source  string  the ticket whose row it is
      target  string  the number that stands there
      link    int16   index into `ExportSpec.links`
      since   int64   microseconds UTC of the first row of the ticket that names it; null where rows have no time
    """
    import ibis

    columns = ("source", "target", "link", "since")
    specs = mapping.export.links
    told = [] if events.relations is None else [events.relations]
    if any(_is_carried(spec, events.table) for spec in specs):
        told.append(_links_by_ticket(tables, events.table, specs))
    found = []
    if told:
        every = ibis.union(*told, distinct=False) if len(told) > 1 else told[0]
        found.append(every.group_by(["source", "target", "link"]).aggregate(since=every.since.min()))
    found += [table.select(*columns) for table in inferred]
    found = [table.mutate(link=table.link.cast("int16")) for table in found]  # kept, a literal came back wider
    if not found:
        return None
    links = tables.keep(ibis.union(*found, distinct=False) if len(found) > 1 else found[0], "links")
    for table in inferred:
        tables.drop(table)
    return links


def _is_carried(spec: LinkSpec, table: ir.Table) -> bool:
    """Whether the event table has the columns that hold these links."""
    return not spec.of_objects and not spec.same and all(src(name) in table.columns for name in spec.columns)


def links_by_row(tables: Tables, table: ir.Table, specs: Sequence[LinkSpec]) -> ir.Table:
    """What each row tells, also what others have told before: its `row`, and the columns of `read_links`."""
    import ibis

    parts = [_found(tables, _cells(table, spec), i, spec) for i, spec in enumerate(specs) if _is_carried(spec, table)]
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]


def _links_by_ticket(tables: Tables, table: ir.Table, specs: Sequence[LinkSpec]) -> ir.Table:
    """What each ticket tells, by the columns of `read_links`, at most once a cell: most of its rows say the same, and a
    text is looked through only once."""
    import ibis

    parts = []
    for i, spec in enumerate(specs):
        if _is_carried(spec, table):
            cells = _cells(table, spec)
            once = cells.group_by(["source", "target"]).aggregate(since=cells.since.min())
            parts.append(_found(tables, once, i, spec))
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]


def _cells(table: ir.Table, spec: LinkSpec) -> ir.Table:
    """The cells of a column of links that are filled, as they stand there."""
    import ibis

    cell = spec.column
    if spec.field is not None:
        name, cell = spec.field
        table = table.filter(table[src(name)] == spec.column)
    since = table.time if "time" in table.columns else ibis.null("int64")
    cells = table.select("row", source="ticket_id", target=src(cell), since=since)
    return cells.filter(cells.target.notnull())


def _found(tables: Tables, cells: ir.Table, number: int, spec: LinkSpec) -> ir.Table:
    """The numbers in these cells, each a row."""
    import ibis

    named = cells.mutate(target=cells.target.strip())
    if spec.pattern is not None:
        named = named.mutate(target=tables.found_in(named.target, spec.pattern).unnest())
    named = named.filter(named.target != "")
    row = [name for name in ("row",) if name in cells.columns]
    return named.mutate(link=ibis.literal(number, type="int16")).select(*row, "source", "target", "link", "since")


def cases_of(mappings: Sequence[Mapping], by: CasesBy | None) -> CasesSpec:
    """How the mappings of one analysis say that cases are made; `by` overrules that.

    Raises RequestError where they say it differently, or where cases are to be made of linked tickets and none of them
    names a column of links.
    """
    said = [mapping for mapping in mappings if mapping.cases is not None]
    if by is None and len({mapping.cases for mapping in said}) > 1:
        raise RequestError(
            *(
                Problem(
                    "mappings of one analysis must agree on cases",
                    file=mapping.info.file,
                    line=mapping.lines.get("cases"),
                    todo="keep cases in one of the mappings only, or name what holds with --cases",
                )
                for mapping in said
            )
        )
    spec = next((mapping.cases for mapping in said if mapping.cases is not None), EACH_TICKET)
    if by is not None and by is not spec.by:
        spec = replace(spec, by=by, start=() if by is not CasesBy.FOLLOW else spec.start)
    if spec.by is not CasesBy.TICKET and not any(mapping.export.links for mapping in mappings):
        raise RequestError(
            Problem(
                f"cases by {spec.by.value} need links between tickets, and no mapping names a column of them",
                file=", ".join(mapping.info.file for mapping in mappings),
                todo="name what links them under export: links, or leave cases out",
            )
        )
    return spec
