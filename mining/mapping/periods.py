"""Periods as people write them (2016, 2016-Q1, 2016-03, 2016-03-15, 2016-03..2016-05), and where they begin in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from mining.core.cohorts import Dates, Unit
from mining.core.zones import UTC_NAMES, offset_of, zone_info

FORMS = (
    "2016, 2016-Q1, 2016-03, 2016-03-15, or two of them with .. between: from the first up to the second, without it"
)

_FORM = re.compile(r"(?P<year>[0-9]{4})(?:-(?:[Qq](?P<quarter>[1-4])|(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def read_dates(text: str) -> Dates | None:
    """The dates that `text` names; None where it is no period, or ends before it begins."""
    first, between, last = (part.strip() for part in text.partition(".."))
    if not between:
        return _one(first)
    start, stop = _one(first) if first else Dates(None, None), _one(last) if last else Dates(None, None)
    if start is None or stop is None or not (first or last):
        return None
    found = Dates(start.start, stop.start)
    return None if found.start and found.stop and found.start >= found.stop else found


def _one(text: str) -> Dates | None:
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    year, quarter, month, day = (int(found[name]) if found[name] else None for name in _FORM.groupindex)
    try:
        if day is not None and month is not None:
            start = date(year or 0, month, day)
            return Dates(start, start + timedelta(days=1))
        months = 12 if month is None and quarter is None else 3 if month is None else 1
        start = date(year or 0, month or (quarter or 1) * 3 - 2, 1)
        return Dates(start, _later(start, months))
    except (ValueError, OverflowError):
        return None


def _later(start: date, months: int) -> date:
    month = start.month - 1 + months
    return date(start.year + month // 12, month % 12 + 1, 1)


def begins(day: date, zone: str | None) -> int:
    """When a day begins in a zone (an IANA name or an offset; None is UTC), microseconds since 1970-01-01 UTC."""
    return (datetime(day.year, day.month, day.day, tzinfo=_zone(zone)) - _EPOCH) // _MICROSECOND


def _zone(zone: str | None) -> tzinfo:
    if zone is None or zone in UTC_NAMES:
        return UTC
    minutes = offset_of(zone)
    return zone_info(zone) if minutes is None else timezone(timedelta(minutes=minutes))


_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


def periods(unit: Unit, first: int, last: int, zone: str | None) -> Iterator[tuple[str, int, int]]:
    """The periods in which lie the moments from `first` to `last` (microseconds UTC): name, begin, and the begin of the
    next. Years before 2 and after 9997 are in none."""
    start, stop = _day(first), _day(last)
    day = date(start.year, (start.month - 1) // _MONTHS[unit] * _MONTHS[unit] + 1, 1)
    while day <= stop:
        following = _later(day, _MONTHS[unit])
        yield _name(unit, day), begins(day, zone), begins(following, zone)
        day = following


def _day(moment: int) -> date:
    """The day of a moment in UTC, and one to spare on either side is taken by the caller's whole periods."""
    earliest, latest = date(2, 1, 1), date(9997, 12, 31)
    low, high = begins(earliest, None), begins(latest, None)
    return (_EPOCH + timedelta(microseconds=min(max(moment, low), high))).date()


def _name(unit: Unit, day: date) -> str:
    if unit is Unit.YEAR:
        return f"{day.year:04}"
    return f"{day:%Y-%m}" if unit is Unit.MONTH else f"{day.year:04}-Q{(day.month + 2) // 3}"
