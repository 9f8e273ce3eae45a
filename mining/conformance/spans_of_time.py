"""Lengths of time as people write them: "2 days", "4 hours", "30 minutes"."""

from __future__ import annotations

import re

from mining.core.calendars import Calendar

_MINUTE = 60_000_000
_UNITS = {"minute": _MINUTE, "hour": 60 * _MINUTE, "day": 24 * 60 * _MINUTE, "week": 7 * 24 * 60 * _MINUTE}
_FORM = re.compile(r"\s*(\d{1,6})\s+(working\s+)?([a-z]+?)s?\s*", re.IGNORECASE)
FORMS = "such as 2 days, 4 hours, 30 minutes, 1 week or 2 working days"


def length_of_time(text: object) -> tuple[int, str, str | None] | None:
    """The microseconds of a length of time, as if it were elapsed, how it is told, and of working time its unit (None:
    it is elapsed time). None where it is no length of time, or none at all."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[3].lower() not in _UNITS or not int(found[1]):
        return None
    number, unit, working = int(found[1]), found[3].lower(), bool(found[2])
    said = f"{number} {'working ' if working else ''}{unit}{'' if number == 1 else 's'}"
    return number * _UNITS[unit], said, unit if working else None


def working_length(length: int, unit: str, calendar: Calendar) -> int:
    """The microseconds of working time that `length` (as `length_of_time` gives it) is by a calendar. A working week is
    the hours of its week; a working day is these divided by the days on which there are any, rounded down."""
    week = sum(to - from_ for day in calendar.week for from_, to in day) * _MINUTE
    if unit == "week":
        return length // _UNITS["week"] * week
    if unit == "day":
        return length // _UNITS["day"] * week // sum(1 for day in calendar.week if day)
    return length
