"""The events of every case as one list, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.events import MappedLog
from mining.streams.cases import Cases
from mining.streams.ends import with_ends

if TYPE_CHECKING:
    import ibis.expr.types as ir

VISIT_BITS, END_BITS = 16, 14
"""What an event is, in one number: the visit's index and 1, above that the end's index and 1, so 0 is unmapped; above
both whether it is borrowed, since a number sorts faster than a struct with a field more."""
BORROWED = 2 ** (VISIT_BITS + END_BITS)


def in_lists(
    events: ir.Table,
    mapped: MappedLog,
    order: dict[str, ir.Value],
    visit: ir.IntegerValue,
    of: ir.IntegerValue | None = None,
) -> ir.Table:
    """case_id and `every`: the events of the case as structs, sorted by `order`, with `t` (their time) and `is`; and
    `upto` and `worked` where the log tells ends. With `of`, `k` says which ticket it is of."""
    import ibis

    end = ibis.coalesce(events.end.cast("int32") + 1, 0)
    is_ = ibis.coalesce(visit.cast("int32") + 1, 0) | (end << VISIT_BITS)
    if "borrowed" in events.columns:
        is_ = is_ | (events.borrowed.cast("int32") << (VISIT_BITS + END_BITS))
    fields = order | {"is": is_.cast("int32")}
    fields |= {} if "t" in order else {"t": events.time}
    fields |= {} if "k" in order or of is None else {"k": of}
    if mapped.tells_ends:
        fields |= {"upto": events.upto, "worked": events.worked}
        fields |= {"worked_piece": events.worked_piece} if "worked_piece" in events.columns else {}
    event = ibis.struct(fields)
    grouped = events.group_by("case_id").aggregate(every=event.collect())
    return grouped.mutate(every=grouped.every.sort())


def linked_events(mapped: MappedLog, cases: Cases, *, by_ticket: bool = False) -> ir.Table:
    """The lists of cases of several tickets, by time; at one time, the ticket that began first comes first.

    Borrowed events have the visits that stand behind those of the log. With `closing` and `closed` of `Cases`.
    `by_ticket`: where the log tells ends, with the work in each part of a visit that has one ticket.
    """
    import ibis

    events = cases.events
    order = {"t": events.time, "k": events.ticket, "q": events.sequence}
    if mapped.tells_ends:
        in_case = ibis.window(group_by=events.case_id, order_by=list(order.values()))
        events = with_ends(events.mutate(sequence=ibis.row_number().over(in_case)), by_ticket=by_ticket)
        order = {"q": events.sequence}
    borrowed = events.borrowed.ifelse(len(mapped.visits), 0)
    lists = in_lists(events, mapped, order, events.visit + borrowed, events.ticket)
    joined = lists.left_join(cases.closings, lists.case_id == cases.closings.closes)
    return joined.select("case_id", "every", "closing", "closed")
