"""Which tickets of an export an analysis is about, and to which cohort each belongs.

A ticket is kept or left out whole. What counts is the value that was last known of it, in the order of its rows: the
last one that is not missing. A ticket's time is that of its demand, or of its first row where that is earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mining.core.cohorts import PERIOD, TICKET_TYPE, Split, Unit, Where
from mining.core.events import EventTable, src
from mining.core.export import ExportSpec
from mining.core.tables import Tables
from mining.mapping.asking import CohortRequest, column_of
from mining.mapping.model import Mapping
from mining.mapping.periods import begins, periods

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_VALUES = 10_000
"""Values of a column that are looked through for the one that was misspelt."""

_SHOWN = 8

_DAY = 86_400_000_000  # microseconds: no zone is further from UTC


@dataclass(frozen=True, slots=True)
class Met:
    """How many tickets of an export met a condition, and which of its values none has; with the values near those.
    None in `Judged.met` where the export has no such column."""

    met: int
    absent: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The tickets of one export. `table` (kept): ticket_id, chosen (boolean), and label (string, null where the ticket
    has no value) where streams are split and the export `tells` by what."""

    table: ir.Table
    tickets: int
    chosen: int
    met: tuple[Met | None, ...]
    tells: bool


def judge_tickets(tables: Tables, events: EventTable, mapping: Mapping, request: CohortRequest) -> Judged:
    """Look at every ticket of an export: does it meet the conditions, and to which cohort does it belong?"""
    import ibis

    told = [_told(events, mapping, condition.column) for condition in request.where]
    tells = request.split is not None and _told(events, mapping, request.split.column)
    tickets = tables.keep(_tickets(events, mapping, request), "tickets")
    looked = _labelled(tables, tickets, mapping, request.split) if tells and request.split is not None else tickets
    holds = {
        f"holds_{i}": _holds(looked, mapping, condition) if known else ibis.literal(value=True)
        for i, (condition, known) in enumerate(zip(request.where, told, strict=True))
    }
    seen = looked.select("ticket_id", *(["label"] if tells else []), **holds)
    chosen = ibis.and_(*(seen[name] for name in holds)) if holds else ibis.literal(value=True)
    table = tables.keep(seen.mutate(chosen=chosen), "judged")
    counts = table.aggregate(
        tickets=table.count(),
        chosen=table.chosen.cast("int64").sum(),
        **{name: table[name].cast("int64").sum() for name in holds},
    )
    found = tables.fetch(counts, limit=1).to_pylist()[0]
    met = tuple(
        _met(tables, tickets, mapping, condition, int(found[f"holds_{i}"] or 0)) if known else None
        for i, (condition, known) in enumerate(zip(request.where, told, strict=True))
    )
    tables.drop(tickets)
    return Judged(table, int(found["tickets"]), int(found["chosen"] or 0), met, tells)


def only(tables: Tables, events: EventTable, tickets: ir.Table) -> EventTable:
    """The events of the tickets that are in `tickets` (ticket_id); the rows of the others are counted as filtered, and
    the table that held them all is dropped."""
    kept = tables.keep(events.table.semi_join(tickets, "ticket_id"), "chosen_events")
    filtered = _rows(tables, events.table) - _rows(tables, kept)
    tables.drop(events.table)
    return replace(events, table=kept, rows_filtered=events.rows_filtered + filtered, pieces=())


def _rows(tables: Tables, table: ir.Table) -> int:
    """How many rows of the input are in a table of events; of tickets, one stands there for each of its times."""
    rows = table.row.nunique() if "part" in table.columns else table.count()
    return int(tables.fetch(table.aggregate(n=rows), limit=1)["n"][0].as_py())


# ------------------------------------------------------------------------------------------------ what a ticket is like


def _told(events: EventTable, mapping: Mapping, name: str) -> bool:
    """Whether the export tells it: a mapping that reads a column only because it was asked for may find none."""
    if name in (PERIOD, TICKET_TYPE):
        return True
    column = column_of(mapping, name)
    if column is None:
        return False
    names = {column, *dict(mapping.export.aliases).get(column, ())}
    return column not in mapping.export.asked or not names.isdisjoint(events.columns)


def _tickets(events: EventTable, mapping: Mapping, request: CohortRequest) -> ir.Table:
    """One row a ticket: ticket_id, begun (int64, microseconds UTC), and the value last known in each column that is
    asked for, as src.NAME."""
    import ibis

    table = events.table
    order = [table.time, *(ibis.asc(table[name], nulls_first=True) for name in _order(mapping.export)), table.row]
    columns = dict.fromkeys(column for name in request.names if (column := column_of(mapping, name)) is not None)
    begun = table.time.min()
    if "demand" in table.columns:
        begun = ibis.least(begun, table.demand.min())
    last = {src(name): table[src(name)].last(where=table[src(name)].notnull(), order_by=order) for name in columns}
    return table.group_by("ticket_id").aggregate(begun=begun, **last)


def _order(export: ExportSpec) -> list[str]:
    return [f"order_{i}" for i in range(len(export.order_by))] + (["part"] if export.times else [])


def _value(tickets: ir.Table, mapping: Mapping, name: str) -> ir.StringValue:
    import ibis

    if name == TICKET_TYPE:
        return ibis.literal(mapping.export.ticket_type)
    found: ir.StringValue = tickets[src(column_of(mapping, name) or name)]
    return found


def _holds(tickets: ir.Table, mapping: Mapping, condition: Where) -> ir.BooleanValue:
    """Never null: what is not meant by a condition is meant by its opposite."""
    import ibis

    if condition.column == PERIOD:
        zone = mapping.export.time.zone
        parts = [
            ibis.and_(
                tickets.begun >= begins(each.start, zone) if each.start is not None else ibis.literal(value=True),
                tickets.begun < begins(each.stop, zone) if each.stop is not None else ibis.literal(value=True),
            )
            for each in condition.dates
        ]
        found = ibis.or_(*parts)
    else:
        value = _value(tickets, mapping, condition.column)
        found = value.isin(_texts(mapping, condition)).fill_null(False)
        if any(_is_missing(mapping, each) for each in condition.values):
            found |= value.isnull()
    return ~found if condition.denied else found


def _is_missing(mapping: Mapping, value: str | None) -> bool:
    """Whether a condition means the tickets of which nothing is known: by no text, or by what means that in a cell."""
    return value is None or value in mapping.export.missing


def _texts(mapping: Mapping, condition: Where) -> list[str]:
    return [value for value in condition.values if value is not None and not _is_missing(mapping, value)]


def _met(tables: Tables, tickets: ir.Table, mapping: Mapping, condition: Where, met: int) -> Met:
    """Which of the values that are asked for no ticket has."""
    texts = _texts(mapping, condition)
    if not texts:
        return Met(met, (), ())
    valued = tickets.select(value=_value(tickets, mapping, condition.column))
    counts = valued.aggregate(**{f"n{i}": (valued.value == text).cast("int64").sum() for i, text in enumerate(texts)})
    found = tables.fetch(counts, limit=1).to_pylist()[0]
    absent = tuple(text for i, text in enumerate(texts) if not found[f"n{i}"])
    return Met(met, absent, tuple(_known(tables, valued) if absent else ()))


def _known(tables: Tables, tickets: ir.Table) -> list[str]:
    """The values that tickets have, those of most tickets first."""
    import ibis

    valued = tickets.filter(tickets.value.notnull())
    counted = valued.group_by("value").aggregate(n=valued.count())
    top = counted.order_by([ibis.desc("n"), "value"]).limit(_MOST_VALUES)
    values: list[str] = tables.fetch(top, limit=_MOST_VALUES)["value"].to_pylist()
    return values


# --------------------------------------------------------------------------------------------------- which cohort


def _labelled(tables: Tables, tickets: ir.Table, mapping: Mapping, split: Split) -> ir.Table:
    """The tickets, each with its label; periods are those of the mapping's zone."""
    import pyarrow as pa

    if split.unit is None and not split.ranges:
        return tickets.mutate(label=_value(tickets, mapping, split.column))
    bounds = tables.fetch(tickets.aggregate(first=tickets.begun.min(), last=tickets.begun.max()), limit=1)
    first, last, zone = bounds["first"][0].as_py(), bounds["last"][0].as_py(), mapping.export.time.zone
    known = [] if first is None or split.unit is None else list(periods_of(split.unit, first, last, zone))
    for name, dates in split.ranges if first is not None else ():
        opens = first if dates.start is None else begins(dates.start, zone)
        known.append((name, opens, last + 1 if dates.stop is None else begins(dates.stop, zone)))
    table = tables.put(
        pa.table(
            {
                "label": pa.array([name for name, _, _ in known], pa.string()),
                "opens": pa.array([begin for _, begin, _ in known], pa.int64()),
                "closes": pa.array([end for _, _, end in known], pa.int64()),
            }
        ),
        "periods",
    )
    return tickets.left_join(table, [tickets.begun >= table.opens, tickets.begun < table.closes])


def cohort_labels(tables: Tables, parts: Sequence[tuple[str, Judged]]) -> ir.Table:
    """The cohorts of the tickets of several exports, of which at least one tells by what streams are split; each with
    what its tickets' numbers begin with in the log: case_id and label, kept."""
    import ibis

    told = [
        judged.table.select(case_id=ibis.literal(prefix) + judged.table.ticket_id, label=judged.table.label)
        for prefix, judged in parts
        if judged.tells
    ]
    return tables.keep(ibis.union(*told, distinct=False) if len(told) > 1 else told[0], "labels")


def periods_of(unit: Unit, first: int, last: int, zone: str | None) -> Iterator[tuple[str, int, int]]:
    """The periods in which the moments from `first` to `last` (microseconds UTC) lie in a zone, and one more on either
    side of them: name, begin, and the begin of the next."""
    return periods(unit, first - _DAY, last + _DAY, zone)
