"""What the report says of time: working hours, streams that are not done yet, streams that the window cuts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from report_builders import HOUR, PLANTED, analysis
from time_builders import ALWAYS, OFFICE, not_estimated, planted_times, timed, uncalendared
from unpacked import unpacked

from mining.core.analysis import Analysis
from mining.core.export import Holds
from mining.core.results import HAND_OFF, Waiting
from mining.core.timing import WindowCut
from mining.report import render, result
from mining.report.formats import hours
from mining.report.timing import time_facts, week_in_words

pytestmark = pytest.mark.slow  # each is quick, all of them are not


def section(made: Analysis, name: str) -> str:
    """The text of a section of the page."""
    found = re.search(rf'<section id="{name}".*?</section>', render(made), flags=re.DOTALL)
    assert found is not None
    text = re.sub(r"<[^>]*>", " ", found[0]).replace("\u00a0", " ")
    return " ".join(text.split())


def facts(made: Analysis) -> Any:
    found = time_facts(made)
    assert found is not None
    return found


def test_where_only_elapsed_time_was_measured_nothing_is_said_of_it() -> None:
    assert time_facts(analysis()) is None
    assert result(analysis())["time"] is None
    assert "What the bounds" not in render(analysis())


def test_the_hours_of_a_week_in_words() -> None:
    assert week_in_words(OFFICE) == "Mon–Fri 08:00–12:00 and 13:00–17:00, Sat 09:00–12:00"
    assert week_in_words(ALWAYS) == "round the clock, every day"


def test_the_calendars_are_told_where_their_times_are() -> None:
    default, night, nobody, rule = facts(timed()).calendars[0], *facts(timed()).calendars[1:]
    assert default.startswith("Mon–Fri 08:00–12:00 and 13:00–17:00, Sat 09:00–12:00, on the clocks of Europe/Berlin")
    assert "public holidays of DE-BY, of which 9 fall on such days" in default
    assert "1 day named by the calendar" in default
    assert (
        night
        == "Nobody, which had 17 tickets: round the clock, every day, on the clocks of UTC; public holidays are worked."
    )
    assert nobody.startswith("No ticket was ever in the group Night watch")
    assert rule.startswith("At every moment the calendar of the group")
    assert default in section(timed(), "waits")
    assert default in section(timed(), "data")


def test_years_without_known_holidays_and_unused_groups_are_told() -> None:
    made = timed()
    working = made.measures.timing.working  # type: ignore[union-attr]
    assert working is not None
    uses = (replace(working.calendars[0], unknown_years=(1989, 1990)), *working.calendars[1:])
    said = facts(timed(working=replace(working, calendars=uses, by_group=False))).calendars
    assert "The public holidays of DE-BY are not known for 1989 to 1990: those days count as worked." in said
    assert any("calendars of groups were not used" in one for one in said)


def test_working_time_stands_beside_elapsed_time() -> None:
    text = section(timed(), "waits")
    assert "(33.3 %) lie within working hours" in text
    assert "(66.7 %) outside" in text
    assert "flow efficiency lies between 0 %" in text
    assert "Nobody works outside the hours of the calendar" in text
    assert "In working hours" in section(timed(), "lead")
    made = timed()
    block = result(made)["time"]["working"]
    assert block["lead_time"]["claimed"]["median_us"] == made.measures.lead_time_claimed.percentiles[50] // 3
    assert block["calendars"][0]["hours"]["sat"] == ["09:00–12:00"]
    flow = block["flow_efficiency"]
    assert (
        flow["within_us"] + flow["outside_us"] == flow["elapsed_us"] == sum(one["total_us"] for one in block["waiting"])
    )


def test_working_time_is_told_in_hours_since_its_days_are_not_of_24() -> None:
    assert [hours(n * HOUR) for n in (0, 1, 62, 1204)] == ["0 s", "1.0 h", "62.0 h", "1,204 h"]
    assert hours(HOUR // 2) == "30 min"
    assert hours(None) == "–"


def test_without_a_calendar_the_report_says_so_and_what_the_bounds_assume() -> None:
    text = section(uncalendared(), "waits")
    assert "The mapping has no calendar." in text
    assert "No working hours are known" in text
    assert "Within and outside" not in text
    assert result(uncalendared())["time"]["working"] is None


def test_streams_that_are_not_done_count_as_long_as_they_were_seen() -> None:
    made = timed()
    text = section(made, "lead")
    claimed = made.measures.timing.claimed  # type: ignore[union-attr]
    assert claimed is not None
    assert f"{claimed.open:,} of {claimed.streams:,} streams are open and have not come to value yet" in text
    assert "With the streams that are not done yet" in text
    assert "How many are done within a time" in text
    block = result(made)["time"]["survival"]["claimed"]
    assert block["streams"] == block["done"] + block["open"] + block["left"]
    assert len(block["percentiles_us"]) == 101


def test_an_estimate_that_does_not_come_so_far_has_no_quantile() -> None:
    block = result(uncalendared())["time"]["survival"]
    assert (block["claimed"]["median_us"], block["claimed"]["p85_us"]) == (None, None)
    assert block["held"]["curve"][0]["done"] == pytest.approx(1 / 901)
    assert "half within" not in json.dumps(figure(uncalendared(), "survival")["layout"]["annotations"][0])


def figure(made: Analysis, name: str) -> dict[str, Any]:
    read: dict[str, Any] = unpacked(render(made))[name]
    return read


def test_the_curve_of_the_estimate_keeps_its_height_until_the_next_stream_is_done() -> None:
    band, estimate, plain = figure(timed(), "survival")["data"]
    assert estimate["y"] == sorted(estimate["y"])
    assert estimate["x"] == sorted(estimate["x"])
    assert plain["y"] == list(range(101))
    half = len(band["x"]) // 2
    assert band["x"][:half] == band["x"][half:][::-1]
    assert all(low <= high for high, low in zip(band["y"][:half], band["y"][half:][::-1], strict=True))


def test_where_nothing_is_estimated_it_is_said_why() -> None:
    text = section(not_estimated(), "lead")
    assert "Not estimated for streams that are not done yet. Every stream has ended." in text
    assert "survival" not in re.findall(r'data-figure="([a-z-]+)"', render(not_estimated()))
    assert "holds only the quick ones" in text  # what an export of completed tickets does to its last part


@pytest.mark.parametrize(("open_", "begun", "said"), [(49, 49, 0), (50, 49, 1), (50, 50, 2), (None, None, 0)])
def test_a_window_that_cuts_one_stream_in_twenty_is_warned_of(open_: int | None, begun: int | None, said: int) -> None:
    made = timed(window=WindowCut(1000, open_, 1000, 1000, begun))
    assert len(facts(made).cut) == said == len(result(made)["time"]["window_warnings"])


def test_rounded_durations_are_told() -> None:
    claimed = timed().measures.timing.claimed  # type: ignore[union-attr]
    assert claimed is not None
    said = facts(timed(claimed=replace(claimed, unit=HOUR))).survival
    assert "rounded up to whole units of 1.0 h" in said[-1]


def test_names_of_groups_stay_text() -> None:
    page = render(planted_times())
    assert PLANTED not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(("between", "told"), [(60, False), (40, True)])
def test_bounds_of_flow_efficiency_are_left_out_where_most_of_the_time_lies_between_visits(
    between: int, told: bool
) -> None:
    sample = analysis()
    waits = tuple(Waiting(on, hours * HOUR, 10, 10) for on, hours in ((HAND_OFF, between), ("user", 100 - between)))
    points = replace(
        sample,
        streams=replace(sample.streams, holds=Holds.POINT),
        measures=replace(sample.measures, waiting=waits),
    )
    text = render(points).replace("\u00a0", " ")
    assert ("Flow efficiency lies between" in text) is told
    assert ("Flow efficiency cannot be told: 60.0 % of this time lies between two visits" in text) is not told
