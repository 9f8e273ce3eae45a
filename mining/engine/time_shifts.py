"""When the clocks of a zone are put forward or back: the hours that they skip, and those that they show twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mining.core.zones import UTC_NAMES, offset_of, zone_info
from mining.engine.times import check_zone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(2100, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=3)  # shorter than between any two shifts of a zone that the database knows (7 days since 1970)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """Clocks are put from one offset to another at the moment `at`; all in microseconds, `at` since 1970 UTC."""

    at: int
    before: int
    after: int

    @property
    def skips(self) -> bool:
        """Whether local times are left out; else they come twice."""
        return self.after > self.before

    @property
    def local(self) -> tuple[int, int]:
        """From where to before where the local times are that do not exist, or come twice."""
        return self.at + min(self.before, self.after), self.at + max(self.before, self.after)


SKIPPED, TWICE = 1 << 60, 1 << 61
"""Added to moments that were read from local times which do not exist, or come twice, until those are counted: no
moment is so late."""

_TOO_LATE = 1 << 59  # the year 20238


def has_shifts(zone: str) -> bool:
    """Whether the clocks of a zone are ever put."""
    return bool(all_shifts(zone))


def local_to_utc(zone: str) -> str:
    """SQL that turns local microseconds `x` into microseconds UTC: a search by halves among the shifts of the zone.

    What comes twice is read as the second, what is skipped as if the clocks had not been put; both are marked. DuckDB's
    own `timezone` does the same without marks, takes five times as long, and knows the zones as they were when it was
    built.
    """
    first = _micros(_offset(zone_info(zone), _EPOCH))
    turns: list[int] = []  # from here on: x minus
    offsets = [first]
    for shift in all_shifts(zone):
        begin, end = shift.local
        turns += [begin, end]
        offsets += [shift.before - SKIPPED if shift.skips else shift.after - TWICE, shift.after]
    turns.append(_TOO_LATE)

    def branch(low: int, high: int) -> str:
        if low == high:
            return str(offsets[low]) if low < len(offsets) else "NULL"
        middle = (low + high) // 2
        return f"CASE WHEN x < {turns[middle]} THEN {branch(low, middle)} ELSE {branch(middle + 1, high)} END"

    return f"x - {branch(0, len(turns))}"


@lru_cache(maxsize=1024)
def all_shifts(zone: str) -> tuple[Shift, ...]:
    """The shifts of a zone's clocks from 1970 to 2100. Raises RequestError where there is no such zone."""
    check_zone(zone)
    if zone in UTC_NAMES or offset_of(zone) is not None:
        return ()
    info = zone_info(zone)
    found = []
    day, before = _EPOCH, _offset(info, _EPOCH)
    while day < _END:
        after = _offset(info, day + _STEP)
        if after != before:
            at = _turn(info, day, before)
            found.append(Shift(_micros(at - _EPOCH), _micros(before), _micros(after)))
        before, day = after, day + _STEP
    return tuple(found)


def _turn(info: ZoneInfo, day: datetime, before: timedelta) -> datetime:
    """The first second after `day` that no longer has the offset `before`."""
    same, other = 0, _STEP // _SECOND
    while other - same > 1:
        middle = (same + other) // 2
        same, other = (middle, other) if _offset(info, day + middle * _SECOND) == before else (same, middle)
    return day + other * _SECOND


def _offset(info: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(info).utcoffset() or timedelta()


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
