"""Tickets whose own columns contradict the order of time: value, or an end, before there was demand.

Of tickets in one row, demand is at the first of the times that is filled, in the order in which the mapping lists them;
else it is what the demand column tells. Where events alone tell of demand, the first of them is it, and nothing can
come before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.events import EventTable
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.mapping.model import Mapping
from mining.mapping.rows import event_key

if TYPE_CHECKING:
    import ibis.expr.types as ir


def against_time(tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table) -> tuple[ir.Table | None, int]:
    """The tickets, as `MappedLog.against_time`, kept, and how many; None where there are none.

    `rows` are those of `rows.decide`, and `events` without the duplicates.
    """
    import ibis

    claims = [i for i, outcome in enumerate(mapping.outcomes) if any(label.realises for label in outcome.events)]
    ends = [i for i, outcome in enumerate(mapping.outcomes) if outcome.end is not None]
    early = _early(events, mapping, rows)
    if early is None or not (claims or ends):
        return None, 0
    never = ibis.literal(value=False)
    marked = early.select(
        "case_id",
        value=early.outcome.isin(claims) if claims else never,
        end=early.outcome.isin(ends) if ends else never,
    )
    marked = marked.filter(marked.value | marked.end)
    found = tables.keep(marked.group_by("case_id").aggregate(value=marked.value.any(), end=marked.end.any()), "against")
    tickets = int(tables.fetch(found.aggregate(n=found.count()), limit=1)["n"][0].as_py())
    if tickets:
        return found, tickets
    tables.drop(found)
    return None, 0


def _early(events: EventTable, mapping: Mapping, rows: ir.Table) -> ir.Table | None:
    """The rows that stand before the demand of their ticket: case_id and outcome."""
    if mapping.demand is not None:
        table = events.table
        early = table.filter(table.time < table.demand).select(*event_key(rows))
        return rows.semi_join(early, event_key(rows)).select("case_id", "outcome")
    if mapping.export.shape is not Shape.TICKETS:
        return None
    first = rows.group_by(["case_id", "part"]).aggregate(at=rows.time.min())
    demand = (
        first.group_by("case_id").aggregate(begins=first.at.argmin(first.part)).select(of="case_id", begins="begins")
    )
    joined = rows.inner_join(demand, rows.case_id == demand.of)
    return joined.filter(joined.time < joined.begins).select("case_id", "outcome")


def note(mapping: Mapping, tickets: int) -> list[str]:
    """What has to be said of such tickets."""
    if not tickets:
        return []
    one = tickets == 1
    told = mapping.export.times[0].column if mapping.demand is None else "demand"
    return [
        f"{tickets:,} {mapping.export.ticket_type}{'' if one else 's'} {'has' if one else 'have'} value or an end that "
        f"is told for a time before {'its' if one else 'their'} demand ({told}), which cannot be: "
        f"{'it is' if one else 'they are'} counted as streams and left out of lead times."
    ]
