"""Visits where the export tells when events end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir


_LABELS = 2**16
"""More than there are visits' labels: their indices are int16."""


def with_ends(events: ir.Table) -> ir.Table:
    """The events of a mapped log that has `until`, each with two columns more, both int64 microseconds:

      upto    when the event's visit is over: the latest of the times and the ends of its events; of an event that
              makes no visit, when that event is over
      worked  how long the events of its visit went on, each until the next event of a visit began at the latest, so
              that no moment counts twice; null where the event makes no visit

    Visits are told apart as in `build`: neighbouring events with one label are one, which events without do not part.
    """
    visit, makes_visit = events.visit, events.visit.notnull()
    # Both sequence and time ascend within a case, so the last event before, or the next, is the largest, or the least.
    placed = makes_visit.ifelse(events.sequence * _LABELS + visit, ibis.null("int64"))
    time = makes_visit.ifelse(events.time, ibis.null("int64"))
    marked = events.mutate(
        label_before=placed.max().over(_rows(events, None, -1)) % _LABELS,
        next_time=time.min().over(_rows(events, 1, None)),
        own=ibis.coalesce(events.until, events.time),
    )
    opens = (marked.visit.notnull() & ~marked.visit.identical_to(marked.label_before)).cast("int64")
    numbered = marked.mutate(
        run=opens.sum().over(_rows(marked, None, 0)),
        goes_on=ibis.least(marked.own, marked.next_time) - marked.time,
    )
    makes_visit = numbered.visit.notnull()
    of_visit = ibis.window(group_by=[numbered.case_id, numbered.run, makes_visit])
    return numbered.select(
        *events.columns,
        upto=makes_visit.ifelse(numbered.own.max().over(of_visit), numbered.own),
        worked=makes_visit.ifelse(numbered.goes_on.sum().over(of_visit), ibis.null("int64")),
    )


def _rows(events: ir.Table, start: int | None, end: int | None) -> ibis.expr.builders.WindowBuilder:
    """The events of the same case from so many after an event to so many (less than 0: before it)."""
    return ibis.window(group_by=events.case_id, order_by=events.sequence, rows=(start, end))
