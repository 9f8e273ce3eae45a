"""Tickets that look as if an earlier one was raised again: inferred, since no field of the export says so.

The values that are compared stay in the engine, as one hash a ticket; what comes of them is which ticket follows which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mining.core.activities import Value
from mining.core.events import EventTable, src
from mining.core.links import LinkSpec
from mining.core.tables import Tables
from mining.mapping.model import Mapping
from mining.mapping.spans import in_words

if TYPE_CHECKING:
    import ibis.expr.types as ir


def raised_again(
    tables: Tables, events: EventTable, mapping: Mapping, log: ir.Table
) -> tuple[list[ir.Table], list[str]]:
    """The inferred links of a log whose `log` is `MappedLog.table`, kept: one table for each rule whose columns the
    event table carries, with the columns of `linking.read_links`; and what the report has to say of each rule.

    A link goes from the earlier ticket to the later one, whose first event it is dated by. The later one began after
    the earlier one was done with, no later than the rule says, and has the same in all of the rule's columns, none of
    which is missing; of several such earlier tickets it is the one that was done with last.
    """
    rules = [(i, spec) for i, spec in enumerate(mapping.export.links) if spec.same]
    rules = [(i, spec) for i, spec in rules if all(src(name) in events.table.columns for name in spec.same)]
    if not rules:
        return [], []
    spans = tables.keep(_spans(log, mapping), "spans")
    found = [_links(tables, events, spans, i, spec) for i, spec in rules]
    tables.drop(spans)
    return [links for links, _ in found], [note for _, note in found]


def _spans(log: ir.Table, mapping: Mapping) -> ir.Table:
    """One row a ticket: `case_id`, `first` (its first event) and `done`: when value was last claimed or confirmed, or
    where it was withdrawn after that, or never told, when the ticket ended; null while it is not done with, and where
    the end says that nothing was done."""
    import ibis

    realising = [i for i, label in enumerate(mapping.visits) if label.realises]
    marking = [i for i, label in enumerate(mapping.visits) if label.realises or label.value is Value.WITHDRAWN]
    cancelling = [i for i, end in enumerate(mapping.ends) if end.cancels]
    marks, ends = _is_one(log.visit, marking), log.end.notnull()
    tickets = log.group_by("case_id").aggregate(
        first=log.time.min(),
        last=log.time.max(),
        latest=log.sequence.max(),
        marked_at=log.time.argmax(log.sequence, where=marks),
        mark=log.visit.argmax(log.sequence, where=marks),
        ended_by=log.sequence.max(where=ends),
        end=log.end.argmax(log.sequence, where=ends),
    )
    is_over = (tickets.ended_by == tickets.latest).fill_null(False)
    nothing = ibis.null("int64")
    done = ibis.cases(
        (is_over & _is_one(tickets.end, cancelling), nothing),
        (_is_one(tickets.mark, realising), tickets.marked_at),
        (is_over, tickets["last"]),
        else_=nothing,
    )
    return tickets.select("case_id", "first", done=done)


def _is_one(number: ir.IntegerValue, of: Sequence[int]) -> ir.BooleanValue:
    import ibis

    found: ir.BooleanValue = number.isin(of).fill_null(False) if of else ibis.literal(value=False)
    return found


def _links(tables: Tables, events: EventTable, spans: ir.Table, number: int, rule: LinkSpec) -> tuple[ir.Table, str]:
    """The links by one rule: each beginning with the latest end before it among tickets of one key."""
    import ibis

    keyed = tables.keep(_keyed(tables, events.table, spans, rule), "keyed")
    # At one moment beginnings come first: a ticket that begins as another one is done with is not that one again.
    begun = keyed.select("key", "case_id", at=keyed["first"], is_end=ibis.literal(value=False), begun=keyed["first"])
    ended = keyed.filter(keyed.done.notnull())
    ended = ended.select("key", "case_id", at=ended.done, is_end=ibis.literal(value=True), begun=ended["first"])
    moments = ibis.union(begun, ended, distinct=False)
    order = [moments.at, moments.is_end, moments.begun, moments.case_id]
    placed = moments.mutate(place=ibis.row_number().over(group_by=moments.key, order_by=order))
    before = ibis.window(group_by=placed.key, order_by=placed.place, rows=(None, 0))
    placed = placed.mutate(end_before=placed.is_end.ifelse(placed.place, ibis.null("int64")).max().over(before))
    placed = tables.keep(placed, "moments")
    later, earlier = placed.filter(~placed.is_end), placed.filter(placed.is_end)
    earlier = earlier.select(of_key=earlier.key, end_place=earlier.place, source=earlier.case_id, done=earlier.at)
    pairs = later.inner_join(earlier, [later.key == earlier.of_key, later.end_before == earlier.end_place])
    pairs = pairs.filter(pairs.at - pairs.done <= rule.within)
    link = ibis.literal(number, type="int16")
    found = tables.keep(pairs.select("source", target=pairs.case_id, link=link, since=pairs.at), "raised_again")
    note = _note(rule, *(_number_of(tables, table) for table in (spans, keyed, found)))
    tables.drop(placed)
    tables.drop(keyed)
    return found, note


def _note(rule: LinkSpec, tickets: int, compared: int, links: int) -> str:
    columns = " and ".join(rule.same)
    return (
        f"Tickets raised again ({rule.reason}), inferred: {links:,} tickets began within {in_words(rule.within)} after "
        f"an earlier one was done with that has the same {columns}; {compared:,} of {tickets:,} tickets have a value "
        f"in {'both' if len(rule.same) == 2 else 'each of these'} and were compared."
    )


def _number_of(tables: Tables, table: ir.Table) -> int:
    return int(tables.fetch(table.aggregate(n=table.count()), limit=1)["n"][0].as_py())


def _keyed(tables: Tables, table: ir.Table, spans: ir.Table, rule: LinkSpec) -> ir.Table:
    """The tickets that have a value in each column of a rule, with a hash of what was the last in each of them."""
    import ibis

    order = ibis.struct({"time": table.time, "row": table.row})
    cells = {f"v{i}": table[src(name)].strip().nullif("") for i, name in enumerate(rule.same)}
    last = {name: cell.argmax(order, where=cell.notnull()) for name, cell in cells.items()}
    tickets = table.group_by("ticket_id").aggregate(**last)
    tickets = tickets.filter(*(tickets[name].notnull() for name in cells))
    keys = tickets.select("ticket_id", key=tables.fingerprint(*(tickets[name] for name in cells)))
    joined = spans.inner_join(keys, spans.case_id == keys.ticket_id)
    return joined.select("case_id", "first", "done", "key")
