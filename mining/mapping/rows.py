"""Which rule decides each row: the mapping compiled to one expression over the event table.

The rows of a ticket are put in order once, by one window: by time, then by the `order_by` columns, then (where a row of
the source makes several events) by their place in it, then by their position in the source. The first rule whose
condition holds gives the row's outcome.
"""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING

from mining.core.events import EventTable, src
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.mapping.cells import Bare, Cells, Numbers, Positive, Question, positive
from mining.mapping.conditions import (
    Cell,
    Condition,
    Constant,
    Differs,
    First,
    Last,
    Matches,
    Missing,
    OneOf,
    leaves,
)
from mining.mapping.model import Mapping

if TYPE_CHECKING:
    import ibis.expr.types as ir

MINUTE = 60_000_000  # microseconds

UNCHANGED = -1
"""The outcome of a snapshot in which nothing has changed that anybody looks at."""


def decide(tables: Tables, events: EventTable, mapping: Mapping) -> ir.Table:
    """Every row of the event table with its outcome, kept. Narrow on purpose: numbers, and the case's name.

    Columns:
      row      int64    as in the event table
      part     int64    as in the event table; only of tickets
      case_id  string
      time     int64    microseconds UTC
      number   int64    the row's place in its ticket, from 0
      outcome  int16    index into `Mapping.outcomes`, or `UNCHANGED`
      until    int64    as in the event table; only where the mapping names the end of events
      tie      boolean  its time and order are those of the row before: position decided between the two
      skips    boolean  the counter in the first `order_by` column leaves out a number since the row before
      system   boolean  its actor is a machine
      demand   int64    when demand arose, where that makes an event before this row; else null
      turns    boolean  the row is its ticket's first or last, or a column of `turning_in` is not as in the row before;
                        only where there are such columns, as is_last
      is_last  boolean  it is its ticket's last
      change   int64    a hash of who changed it, in which minute and to what event; only where the mapping has an actor
    """
    cells = _cells(mapping)
    numbers = Numbers(tables, events.table, cells)
    try:
        return tables.keep(
            _decided(_ordered(tables, numbers.table, mapping, cells, turning_in(events, mapping)), mapping, cells),
            "rows",
        )
    finally:
        numbers.drop()


def event_key(table: ir.Table) -> list[str]:
    """The columns that name a row of the event table, or of what `decide` makes of it."""
    return ["row", "part"] if "part" in table.columns else ["row"]


def turning_in(events: EventTable, mapping: Mapping) -> tuple[str, ...]:
    """Those of `ExportSpec.turning` that any file of the export has."""
    export = mapping.export
    return tuple(name for name in export.turning if export.is_in(events.columns, name))


def held_by_outcome(tables: Tables, events: EventTable, mapping: Mapping) -> dict[int, list[int]]:
    """By outcome (as in `decide`), and then by rule: on how many rows the rule's condition holds, whoever decided."""
    cells = _cells(mapping)
    numbers = Numbers(tables, events.table, cells)
    try:
        ordered = _ordered(tables, numbers.table, mapping, cells, ())
        compiler = _Compiler(ordered, cells)
        holds = {f"held_{i}": compiler.condition(rule.when).cast("int64") for i, rule in enumerate(mapping.rules)}
        table = ordered.select(outcome=_outcome(ordered, mapping, compiler), **holds)
        counted = table.group_by("outcome").aggregate(**{name: table[name].sum() for name in holds})
        found = tables.fetch(counted, limit=len(mapping.outcomes) + 1).to_pylist()
        return {row["outcome"]: [row[name] for name in holds] for row in found}
    finally:
        numbers.drop()


def _decided(ordered: ir.Table, mapping: Mapping, cells: Cells) -> ir.Table:
    import ibis

    first = ordered.number == 0
    compiler = _Compiler(ordered, cells)
    nothing = ibis.null("int64")
    demand = nothing
    if "demand" in ordered.columns:
        demand = ibis.ifelse(first & (ordered.demand < ordered.time), ordered.demand, nothing)
    return ordered.select(
        "row",
        "time",
        "number",
        *(name for name in ("part", "until", "change") if name in ordered.columns),
        **_turns(ordered),
        case_id=ordered.ticket_id,
        outcome=_outcome(ordered, mapping, compiler),
        tie=_tie(ordered, mapping),
        skips=_skips(ordered),
        system=_is_system(compiler, mapping),
        demand=demand,
    )


def _turns(ordered: ir.Table) -> dict[str, ir.Value]:
    if "turning" not in ordered.columns:
        return {}
    turns = (ordered.number == 0) | ordered.is_last | (ordered.turning != ordered[before("turning")])
    return {"turns": turns, "is_last": ordered.is_last}


def _outcome(ordered: ir.Table, mapping: Mapping, compiler: _Compiler) -> ir.IntegerValue:
    import ibis

    unchanged = _unchanged(ordered, mapping, ordered.number == 0)
    branches = [(unchanged, UNCHANGED)] if unchanged is not None else []
    branches += [(compiler.condition(rule.when), i) for i, rule in enumerate(mapping.rules)]
    found: ir.IntegerValue = ibis.cases(*branches, else_=len(mapping.rules)).cast("int16")
    return found


def _cells(mapping: Mapping) -> Cells:
    cells = Cells()
    for rule in mapping.rules:
        cells.look(rule.when)
    system = _system_actor(mapping)
    if system is not None:
        cells.look(system)
    return cells


def _system_actor(mapping: Mapping) -> OneOf | None:
    actor = mapping.export.actor
    return None if actor is None or not mapping.system_actors else OneOf(Cell(actor), mapping.system_actors)


def _ordered(tables: Tables, table: ir.Table, mapping: Mapping, cells: Cells, turning: tuple[str, ...]) -> ir.Table:
    """The rows with the numbers that rules look at, those of the row before as `before_NAME`, and their places."""
    import ibis

    numbers: dict[str, ir.Value] = {name: table[name] for name in cells.names}
    export = mapping.export
    order_columns = [*_order_columns(mapping), *(["part"] if export.shape is Shape.TICKETS else [])]
    remembered = [*cells.remembered, "time", *order_columns]
    if export.shape is Shape.SNAPSHOTS:
        numbers["seen"] = tables.fingerprint(*(table[src(column)] for column in mapping.looked_at))
        remembered.append("seen")
    if turning:
        numbers["turning"] = tables.fingerprint(*(table[src(column)] for column in turning))
        remembered.append("turning")
    if export.actor is not None:
        minute = table.time - table.time % MINUTE
        actor = table[src(export.actor)]
        change = tables.fingerprint(actor, table[src(export.event)], minute)
        numbers["change"] = ibis.ifelse(actor.isnull(), ibis.null("int64"), change)
    demand = ["demand"] if mapping.demand is not None else []
    until = ["until"] if "until" in table.columns else []
    narrow = table.select("row", "ticket_id", "time", *order_columns, *until, *demand, **numbers)
    order = [narrow.time, *(ibis.asc(narrow[name], nulls_first=True) for name in order_columns), narrow.row]
    in_ticket = ibis.window(group_by=narrow.ticket_id, order_by=order)
    placed = {before(name): _lag(narrow[name], name in cells.asked).over(in_ticket) for name in remembered}
    placed["number"] = ibis.row_number().over(in_ticket)
    if turning or any(isinstance(leaf, Last) for rule in mapping.rules for leaf in leaves(rule.when)):
        placed["is_last"] = narrow.row.lead().over(in_ticket).isnull()
    return narrow.mutate(**placed)


def before(name: str) -> str:
    """The name of a number of the row before."""
    return f"before_{name}"


def _lag(number: ir.Value, is_asked: bool) -> ir.Value:
    """A number of the row before; where there is none, no question is answered with yes."""
    return number.lag(default=0) if is_asked else number.lag()


def _order_columns(mapping: Mapping) -> list[str]:
    return [f"order_{i}" for i in range(len(mapping.export.order_by))]


def _unchanged(ordered: ir.Table, mapping: Mapping, first: ir.BooleanValue) -> ir.BooleanValue | None:
    """Of snapshots: whether `event`, `group` and all that rules look at are as in the row before."""
    if mapping.export.shape is not Shape.SNAPSHOTS:
        return None
    return ~first & (ordered.seen == ordered.before_seen)


def _tie(ordered: ir.Table, mapping: Mapping) -> ir.BooleanValue:
    same = (ordered.number > 0) & (ordered.time == ordered.before_time)
    parts = ["part"] if "part" in ordered.columns else []
    for name in (*_order_columns(mapping), *parts):
        same &= ordered[name].identical_to(ordered[before(name)])
    return same


def _skips(ordered: ir.Table) -> ir.BooleanValue:
    import ibis

    if "order_0" not in ordered.columns or not ordered.order_0.type().is_integer():
        return ibis.literal(False)
    return (ordered.order_0 - ordered.before_order_0 > 1).fill_null(False)


def _is_system(compiler: _Compiler, mapping: Mapping) -> ir.BooleanValue:
    import ibis

    system = _system_actor(mapping)
    return ibis.literal(False) if system is None else compiler.condition(system)


class _Compiler:
    """Conditions as expressions over ordered rows. What cannot be told is false: see `cells`."""

    def __init__(self, ordered: ir.Table, cells: Cells) -> None:
        self._rows = ordered
        self._cells = cells

    def condition(self, condition: Condition) -> ir.BooleanValue:
        return self._compiled(positive(condition))

    def _compiled(self, condition: Positive) -> ir.BooleanValue:
        if isinstance(condition, Bare):
            return self._leaf(condition)
        word, parts = condition
        return reduce(operator.and_ if word == "and" else operator.or_, map(self._compiled, parts))

    def _leaf(self, bare: Bare) -> ir.BooleanValue:
        import ibis

        match bare.leaf:
            case OneOf(cell) | Matches(cell) | Missing(cell):
                name, bit = self._cells.bit(Question.of(bare))
                return (self._rows[before(name) if cell.previous else name] & bit) != 0
            case Differs(column, null):
                return self._differs(self._cells.value_name(column), null=null, denied=bare.denied)
            case First():
                return self._rows.number > 0 if bare.denied else self._rows.number == 0
            case Last():
                return ~self._rows.is_last if bare.denied else self._rows.is_last
            case Constant(holds):
                return ibis.literal(holds is not bare.denied)

    def _differs(self, name: str, *, null: bool, denied: bool) -> ir.BooleanValue:
        now, then = self._rows[name], self._rows[before(name)]
        if not null:
            return ((now == then) if denied else (now != then)).fill_null(False)
        same = now.identical_to(then)
        return (self._rows.number > 0) & (same if denied else ~same)
