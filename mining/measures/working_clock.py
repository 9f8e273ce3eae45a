"""Working time between two moments, in the engine: a difference of what a clock shows that runs in working hours only.

The clock is a small table, one row for each calendar and day (UTC); so each moment costs one join on its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.core.calendars import DAY, Calendar, Interval, working_intervals
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_DAYS = 200 * 366
"""A window longer than this has a wrong date at one of its ends."""

_Row = tuple[int, list[Interval]]


@dataclass(frozen=True, slots=True)
class WorkingClock:
    """Columns of `table`: calendar (int16, index into `calendars`), day (int64, its first microsecond UTC), before
    (int64, what the clock shows then), and from_0, upto_0, … (int64): within the day the clock runs between these, of
    which there are `pieces` pairs; those that a day does not need are both 0."""

    table: ir.Table
    pieces: int
    calendars: tuple[Calendar, ...]


def working_clock(tables: Tables, calendars: Sequence[Calendar], first: int, last: int) -> WorkingClock:
    """The clocks of these calendars for all moments from `first` to `last` (microseconds UTC).

    Raises ValueError where that is longer than `MOST_DAYS`.
    """
    import pyarrow as pa

    begin, end = first // DAY * DAY, (last // DAY + 1) * DAY
    if end - begin > MOST_DAYS * DAY:
        raise ValueError("the window is too long")
    days = [list(_days(working_intervals(calendar, begin, end), begin, end)) for calendar in calendars]
    pieces = max(len(pairs) for of_one in days for _, pairs in of_one)
    columns: dict[str, list[int]] = {name: [] for name in ("calendar", "day", "before")}
    columns |= {f"{side}_{i}": [] for i in range(pieces) for side in ("from", "upto")}
    for number, of_one in enumerate(days):
        for i, (before, pairs) in enumerate(of_one):
            row = [number, begin + i * DAY, before]
            row += [moment for j in range(pieces) for moment in (pairs[j] if j < len(pairs) else (0, 0))]
            for name, value in zip(columns, row, strict=True):
                columns[name].append(value)
    arrays = {name: pa.array(values, pa.int64()) for name, values in columns.items()}
    arrays["calendar"] = arrays["calendar"].cast(pa.int16())
    return WorkingClock(tables.put(pa.table(arrays), "working_days"), pieces, tuple(calendars))


def _days(intervals: Sequence[Interval], begin: int, end: int) -> Iterator[_Row]:
    """For each day, what the clock shows when it begins, and when it runs on that day."""
    before, next_ = 0, 0
    for day in range(begin, end, DAY):
        pairs = []
        while next_ < len(intervals) and intervals[next_][0] < day + DAY:
            start, stop = intervals[next_]
            pairs.append((max(start, day), min(stop, day + DAY)))
            if stop > day + DAY:
                break
            next_ += 1
        yield before, pairs
        before += sum(stop - start for start, stop in pairs)


def with_work(clock: WorkingClock, timed: ir.Table) -> ir.Table:
    """`timed` with a column more, `work`: the working time from `begin` to `end` (both int64, microseconds UTC).

    By the calendar whose index stands in the column `calendar`, where there is one; else by the first.
    """
    shown = _shown(clock, _shown(clock, timed, "begin", "work_begin"), "end", "work_end")
    return shown.mutate(work=shown.work_end - shown.work_begin).drop("work_begin", "work_end")


def _shown(clock: WorkingClock, timed: ir.Table, moment: str, name: str) -> ir.Table:
    """`timed` with what the clock shows at a moment as the column `name`."""
    import ibis

    at = timed[moment]
    keyed = timed.mutate(day_of=at - (at % DAY + DAY) % DAY)
    days = clock.table
    joins = [keyed.day_of == days.day]
    if "calendar" in timed.columns:
        days = days.rename(calendar_of="calendar")
        joins = [keyed.day_of == days.day, keyed.calendar == days.calendar_of]
    elif len(clock.calendars) > 1:
        days = days.filter(days.calendar == 0)
        joins = [keyed.day_of == days.day]
    joined = keyed.inner_join(days, joins)
    at, runs = joined[moment], joined.before
    for i in range(clock.pieces):
        runs += ibis.greatest(ibis.least(at, joined[f"upto_{i}"]) - joined[f"from_{i}"], 0)
    return joined.select(*timed.columns, **{name: runs})
