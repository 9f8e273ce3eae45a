"""Targets: whether the export says that they were met, and lead time against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.activities import State
from mining.core.desk import MOST_SHOWN, AgainstTarget, Part, TargetMet
from mining.core.facts import Fact, told
from mining.measures.desk_tables import quantiles, top
from mining.measures.desk_tickets import Desk

if TYPE_CHECKING:
    import ibis.expr.types as ir


def target_met(desk: Desk) -> TargetMet | None:
    """What the export says on the targets of tickets that ended; where the mapping ends none, of all."""
    if Fact.TARGET_MET not in desk.told:
        return None
    tickets = desk.tickets
    ended = tickets.filter(tickets[told(Fact.TARGET_MET)].notnull())
    if desk.streams.can_end:
        ended = ended.filter(ended.state == State.ENDED.value)
    ended = ended.mutate(met=ended[told(Fact.TARGET_MET)].cast("int64"))
    found = desk.one(ended.aggregate(n=ended.met.sum(), of=ended.count()))
    return TargetMet(Part(found["n"] or 0, found["of"]), _by_priority(desk, ended))


def _by_priority(desk: Desk, ended: ir.Table) -> tuple[tuple[str | None, Part], ...]:
    if Fact.PRIORITY not in desk.told:
        return ()
    name = told(Fact.PRIORITY)
    named = ended.filter(ended[name].notnull())
    sums = named.group_by(priority=named[name]).aggregate(tickets=named.count(), met=named.met.sum())
    rows, rest = top(desk.tables, sums, by=["tickets"], keys=["priority"], most=MOST_SHOWN)
    found: list[tuple[str | None, Part]] = [(row["priority"], Part(row["met"], row["tickets"])) for row in rows]
    found.sort(key=lambda each: each[0] or "")
    return (*found, *([] if rest is None else [(None, Part(rest["met"], rest["tickets"]))]))


def against_target(desk: Desk) -> AgainstTarget | None:
    """When value was first claimed, against the target; None where no target is told."""
    if Fact.TARGET not in desk.told or not desk.streams.can_realise_value:
        return None
    tickets = desk.tickets.filter(desk.tickets.claimed.notnull())
    left = tickets.target - tickets.claimed
    read = tickets.target.notnull()
    counts = {"told": tickets.target_told.sum(), "read": read.sum(), "met": (left >= 0).sum()}
    found = desk.one(tickets.aggregate(**counts))
    early, late = tickets.filter(left >= 0), tickets.filter(left < 0)
    return AgainstTarget(
        told=found["told"] or 0,
        read=found["read"] or 0,
        met=Part(found["met"] or 0, found["read"] or 0),
        left=quantiles(desk.tables, early, early.target - early.claimed),
        overrun=quantiles(desk.tables, late, late.claimed - late.target),
    )
