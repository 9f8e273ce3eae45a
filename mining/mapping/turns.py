"""The rows of a ticket at which something turns: its first, its last, and those at which its group, a kept column or a
fact is not what it was in the row before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mining.core.events import EventTable, MappedLog, src
from mining.core.facts import YES_OR_NO, Fact, FactSpec, kept, told
from mining.core.tables import Tables
from mining.mapping.model import Mapping
from mining.mapping.rows import event_key, turning_in

if TYPE_CHECKING:
    import ibis.expr.types as ir


def turns_of(tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table) -> ir.Table | None:
    """The turns of all tickets, as `MappedLog.turns`; None where the export has no column that could turn.

    `rows` are those of `rows.decide`, and `events` without the duplicates.
    """
    import ibis

    here = turning_in(events, mapping)
    if not here:
        return None
    key = event_key(rows)
    turning = rows.filter(rows.turns).select(*key, "case_id", "number", "time", "is_last")
    told_by = events.table.select(*key, *map(src, here))
    narrow = tables.keep(turning.inner_join(told_by, key).drop(*key), "turns")
    # What is the same in all rows is not kept: it would take as long to write as a text that is not.
    joined = narrow.mutate(**{src(name): ibis.null("string") for name in mapping.export.turning if name not in here})
    group = mapping.export.group
    columns = {
        "ticket_type": ibis.literal(mapping.export.ticket_type),
        "first": joined.number == 0,
        "last": joined.is_last,
        "group": ibis.null("string") if group is None else joined[src(group)],
        **{kept(name): joined[src(name)] for name in mapping.export.keep},
    }
    found = joined.select("case_id", "number", "time", **columns, **_facts(joined, mapping))
    if not any(spec.field is not None for spec in mapping.export.facts):
        return found
    held = tables.keep(_with_fields(found, mapping), "turns")
    tables.drop(narrow)
    return held


def _facts(joined: ir.Table, mapping: Mapping) -> dict[str, ir.Value]:
    return {told(spec.fact): _as_fact(_cell(joined, spec, mapping), spec) for spec in mapping.export.facts}


def _cell(joined: ir.Table, spec: FactSpec, mapping: Mapping) -> ir.StringValue:
    import ibis

    if spec.column is not None:
        cell: ir.StringValue = joined[src(spec.column)]
        return cell
    field, new = mapping.export.field, mapping.export.new
    nothing: ir.StringValue = ibis.null("string")
    if field is None or new is None:
        return nothing
    # A field that was emptied is told by a text, so that the value before is not taken to hold on.
    now: ir.StringValue = ibis.ifelse(joined[src(field)] == spec.field, joined[src(new)].fill_null(""), nothing)
    return now


def _as_fact(cell: ir.StringValue, spec: FactSpec) -> ir.Value:
    return cell.isin(spec.holds) if spec.fact in YES_OR_NO else cell


def _with_fields(turns: ir.Table, mapping: Mapping) -> ir.Table:
    """What a changed field says holds until it is changed again."""
    import ibis

    fields = [spec for spec in mapping.export.facts if spec.field is not None]
    so_far = ibis.window(group_by="case_id", order_by="number", preceding=None, following=0)
    held = {told(spec.fact): _held(turns, spec).over(so_far) for spec in fields}
    filled = turns.mutate(**held)
    if told(Fact.GROUP) in filled.columns:
        filled = filled.mutate(group=filled[told(Fact.GROUP)]).drop(told(Fact.GROUP))
    return filled


def _held(turns: ir.Table, spec: FactSpec) -> ir.Value:
    import ibis

    cell = turns[told(spec.fact)]
    latest = cell.argmax(ibis.ifelse(cell.notnull(), turns.number, ibis.null("int64")))
    return latest.nullif("") if latest.type().is_string() else latest


def turns_together(logs: Sequence[MappedLog]) -> ir.Table | None:
    """The turns of several logs as one table, with cases called "TYPE TICKET" where there are several; what a log does
    not tell is missing in its rows."""
    import ibis

    tables = [log.turns for log in logs if log.turns is not None]
    if len(logs) == 1 or not tables:
        return next(iter(tables), None)
    types = {name: table.schema()[name] for table in tables for name in table.columns}
    parts = [
        table.select(
            **{name: table[name] if name in table.columns else ibis.null(of) for name, of in types.items()}
        ).mutate(case_id=table.ticket_type + " " + table.case_id)
        for table in tables
    ]
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
