"""Today's list: the tickets that were open when the export was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.core.activities import State
from mining.core.desk import MOST_SHOWN, Group, OpenOf, OpenTickets
from mining.core.facts import Fact, told
from mining.measures.desk_tickets import Desk

if TYPE_CHECKING:
    import ibis.expr.types as ir

_DAY = 86_400_000_000


def open_tickets(desk: Desk, limit: int | None, days: int) -> OpenTickets | None:
    """The open tickets in numbers; None where the mapping can neither end a ticket nor claim value."""
    if not (desk.streams.can_end or desk.streams.can_realise_value):
        return None
    table = open_table(desk, limit, days)
    every = _of(desk.one(table.aggregate(**_figures(desk, table))), limit)
    if every is None:
        return OpenTickets(desk.streams.last_event, limit, days, None, (), ())
    return OpenTickets(
        at=desk.streams.last_event,
        limit=limit,
        days=days,
        all=every,
        by_waiting=_by_waiting(desk, table, limit),
        by_group=_by_group(desk, table, limit) if "group" in table.columns else (),
    )


def _by_waiting(desk: Desk, table: ir.Table, limit: int | None) -> tuple[tuple[str | None, OpenOf], ...]:
    parties = table.group_by("on").aggregate(**_figures(desk, table))
    ordered = parties.order_by([parties.tickets.desc(), parties.on.asc(nulls_first=True)])
    rows = desk.tables.fetch(ordered, limit=len(desk.streams.labels) + 1).to_pylist()
    found = [(row["on"], _of(row, limit)) for row in rows]
    return tuple((on, of) for on, of in found if of is not None)


def open_table(desk: Desk, limit: int | None, days: int) -> ir.Table:
    """One row an open ticket: case_id, age, on, waited (both null where it waits on nobody), beyond, long; and group
    and priority where they are told. A ticket that was resolved and waits only for its formal closing is not open."""
    import ibis

    tickets, now = desk.tickets, desk.streams.last_event
    table = tickets.filter(tickets.state.isin([State.OPEN.value, State.UNKNOWN.value]) & tickets.held.isnull())
    waited = ibis.ifelse(table.on.isnull(), ibis.null("int64"), now - table.since)
    age = now - table["first"]
    more = {"group": table.group} if "group" in table.columns else {}
    if Fact.PRIORITY in desk.told:
        more["priority"] = table[told(Fact.PRIORITY)]
    beyond = ibis.null("boolean") if limit is None else age > limit
    long = (waited > days * _DAY).fill_null(False)
    return table.select("case_id", "on", age=age, waited=waited, beyond=beyond, long=long, **more)


def _figures(desk: Desk, table: ir.Table) -> dict[str, ir.Value]:
    return {
        "tickets": table.count(),
        "beyond": table.beyond.sum(),
        "long": table.long.sum(),
        "oldest": table.age.max(),
        "ranks": desk.tables.nearest_ranks(table.age, (0.5,)),
    }


def _of(row: dict[str, Any], limit: int | None) -> OpenOf | None:
    if not row["tickets"]:
        return None
    beyond = None if limit is None else row["beyond"] or 0
    return OpenOf(row["tickets"], beyond, row["long"] or 0, row["ranks"][0], row["oldest"])


def _by_group(desk: Desk, table: ir.Table, limit: int | None) -> tuple[tuple[Group, OpenOf], ...]:
    """The groups with most open tickets, then all others together."""
    import ibis

    counted = table.group_by("group").aggregate(tickets=table.count())
    order = [ibis.desc("tickets"), ibis.asc("group", nulls_first=True)]
    names = desk.tables.fetch(counted.order_by(order).limit(MOST_SHOWN), limit=MOST_SHOWN)["group"].to_pylist()
    groups = desk.one(counted.aggregate(n=counted.count()))["n"]
    known = [name for name in names if name is not None]
    shown = table.group.isin(known) if known else ibis.literal(value=False)
    if None in names:
        shown = shown.fill_null(False) | table.group.isnull()
    sorted_in = table.mutate(shown=shown.fill_null(False), called=ibis.ifelse(shown, table.group, ibis.null("string")))
    by_name = sorted_in.group_by(["shown", "called"]).aggregate(**_figures(desk, sorted_in))
    rows = {(row["shown"], row["called"]): row for row in desk.tables.fetch(by_name, limit=MOST_SHOWN + 1).to_pylist()}
    found = [(Group(name), _of(rows[True, name], limit)) for name in names]
    if (False, None) in rows:
        found.append((Group(None, groups - len(names)), _of(rows[False, None], limit)))
    return tuple((group, of) for group, of in found if of is not None)
