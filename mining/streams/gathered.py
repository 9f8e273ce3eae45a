"""The events of each case gathered into one row: its visits as arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mining.core.activities import State
from mining.core.events import MappedLog
from mining.core.export import Holds
from mining.core.tables import Tables
from mining.streams.cases import Cases
from mining.streams.children import with_children
from mining.streams.ends import with_ends
from mining.streams.lists import BORROWED, END_BITS, VISIT_BITS, in_lists, linked_events

if TYPE_CHECKING:
    import ibis.expr.types as ir

_AT_A_TIME = 6_000_000
"""Events of which the lists are gathered at a time: they stay in memory meanwhile. With twenty million at once, 1.6 GB
were not enough."""


def kept_cases(tables: Tables, mapped: MappedLog, cases_of: Cases | None, *, by_ticket: bool = False) -> ir.Table:
    """One row a case: its visits as arrays, its state, its first and last event. Kept.

    Lists have to fit into memory while they are gathered, so of a large log a part of the cases is taken at a time.
    """
    parts = max(1, mapped.ledger.events_made * (1 if cases_of is None else 2) // _AT_A_TIME)
    events = mapped.table if cases_of is None else cases_of.events
    if parts == 1:
        return _gather(tables, mapped, cases_of, events, None, by_ticket=by_ticket)
    number = tables.fingerprint(events.case_id) % parts
    kept = None
    for part in tables.divide(events.mutate(part=number), "part", parts, "events_of_cases"):
        kept = _gather(tables, mapped, cases_of, part, kept, by_ticket=by_ticket)
        tables.drop(part)
    return kept


def _gather(
    tables: Tables,
    mapped: MappedLog,
    cases_of: Cases | None,
    events: ir.Table,
    kept: ir.Table | None,
    *,
    by_ticket: bool,
) -> ir.Table:
    """The cases that these `events` are all the events of, kept, or added to what is `kept`.

    Named step by step: a lambda over a list that is itself an expression is computed anew for every element.
    """
    if cases_of is None:
        lists = _events_of_cases(replace(mapped, table=events))
    else:
        lists = linked_events(mapped, replace(cases_of, events=events), by_ticket=by_ticket)
    every = tables.named(lists, "every")
    seen = tables.named(_seen(every, mapped), "seen")
    visits = tables.named(_visits(seen, mapped, by_ticket=by_ticket), "visits")
    cases = _cases(visits, mapped, by_ticket=by_ticket)
    try:
        if kept is None:
            return tables.keep(cases, "cases")
        tables.extend(kept, cases, "cases")
        return kept
    finally:
        for step in (visits, seen, every):
            tables.drop(step)


def _events_of_cases(mapped: MappedLog) -> ir.Table:
    """One row a case: its events as one list in their order. One aggregate is a third of the time of eight."""
    events = with_ends(mapped.table) if mapped.tells_ends else mapped.table
    if mapped.children is None:
        return in_lists(events, mapped, {"q": events.sequence}, events.visit)
    events = with_children(events, mapped.children)
    visit = events.visit + events.borrowed.ifelse(len(mapped.visits), 0)
    return in_lists(events, mapped, {"q": events.sequence}, visit)


def _seen(cases: ir.Table, mapped: MappedLog) -> ir.Table:
    """The visible events of a case, and what holds of all of them."""
    import ibis

    every = cases.every
    latest = every[every.length() - 1]
    end, last = ((latest["is"] >> VISIT_BITS) & (2**END_BITS - 1)) - 1, latest["upto" if mapped.tells_ends else "t"]
    lent = ibis.literal(0, type="int64")
    if "closing" in cases.columns:  # of several tickets the last event does not say how it ended
        end, last = ibis.coalesce(cases.closing.cast("int32"), end), ibis.coalesce(cases.closed, last)
    if "closing" in cases.columns or mapped.children is not None:
        lent = every.filter(lambda e: e["is"] >= BORROWED).length()
    return cases.select(
        "case_id",
        seen=every.filter(lambda e: _visit(e) > 0),
        first=every[0].t,
        last=latest.t,
        end=end,
        closed=last,
        lent=lent,
        events=every.length(),
        unmapped=every.filter(lambda e: (e["is"] & (BORROWED - 1)) == 0).length().cast("int32"),
    )


def _visit(event: ir.StructValue) -> ir.IntegerValue:
    """The index of an event's visit, and 1."""
    return event["is"] & (2**VISIT_BITS - 1)


def _visits(cases: ir.Table, mapped: MappedLog, *, by_ticket: bool) -> ir.Table:
    """Of each run of events with one label the first and, where events are mere points, the last; and `by_ticket` of
    each run with one label and ticket the first."""
    seen = cases.seen
    runs = {"opens": seen.filter(lambda e, i: (i == 0) | (_visit(e) != _visit(seen[i - 1])))}
    if mapped.holds is Holds.POINT and not mapped.tells_ends:
        runs["closes"] = seen.filter(lambda e, i: (i == seen.length() - 1) | (_visit(e) != _visit(seen[i + 1])))
    if by_ticket:
        runs["at_tickets"] = seen.filter(
            lambda e, i: (i == 0) | (_visit(e) != _visit(seen[i - 1])) | (e.k != seen[i - 1].k)
        )
    return cases.mutate(**runs).drop("seen")


def _cases(cases: ir.Table, mapped: MappedLog, *, by_ticket: bool) -> ir.Table:
    """One row a case, as `Streams.table` with the visits in the place of the path."""
    import ibis

    arrays = {
        "visits": cases.opens.map(lambda e: (_visit(e) - 1).cast("int16")),
        "starts": cases.opens.map(lambda e: e.t),
    }
    if mapped.tells_ends:
        arrays |= {"lasts": cases.opens.map(lambda e: e.upto), "worked": cases.opens.map(lambda e: e.worked)}
    elif mapped.holds is Holds.POINT:
        arrays["lasts"] = cases.closes.map(lambda e: e.t)
    if by_ticket:
        at = cases.at_tickets
        arrays["at_tickets"] = at.map(lambda e, i: _piece(e, (i == 0) | (_visit(e) != _visit(at[i - 1]))))
    ended = cases.end >= 0
    marks = [i + 1 for i, label in enumerate(mapped.visits) if label.realises]
    realises = [*marks, *(mark + len(mapped.visits) for mark in marks)]
    has_value = ibis.literal(False)
    if realises:
        has_value = cases.opens.filter(lambda e: _visit(e).isin(realises)).length() > 0
    return cases.select(
        "case_id",
        "first",
        "last",
        "events",
        "unmapped",
        **arrays,
        has_value=has_value,
        state=_state(ended, cases.end, mapped),
        end=ended.ifelse(cases.end, ibis.null("int32")).cast("int16"),
        ended=ended.ifelse(cases.closed, ibis.null("int64")),
        lent="lent",
    )


def _piece(event: ir.StructValue, opens: ir.BooleanValue) -> ir.StructValue:
    """The first event of a part of a visit with one ticket, as in `Streams.table`."""
    import ibis

    worked = {"worked": event.worked_piece} if "worked_piece" in event.names else {}
    return ibis.struct({"at": event.t, "ticket": event.k, "opens": opens, **worked})


def _state(ended: ir.BooleanValue, end: ir.IntegerValue, mapped: MappedLog) -> ir.StringValue:
    """The state of a case; unknown throughout where the mapping cannot end a ticket."""
    import ibis

    if not mapped.ends:
        return ibis.literal(State.UNKNOWN.value)
    cancels = [i for i, kind in enumerate(mapped.ends) if kind.cancels]
    return ibis.cases(
        (~ended, State.OPEN.value),
        (end.isin(cancels) if cancels else ibis.literal(value=False), State.CANCELLED.value),
        else_=State.ENDED.value,
    )
