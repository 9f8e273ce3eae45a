"""How much of an export a mapping covers: by events, by tickets, by time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.core.events import EventTable, src
from mining.core.mapping_results import Coverage, UnmappedWeight
from mining.core.tables import Tables
from mining.mapping.duplicates import without_duplicates
from mining.mapping.ledger import MAX_UNMAPPED, account
from mining.mapping.model import Mapping
from mining.mapping.outcomes import Kind
from mining.mapping.rows import decide, event_key

if TYPE_CHECKING:
    import ibis.expr.types as ir


def coverage(tables: Tables, events: EventTable, mapping: Mapping) -> Coverage:
    """How much of the rows the rules meet: by events, by tickets, by time; and the labels that none meets.

    Raises what the engine raises, and Fault where the ledger does not add up.
    """
    rows = decide(tables, events, mapping)
    rows, single, duplicates = without_duplicates(tables, events, mapping, rows)
    accounted = account(tables, single, mapping, rows, duplicates)
    totals = _totals(tables, rows, mapping)
    timed = tables.keep(_unmapped_rows(rows, mapping), "unmapped")
    labels, left_out = _labels(tables, single, mapping, timed)
    unmapped_time = tables.fetch(timed.aggregate(time=timed.lasted.sum()), limit=1)["time"][0].as_py()
    for table in (timed, rows, *((single.table,) if duplicates else ())):
        tables.drop(table)
    return Coverage(
        mapping=mapping.name,
        ledger=accounted.ledger,
        rule_uses=accounted.rule_uses,
        tickets=totals["tickets"],
        tickets_with_unmapped=totals["with_unmapped"] or 0,
        tickets_mapped=totals["wholly"] or 0,
        elapsed=totals["elapsed"] or 0,
        elapsed_unmapped=unmapped_time or 0,
        unmapped=labels,
        unmapped_left_out=left_out,
        notes=accounted.notes,
    )


def _of_kind(mapping: Mapping, *kinds: Kind) -> list[int]:
    return [i for i, outcome in enumerate(mapping.outcomes) if outcome.kind in kinds]


def _totals(tables: Tables, rows: ir.Table, mapping: Mapping) -> dict[str, Any]:
    """Tickets by what became of their rows, and the time from demand to the last event over all of them."""
    import ibis

    stands = rows.outcome.isin(_of_kind(mapping, Kind.MAPPED, Kind.UNMAPPED))
    unmapped = _is_unmapped(rows, mapping)
    time = ibis.ifelse(stands, rows.time, ibis.null("int64"))
    by_ticket = rows.group_by("case_id").aggregate(
        begin=ibis.coalesce(rows.demand.min(), time.min()),  # demand stands only where it is earlier than any row
        end=time.max(),
        stands=stands.any(),
        unmapped=unmapped.any(),
    )
    return tables.fetch(  # type: ignore[no-any-return]
        by_ticket.aggregate(
            tickets=by_ticket.count(),
            with_unmapped=by_ticket.unmapped.cast("int64").sum(),
            wholly=(by_ticket.stands & ~by_ticket.unmapped).cast("int64").sum(),
            elapsed=(by_ticket.end - by_ticket.begin).sum(),
        ),
        limit=1,
    ).to_pylist()[0]


def _is_unmapped(rows: ir.Table, mapping: Mapping) -> ir.BooleanValue:
    import ibis

    unmapped = _of_kind(mapping, Kind.UNMAPPED)
    found: ir.BooleanValue = rows.outcome.isin(unmapped) if unmapped else ibis.literal(value=False)
    return found


def _unmapped_rows(rows: ir.Table, mapping: Mapping) -> ir.Table:
    """The rows that no rule met, each with how long it `lasted`: until its ticket's next event, 0 where it is the last.

    Ignored rows are no events, so that time goes on over them.
    """
    import ibis

    events = rows.filter(rows.outcome.isin(_of_kind(mapping, Kind.MAPPED, Kind.UNMAPPED)))
    in_ticket = ibis.window(group_by=events.case_id, order_by=events.number)
    timed = events.mutate(lasted=(events.time.lead().over(in_ticket) - events.time).fill_null(0))
    return timed.filter(_is_unmapped(timed, mapping)).select(*event_key(rows), "case_id", "lasted")


def _labels(
    tables: Tables, events: EventTable, mapping: Mapping, unmapped: ir.Table
) -> tuple[tuple[UnmappedWeight, ...], int]:
    """The labels of rows that no rule met, the most frequent first, and how many are left out."""
    import ibis

    table = events.table
    key = event_key(table)
    labels = unmapped.inner_join(table.select(*key, event=table[src(mapping.export.event)]), key)
    counted = labels.group_by("event").aggregate(
        rows=labels.count(), tickets=labels.case_id.nunique(), time=labels.lasted.sum()
    )
    top = counted.order_by([ibis.desc("rows"), ibis.asc("event", nulls_first=True)]).limit(MAX_UNMAPPED)
    found = tuple(UnmappedWeight(**row) for row in tables.fetch(top, limit=MAX_UNMAPPED).to_pylist())
    if len(found) < MAX_UNMAPPED:
        return found, 0
    different = tables.fetch(counted.aggregate(n=counted.count()), limit=1)["n"][0].as_py()
    return found, different - len(found)
