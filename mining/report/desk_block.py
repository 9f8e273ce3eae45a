"""The block on the service desk of `result.json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mining.core.analysis import Analysis
from mining.core.desk import (
    AgainstTarget,
    Apart,
    Flow,
    Group,
    OpenOf,
    OpenTickets,
    Part,
    PingPong,
    PriorityChanges,
    Reassignment,
    Satisfaction,
    ServiceDesk,
    TargetMet,
    WaitIndicators,
    Waits,
)
from mining.report.formats import share
from mining.report.times_as_json import instant, quantiles_block
from mining.report.workload import week_block

Json = dict[str, Any]


def desk_block(analysis: Analysis) -> Json | None:
    """The figures of the service desk; None where they were not measured. What the export cannot show is null."""
    desk = analysis.measures.service_desk
    if desk is None:
        return None
    return {
        "types": list(desk.types),
        "tickets": desk.tickets,
        "listed": list(desk.listed),
        "left_out": list(desk.left_out),
        "lead_time": quantiles_block(desk.lead_time),
        "reassignment": None if desk.reassignment is None else _reassignment(desk.reassignment),
        "ping_pong": None if desk.ping_pong is None else _ping_pong(desk.ping_pong),
        "lines": _lines(desk),
        "reopening": None
        if desk.reopening is None
        else {"reopened": _part(desk.reopening.reopened), "reopenings": desk.reopening.reopenings},
        "first_contact": _first_contact(desk),
        "waits": _waits(desk.waits),
        "waiting_indicators": [_indicators(one) for one in desk.indicators],
        "priority_changes": None if desk.priorities is None else _priorities(desk.priorities),
        "flow": _flow(desk.flow),
        "target_met": None if desk.target_met is None else _target_met(desk.target_met),
        "against_target": None if desk.target is None else _against_target(desk.target),
        "open_tickets": None if desk.open is None else _open(desk.open),
        "satisfaction": None if desk.satisfaction is None else _satisfaction(desk.satisfaction),
        "surveys_sent": _part(desk.surveys_sent),
        "monitoring": _apart(desk.monitoring),
        "major": _apart(desk.major),
        "knowledge_used": _part(desk.knowledge_used),
        "week": week_block(desk),
    }


def _part(part: Part | None) -> Json | None:
    return None if part is None else {"n": part.n, "of": part.of, "share": share(part.n, part.of)}


def _group(group: Group) -> Json:
    return {"group": group.name, "others": group.others}


# -------------------------------------------------------------------------------------------- groups and resolution


def _reassignment(found: Reassignment) -> Json:
    names = ("none", "one", "two", "more")
    return {
        "tickets": found.tickets,
        "changes": found.changes,
        "by_changes": {name: _part(Part(n, found.tickets)) for name, n in zip(names, found.by_changes, strict=True)},
        "reassigned": _part(Part(found.tickets - found.by_changes[0], found.tickets)),
        "changes_per_ticket": share(found.changes, found.tickets),
    }


def _ping_pong(found: PingPong) -> Json:
    return {
        "tickets": _part(found.tickets),
        "occurrences": found.occurrences,
        "between": quantiles_block(found.between),
        "returned": _part(found.returned),
        "returns": found.returns,
        "pairs": [
            {
                "group": one.group,
                "back_from": one.back_from,
                "others": one.others,
                "occurrences": one.occurrences,
                "share": share(one.occurrences, found.occurrences),
                "between_us": one.between,
            }
            for one in found.pairs
        ],
    }


def _lines(desk: ServiceDesk) -> Json | None:
    found = desk.lines
    if found is None:
        return None
    return {
        "tickets": found.tickets,
        "by_line": [
            {
                "line": one.line,
                "tickets": one.tickets,
                "share": share(one.tickets, found.tickets),
                "alone": one.alone,
                "alone_share": None if one.alone is None else share(one.alone, found.tickets),
            }
            for one in found.by_line
        ],
    }


def _first_contact(desk: ServiceDesk) -> Json | None:
    found = desk.first_contact
    if found is None:
        return None
    names = ("first_group", "without_asking", "first_line", "first_touch")
    return {name: _part(getattr(found, name)) for name in names}


# ----------------------------------------------------------------------------------------------------------- waits


def _waits(found: Waits) -> Json:
    def times(total: int, waits: int) -> Json:
        return {"total_us": total, "share": share(total, found.total), "waits": waits}

    return {
        "total_us": found.total,
        "waits": found.waits,
        "by_cause": [{"on": one.on, **_group(one.group), **times(one.total, one.waits)} for one in found.by_cause],
        "by_pair": None
        if found.by_pair is None
        else [
            {"source": one.source, "target": one.target, "others": one.others, **times(one.total, one.waits)}
            for one in found.by_pair
        ],
    }


def _indicators(one: WaitIndicators) -> Json:
    names = ("resolved", "again", "short", "long", "late")
    parts = {name: _part(getattr(one, name)) for name in names}
    return {"on": one.on, "waits": one.waits, "tickets": one.tickets, "total_us": one.total, **parts}


# ------------------------------------------------------------------------------------ priorities, flow and targets


def _priorities(found: PriorityChanges) -> Json:
    changes = found.up + found.down + found.unordered
    return {
        "changed": _part(found.changed),
        "changes": changes,
        "up": found.up,
        "up_share": share(found.up, changes),
        "down": found.down,
        "down_share": share(found.down, changes),
        "unordered": found.unordered,
        "most": [{**asdict(one), "share": share(one.changes, changes)} for one in found.most],
    }


def _flow(found: Flow) -> Json:
    return {
        "period": found.period.value,
        "not_shown": found.not_shown,
        "backlog_told": found.backlog_told,
        "periods": [
            {
                "starts": instant(one.starts)[:10],
                "arrived": one.arrived,
                "done": one.done if found.backlog_told else None,
                "backlog": one.backlog if found.backlog_told else None,
            }
            for one in found.periods
        ],
    }


def _target_met(found: TargetMet) -> Json:
    return {
        "met": _part(found.met),
        "by_priority": [{"priority": priority, **(_part(part) or {})} for priority, part in found.by_priority],
        "other_priorities": _part(found.other_priorities),
    }


def _against_target(found: AgainstTarget) -> Json:
    return {
        "told": found.told,
        "met": _part(found.met),
        "left": quantiles_block(found.left),
        "overrun": quantiles_block(found.overrun),
    }


# ------------------------------------------------------------------------------------------- today, and who is asked


def _open(found: OpenTickets) -> Json:
    return {
        "at": instant(found.at),
        "limit_us": found.limit,
        "waiting_days": found.days,
        "all": None if found.all is None else _open_of(found.all),
        "by_waiting": [{"on": on, **_open_of(of)} for on, of in found.by_waiting],
        "by_group": [{**_group(group), **_open_of(of)} for group, of in found.by_group],
    }


def _open_of(of: OpenOf) -> Json:
    return {
        "tickets": of.tickets,
        "beyond": of.beyond,
        "waiting_long": of.long,
        "median_age_us": of.median_age,
        "oldest_us": of.oldest,
    }


def _satisfaction(found: Satisfaction) -> Json:
    return {
        "answered": _part(found.answered),
        "unread": found.unread,
        "mean": found.mean,
        "quartiles": [
            {
                "quarter": one.quarter,
                "until_us": one.until,
                "tickets": one.tickets,
                "answered": one.answered,
                "answered_share": share(one.answered, one.tickets),
                "mean": one.mean,
            }
            for one in found.quartiles
        ],
        "slowest_to_fastest": None if found.slowest_to_fastest is None else asdict(found.slowest_to_fastest),
    }


def _apart(found: Apart | None) -> Json | None:
    if found is None:
        return None
    return {
        "tickets": _part(found.tickets),
        "lead_time": quantiles_block(found.lead_time),
        "others": _part(Part(found.tickets.of - found.tickets.n, found.tickets.of)),
        "lead_time_of_others": quantiles_block(found.others),
    }
