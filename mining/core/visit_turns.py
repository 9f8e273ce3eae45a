"""In streams of several tickets: which group has the ticket that the stream is at, from when on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_EVER, _NEVER = -(1 << 60), 1 << 60
"""Before every moment, and after."""

_TURNS = 1 << 32
"""More than a ticket has turns."""


def pieces_of(streams: Streams) -> ir.Table:
    """The visits of the streams on known paths, each cut where the ticket changes that its events are of. Columns:

      case_id    string
      path       int32
      position   int64   of the visit in its path
      piece      int64   counts the pieces of the stream, from 0
      begin      int64   microseconds UTC
      until      int64   when the next piece begins; null for the last
      ended      int64   that of the stream
      of_ticket  string  what `MappedLog` calls the ticket
      worked     int64   what the export records as work in the piece; only where `Streams.tells_ends`

    Raises ValueError where the streams do not tell their tickets."""
    import ibis

    if streams.tickets is None:
        raise ValueError("streams that do not tell their tickets")
    known = streams.table.filter(streams.table.path.notnull()).select("case_id", "path", "ended", "at_tickets")
    each = known.unnest("at_tickets", offset="piece")
    piece = each.at_tickets
    so_far = ibis.window(group_by=each.case_id, order_by=each.piece, rows=(None, 0))
    worked = {"worked": piece["worked"]} if streams.tells_ends else {}
    cut = each.select(
        "case_id",
        "path",
        "piece",
        "ended",
        position=piece["opens"].cast("int64").sum().over(so_far).cast("int64") - 1,
        begin=piece["at"],
        until=piece["at"].lead().over(ibis.window(group_by=each.case_id, order_by=each.piece)),
        ticket=piece["ticket"],
        **worked,
    )
    names = streams.tickets.select(ticket_n="n", ticket_name="name")
    named = cut.left_join(names, cut.ticket == names.ticket_n)
    called = named.mutate(of_ticket=ibis.coalesce(named.ticket_name, named.case_id))
    return called.drop("ticket", "ticket_n", "ticket_name")


def turns_of_streams(tables: Tables, streams: Streams, turns: ir.Table) -> ir.Table:
    """The turns of the streams on known paths, for `working_clock.with_groups`: case_id, number (in their order), time
    (int64, microseconds UTC) and group ("" where it is nobody's).

    A stream turns where a visit, or the part of it with another ticket, begins, to the group that has that ticket then,
    and within it where the ticket does. A ticket's first group has it before its first row too, as where each ticket is
    a stream. `turns` are those of `MappedLog`.
    """
    import ibis

    pieces = tables.named(pieces_of(streams), "pieces_with_tickets")
    own = turns.select(ticket="case_id", turn="number", at="time", to=turns.group.fill_null(""))
    # Of several turns at one time the last holds.
    latest = own.group_by(["ticket", "at"]).aggregate(to=own.to.argmax(own.turn))
    is_first = ibis.row_number().over(ibis.window(group_by="ticket", order_by="at")) == 0
    held = latest.select("ticket", "to", since=ibis.ifelse(is_first, ibis.literal(_EVER, type="int64"), latest["at"]))
    begins = pieces.asof_join(held, on=pieces.begin >= held.since, predicates=[pieces.of_ticket == held.ticket])
    within = pieces.inner_join(own, pieces.of_ticket == own.ticket)
    within = within.filter(within["at"] > within.begin, within["at"] < ibis.coalesce(within.until, _NEVER))
    return ibis.union(
        begins.select("case_id", number=begins.piece * _TURNS, time=begins.begin, group=begins.to),
        # The first row of a ticket may have the number -1.
        within.select("case_id", number=within.piece * _TURNS + within.turn + 2, time=within["at"], group=within.to),
        distinct=False,
    )
