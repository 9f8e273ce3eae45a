"""How much periods differ anyway: by figures worked out by hand, and over logs whose weeks are restless."""

from __future__ import annotations

from pathlib import Path

import pytest
from growing_log import Changes, rows
from test_latest import at, judged, micros, table

from mining.audit.usual import FEWEST, Periods, differences, exceeds, moves_beyond


def test_the_limit_is_that_of_one_more_of_the_same() -> None:
    """0.1, 0.2, 0.3: mean 0.2, deviation 0.1; Student's t of 2 degrees at 0.99 is 6.965, times 0.1 √(4/3)."""
    limit = pytest.approx(1.0042, abs=1e-4)
    assert exceeds(1.0, [0.1, None, 0.2, 0.3], 0.01) == (False, limit)
    assert exceeds(1.01, [0.1, None, 0.2, 0.3], 0.01) == (True, limit)
    assert exceeds(1.0, [0.1, 0.2], 0.01) is None
    assert FEWEST == 3


def test_a_movement_is_held_against_movements_either_way() -> None:
    """-0.1, 0.1, 0.1: mean square 0.01; Student's t of 3 degrees at 0.995 is 5.841."""
    usual = [-0.1, 0.1, 0.1]
    assert [moves_beyond(value, usual, 0.01) for value in (-0.58, -0.59)] == [
        (False, pytest.approx(0.5841, abs=1e-4)),
        (True, pytest.approx(0.5841, abs=1e-4)),
    ]


def test_earlier_periods_are_told_as_they_stood(tmp_path: Path) -> None:
    """Periods of a day that end on day 4. Of day 1 (A, B) both are solved at once; of day 2 (C, D) one is, the other
    a day later, which does not count; of day 3 (E) none is. So day 3 against day 2 lost half, and day 2 against day 1
    as much."""
    happened = [
        (at(0.0), "Z", "opened"),
        *((at(0.5), ticket, event) for ticket in "AB" for event in ("opened", "solved")),
        *((at(1.5), ticket, "opened") for ticket in "CD"),
        (at(1.6), "C", "solved"),
        (at(2.5), "D", "solved"),
        (at(2.5), "E", "opened"),
        (at(3.5), "F", "opened"),
    ]
    visits = table(tmp_path / "visits.parquet", happened)
    found = differences(visits, Periods(micros(at(0)), micros(at(4)), micros(at(1)) - micros(at(0)), 0))
    assert [one.share for one in found] == [-0.5, -0.5]
    assert [one.times for one in found] == [None, None]  # too few to tell


@pytest.mark.slow
def test_restless_weeks_are_not_taken_for_a_change_but_a_change_is(tmp_path: Path) -> None:
    """The share of those that ask goes up and down by 12 points: by chance alone many weeks would be told, by what is
    usual hardly one; that it rises by 50 points is, once streams of that week are looked at, two weeks later."""
    quiet = [
        week
        for seed in range(4)
        for week in range(9, 14)
        if judged(folder(tmp_path, seed), rows(13, Changes(restless=0.12), seed=seed, median_days=2.0), week)
    ]
    assert len(quiet) <= 1
    for seed in range(4):
        changed = rows(12, Changes(restless=0.12, asked_from=9), seed=seed, median_days=2.0)
        said = judged(folder(tmp_path, seed), changed, 12)
        assert any("take other variants" in text and "is usual (earlier differences: " in text for text in said), seed


def folder(under: Path, seed: int) -> Path:
    (under / str(seed)).mkdir(exist_ok=True)
    return under / str(seed)
