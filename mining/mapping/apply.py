"""From the event table to the mapped log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.core.cache import Cache
from mining.core.events import EventTable, MappedLog
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.mapping.children import children_of
from mining.mapping.contradictions import against_time, note
from mining.mapping.duplicates import without_duplicates
from mining.mapping.ledger import account
from mining.mapping.link_table import map_links
from mining.mapping.linking import read_links
from mining.mapping.model import Mapping
from mining.mapping.one_number import note_on_numbers, note_on_spellings
from mining.mapping.outcomes import MAX_EVENTS, Kind
from mining.mapping.raised_again import raised_again
from mining.mapping.remembered import deciding
from mining.mapping.turns import turns_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PLACES = MAX_EVENTS + 1
"""How far the sequences of two rows lie apart; place 0 of a ticket's first row is demand's."""


def map_events(tables: Tables, events: EventTable, mapping: Mapping, cache: Cache | None = None) -> MappedLog:
    """Decide what becomes of every row, and keep the account. A `cache` may know that of tickets from an earlier run.

    One narrow table stays in the engine; the log's table is an expression over it. Raises what the engine raises, and
    Fault where the ledger does not add up.
    """
    if mapping.is_link_table:
        return map_links(tables, events, mapping)
    rows = deciding(cache, events, stage="all")(tables, events, mapping)
    again = deciding(cache, events, stage="each once")
    rows, single, duplicates = without_duplicates(tables, events, mapping, rows, again)
    accounted = account(tables, single, mapping, rows, duplicates)
    table = mapped_events(rows, mapping)
    inferred, said = raised_again(tables, single, mapping, table)
    links = read_links(tables, single, mapping, inferred)
    turns = turns_of(tables, single, mapping, rows)
    children = children_of(tables, single, mapping, rows, turns)
    against, tickets_against = against_time(tables, single, mapping, rows)
    numbers = [*note_on_numbers(tables, single, mapping), *note_on_spellings(tables, rows)]
    if duplicates:
        tables.drop(single.table)
    return MappedLog(
        table=table,
        visits=mapping.visits,
        ends=mapping.ends,
        ledger=accounted.ledger,
        rule_uses=accounted.rule_uses,
        unmapped=accounted.unmapped,
        holds=mapping.export.holds,
        notes=(*accounted.notes, *said, *numbers, *note(mapping, tickets_against)),
        ticket_types=(mapping.export.ticket_type,),
        links=links,
        link_specs=tuple((mapping.export.ticket_type, spec) for spec in mapping.export.links),
        rework_after=mapping.rework_after,
        rates=mapping.rates,
        turns=turns,
        scopes=() if mapping.scope is None else ((mapping.export.ticket_type, mapping.scope),),
        undated=tuple(range(len(mapping.export.links))) if mapping.export.shape is Shape.TICKETS else (),
        children=children,
        against_time=against,
        support_lines=mapping.support_lines,
        by_change=(mapping.export.ticket_type,) if mapping.export.shape is Shape.CHANGES else (),
        listed=(mapping.export.ticket_type,) if mapping.export.shape is Shape.TICKETS else (),
    )


def mapped_events(rows: ir.Table, mapping: Mapping) -> ir.Table:
    """The events that stand, one row each; the columns are those of `MappedLog.table`.

    Every row gives its last event (or the end alone); what comes before it, of rows with several events and of demand,
    is added beside.
    """
    import ibis

    outcomes = mapping.outcomes
    stands = rows.filter(
        rows.outcome.isin([i for i, outcome in enumerate(outcomes) if outcome.kind is not Kind.IGNORED])
    )
    last = {i: len(outcome.events) - 1 for i, outcome in enumerate(outcomes) if outcome.events}
    unmapped = [i for i, outcome in enumerate(outcomes) if outcome.kind is Kind.UNMAPPED]
    ends = {i: mapping.ends.index(outcome.end) for i, outcome in enumerate(outcomes) if outcome.end is not None}
    parts = [
        stands.select(
            "case_id",
            "time",
            sequence=stands.number * _PLACES + 1 + _by_outcome(stands, last, "int64").fill_null(0),
            visit=_visit(stands, mapping, last),
            end=_by_outcome(stands, ends, "int16"),
            unmapped=stands.outcome.isin(unmapped) if unmapped else ibis.literal(False),
            rule=_rule(stands, mapping),
            **_source(stands),
            **({"until": stands.until} if "until" in rows.columns else {}),
        )
    ]
    for place in range(max(last.values(), default=0)):
        earlier = {i: place for i, final in last.items() if place < final}
        some = rows.filter(rows.outcome.isin(list(earlier)))
        sequence = some.number * _PLACES + 1 + place
        parts.append(_made(some, some.time, sequence, _visit(some, mapping, earlier), _rule(some, mapping)))
    if mapping.demand is not None:
        some = rows.filter(rows.demand.notnull())
        visit = ibis.literal(mapping.visits.index(mapping.demand), type="int16")
        parts.append(_made(some, some.demand, some.number * _PLACES, visit, ibis.null("int16")))
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]


def _made(
    rows: ir.Table, time: ir.IntegerValue, sequence: ir.IntegerValue, visit: ir.IntegerValue, rule: ir.IntegerValue
) -> ir.Table:
    """Events that neither end a ticket nor are unmapped, nor last: a row lasts in its last event."""
    import ibis

    columns = {"time": time, "sequence": sequence, "visit": visit, "end": ibis.null("int16")}
    until = {"until": ibis.null("int64")} if "until" in rows.columns else {}
    return rows.select("case_id", **columns, unmapped=ibis.literal(False), rule=rule, **_source(rows), **until)


def _source(rows: ir.Table) -> dict[str, ir.IntegerValue]:
    """Which row of the event table it was."""
    return {name: rows[name] for name in ("row", "part") if name in rows.columns}


def _rule(rows: ir.Table, mapping: Mapping) -> ir.IntegerValue:
    """The number of the rule that decided. `otherwise` counts as the last one, unless it leaves rows unmapped."""
    deciding = len(mapping.rules) + (mapping.otherwise.kind is not Kind.UNMAPPED)
    number: ir.IntegerValue = (rows.outcome + 1).nullif(deciding + 1).cast("int16")
    return number


def _visit(rows: ir.Table, mapping: Mapping, places: dict[int, int]) -> ir.IntegerValue:
    """The visit at a place of each outcome's events."""
    visits = {i: mapping.visits.index(mapping.outcomes[i].events[place]) for i, place in places.items()}
    return _by_outcome(rows, visits, "int16")


def _by_outcome(rows: ir.Table, numbers: dict[int, int], type: str) -> ir.IntegerValue:
    import ibis

    branches: list[Any] = list(numbers.items())
    found: ir.IntegerValue = rows.outcome.cases(*branches).cast(type) if branches else ibis.null(type)
    return found
