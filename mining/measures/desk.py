"""The figures of a service desk: one door. See `core.desk` for what they mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mining.core.desk import WAITING_DAYS, FirstContact, Part, ServiceDesk
from mining.core.events import MappedLog
from mining.core.facts import Fact
from mining.core.results import Selection
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.core.workload import Week
from mining.measures import desk_stays, desk_value, desk_waits
from mining.measures.desk_classes import apart, knowledge_used, lead_time, satisfaction, surveys_sent
from mining.measures.desk_flow import flow
from mining.measures.desk_open import open_table, open_tickets
from mining.measures.desk_priorities import priority_changes
from mining.measures.desk_tables import Ask, answers
from mining.measures.desk_targets import against_target, target_met
from mining.measures.desk_tickets import Desk, desk_of
from mining.measures.improve_tables import IMPROVES
from mining.measures.week_hours import week_hours

if TYPE_CHECKING:
    import ibis.expr.types as ir


def types_of_desk(mapped: MappedLog, start: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """Whose figures are those of the desk: the types at which streams begin (`start`), where that is said; else all
    that are neither problems nor changes, which nobody brings to a desk, where there are such. None is all types."""
    brought = tuple(name for name in mapped.ticket_types if name.lower() not in IMPROVES)
    return start or (brought if 0 < len(brought) < len(mapped.ticket_types) else None)


def service_desk(
    tables: Tables,
    streams: Streams,
    mapped: MappedLog,
    selection: Selection,
    *,
    types: tuple[str, ...] | None = None,
    waiting_days: int = WAITING_DAYS,
    zone: str | None = None,
) -> ServiceDesk:
    """The figures of the tickets of `types`, None being all. `streams` are those of single tickets, each a case. `zone`
    is that of the clocks by which hours of the week are told; None is UTC."""
    desk = desk_of(tables, mapped, streams, types)
    stays = desk_stays.stays_of(desk)
    value = None if stays is None or not streams.can_realise_value else desk_value.at_value(desk, stays)
    waits = desk_waits.waited(desk, stays)
    asked = answers(
        tables,
        desk.tickets,
        {
            "tickets": Ask({"n": desk.tickets.count()}, lambda row: row["n"]),
            "lead_time": lead_time(desk),
            "reopening": desk_value.reopening(desk),
            "touch": desk_value.first_touch(desk),
            "target": against_target(desk),
            "surveys_sent": surveys_sent(desk),
            "monitoring": apart(desk, Fact.MONITORING),
            "major": apart(desk, Fact.MAJOR),
            "knowledge_used": knowledge_used(desk),
        },
    )
    touch, lead = asked.pop("touch"), asked["lead_time"]
    found = ServiceDesk(
        types=types or mapped.ticket_types,
        listed=mapped.listed,
        left_out=tuple(name for name in mapped.ticket_types if types and name not in types),
        **asked,
        **_groups(desk, stays, value, touch),
        waits=desk_waits.waits_of(desk, waits),
        indicators=desk_waits.indicators(desk, waits, waiting_days),
        priorities=priority_changes(desk),
        flow=flow(desk, selection),
        target_met=target_met(desk),
        open=open_tickets(desk, None if lead is None else lead.p85, waiting_days),
        satisfaction=satisfaction(desk),
        week=_week(desk, selection, zone or "UTC"),
    )
    for kept in (stays, value, None if waits is None else waits.table):
        if kept is not None:
            tables.drop(kept)
    desk.drop()
    return found


def _week(desk: Desk, selection: Selection, zone: str) -> Week | None:
    """When in the week tickets arrive and visits begin."""
    visits = desk.streams.table
    if desk.types is not None:
        visits = visits.semi_join(desk.tickets, "case_id")
    visits = visits.select(starts=visits.starts.unnest())
    begun = week_hours(desk.tables, visits, visits.starts, zone)
    if begun is None or not begun.n:
        return None
    arrived = None
    if selection.by_completion is not True:
        arrived = week_hours(desk.tables, desk.tickets, desk.tickets["first"], zone)
    return Week(arrived, begun)


def _groups(desk: Desk, stays: ir.Table | None, value: ir.Table | None, touch: Part | None) -> dict[str, Any]:
    """What stands on groups, as far as the export tells them. A list tells only which group a ticket has at last."""
    moved, pong, lines = None, None, None
    contact = None if touch is None else FirstContact(None, None, None, touch)
    if stays is not None and not desk.only_listed:
        moved, pong = desk_stays.moves(desk, stays)
    if value is not None and touch is not None:
        lines, by_group = desk_value.resolved_by(desk, value)
        contact = contact if desk.only_listed else replace(by_group, first_touch=touch)
    return {"reassignment": moved, "ping_pong": pong, "lines": lines, "first_contact": contact}


def open_list(
    tables: Tables, streams: Streams, mapped: MappedLog, found: ServiceDesk, *, types: tuple[str, ...] | None = None
) -> ir.Table:
    """The open tickets one by one, oldest first: case_id, on, age, waited, beyond, long; and group and priority where
    they are told. Durations are microseconds."""
    desk: Desk = desk_of(tables, mapped, streams, types)
    limit = None if found.lead_time is None else found.lead_time.p85
    table = open_table(desk, limit, WAITING_DAYS if found.open is None else found.open.days)
    return table.order_by([table.age.desc(), "case_id"])
