"""Hours of the week on the clocks of a zone. Minute 0 is a Thursday, 1970-01-01 00:00 UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from mining.core.tables import Tables
from mining.core.workload import HOURS, WeekHours
from mining.measures.week_hours import week_hours
from tests.measures.desk_logs import desk

MONDAY, TUESDAY, THURSDAY, SUNDAY = 0, 1, 3, 6


def counted(tables: Tables, zone: str, *moments: str) -> WeekHours:
    micros = [int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000 for text in moments]
    table = tables.put(pa.table({"at": pa.array([*micros, None], pa.int64())}), "moments")
    found = week_hours(tables, table, table["at"], zone)
    assert found is not None
    return found


def places(found: WeekHours) -> dict[tuple[int, int], int]:
    return {divmod(place, HOURS): n for place, n in enumerate(found.counts) if n}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", {(SUNDAY, 23): 1, (MONDAY, 0): 1}),
        ("Europe/Berlin", {(MONDAY, 0): 1, (MONDAY, 1): 1}),
        ("Asia/Kolkata", {(MONDAY, 5): 2}),  # five hours and a half ahead
        ("-03:30", {(SUNDAY, 20): 2}),
    ],
)
def test_hours_are_those_of_the_zone(tables: Tables, zone: str, expected: dict[tuple[int, int], int]) -> None:
    assert places(counted(tables, zone, "2024-01-07 23:35", "2024-01-08 00:20")) == expected


def test_clocks_that_are_put_forward_are_followed(tables: Tables) -> None:
    """In Berlin 08:00 is 07:00 UTC on 2024-03-26, and 06:00 UTC a week later."""
    assert places(counted(tables, "Europe/Berlin", "2024-03-26 07:00", "2024-04-02 06:00")) == {(TUESDAY, 8): 2}


def test_an_export_that_tells_days_alone_tells_no_hours(tables: Tables) -> None:
    assert not counted(tables, "UTC", "2024-01-07", "2024-01-08", "2024-01-09").tells_hours
    assert counted(tables, "UTC", "2024-01-07", "2024-01-08 09:00").tells_hours


@pytest.mark.slow
def test_arrivals_and_visits_of_the_desk(tables: Tables) -> None:
    """A arrives at 00:00 and is resolved at 02:00; B, which is still open, arrives at 01:30."""
    log = "A: 0 engage, 120 deliver_and_support!claimed, 125 .lapsed\nB: 90 engage"
    week = desk(tables, log, "A: 0 Desk\nB: 90 Desk").week
    assert week is not None
    assert week.arrivals is not None
    assert places(week.arrivals) == {(THURSDAY, 0): 1, (THURSDAY, 1): 1}
    assert places(week.visits) == {(THURSDAY, 0): 1, (THURSDAY, 1): 1, (THURSDAY, 2): 1}


@pytest.mark.slow
def test_arrivals_of_an_export_of_completed_tickets_are_not_shown(tables: Tables) -> None:
    week = desk(tables, "A: 0 engage, 120 deliver_and_support!claimed, 125 .lapsed", "A: 0 Desk").week
    assert week is not None
    assert week.arrivals is None
    assert week.visits.n == 2
