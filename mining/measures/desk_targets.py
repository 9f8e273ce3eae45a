"""Targets: whether the export says that they were met, and lead time against them."""

from __future__ import annotations

from mining.core.activities import State
from mining.core.desk import MOST_SHOWN, AgainstTarget, Part, TargetMet
from mining.core.facts import Fact, told
from mining.measures.desk_tables import Ask, Row, quantile_figures, quantiles, top, where
from mining.measures.desk_tickets import Desk


def target_met(desk: Desk) -> TargetMet | None:
    """What the export says on the targets of tickets that ended; where the mapping ends none, of all. None where it
    says nothing."""
    import ibis

    if Fact.TARGET_MET not in desk.told:
        return None
    tickets = desk.tickets
    ended = tickets.filter(tickets[told(Fact.TARGET_MET)].notnull())
    if desk.streams.can_end:
        ended = ended.filter(ended.state == State.ENDED.value)
    priority = ended[told(Fact.PRIORITY)] if Fact.PRIORITY in desk.told else ibis.null("string")
    sums = ended.group_by(priority=priority).aggregate(
        tickets=ended.count(), met=ended[told(Fact.TARGET_MET)].cast("int64").sum()
    )
    rows, rest = top(desk.tables, sums, by=["tickets"], keys=["priority"], most=MOST_SHOWN)
    every = [*rows, *([] if rest is None else [rest])]
    whole = Part(sum(row["met"] for row in every), sum(row["tickets"] for row in every))
    if not every:
        return None
    by_priority = tuple(
        (row["priority"], Part(row["met"], row["tickets"]))
        for row in sorted(rows, key=lambda row: row["priority"] or "~")
    )
    return TargetMet(
        whole,
        by_priority if Fact.PRIORITY in desk.told else (),
        None if rest is None else Part(rest["met"], rest["tickets"]),
    )


def against_target(desk: Desk) -> Ask[AgainstTarget | None] | None:
    """When value was first claimed, against the target; None where no target is told, or no value can be claimed."""
    if Fact.TARGET not in desk.told or not desk.streams.can_realise_value:
        return None
    tickets, resolved = desk.tickets, desk.tickets.claimed.notnull() & desk.tickets.in_order
    left = where(tickets.in_order, tickets.target - tickets.claimed)
    figures = {
        "told": (resolved & tickets.target_told).sum(),
        **quantile_figures(desk.tables, where(left >= 0, left), "left "),
        **quantile_figures(desk.tables, where(left < 0, -left), "over "),
    }
    return Ask(figures, _against_target)


def _against_target(row: Row) -> AgainstTarget | None:
    if not row["told"]:
        return None
    met, late = row["left n"], row["over n"]
    return AgainstTarget(
        told=row["told"], met=Part(met, met + late), left=quantiles(row, "left "), overrun=quantiles(row, "over ")
    )
