"""In streams of several tickets: which group has the ticket that the stream is at, from when on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.spans import visits_of
from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_EVER, _NEVER = -(1 << 60), 1 << 60
"""Before every moment, and after."""

_TURNS = 1 << 32
"""More than a ticket has turns."""


def ticket_of(streams: Streams, visits: ir.Table) -> ir.Table:
    """`visits` with `of_ticket`, what `MappedLog` calls a ticket, in the place of `ticket`, its number in
    `Streams.table.tickets`. Raises ValueError where the streams do not tell their tickets."""
    import ibis

    if streams.tickets is None:
        raise ValueError("streams that do not tell their tickets")
    names = streams.tickets.select(ticket_n="n", ticket_name="name")
    named = visits.left_join(names, visits.ticket == names.ticket_n)
    called = named.mutate(of_ticket=ibis.coalesce(named.ticket_name, named.case_id))
    return called.drop("ticket", "ticket_n", "ticket_name")


def turns_of_streams(tables: Tables, streams: Streams, turns: ir.Table) -> ir.Table:
    """The turns of the streams on known paths, for `working_clock.with_groups`: case_id, number (in their order), time
    (int64, microseconds UTC) and group ("" where it is nobody's).

    A stream turns where a visit begins, to the group that has the ticket of the visit then, and within the visit where
    that ticket does. A ticket's first group has it before its first row too, as where each ticket is a stream. `turns`
    are those of `MappedLog`.
    """
    import ibis

    visits = tables.named(_visits(tables, streams), "visits_with_tickets")
    own = turns.select(ticket="case_id", turn="number", at="time", to=turns.group.fill_null(""))
    # Of several turns at one time the last holds.
    latest = own.group_by(["ticket", "at"]).aggregate(to=own.to.argmax(own.turn))
    is_first = ibis.row_number().over(ibis.window(group_by="ticket", order_by="at")) == 0
    held = latest.select("ticket", "to", since=ibis.ifelse(is_first, ibis.literal(_EVER, type="int64"), latest["at"]))
    begins = visits.asof_join(held, on=visits.begin >= held.since, predicates=[visits.of_ticket == held.ticket])
    within = visits.inner_join(own, visits.of_ticket == own.ticket)
    within = within.filter(within["at"] > within.begin, within["at"] < ibis.coalesce(within.until, _NEVER))
    return ibis.union(
        begins.select("case_id", number=begins.position * _TURNS, time=begins.begin, group=begins.to),
        # The first row of a ticket may have the number -1.
        within.select("case_id", number=within.position * _TURNS + within.turn + 2, time=within["at"], group=within.to),
        distinct=False,
    )


def _visits(tables: Tables, streams: Streams) -> ir.Table:
    """One row a visit of a stream on a known path: case_id, position (int64), begin, until (int64, microseconds UTC,
    when the next begins; null for the last) and of_ticket."""
    import pyarrow as pa

    known = visits_of(streams)
    of_path = tables.put(
        pa.table({"of_path": pa.array(known.path, pa.int32()), "position": pa.array(known.position, pa.int64())}),
        "path_positions",
    )
    joined = streams.table.inner_join(of_path, streams.table.path == of_path.of_path)
    at = joined.position
    visits = joined.select(
        "case_id", "position", begin=joined.starts[at], until=joined.starts[at + 1], ticket=joined.tickets[at]
    )
    return ticket_of(streams, visits.filter(visits.begin.notnull()))
