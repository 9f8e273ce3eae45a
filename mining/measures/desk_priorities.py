"""Changes of priority."""

from __future__ import annotations

import re

from mining.core.desk import MOST_SHOWN, Part, PriorityChange, PriorityChanges
from mining.core.facts import Fact, told
from mining.measures.desk_tickets import Desk

_MOST_PAIRS = 1_000
_NUMBER = re.compile(r"\s*[A-Za-z]{0,8}\s?[-_]?([0-9]{1,6})(?![0-9])")
"""The number that leads, as in "1 - Critical", "P2" or "Priority 3"."""


def priority_changes(desk: Desk) -> PriorityChanges | None:
    """How often priorities were changed, and which way; None where the export does not tell what they were before."""
    import ibis

    if Fact.PRIORITY not in desk.told or desk.turns is None or desk.turned is None:
        return None
    turned = desk.turned
    known = desk.one(turned.aggregate(n=turned.priority_from_first.sum(), beyond=turned.priority_beyond.sum()))
    if not known["beyond"]:  # told at the end alone, or of a list
        return None
    turns = desk.turns.semi_join(turned.filter(turned.priorities & turned.priority_from_first), "case_id")
    turns = turns.select("case_id", "number", now=turns[told(Fact.PRIORITY)])
    turns = turns.filter(turns.now.notnull())
    in_ticket = ibis.window(group_by="case_id", order_by="number")
    marked = turns.mutate(before=turns.now.lag().over(in_ticket))
    changes = desk.tables.keep(marked.filter(marked.before != marked.now).select("case_id", "before", "now"), "changes")
    total = desk.one(changes.aggregate(n=changes.count(), tickets=changes.case_id.nunique()))
    pairs = changes.group_by(["before", "now"]).aggregate(n=changes.count())
    ordered = pairs.order_by([ibis.desc("n"), "before", "now"]).limit(_MOST_PAIRS)
    rows = desk.tables.fetch(ordered, limit=_MOST_PAIRS).to_pylist()
    desk.tables.drop(changes)
    found = [PriorityChange(row["before"], row["now"], row["n"], is_up(row["before"], row["now"])) for row in rows]
    up = sum(one.changes for one in found if one.up is True)
    down = sum(one.changes for one in found if one.up is False)
    return PriorityChanges(
        Part(total["tickets"], known["n"]), up, down, total["n"] - up - down, tuple(found[:MOST_SHOWN])
    )


def is_up(before: str, now: str) -> bool | None:
    """Whether a priority was raised: the smaller the number that leads, the more urgent. None without such numbers."""
    old, new = _NUMBER.match(before), _NUMBER.match(now)
    if old is None or new is None or int(old[1]) == int(new[1]):
        return None
    return int(new[1]) < int(old[1])
