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
    turning = rows.filter(rows.turns).select(*key, "case_id", "number", "time", "is_last", "demand")
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
    before = _before_the_first(joined, found, mapping)
    found = found if before is None else ibis.union(found, before, distinct=False)
    if not any(spec.field is not None for spec in mapping.export.facts):
        return _with_target(tables, found, events, mapping)
    held = tables.keep(_with_target(tables, _with_fields(found, mapping), events, mapping), "turns")
    tables.drop(narrow)
    return held


def _facts(joined: ir.Table, mapping: Mapping) -> dict[str, ir.Value]:
    """The facts. One that is known at the end alone is told by the last row: before, it would tell the future."""
    import ibis

    found = {}
    for spec in mapping.export.facts:
        fact = _as_fact(_cell(joined, spec, mapping), spec)
        if spec.column in mapping.export.final:
            fact = ibis.ifelse(joined.is_last, fact, ibis.null(fact.type()))
        found[told(spec.fact)] = fact
        if spec.field is not None and mapping.export.old is not None:
            found[_was(spec)] = _as_fact(_of_field(joined, spec, mapping, mapping.export.old), spec)
    return found


def _before_the_first(joined: ir.Table, found: ir.Table, mapping: Mapping) -> ir.Table | None:
    """Where a ticket's first row changes the field of a fact: a row before it with what that was until then, since
    demand where that is known. Without it, the ticket's first change would be none."""
    import ibis

    fields = [spec for spec in mapping.export.facts if spec.field is not None]
    if not fields or mapping.export.old is None:
        return None
    was = {
        told(spec.fact): _as_fact(_of_field(joined, spec, mapping, mapping.export.old).nullif(""), spec)
        for spec in fields
    }
    known = ibis.or_(*(value.notnull() for value in was.values()))
    begins = joined.filter((joined.number == 0) & known)
    types = found.schema()
    nothing = {name: ibis.null(types[name]) for name in found.columns}
    return begins.select(
        **{
            **nothing,
            "case_id": begins.case_id,
            "number": ibis.literal(-1, type="int64"),
            "time": ibis.coalesce(begins.demand, begins.time),
            "ticket_type": ibis.literal(mapping.export.ticket_type),
            "first": ibis.literal(value=False),
            "last": ibis.literal(value=False),
            **was,
        }
    )


def _with_target(tables: Tables, turns: ir.Table, events: EventTable, mapping: Mapping) -> ir.Table:
    """The target read as a time, in the formats in which the export's own times are written. Where their zone depends
    on the row or the file, nothing is read: a target in the wrong zone would be met or missed by hours."""
    import ibis

    if told(Fact.TARGET) not in turns.columns:
        return turns
    spec, text = mapping.export.time, turns[told(Fact.TARGET)]
    formats = events.formats or ((spec.format, spec.language),)
    if spec.zone_column is not None or spec.zones:
        return turns.mutate(target=ibis.null("int64"))
    read = [tables.parse_time(text, form, spec.zone or "UTC", language) for form, language in formats]
    return turns.mutate(target=ibis.coalesce(*read))


def _cell(joined: ir.Table, spec: FactSpec, mapping: Mapping) -> ir.StringValue:
    if spec.column is not None:
        cell: ir.StringValue = joined[src(spec.column)]
        return cell
    return _of_field(joined, spec, mapping, mapping.export.new)


def _of_field(joined: ir.Table, spec: FactSpec, mapping: Mapping, column: str | None) -> ir.StringValue:
    import ibis

    field, nothing = mapping.export.field, ibis.null("string")
    if field is None or column is None:
        return nothing
    # A field that was emptied is told by a text, so that the value before is not taken to hold on.
    cell: ir.StringValue = ibis.ifelse(joined[src(field)] == spec.field, joined[src(column)].fill_null(""), nothing)
    return cell


def _as_fact(cell: ir.StringValue, spec: FactSpec) -> ir.Value:
    return cell.isin(spec.holds) if spec.fact in YES_OR_NO else cell


def _with_fields(turns: ir.Table, mapping: Mapping) -> ir.Table:
    """What a changed field says holds until it is changed again; before its first change, what that says it was."""
    import ibis

    fields = [spec for spec in mapping.export.facts if spec.field is not None]
    so_far = ibis.window(group_by="case_id", order_by="number", preceding=None, following=0)
    whole = ibis.window(group_by="case_id")
    held = {}
    for spec in fields:
        now = _at_change(turns, turns[told(spec.fact)], last=True).over(so_far)
        was = _at_change(turns, turns[_was(spec)], last=False).over(whole) if _was(spec) in turns.columns else now
        value = ibis.coalesce(now, was)
        held[told(spec.fact)] = value.nullif("") if value.type().is_string() else value
    filled = turns.mutate(**held).drop(*(_was(spec) for spec in fields if _was(spec) in turns.columns))
    if told(Fact.GROUP) in filled.columns:
        filled = filled.mutate(group=filled[told(Fact.GROUP)]).drop(told(Fact.GROUP))
    return filled


def _at_change(turns: ir.Table, cell: ir.Value, *, last: bool) -> ir.Value:
    """The aggregate "what the last change says" (or the first)."""
    import ibis

    place = ibis.ifelse(cell.notnull(), turns.number, ibis.null("int64"))
    return cell.argmax(place) if last else cell.argmin(place)


def _was(spec: FactSpec) -> str:
    """The column with what a field was before its change."""
    return f"was.{spec.fact.value}"


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


def named_together(parts: Sequence[tuple[MappedLog, ir.Table | None]]) -> ir.Table | None:
    """Tables of tickets, each of a log of one type, as one, with `case_id` and `parent` called as `turns_together`
    does; None where no log has one."""
    import ibis

    tables = []
    for log, table in parts:
        if table is None:
            continue
        before = "" if len(parts) == 1 else f"{log.ticket_types[0]} "
        names = {name: ibis.literal(before) + table[name] for name in ("case_id", "parent") if name in table.columns}
        tables.append(table.mutate(**names))
    return ibis.union(*tables, distinct=False) if len(tables) > 1 else next(iter(tables), None)
