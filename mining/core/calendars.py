"""Working hours: a week of them in a zone, without the public holidays of a country; and when that is in UTC."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mining.core.public_holidays import public_holidays
from mining.core.shifts import all_shifts, first_offset

MINUTE = 60_000_000  # microseconds
DAY = 24 * 60 * MINUTE
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_EPOCH = date(1970, 1, 1)
_EPOCH_WEEKDAY = _EPOCH.weekday()

Hours = tuple[tuple[int, int], ...]
"""Working hours of one day: from and to in minutes after midnight on the clocks there, in order, none overlapping."""

Interval = tuple[int, int]
"""From and to before, in microseconds UTC."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When people work. `week` holds the hours of the seven days, Monday first; on public holidays nobody works,
    nor on the days listed as `free`."""

    zone: str
    week: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
    country: str | None = None
    subdivision: str | None = None
    free: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendar of an analysis, and those of groups that work at other hours. `file` is where they are written."""

    default: Calendar
    groups: tuple[tuple[str, Calendar], ...] = ()
    file: str = ""

    @property
    def each(self) -> tuple[Calendar, ...]:
        """The calendars, each once, the default first."""
        return tuple(dict.fromkeys((self.default, *(calendar for _, calendar in self.groups))))


def working_intervals(calendar: Calendar, first: int, last: int) -> list[Interval]:
    """When the clocks of the calendar's zone show working hours, in order, from `first` to before `last` (both UTC).

    Neighbouring intervals are one. Hours that clocks skip in spring are not there, and those that come twice in autumn
    are there twice, since what counts is what the clock on the wall shows.
    """
    free = holidays_between(calendar, first, last) | set(calendar.free)
    found: list[Interval] = []
    for begin, end, offset in _same_offset(calendar.zone, first, last):
        for start, stop in _local_hours(calendar, free, begin + offset, end + offset):
            if found and found[-1][1] == start - offset:
                found[-1] = (found[-1][0], stop - offset)
            else:
                found.append((start - offset, stop - offset))
    return found


def holidays_between(calendar: Calendar, first: int, last: int) -> frozenset[date]:
    """The public holidays from `first` to before `last` on which the hours of the calendar would be worked."""
    if calendar.country is None or first >= last:
        return frozenset()
    offsets = list(_same_offset(calendar.zone, first, last))
    begin, end = (_EPOCH + timedelta(days=_local_day(at)) for at in (first + offsets[0][2], last - 1 + offsets[-1][2]))
    known = public_holidays(calendar.country, calendar.subdivision, begin.year, end.year)
    return frozenset(day for day in known if begin <= day <= end and calendar.week[day.weekday()])


def _same_offset(zone: str, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """From, to and the offset between UTC and the clocks of a zone, as long as it stays the same."""
    shifts = all_shifts(zone)
    next_ = bisect_right([shift.at for shift in shifts], first)
    offset = shifts[next_ - 1].after if next_ else first_offset(zone)
    for shift in shifts[next_:]:
        if shift.at >= last:
            break
        yield first, shift.at, offset
        first, offset = shift.at, shift.after
    if first < last:
        yield first, last, offset


def _local_hours(calendar: Calendar, free: frozenset[date], begin: int, end: int) -> Iterator[Interval]:
    """The working hours between two local times, in local microseconds."""
    for day in range(_local_day(begin), _local_day(end - 1) + 1):
        hours = calendar.week[(day + _EPOCH_WEEKDAY) % 7]
        if not hours or _EPOCH + timedelta(days=day) in free:
            continue
        for from_, to in hours:
            start, stop = max(day * DAY + from_ * MINUTE, begin), min(day * DAY + to * MINUTE, end)
            if start < stop:
                yield start, stop


def _local_day(local: int) -> int:
    """Days since 1970-01-01."""
    return local // DAY
