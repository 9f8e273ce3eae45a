"""Local times to moments, where the clocks of a zone are put forward or back: as SQL."""

from __future__ import annotations

from mining.core import shifts
from mining.core.shifts import Shift
from mining.engine.times import check_zone

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
    first = shifts.first_offset(zone)
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


def all_shifts(zone: str) -> tuple[Shift, ...]:
    """The shifts of a zone's clocks from 1970 to 2100. Raises RequestError where there is no such zone."""
    check_zone(zone)
    return shifts.all_shifts(zone)
