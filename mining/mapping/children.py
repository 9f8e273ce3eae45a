"""Child tickets: those that name another ticket of their type as their parent.

Each child is a demand of its own. Where its parent is in the export, the work counts there; and where the child is
resolved or closed together with the parent, by the same actor or by a machine, nobody resolved the child.
"""

from __future__ import annotations

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


def children_of(
    tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table, turns: ir.Table | None
) -> ir.Table | None:
    """The children, as `MappedLog.children`, kept; None where there are none.

    `rows` are those of `rows.decide`, `events` without the duplicates, `turns` those of `turns_of`.
    """
    if turns is None or told(Fact.PARENT) not in turns.columns:
        return None
    named = _named(turns)
    settled = _settled(events, mapping, rows)
    cascaded = _cascaded(named, settled).select(together="case_id").distinct()
    joined = named.left_join(cascaded, named.case_id == cascaded.together)
    found = joined.select("case_id", "parent", "since", "known", cascaded=joined.known & joined.together.notnull())
    kept = tables.keep(found, "children")
    if tables.fetch(kept.aggregate(n=kept.count()), limit=1)["n"][0].as_py():
        return kept
    tables.drop(kept)
    return None


def _named(turns: ir.Table) -> ir.Table:
    """case_id, parent, since, known. A ticket is no child of itself; of two that name each other, the one that began
    first is none either, so that their work counts somewhere."""
    import ibis

    cell = turns[told(Fact.PARENT)].strip().nullif("")
    telling = turns.mutate(cell=cell).filter(cell.notnull(), cell != turns.case_id)
    named = telling.group_by("case_id").aggregate(parent=telling.cell.argmax(telling.number), since=telling.time.min())
    began = turns.filter(turns["first"])
    of_parent = began.select(p_="case_id", parent_began="time")
    of_child = began.select(c_="case_id", began="time")
    other = named.select(o_="case_id", names="parent")
    joined = named.left_join(of_parent, named.parent == of_parent.p_)
    joined = joined.inner_join(of_child, joined.case_id == of_child.c_)
    joined = joined.left_join(other, joined.parent == other.o_)
    mutual = (joined.names == joined.case_id).fill_null(False)
    earlier = (joined.began < joined.parent_began) | (
        (joined.began == joined.parent_began) & (joined.case_id < joined.parent)
    )
    kept = joined.filter(~(mutual & earlier.fill_null(ibis.literal(value=False))))
    return kept.select("case_id", "parent", "since", known=kept.p_.notnull())


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
