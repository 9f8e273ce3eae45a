"""What the report says of doubling back and of cost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from report_builders import NAMES, PLANTED, analysis, came_back, priced, recorded
from test_report_links import said
from unpacked import unpacked

from mining.core.analysis import Analysis
from mining.core.export import Holds
from mining.report import render, result

pytestmark = pytest.mark.slow  # each is quick, all of them are not


@cache
def returns() -> str:
    return said(came_back(), "doubling")


def test_returns_are_told_with_what_they_were_taken_over() -> None:
    assert "3,219 returns to activities in 1,900 of 23,775 streams (8.0 %)" in returns()
    assert "331 of them (10.3 %) in 275 streams are rework." in returns()
    assert "Deliver and support iteration 1,444 1,300 5.7 % 1 2 7" in returns()
    assert "Deliver and support rework 331 275 1.2 % 2 3 9" in returns()
    assert "Engage iteration 1,444 1,300 5.9 % 1 2 7" in returns()
    assert "Engage rework" not in returns()


def test_what_returns_cost_is_told_with_how_many_could_be_timed() -> None:
    assert "Deliver and support iteration 1,444 1,667 d 6.0 h 20.0 h 1,400 1,250 d 8.0 h 30.0 h" in returns()
    assert "Deliver and support rework 0 – – – 0 – – –" in returns()


def test_the_section_says_what_a_return_and_rework_are() -> None:
    assert "A return is a stay at a place where the stream has been before." in returns()
    named = "names as rejection or failure (Deliver and support (route), Deliver and support (investigate))"
    assert named in returns()
    assert "the time until the next stay belongs to the stay that it leaves" not in returns()
    made = came_back()
    points = said(replace(made, streams=replace(made.streams, holds=Holds.POINT)), "doubling")
    assert "the time until the next stay belongs to the stay that it leaves" in points


def test_where_rework_cannot_be_told_the_report_says_so() -> None:
    text = said(came_back(tells_rework=False), "doubling")
    assert "So rework cannot be told from iteration here" in text
    assert result(came_back(tells_rework=False))["measures"]["doubling_back_total"]["tells_rework"] is False


def test_where_nothing_comes_back_the_report_says_so() -> None:
    assert "No stream comes back to an activity or step that it had left." in said(analysis(), "doubling")
    assert "doubling-back" not in unpacked(render(analysis()))


@cache
def cost() -> str:
    return said(priced(), "costs")


def test_upper_bounds_are_called_so() -> None:
    assert "every amount here is an upper bound; the lower bound is 0." in cost().replace("Every", "every")
    assert "All streams 2,903,000.00 EUR at most, over 22,862 fulfilled streams" in cost()
    assert "A stream, median 36.25 EUR at most; 85 % cost no more than 652.50 EUR" in cost()
    assert "EUR, at most" in cost()


def test_amounts_stand_with_their_time_and_rate() -> None:
    assert "Deliver and support (investigate) – 72.50 1,667 d 2,900,000.00 99.9 %" in cost()
    assert "Deliver and support (route) route 0.375 333 d 3,000.00 0.1 %" in cost()
    assert "No rate is given for 3.8 d of that time; it costs nothing here." in cost()
    assert "not fulfilled cost 72,500.00 EUR beside that" in cost()


def test_a_deviation_is_priced_by_its_own_visits_and_says_so() -> None:
    assert "A deviation costs what its own visits cost" in cost()
    assert "repeated: Deliver and support (route) 1,719 1,719 0 s 0.00 < 0.1 %" in cost()


def test_recorded_work_is_told_with_its_upper_bound() -> None:
    text = said(recorded(), "costs")
    assert "Priced is the work that the export records" in text
    assert "it would be 27,777.78 EUR." in text
    assert "recorded, over 22,862 fulfilled streams" in text
    assert "The rates of groups are not used" in text
    assert "What deviations cost" not in text
    found = result(recorded())["costs"]
    assert (found["groups_used"], found["at_most"], found["at_least"]) == (False, 2_777_778, found["total"])


def test_variants_beyond_the_shown_ones_are_one_line() -> None:
    made = priced()
    assert made.costs is not None
    many = replace(made, costs=replace(made.costs, variants=made.costs.variants * 3))
    found = result(many)["costs"]
    assert (len(found["variants"]), found["further_variants"]["variants"]) == (25, 11)
    assert "11 further variants" in said(many, "costs")


def test_without_rates_there_is_nothing_on_cost() -> None:
    assert result(analysis())["costs"] is None
    assert 'id="costs"' not in render(analysis())


def escaped(given: Analysis) -> bool:
    return PLANTED not in render(given)


def test_names_of_the_mapping_are_escaped() -> None:
    assert escaped(came_back(NAMES))
    assert escaped(priced(PLANTED, NAMES))
