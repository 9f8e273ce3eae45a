"""What the report says of cohorts and of tickets that were left out."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from cohort_builders import CHOSEN, FOUND, LEAD, cohort, split, split_by_what_was_planted
from report_builders import analysis
from unpacked import unpacked

from mining.core.analysis import Analysis
from mining.core.cohorts import Split, Unit
from mining.report import render, result, summary

pytestmark = pytest.mark.slow  # each is quick, all of them are not


class Section(HTMLParser):
    """The text of one section of a page."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.text, self._within, self._shown = name, [""], False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._within = dict(attrs).get("id") == self.name
        self._shown = self._within and tag not in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self._shown:
            self.text.append(data)


def said(given: Analysis, name: str = "cohorts") -> str:
    reader = Section(name)
    reader.feed(render(given))
    return " ".join(" ".join(reader.text).replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def section() -> str:
    return said(split())


@pytest.mark.parametrize(
    "part",
    [
        "Streams split by priority: 11 values. Each stream is in one cohort, by the value last known of the ticket",
        "The largest stand apart; the streams of all other values are one more cohort.",
        "Fewer than 30 fulfilled streams, so that their figures are hints only: no value.",
        "3 - Moderate 12,000 11,999 11,999 30.0 h 29.0 h to 32.0 h 6.2 d –",
        "all others 300 299 299 20.0 h 19.0 h to 22.0 h 4.2 d –",
        "no value 12 11 11 9.0 h 8.0 h to 11.0 h – –",
        "A difference is no cause",
        "Lead times were compared in steps of 1 min.",
        "3 - Moderate and 1 - Critical",
        "Takes less time median 30.0 h median 2.9 d 62.0 % of pairs 55.0 to 69.0 % Cliff's delta +0.24, small 0.002 "
        "more than chance; small",
        "−3.1 points −8.0 points to +1.8 points Cohen's h −0.07, negligible 0.440 chance alone can explain it",
        "+0.0 points – Cohen's h +0.00 – too few streams to tell",
        "2 comparisons stand in this table.",
        "1 - Critical 31.0 % of pairs",
        "medium",
    ],
)
def test_the_section_says(section: str, part: str) -> None:
    assert part in section


def test_a_negligible_difference_beyond_chance_is_called_so() -> None:
    text = said(split(side_by_side=(replace(LEAD, effect_size=0.1),)))
    assert "more than chance, but negligible" in text


def test_periods_are_said_to_be_in_the_zone_of_the_mapping() -> None:
    text = said(split(split=Split("period", Unit.QUARTER), values=2))
    assert "Streams split by period:quarter: 2 periods. Each stream is in one cohort, by when its demand arose" in text


def test_without_two_cohorts_nothing_is_compared() -> None:
    text = said(split(pair=None, side_by_side=(), against_rest=(), cohorts=(cohort("all", 40, 3),), values=1))
    assert "There are no two cohorts with a value, so nothing was compared." in text
    assert "Each against all others" not in text


def test_without_a_split_there_is_nothing() -> None:
    assert said(analysis()) == ""
    told = result(analysis())
    assert (told["cohorts"], told["filter"]) == (None, None)


def test_what_was_left_out_stands_first() -> None:
    line = (
        "Only part of the export: 12,582 of 24,918 tickets, those with category=Network and group!=. The ledger counts "
        "the rows of the others."
    )
    assert line in said(split(), "summary")
    assert line in summary(split())
    begun = replace(split(), filtered=replace(CHOSEN, reached=True))
    assert "in the streams that begin at a ticket with category=Network and group!=" in said(begun, "summary")


def test_the_lines_of_the_summary_name_the_first_cohorts() -> None:
    (line,) = [line for line in summary(split()) if line.startswith("  Cohorts")]
    assert line.endswith(
        "4  by priority, median lead time: 3 - Moderate 30.0 h, 1 - Critical 2.9 d, no value 9.0 h, all others 20.0 h"
    )


def test_charts_show_the_intervals() -> None:
    found = unpacked(render(split()))
    times, shares = found["cohort-times"], found["cohort-shares"]
    median = times["data"][0]
    hour = 3_600_000_000
    assert (median["x"][0], median["error_x"]["array"][0], median["error_x"]["arrayminus"][0]) == (
        30 * hour,
        2 * hour,
        hour,
    )
    assert [len(series["x"]) for series in times["data"]] == [4, 3]  # one cohort has no 85th percentile
    assert [series["name"] for series in shares["data"]] == ["conforming", "waiting", "doubling back"]


def test_without_a_reference_stream_no_share_conforms() -> None:
    text = said(split(cohorts=tuple(replace(one, conforming=None) for one in FOUND.cohorts)))
    assert "Shares by cohort Cohort Fulfilled Of Waiting Of Doubling back" in text


def test_people_are_said_to_be_named_where_they_may_be() -> None:
    assert "may name people in this report" in render(split(may_name_people=True))
    assert "No ticket and no person is named" in render(split())


def test_names_of_cohorts_are_cut_and_harmless() -> None:
    text = said(split_by_what_was_planted())
    assert "<img src=x onerror=alert(1)></script>" in text
    assert "very " * 20 not in text
