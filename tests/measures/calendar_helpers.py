"""Calendars in a notation that a reader can check by eye, and working time counted minute by minute.

    mon-fri 08:00-12:00 13:00-17:00; sat 09:00-12:00

are the hours of a week. Times are told as `2024-03-31 01:30`, UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from mining.core.calendars import DAY_NAMES, Calendar, Hours
from mining.core.public_holidays import public_holidays
from mining.core.zones import offset_of, zone_info

MICROS = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(text: str) -> int:
    """`2024-03-31 01:30` UTC as microseconds."""
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // MICROS


def calendar(week: str, zone: str = "UTC", country: str | None = None, subdivision: str | None = None) -> Calendar:
    days: list[Hours] = [()] * 7
    for part in week.split(";"):
        names, *hours = part.split()
        first, *last = (DAY_NAMES.index(name) for name in names.split("-"))
        read = tuple((minutes(one.split("-")[0]), minutes(one.split("-")[1])) for one in hours)
        for day in range(first, (last or [first])[0] + 1):
            days[day] = read
    return Calendar(zone, tuple(days), country, subdivision)  # type: ignore[arg-type]


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def counted(of: Calendar, begin: int, end: int) -> int:
    """The minutes from `begin` to `end` (whole minutes, microseconds) at which the clock on the wall shows hours."""
    offset = offset_of(of.zone)
    zone = zone_info(of.zone) if offset is None else timezone(timedelta(minutes=offset))
    found = 0
    for micros in range(begin, end, 60_000_000):
        wall = (EPOCH + micros * MICROS).astimezone(zone)
        hours = of.week[wall.weekday()]
        free = of.country is not None and wall.date() in public_holidays(
            of.country, of.subdivision, wall.year, wall.year
        )
        found += not free and any(start <= wall.hour * 60 + wall.minute < stop for start, stop in hours)
    return found
