"""Working time beside elapsed time, on logs where a reader can check each number. Minute 0 is a Thursday, 00:00 UTC."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from mining.core.calendars import Calendars
from mining.core.export import Holds
from mining.core.results import HAND_OFF, Measures
from mining.core.tables import Tables
from mining.core.timing import WorkingTime
from mining.core.working_clock import MOST_DAYS
from mining.measures import measure
from mining.streams import build_streams
from tests.log_builder import HOUR, MINUTE, mapped_log
from tests.measures.calendar_helpers import calendar

pytestmark = pytest.mark.slow  # each is quick, all of them are not

OFFICE = Calendars(calendar("mon-fri 08:00-16:00"))
DAY = 24 * 60  # minutes


def measured(tables: Tables, text: str, calendars: Calendars | None = OFFICE, **more: object) -> Measures:
    mapped = mapped_log(tables, text, **more)
    return measure(tables, build_streams(tables, mapped, max_paths=1000), mapped, calendars=calendars)


def working(tables: Tables, text: str, calendars: Calendars = OFFICE, **more: object) -> WorkingTime:
    found = measured(tables, text, calendars, **more).timing
    assert found is not None
    assert found.working is not None
    return found.working


def minutes(of: int) -> int:
    return of // MINUTE


def test_lead_times_in_working_hours_beside_elapsed_ones(tables: Tables) -> None:
    """Thursday 09:00 to Thursday 10:00; Thursday 15:00 to Friday 09:00; closed on Monday at 10:00."""
    log = f"""
    A: 540 engage, 600 improve!claimed, {4 * DAY + 600} .lapsed
    B: 900 engage, {DAY + 540} improve!claimed, {4 * DAY + 600} .lapsed
    """
    found = measured(tables, log)
    assert found.timing is not None
    work = found.timing.working
    assert work is not None
    assert [minutes(p) for p in (found.lead_time_claimed.median, found.lead_time_claimed.p95)] == [60, 18 * 60]
    assert [minutes(p) for p in (work.lead_time_claimed.median, work.lead_time_claimed.p95)] == [60, 120]
    assert [minutes(p) for p in (work.closure.median, work.closure.p95)] == [60 + 8 * 60 + 120, 7 * 60 + 8 * 60 + 120]
    assert minutes(work.closure_lag.p95) == 6 * 60 + 8 * 60 + 120
    assert work.lead_time_held == work.lead_time_claimed


def test_waiting_is_split_into_working_hours_and_what_lies_outside(tables: Tables) -> None:
    """Wait on the team from Thursday 14:00 to Friday 09:00 (3 of 19 hours), work until 12:00, wait on the user over the
    weekend until Monday 09:00 (4 hours on Friday, one on Monday, of 69), then work until 11:00."""
    found = working(
        tables,
        f"A: 840 engage:log/team, {DAY + 540} improve:fix, {DAY + 720} engage:ask/user, {4 * DAY + 540} improve:fix, "
        f"{4 * DAY + 660} improve:fix!claimed.agent",
    )
    split = {one.on: (one.total // HOUR, one.within // HOUR, one.outside // HOUR) for one in found.waiting}
    assert split == {"user": (69, 5, 64), "team": (19, 3, 16), None: (5, 5, 0)}
    assert [(label.step, minutes(times.total)) for label, times in found.visits] == [
        ("ask", 5 * 60),
        ("log", 3 * 60),
        ("fix", 5 * 60),
    ]


def test_flow_efficiency_over_elapsed_and_over_working_time(tables: Tables) -> None:
    found = working(
        tables, f"A: 840 engage:log/team, {DAY + 600} improve:fix, {4 * DAY + 540} improve:fix!claimed.agent"
    ).flow
    # 20 hours of waiting, 2 + 2 of them in working hours; 71 hours without waiting, 6 + 1 of them in working hours.
    assert (found.elapsed // HOUR, found.within // HOUR, found.calm // HOUR) == (91, 4 + 7, 7)
    assert found.of_elapsed == (0, 7 / 91)
    assert found.of_working == (0, 7 / 11)


def test_work_that_is_recorded_outside_working_hours_was_still_work(tables: Tables) -> None:
    """Two hours of work are recorded, from 15:00 to 17:00: one within working hours, one after them."""
    found = working(
        tables,
        "A: 900-1020 improve:fix, 1080 engage/team, 1140 improve!claimed, 1200-1201 engage:survey.agent",
        holds=Holds.POINT,
    ).flow
    assert minutes(found.recorded) == 120
    assert minutes(found.calm) == 60
    assert (minutes(found.most), minutes(found.least)) == (120, 60)
    assert found.of_elapsed == (120 / 240, 120 / 240)
    assert found.of_working == (1.0, 1.0)


def test_time_between_visits_where_an_event_is_a_point(tables: Tables) -> None:
    found = working(tables, f"A: 900 engage, {DAY + 540} improve!claimed.agent", holds=Holds.POINT)
    assert found.between is not None
    assert minutes(found.between.total) == 120
    assert {one.on: minutes(one.within) for one in found.waiting} == {HAND_OFF: 120, None: 0}


def test_an_end_after_the_last_event_is_within_the_clocks_days(tables: Tables) -> None:
    found = working(tables, f"A: 540 engage, 600-{5 * DAY} improve:fix, 700 improve!claimed.agent", holds=Holds.POINT)
    assert found.closure.n == 1


def test_without_a_calendar_there_is_no_working_time_and_it_is_said(tables: Tables) -> None:
    found = measured(tables, "A: 0 engage, 1 improve!claimed.agent", None).timing
    assert found is not None
    assert found.working is None
    assert "no calendar" in found.without


def test_a_wrong_date_makes_a_window_in_which_no_calendar_is_used(tables: Tables) -> None:
    log = f"A: 0 engage, {MOST_DAYS * DAY} improve!claimed.agent"
    found = measured(tables, log).timing
    assert found is not None
    assert found.working is None
    assert "wrong date" in found.without


def test_public_holidays_are_counted_and_years_that_are_not_known_are_named(tables: Tables) -> None:
    german = Calendars(calendar("mon-fri 08:00-16:00", "Europe/Berlin", "DE"))
    found = working(tables, f"A: 0 engage, {8 * DAY} improve!claimed.agent", german)
    (use,) = found.calendars
    assert use.unknown_years == (1970,)  # the library knows those of Germany from 1991 on
    assert use.holidays == 0
    assert found.lead_time_claimed.median == use.working == 6 * 8 * HOUR  # two Thursdays and Fridays, Monday to ...


def test_each_group_has_its_calendar(tables: Tables) -> None:
    """From Thursday 12:00 to 16:00 with the desk, then with the night watch until 23:00."""
    log = mapped_log(tables, "A: 720 engage, 1380 improve!claimed.agent")
    turns = tables.put(
        pa.table({"case_id": ["A", "A"], "number": [0, 1], "time": [720 * MINUTE, 960 * MINUTE], "group": ["a", "b"]}),
        "turns",
    )
    calendars = Calendars(OFFICE.default, (("b", calendar("mon-sun 20:00-24:00")), ("c", calendar("mon 08:00-09:00"))))
    log = replace(log, turns=turns)
    found = measure(tables, build_streams(tables, log, max_paths=9), log, calendars=calendars).timing
    assert found is not None
    assert found.working is not None
    assert found.working.by_group
    assert found.working.lead_time_claimed.median == (4 + 3) * HOUR
    assert [(use.group, use.tickets) for use in found.working.calendars] == [(None, None), ("b", 1), ("c", 0)]


def test_streams_that_begin_in_the_middle_began_before_the_window(tables: Tables) -> None:
    """Ten of twenty early streams appear with a visit with which no later one begins: of 20, ten would."""
    early = [f"e{i}: {i} engage, {i + 50} improve!claimed.agent" for i in range(10)]
    early += [f"m{i}: {i} improve:fix, {i + 50} improve!claimed.agent" for i in range(10)]
    log = "\n".join([*early, *(f"l{i}: {900 + i} engage, {1000 + i} improve!claimed.agent" for i in range(20))])
    found = measured(tables, log).timing
    assert found is not None
    assert (found.window.streams, found.window.open) == (40, 0)
    assert (found.window.early, found.window.later, found.window.begun_before) == (20, 20, 10)


def test_of_a_few_streams_nothing_is_said_on_where_they_began(tables: Tables) -> None:
    found = measured(tables, "A: 0 improve:fix, 9 improve!claimed.agent\nB: 90 engage, 99 improve!claimed").timing
    assert found is not None
    assert (found.window.begun_before, found.window.open) == (None, 1)


def test_a_rare_beginning_is_not_taken_for_a_stream_that_was_cut(tables: Tables) -> None:
    early = [f"e{i}: {i} engage, {i + 50} improve!claimed.agent" for i in range(19)] + ["m: 0 improve:fix, 9 engage"]
    log = "\n".join([*early, *(f"l{i}: {900 + i} engage, {1000 + i} improve!claimed.agent" for i in range(30))])
    found = measured(tables, log).timing
    assert found is not None
    assert (found.window.begun_before, found.window.open) == (0, 1)
