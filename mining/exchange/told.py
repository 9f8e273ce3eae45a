"""What the written log tells of each event: one table, whatever the format.

Columns (one row an event that stands, ordered by case and sequence):
  case_id      string     what a stream belongs to
  sequence     int64      the order within the case
  ticket       string
  ticket_type  string
  time         timestamp  microseconds UTC
  event        string     "activity:step", or "activity" where there is no step; "end:KIND" where the event only ends
                          the ticket; "unmapped" where no rule met it. Never null
  activity, step, waiting, value, end   string, null where the event has none: see `core.events.VisitLabel`
  label        string     what the export calls it; null where demand made the event
  rule         int16      the number of the rule that decided; null where none did
  until        timestamp  when the event ended, null where not known; only where the export tells ends
  group        string     only where the mapping names one
  actor        string     only where the mapping names one, and it is asked for
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.events import src

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from mining.core.events import EventTable, MappedLog
    from mining.core.export import ExportSpec
    from mining.core.tables import Tables

UNMAPPED = "unmapped"
"""The name of an event that no rule met."""

_OF_VISIT = ("activity", "step", "waiting", "value")

DETAILS = (*_OF_VISIT, "end", "label", "rule", "until", "group", "actor")
"""What an event says of itself beside its case, ticket, time and name; the last three only where they are told."""


_KEY = ("row", "part")


def told_events(
    tables: Tables, mapped: MappedLog, events: EventTable, spec: ExportSpec, *, with_actors: bool
) -> ir.Table:
    """The table described above, kept; whoever asked for it drops it."""
    import ibis

    visits = tables.put(_visits(mapped), "visit_names")
    ends = tables.put(_ends(mapped), "end_names")
    try:
        said = _said(events, spec, with_actors=with_actors)
        log = mapped.table.left_join(visits, mapped.table.visit == visits.of_visit)
        log = log.left_join(ends, log.end == ends.of_end).drop("end")
        log = log.inner_join(said, [log[name] == said[f"of_{name}"] for name in _KEY if name in log.columns])
        by_demand = log.rule.isnull() & ~log.unmapped  # the row that it came with says something else
        from_row = {name: ibis.ifelse(by_demand, ibis.null("string"), log[name]) for name in _from_row(said)}
        only_ends = ibis.literal("end:") + log.end_name
        return tables.keep(
            log.select(
                "case_id",
                "sequence",
                "ticket",
                *_OF_VISIT,
                ticket_type=ibis.literal(spec.ticket_type),
                time=tables.timestamp(log.time),
                event=ibis.coalesce(log.visit_name, only_ends, ibis.literal(UNMAPPED)),
                end=log.end_name,
                rule=log.rule,
                **({"until": tables.timestamp(log.until)} if "until" in log.columns else {}),
                **from_row,
            ).order_by("case_id", "sequence"),
            "log",
        )
    finally:
        tables.drop(visits)
        tables.drop(ends)


def _said(events: EventTable, spec: ExportSpec, *, with_actors: bool) -> ir.Table:
    """What the rows of the event table say, by the numbers that tell them apart."""
    table = events.table
    columns: dict[str, ir.Value] = {f"of_{name}": table[name] for name in _KEY if name in table.columns}
    columns |= {"ticket": table.ticket_id, "label": table[src(spec.event)]}
    if spec.group is not None:
        columns["group"] = table[src(spec.group)]
    if with_actors and spec.actor is not None:
        columns["actor"] = table[src(spec.actor)]
    return table.select(**columns)


def _from_row(said: ir.Table) -> list[str]:
    return [name for name in ("label", "group", "actor") if name in said.columns]


def _visits(mapped: MappedLog) -> pa.Table:
    import pyarrow as pa

    names = [str(label.symbol).partition(" [")[0] for label in mapped.visits]
    parts = {
        name: [getattr(label, name) for label in mapped.visits] for name in ("activity", "step", "waiting", "value")
    }
    columns = {name: pa.array(texts, pa.string()) for name, texts in {"visit_name": names, **parts}.items()}
    return pa.table({"of_visit": pa.array(range(len(names)), pa.int16()), **columns})


def _ends(mapped: MappedLog) -> pa.Table:
    import pyarrow as pa

    names = pa.array([end.value for end in mapped.ends], pa.string())
    return pa.table({"of_end": pa.array(range(len(names)), pa.int16()), "end_name": names})
