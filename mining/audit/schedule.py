"""When an audit is due, by the clock on the wall of its zone; and the same as systemd, cron and others are told it.

A time that the clock shows twice (it goes back) counts once, the first time; a time that it skips (it goes forward)
counts as much later as it skips. Whoever starts runs, `vsm audit run --due` makes one for each time that is due, and
no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mining.audit.plan import Schedule
from mining.core.zones import zone_info

_DAYS = 63  # a schedule on the 31st leaves out a month at most


def last_due(schedule: Schedule | None, now: datetime) -> datetime | None:
    """The last time, now included, that the audit was due; in UTC. None where that is more than two months ago."""
    if schedule is None:
        return None
    return max((at for at in _around(schedule, now, -_DAYS, 1) if at <= now), default=None)


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first time after `after` that the audit is due; in UTC."""
    return min(at for at in _around(schedule, after, -1, _DAYS) if at > after)


def _around(schedule: Schedule, now: datetime, first: int, last: int) -> Iterator[datetime]:
    zone = zone_info(schedule.zone)
    today = now.astimezone(zone).date()
    for days in range(first, last + 1):
        day = today + timedelta(days=days)
        if is_day(schedule, day):
            yield from (instant(day, at, zone) for at in schedule.at)


def is_day(schedule: Schedule, day: date) -> bool:
    """Whether the audit is due on this day of its zone."""
    if schedule.weekdays:
        return day.weekday() in schedule.weekdays
    return not schedule.days_of_month or day.day in schedule.days_of_month


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When the clock on the wall shows this, in UTC: the first time where it does so twice, and where it skips it, as
    much later as it skips."""
    return datetime.combine(day, at).replace(tzinfo=zone, fold=0).astimezone(UTC)


def offsets(schedule: Schedule, now: datetime) -> list[timedelta]:
    """How far the zone's clock is ahead of UTC within the year after `now`, each once."""
    zone = zone_info(schedule.zone)
    found = [(now + timedelta(days=days)).astimezone(zone).utcoffset() or timedelta(0) for days in range(0, 366, 7)]
    return list(dict.fromkeys(found))
