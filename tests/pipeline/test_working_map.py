"""Hand-offs by working time, on a log of two tickets. Minute 0 is a Thursday, 1970-01-01 00:00 UTC."""

from __future__ import annotations

import pytest

from mining.core.activities import Activity
from mining.core.calendars import Calendars
from mining.core.export import Holds
from mining.core.tables import Tables
from mining.measures import measure
from mining.streams import build_streams, timed_passages
from tests.log_builder import HOUR, mapped_log
from tests.measures.calendar_helpers import calendar

pytestmark = pytest.mark.slow  # each is quick, all of them are not

OFFICE = Calendars(calendar("mon-fri 08:00-16:00"))
DAY = 24 * 60  # minutes
LOG = f"""
A: 900 engage:ask, {DAY + 540} deliver_and_support, {DAY + 600} deliver_and_support!claimed, {DAY + 660} .lapsed
B: 540 engage:ask, 600 deliver_and_support, 660 deliver_and_support!claimed, 700 .lapsed
"""


def hours(tables: Tables, text: str, **more: object) -> dict[tuple[str | None, ...], tuple[int, int]]:
    """By hand-off: its median elapsed and working time, in hours."""
    mapped = mapped_log(tables, text, **more)
    streams = build_streams(tables, mapped, max_paths=1000)
    found = measure(tables, streams, mapped, calendars=OFFICE, passages=timed_passages(streams)).timing
    assert found is not None
    assert found.working is not None
    elapsed = {
        (one.source, one.source_step, one.target, one.target_step): one.times
        for one in (*streams.activities, *streams.steps, *streams.step_ends)
    }
    worked = {}
    for one in found.working.hand_offs:
        ends = (one.source, one.source_step, one.target, one.target_step)
        times = elapsed[ends]
        assert times is not None
        assert (one.times.n, one.times.total <= times.total) == (times.n, True)
        worked[ends] = (times.p95 // HOUR, one.times.p95 // HOUR)
    return worked


def test_a_hand_off_takes_what_lies_within_working_hours(tables: Tables) -> None:
    """A waits from Thursday 15:00 to Friday 09:00: 18 hours, of which one on Thursday and one on Friday are worked."""
    found = hours(tables, LOG)
    ask, deliver = Activity.ENGAGE, Activity.DELIVER_AND_SUPPORT
    assert found[ask, None, deliver, None] == (18, 2)
    assert found[ask, "ask", deliver, None] == (18, 2)
    assert found[None, None, ask, None] == (0, 0)
    assert found[deliver, None, None, None] == (1, 1)


def test_every_timed_hand_off_has_a_working_time_where_events_are_points_too(tables: Tables) -> None:
    mapped = mapped_log(tables, LOG, holds=Holds.POINT)
    streams = build_streams(tables, mapped, max_paths=1000)
    timed = {one.times is not None for one in (*streams.activities, *streams.steps, *streams.step_ends)}
    assert timed == {True}
    assert len(hours(tables, LOG, holds=Holds.POINT)) == len({*streams.activities, *streams.steps, *streams.step_ends})
