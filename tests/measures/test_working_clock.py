"""Working time between two moments, by hand and against a count of every minute."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mining.core.calendars import Calendar, working_intervals
from mining.core.tables import Tables
from mining.core.working_clock import MOST_DAYS, with_groups, with_work, working_clock
from tests.measures.calendar_helpers import at, calendar, counted

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE


def work(tables: Tables, of: Calendar, spans: list[tuple[int, int]]) -> list[int]:
    """The working minutes of these spans, by the engine."""
    clock = working_clock(tables, [of], min(b for b, _ in spans), max(e for _, e in spans))
    begins, ends = zip(*spans, strict=True)
    timed = tables.put(pa.table({"n": range(len(spans)), "begin": list(begins), "end": list(ends)}), "timed")
    rows = tables.fetch(with_work(clock, timed).order_by("n"), limit=len(spans))
    return [micros / MINUTE for micros in rows["work"].to_pylist()]


OFFICE = calendar("mon-fri 08:00-12:00 13:00-17:00; sat 09:00-12:00", "Europe/Berlin", "DE", "BY")


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("2024-01-08 07:30", "2024-01-08 09:00", 90),  # a Monday in winter: 08:30 to 10:00 on the clocks there
        ("2024-01-08 10:30", "2024-01-08 12:30", 60),  # the hour at noon is none
        ("2024-01-12 15:00", "2024-01-15 08:00", 60 + 180 + 60),  # Friday 16:00, Saturday, Monday until 09:00
        ("2024-07-08 06:00", "2024-07-08 07:00", 60),  # in summer the day begins at 06:00 UTC
        ("2024-03-29 00:00", "2024-03-30 00:00", 0),  # Good Friday
        ("2024-05-30 00:00", "2024-05-31 00:00", 0),  # Corpus Christi, in Bavaria
        ("2024-01-06 00:00", "2024-01-07 00:00", 0),  # Epiphany on a Saturday
        ("2024-01-07 00:00", "2024-01-08 00:00", 0),  # a Sunday
        ("2024-01-08 08:00", "2024-01-08 08:00", 0),
    ],
)
def test_working_minutes_by_hand(tables: Tables, begin: str, end: str, minutes: int) -> None:
    assert work(tables, OFFICE, [(at(begin), at(end))]) == [minutes]


def test_an_hour_that_clocks_skip_is_not_worked_and_one_that_they_show_twice_is_worked_twice(tables: Tables) -> None:
    night = calendar("mon-sun 02:00-03:00", "Europe/Berlin")
    spring, autumn = (at("2024-03-31 00:00"), at("2024-03-31 06:00")), (at("2024-10-26 22:00"), at("2024-10-27 06:00"))
    assert work(tables, night, [spring, autumn]) == [0, 120]


def test_round_the_clock_is_elapsed_time_also_where_clocks_are_put(tables: Tables) -> None:
    always = calendar("mon-sun 00:00-24:00", "Europe/Berlin")
    span = (at("2024-03-01 00:00") + 1, at("2024-11-30 00:00") + 7)
    assert working_intervals(always, *span) == [span]
    assert work(tables, always, [span]) == [(span[1] - span[0]) / MINUTE]


def test_a_moment_before_1970(tables: Tables) -> None:
    days = calendar("mon-sun 08:00-09:00")
    assert work(tables, days, [(at("1969-12-30 08:30"), at("1970-01-02 08:30"))]) == [180]


def test_a_window_with_a_wrong_date_is_refused(tables: Tables) -> None:
    with pytest.raises(ValueError, match="too long"):
        working_clock(tables, [OFFICE], 0, MOST_DAYS * DAY)


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "+05:45", "Pacific/Apia")
DAYS = ("2024-03-29", "2024-10-25", "2024-04-05", "2024-03-08", "2024-11-01", "2011-12-29", "2024-12-31", "1969-12-31")

moments = st.builds(
    lambda day, minute: at(f"{day} 00:00") + minute * MINUTE, st.sampled_from(DAYS), st.integers(0, 4000)
)
hours = st.lists(st.integers(0, 24 * 12), min_size=0, max_size=6, unique=True).map(
    lambda cuts: tuple((5 * a, 5 * b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.tuples(*[hours] * 7),
    st.sampled_from([None, "DE", "US"]),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(calendar("mon-sun 01:40-02:20 23:00-24:00", "Australia/Lord_Howe"), at("2024-04-05 00:00"), 4000)
@example(calendar("mon-sun 02:00-03:00", "Europe/Berlin"), at("2024-03-29 00:00"), 4000)
@given(of=calendars, begin=moments, length=st.integers(0, 4000))
def test_it_is_what_a_count_of_every_minute_gives(tables: Tables, of: Calendar, begin: int, length: int) -> None:
    end = begin + length * MINUTE
    assert work(tables, of, [(begin, end)]) == [counted(of, begin, end)]


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of=calendars, moments=st.tuples(moments, moments, moments).map(sorted))
def test_parts_add_up_to_the_whole(tables: Tables, of: Calendar, moments: list[int]) -> None:
    first, middle, last = moments
    whole, *parts = work(tables, of, [(first, last), (first, middle), (middle, last)])
    assert whole == sum(parts)


DAYTIME, NIGHT, ALWAYS = (
    calendar("mon-sun 08:00-16:00"),
    calendar("mon-sun 20:00-24:00"),
    calendar("mon-sun 00:00-24:00"),
)
TURNS = {
    "A": [("2024-01-01 10:00", "desk"), ("2024-01-01 15:00", "night"), ("2024-01-01 22:00", "desk")],
    "B": [("2024-01-01 12:00", None), ("2024-01-01 13:00", "night"), ("2024-01-01 13:00", "always")],
    "C": [("2024-01-01 10:00", "desk")],
}


@pytest.mark.parametrize(
    ("case", "begin", "end", "hours"),
    [
        ("A", "2024-01-01 09:00", "2024-01-01 10:00", 1),  # before the first row, the group of the first row
        ("A", "2024-01-01 09:00", "2024-01-02 09:00", 6 + 2 + 1),  # desk until 15, night from 20 to 22, desk next day
        ("A", "2024-01-01 15:00", "2024-01-01 20:00", 0),
        ("A", "2024-01-01 21:00", "2024-01-01 23:00", 1),
        ("B", "2024-01-01 11:00", "2024-01-01 23:00", 2 + 10),  # of two turns at one time the later holds
        ("C", "2024-01-01 09:00", "2024-01-02 09:00", 7 + 1),
        ("D", "2024-01-01 09:00", "2024-01-02 09:00", 7 + 1),  # no turn is known
    ],
)
def test_at_every_moment_the_calendar_of_the_group_counts(
    tables: Tables, case: str, begin: str, end: str, hours: int
) -> None:
    clock = working_clock(tables, [DAYTIME, NIGHT, ALWAYS], at("2024-01-01 00:00"), at("2024-01-03 00:00"))
    rows = [
        {"case_id": name, "time": at(time), "number": i * 3, "group": group}
        for name, turns in TURNS.items()
        for i, (time, group) in enumerate(turns)
    ]
    turns = tables.put(pa.Table.from_pylist(rows), "turns")
    clock = with_groups(tables, clock, turns, [("night", NIGHT), ("always", ALWAYS)])
    timed = tables.put(pa.table({"case_id": [case], "begin": [at(begin)], "end": [at(end)]}), "timed")
    found = tables.fetch(with_work(clock, timed), limit=1)
    assert found.to_pylist() == [{"case_id": case, "begin": at(begin), "end": at(end), "work": hours * 60 * MINUTE}]
