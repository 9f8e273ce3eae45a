"""When the clocks of a zone are put forward or back: the hours that they skip, and those that they show twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mining.core.zones import UTC_NAMES, offset_of, zone_info

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


def first_offset(zone: str) -> int:
    """How many microseconds the clocks of a zone were before UTC at the start of 1970, and until the first shift."""
    if zone in UTC_NAMES:
        return 0
    minutes = offset_of(zone)
    return _micros(_offset(zone_info(zone), _EPOCH)) if minutes is None else minutes * 60_000_000


@lru_cache(maxsize=1024)
def all_shifts(zone: str) -> tuple[Shift, ...]:
    """The shifts of a zone's clocks from 1970 to 2100, in order; `zone` is one that `core.zones.is_zone` knows."""
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
