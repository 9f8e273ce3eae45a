"""Visits where the export tells when events end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir


_LABELS = 2**16
"""More than there are visits' labels: their indices are int16."""

_TICKETS = 2**32
"""More than there are tickets with links."""


def with_ends(events: ir.Table, *, by_ticket: bool = False) -> ir.Table:
    """The events of a mapped log that has `until`, each with two columns more, both int64 microseconds:

      upto    when the event's visit is over: the latest of the times and the ends of its events; of an event that
              makes no visit, when that event is over
      worked  how long the events of its visit went on, each until the next event of a visit began at the latest, so
              that no moment counts twice; null where the event makes no visit

    and `by_ticket`, of events that tell their `ticket`, worked_piece: the same of the part of the visit that has the
    event's ticket, up to where the next ticket comes.

    Visits are told apart as in `build`: neighbouring events with one label are one, which events without do not part.
    """
    visit, makes_visit = events.visit, events.visit.notnull()
    # Both sequence and time ascend within a case, so the last event before, or the next, is the largest, or the least.
    placed = makes_visit.ifelse(events.sequence * _LABELS + visit, ibis.null("int64"))
    time = makes_visit.ifelse(events.time, ibis.null("int64"))
    before = {"label_before": placed.max().over(_rows(events, None, -1)) % _LABELS}
    if by_ticket:
        of = makes_visit.ifelse(events.sequence * _TICKETS + events.ticket + 1, ibis.null("int64"))
        before["ticket_before"] = of.max().over(_rows(events, None, -1)) % _TICKETS - 1
    marked = events.mutate(
        **before,
        next_time=time.min().over(_rows(events, 1, None)),
        own=ibis.coalesce(events.until, events.time),
    )
    opens = marked.visit.notnull() & ~marked.visit.identical_to(marked.label_before)
    runs = {"run": opens.cast("int64").sum().over(_rows(marked, None, 0))}
    if by_ticket:
        cuts = marked.visit.notnull() & (opens | (marked.ticket != marked.ticket_before))
        runs["piece"] = cuts.cast("int64").sum().over(_rows(marked, None, 0))
    numbered = marked.mutate(
        **runs,
        goes_on=ibis.least(marked.own, marked.next_time) - marked.time,
    )
    makes_visit = numbered.visit.notnull()
    of_visit = ibis.window(group_by=[numbered.case_id, numbered.run, makes_visit])
    parts = {"worked": of_visit}
    if by_ticket:
        parts["worked_piece"] = ibis.window(group_by=[numbered.case_id, numbered.piece, makes_visit])
    nothing = ibis.null("int64")
    return numbered.select(
        *events.columns,
        upto=makes_visit.ifelse(numbered.own.max().over(of_visit), numbered.own),
        **{name: makes_visit.ifelse(numbered.goes_on.sum().over(of), nothing) for name, of in parts.items()},
    )


def _rows(events: ir.Table, start: int | None, end: int | None) -> ibis.expr.builders.WindowBuilder:
    """The events of the same case from so many after an event to so many (less than 0: before it)."""
    return ibis.window(group_by=events.case_id, order_by=events.sequence, rows=(start, end))
