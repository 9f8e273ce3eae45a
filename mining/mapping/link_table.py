"""A table of links as an export of its own: what it tells, the account of its rows, and what has to be said of it.

It makes no events. Beside exports that do, its links are as good as those of their own columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mining.core.errors import Fault, Problem, RequestError
from mining.core.events import EventTable, Ledger, MappedLog, src
from mining.core.links import CasesBy, CasesSpec
from mining.core.tables import Tables
from mining.mapping.linking import links_by_row, read_links
from mining.mapping.model import Mapping

if TYPE_CHECKING:
    import ibis.expr.types as ir


def map_links(tables: Tables, events: EventTable, mapping: Mapping) -> MappedLog:
    """The links of the rows, and the account of these; the log has no events.

    Raises what the engine raises, and Fault where the ledger does not add up.
    """
    links = read_links(tables, events, mapping)
    if links is None:
        raise ValueError("a table of links without a column of links")
    ledger = _account(tables, events, mapping)
    if not ledger.adds_up:
        raise Fault(Problem("the ledger does not add up", found=str(ledger)))
    return MappedLog(
        table=_no_events(links),
        visits=(),
        ends=(),
        ledger=ledger,
        rule_uses=(),
        unmapped=(),
        holds=mapping.export.holds,
        ticket_types=(),
        links=links,
        link_specs=tuple((mapping.export.ticket_type, spec) for spec in mapping.export.links),
    )


def _account(tables: Tables, events: EventTable, mapping: Mapping) -> Ledger:
    """A row that another one repeats, as in exports that overlap, is a duplicate; of the others those are mapped that
    tell a link, and the rest is ignored."""
    import ibis

    table, columns = events.table, [src(spec.column) for spec in mapping.export.links]
    same = ["ticket_id", *dict.fromkeys(columns), *(["time"] if "time" in table.columns else [])]
    copy = ibis.row_number().over(group_by=[table[name] for name in same], order_by=table.row)
    of_row = table.select("row", copy=copy)
    tell = links_by_row(tables, table, mapping.export.links).select(linked="row").distinct()
    joined = of_row.left_join(tell, of_row.row == tell.linked)
    first = joined.copy == 0
    counts = joined.aggregate(
        mapped=(first & joined.linked.notnull()).sum(),
        ignored=(first & joined.linked.isnull()).sum(),
        duplicate=(~first).sum(),
    )
    found = {name: int(n or 0) for name, n in tables.fetch(counts, limit=1).to_pylist()[0].items()}
    return Ledger(
        rows_read=events.rows_read,
        rows_mapped=found["mapped"],
        rows_ignored=found["ignored"],
        rows_unchanged=0,
        rows_duplicate=found["duplicate"],
        rows_filtered=events.rows_filtered,
        rows_unmapped=0,
        rows_rejected=events.rows_rejected,
        events_made=0,
        events_mapped=0,
        events_ignored=0,
        events_unmapped=0,
        events_rejected=0,
        ties_decided_by_position=0,
        missing_updates=None,
        neighbours=0,
        demand_events=0,
        events_by_system=0,
        events_in_bulk=0,
    )


def _no_events(links: ir.Table) -> ir.Table:
    """A table of events without a row."""
    import ibis

    none = links.filter(ibis.literal(value=False))
    return none.select(
        case_id="source",
        time="since",
        sequence="since",
        visit="link",
        end="link",
        unmapped=ibis.literal(value=False),
        row="since",
        rule="link",
    )


def check_tells_events(mapping: Mapping, what: str) -> None:
    """Raises RequestError where `what` is asked of a table of links, which has no rules and makes no events."""
    if mapping.is_link_table:
        raise RequestError(
            Problem(
                f"{what} makes no sense with a table of links: it has no rules and makes no events",
                file=mapping.info.file,
                line=mapping.lines.get("export"),
                todo="name a mapping of events; the report of an analysis says what came of the links",
            )
        )


def check_beside_events(mappings: Sequence[Mapping]) -> None:
    """Raises RequestError where tables of links are all that there is to analyse."""
    if all(mapping.is_link_table for mapping in mappings):
        raise RequestError(
            Problem(
                "a table of links makes no streams alone: it says which tickets are linked, and not what happened",
                file=", ".join(mapping.info.file for mapping in mappings),
                todo="analyse it beside the exports of these tickets, each with a mapping of its own",
            )
        )


def notes_on_links(mappings: Sequence[Mapping], cases: CasesSpec) -> list[str]:
    """What the report has to say of the tables of links among the mappings of one analysis."""
    tables = [mapping for mapping in mappings if mapping.is_link_table]
    if cases.by is CasesBy.TICKET:
        return [
            f"{mapping.name}: its links were not used, since each ticket is a stream of its own (--cases ticket); "
            "follow and connected make streams of linked tickets."
            for mapping in tables
        ]
    known = [mapping.export.ticket_type for mapping in mappings if not mapping.is_link_table]
    return [
        f"{mapping.name}: its links start at tickets of the type {mapping.export.ticket_type}, and no mapping here "
        f"reads events of such tickets; types that are read: {', '.join(known)}."
        for mapping in tables
        if mapping.export.ticket_type not in known
    ]
