"""Child tickets: those that name another ticket of their type as their parent.

Each child is a demand of its own. Where its parent is in the export, the work counts there; and where the child is
resolved or closed together with the parent, by the same actor or by a machine, nobody resolved the child.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mining.core.events import EventTable, src
from mining.core.facts import Fact, told
from mining.core.tables import Tables
from mining.mapping.model import Mapping
from mining.mapping.rows import MINUTE, event_key

if TYPE_CHECKING:
    import ibis.expr.types as ir

TOGETHER = MINUTE
"""So long after its parent, or before it, a child may be closed for the one to have closed the other."""

_MOST_BETWEEN = 200_000_000
"""More children with children than any export has; what leaves the engine has a bound."""


def children_of(
    tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table, turns: ir.Table | None
) -> ir.Table | None:
    """The children, as `MappedLog.children`, kept; None where there are none.

    `rows` are those of `rows.decide`, `events` without the duplicates, `turns` those of `turns_of`.
    """
    if turns is None or told(Fact.PARENT) not in turns.columns:
        return None
    named = _named(tables, turns)
    settled = _settled(events, mapping, rows)
    cascaded = _cascaded(named, settled).select(together="case_id").distinct()
    joined = named.left_join(cascaded, named.case_id == cascaded.together)
    found = joined.select("case_id", "parent", "since", "known", cascaded=joined.known & joined.together.notnull())
    kept = tables.keep(found, "children")
    tables.drop(named)
    if tables.fetch(kept.aggregate(n=kept.count()), limit=1)["n"][0].as_py():
        return kept
    tables.drop(kept)
    return None


def _named(tables: Tables, turns: ir.Table) -> ir.Table:
    """case_id, parent, since, known; kept. A ticket is no child of itself; of tickets that name each other in a
    circle, the one that began first is none either, so that their work counts somewhere."""
    cell = turns[told(Fact.PARENT)].strip().nullif("")
    telling = turns.mutate(cell=cell).filter(cell.notnull(), cell != turns.case_id)
    named = telling.group_by("case_id").aggregate(parent=telling.cell.argmax(telling.number), since=telling.time.min())
    began = turns.filter(turns["first"]).select(of="case_id", began="time")
    joined = named.left_join(began.select(p_="of"), [("parent", "p_")])
    kept = tables.keep(joined.select("case_id", "parent", "since", known=joined.p_.notnull()), "named")
    first = _first_of_circles(tables, kept, began)
    if first is None:
        return kept
    without = tables.keep(kept.anti_join(first, "case_id"), "named")
    for done in (kept, first):
        tables.drop(done)
    return without


def _first_of_circles(tables: Tables, named: ir.Table, began: ir.Table) -> ir.Table | None:
    """The ticket of each circle that began first (of several that did, the first by its number): case_id; None where
    there are no circles. Only children that have children can be in one; these leave the engine."""
    import pyarrow as pa

    between = named.semi_join(named.select(on="parent"), [("case_id", "on")]).select("case_id", "parent")
    parents = between.select(of_parent="case_id")
    dated = between.semi_join(parents, [("parent", "of_parent")]).inner_join(began, [("case_id", "of")])
    rows = tables.fetch(dated.select("case_id", "parent", "began"), limit=_MOST_BETWEEN).to_pydict()
    parent = dict(zip(rows["case_id"], rows["parent"], strict=True))
    when = dict(zip(rows["case_id"], rows["began"], strict=True))
    first = [min(circle, key=lambda ticket: (when[ticket], ticket)) for circle in _circles(parent)]
    return tables.put(pa.table({"case_id": sorted(first)}), "first_of_circles") if first else None


def _circles(parent: dict[str, str]) -> Iterator[list[str]]:
    """The circles of tickets that each have at most one parent."""
    walked: set[str] = set()
    for ticket in parent:
        way: dict[str, None] = {}  # a set that keeps the order
        at: str | None = ticket
        while at is not None and at not in walked:
            walked.add(at)
            way[at] = None
            at = parent.get(at)
        if at is not None and at in way:
            tickets = list(way)
            yield tickets[tickets.index(at) :]


def _settled(events: EventTable, mapping: Mapping, rows: ir.Table) -> ir.Table:
    """The rows that realise value or end a ticket: case_id, number, time, claims, system, actor."""
    import ibis

    claims = [i for i, outcome in enumerate(mapping.outcomes) if any(label.realises for label in outcome.events)]
    ends = [i for i, outcome in enumerate(mapping.outcomes) if outcome.end is not None]
    key = event_key(rows)
    some = rows.filter(rows.outcome.isin([*claims, *ends] or [-2]))
    actor = mapping.export.actor
    if actor is None:
        who = some.mutate(actor=ibis.null("string"))
    else:
        who = some.inner_join(events.table.select(*key, actor=events.table[src(actor)]), key)
    return who.select(
        "case_id",
        "number",
        "time",
        "system",
        "actor",
        claims=who.outcome.isin(claims) if claims else ibis.literal(False),
    )


def _cascaded(named: ir.Table, settled: ir.Table) -> ir.Table:
    """The children whose first value (or, where there is none, whose last end) came together with one of the parent's,
    by the same actor or a machine; who it was is no obstacle where the export does not say."""
    import ibis

    number = settled.number
    chosen = settled.group_by("case_id").aggregate(
        value=ibis.ifelse(settled.claims, number, ibis.null("int64")).min(), over=number.max()
    )
    chosen = chosen.select(of="case_id", chosen=ibis.coalesce(chosen.value, chosen.over))
    own = settled.inner_join(chosen, [settled.case_id == chosen.of, settled.number == chosen.chosen])
    own = own.select("case_id", "time", "system", "actor")
    of_parent = settled.select(parent="case_id", parent_time="time", parent_actor="actor")
    joined = own.inner_join(named.filter(named.known).select("case_id", "parent"), "case_id")
    joined = joined.inner_join(of_parent, "parent")
    near = (joined.time - joined.parent_time).abs() <= TOGETHER
    same = joined.system | (joined.actor == joined.parent_actor).fill_null(True)
    return joined.filter(near & same)
