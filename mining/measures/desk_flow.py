"""Arrivals and backlog over time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mining.core.desk import Flow, FlowOf, Period
from mining.core.results import Selection
from mining.measures.desk_tickets import Desk

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)
_LONGEST: tuple[tuple[Period, int], ...] = ((Period.DAY, 62), (Period.WEEK, 2 * 366), (Period.MONTH, 10 * 366))
"""Up to how many days of a window the parts are so long. Beyond it they are years."""
_MOST_DAYS = 200 * 366


def flow(desk: Desk, selection: Selection) -> Flow:
    """How many tickets arrived, were done and were on hand. A ticket is done when value that holds was claimed, or when
    it ended without. Not shown where the export was selected by completion. Days are those of UTC."""
    streams = desk.streams
    window = (streams.last_event - streams.first_event) // DAY + 1
    period = next((period for period, days in _LONGEST if window <= days), Period.YEAR)
    told = streams.can_end or streams.can_realise_value
    if selection.by_completion is True or not streams.cases:
        return Flow(period, (), told, selection.reason)
    if window > _MOST_DAYS:
        years = window // 366
        return Flow(period, (), told, f"The events of the export lie {years:,} years apart, so some times are wrong.")
    tickets = desk.tickets
    arrived = _by_day(desk, tickets["first"])
    done = _by_day(desk, done_at(tickets)) if told else Counter[int]()
    return Flow(period, tuple(_periods(period, arrived, done)), told, None)


def done_at(tickets: ir.Table) -> ir.IntegerValue:
    """When a ticket was done; null while it is open."""
    import ibis

    found: ir.IntegerValue = ibis.coalesce(tickets.held, tickets.ended)
    return found


def _by_day(desk: Desk, moment: ir.IntegerValue) -> Counter[int]:
    """How many tickets have a moment on each day, by the number of days since 1970."""
    days = desk.tickets.select(day=(moment - moment % DAY) // DAY)
    days = days.filter(days.day.notnull())
    counted = days.group_by("day").aggregate(n=days.count())
    return Counter({row["day"]: row["n"] for row in desk.tables.fetch(counted, limit=_MOST_DAYS).to_pylist()})


def _periods(period: Period, arrived: Counter[int], done: Counter[int]) -> list[FlowOf]:
    into: Counter[date] = Counter()
    out: Counter[date] = Counter()
    for days, found in ((arrived, into), (done, out)):
        for day, n in days.items():
            found[_start(period, _EPOCH + timedelta(days=day))] += n
    rows, backlog = [], 0
    at, last = min((*into, *out)), max((*into, *out))
    while at <= last:
        backlog += into[at] - out[at]
        rows.append(FlowOf((at - _EPOCH).days * DAY, into[at], out[at], backlog))
        at = _next(period, at)
    return rows


def _start(period: Period, day: date) -> date:
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.YEAR:
            return day.replace(month=1, day=1)


def _next(period: Period, start: date) -> date:
    """The period after the one that begins with `start`."""
    longest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31, Period.YEAR: 366}
    return _start(period, start + timedelta(days=longest[period]))
