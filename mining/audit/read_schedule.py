"""The schedule of an audit file: times of day in a zone, on days of the week or of the month."""

from __future__ import annotations

from datetime import time

from mining.audit import schema
from mining.audit.plan import Schedule
from mining.audit.reader import Reader
from mining.core.zones import known_zones, zones_near

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_schedule(reader: Reader, part: schema.SchedulePart) -> Schedule:
    """When the audit runs; what is wrong with it is noted in `reader`."""
    if part.zone not in known_zones():
        near = ", ".join(zones_near(part.zone)) or "an IANA name such as Europe/Berlin"
        reader.complain(("schedule", "zone"), "unknown time zone", found=part.zone, expected=near)
    times = []
    for text in [part.at] if isinstance(part.at, str) else part.at:
        try:
            times.append(time.fromisoformat(text))
        except ValueError:
            reader.complain(("schedule", "at"), "this is no time of day", found=text, expected='such as "07:00"')
    if any(one.tzinfo is not None for one in times):
        reader.complain(("schedule", "at"), "a time of day has no offset here", todo="the zone says it")
    days = list(part.days["days_of_month"]) if isinstance(part.days, dict) else []
    if isinstance(part.days, dict) and (not days or not all(1 <= day <= 31 for day in days)):
        reader.complain(("schedule", "days"), "days of the month are numbers from 1 to 31", found=str(days))
    weekdays = [_WEEKDAYS.index(day) for day in part.days] if isinstance(part.days, list) else []
    return Schedule(part.zone, tuple(sorted(set(times))), tuple(sorted(set(weekdays))), tuple(sorted(set(days))))
