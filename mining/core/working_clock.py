"""Working time between two moments, in the engine: a difference of what a clock shows that runs in working hours only.

The clock is a small table, one row for each calendar and day (UTC); so each moment costs one join on its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mining.core.calendars import DAY, Calendar, Calendars, Interval, working_intervals
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.core.visit_turns import turns_of_streams

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_DAYS = 200 * 366
"""A window longer than this has a wrong date at one of its ends."""

_EVER = -(1 << 60)
"""Before every moment."""

_Row = tuple[int, list[Interval]]


@dataclass(frozen=True, slots=True)
class WorkingClock:
    """Columns of `table`: calendar (int16, index into `calendars`), day (int64, its first microsecond UTC), before
    (int64, what the clock shows then), and from_0, upto_0, … (int64): within the day the clock runs between these, of
    which there are `pieces` pairs; those that a day does not need are both 0.

    `parts` is None where all work by the first calendar. Else it has of_case (string) and parts (array of since,
    number, calendar, put) for each ticket that a group with another calendar has had: from the moment `since` on its
    clock is that of the index `calendar`, put forward by `put` microseconds, so that it goes on from what it showed.
    """

    table: ir.Table
    pieces: int
    calendars: tuple[Calendar, ...]
    parts: ir.Table | None = None


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


def clock_of(tables: Tables, streams: Streams, calendars: Calendars, turns: ir.Table | None) -> WorkingClock:
    """The clock for every moment that it is asked for: in a stream of several tickets by the group of the ticket that
    the visit of the moment is of. Where the streams do not tell that, all work by the default calendar.

    Raises ValueError where the window of the export is too long for a calendar."""
    first, last = streams.first_event, _latest(tables, streams)
    if not calendars.groups or turns is None or (streams.linked is not None and streams.tickets is None):
        return working_clock(tables, calendars.each, first, last)
    if streams.tickets is not None:
        turns = tables.keep(turns_of_streams(tables, streams, turns), "turns_of_streams")
    edges = tables.fetch(turns.aggregate(first=turns.time.min(), last=turns.time.max()), limit=1).to_pylist()[0]
    if edges["first"] is not None:
        first, last = min(first, edges["first"]), max(last, edges["last"])
    clock = with_groups(tables, working_clock(tables, calendars.each, first, last), turns, calendars.groups)
    if streams.tickets is not None:
        tables.drop(turns)
    return clock


def _latest(tables: Tables, streams: Streams) -> int:
    """The last moment of any stream: where the export tells when events end, that may be after the last event."""
    if not streams.tells_ends:
        return streams.last_event
    table = streams.table
    ends = table.aggregate(ended=table.ended.max(), over=table.lasts.maxs().max())
    found = tables.fetch(ends, limit=1).to_pylist()[0]
    return max(streams.last_event, found["ended"] or 0, found["over"] or 0)


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


def with_groups(
    tables: Tables, clock: WorkingClock, turns: ir.Table, of_group: Sequence[tuple[str, Calendar]]
) -> WorkingClock:
    """The same clock, which for each ticket runs by the calendar of the group that has it; `turns` are those of
    `MappedLog`, all within the days of the clock. Who has no calendar `of_group` works by the first."""
    import ibis
    import pyarrow as pa

    numbers = [clock.calendars.index(calendar) for _, calendar in of_group]
    named = tables.put(
        pa.table({"of": pa.array([name for name, _ in of_group]), "own": pa.array(numbers, pa.int16())}), "groups"
    )
    joined = turns.left_join(named, turns.group == named.of)
    placed = joined.select("case_id", "time", "number", calendar=ibis.coalesce(joined.own, 0).cast("int16"))
    in_order = ibis.window(group_by="case_id", order_by="number")
    seen = placed.mutate(before=placed.calendar.lag().over(in_order))
    changes = tables.keep(seen.filter(seen.before.isnull() | (seen.before != seen.calendar)), "changes")
    here = _shown(clock, changes.filter(changes.before.notnull()), "time", "now", "calendar")
    moved = _shown(clock, here, "time", "until", "before")
    first = changes.filter(changes.before.isnull()).select("case_id", "time", "number", "calendar")
    steps = ibis.union(
        first.mutate(step=ibis.literal(0, type="int64"), since=ibis.literal(_EVER, type="int64")),
        moved.select("case_id", "time", "number", "calendar", step=moved.until - moved.now, since=moved.time),
    )
    # Where the calendar changes the clock goes on from what it shows: the one after it is put by the difference.
    so_far = ibis.window(group_by="case_id", order_by="number", preceding=None, following=0)
    put = steps.mutate(put=steps.step.sum().over(so_far))
    part = ibis.struct({"since": put.since, "number": put.number, "calendar": put.calendar, "put": put.put})
    lists = put.group_by(of_case="case_id").aggregate(parts=part.collect(), most=put.calendar.max())
    parts = tables.keep(lists.filter(lists.most > 0).select("of_case", parts=lists.parts.sort()), "parts")
    tables.drop(changes)
    return replace(clock, parts=parts)


def with_work(clock: WorkingClock, timed: ir.Table) -> ir.Table:
    """`timed` with a column more, `work`: the working time from `begin` to `end` (both int64, microseconds UTC). Where
    the clock knows groups, the column `case_id` says of which ticket."""
    import ibis

    wanted = timed.columns
    if clock.parts is not None:
        timed = timed.left_join(clock.parts, timed.case_id == clock.parts.of_case).drop("of_case")
        found = {}
        for moment in ("begin", "end"):
            until = timed.parts.filter(lambda part, at=timed[moment]: part.since <= at)
            latest = until[until.length() - 1]
            found[f"calendar_{moment}"] = ibis.coalesce(latest.calendar, 0).cast("int16")
            found[f"put_{moment}"] = ibis.coalesce(latest.put, 0).cast("int64")  # sums are kept as hugeint
        timed = timed.mutate(**found).drop("parts")
    for moment in ("begin", "end"):
        by = f"calendar_{moment}" if clock.parts is not None else None
        timed = _shown(clock, timed, moment, f"work_{moment}", by)
    work = timed.work_end - timed.work_begin
    if clock.parts is not None:
        work += timed.put_end - timed.put_begin
    return timed.select(*wanted, work=work)


def _shown(clock: WorkingClock, timed: ir.Table, moment: str, name: str, by: str | None) -> ir.Table:
    """`timed` with what the clock shows at a moment as the column `name`: that of the calendar whose index stands in
    the column `by`, or of the first."""
    import ibis

    at = timed[moment]
    keyed = timed.mutate(day_of=at - (at % DAY + DAY) % DAY)
    days = clock.table.rename(calendar_of="calendar", shown_before="before")
    of = ibis.literal(0, type="int16") if by is None else keyed[by]
    joined = keyed.inner_join(days, [keyed.day_of == days.day, of == days.calendar_of])
    at, runs = joined[moment], joined.shown_before
    for i in range(clock.pieces):
        runs += ibis.greatest(ibis.least(at, joined[f"upto_{i}"]) - joined[f"from_{i}"], 0)
    return joined.select(*timed.columns, **{name: runs})
