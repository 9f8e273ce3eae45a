"""What the report says of improvement, of run and change, and of how often value came."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator
from report_builders import HOUR, analysis
from test_report_links import said
from test_report_result import Figures, numbers

from mining.core.analysis import Analysis
from mining.core.facts import Fact
from mining.core.improvement import Effect, Improvement, Interval, Kind, LedTo, Ripple, Verdict
from mining.core.realised import AgainstTime, Children, Realised, TimesRealised
from mining.core.scope import Scope, Scopes, ScopeShare
from mining.core.streams import Quantiles
from mining.report import SCHEMA_FILE, figures, render, result, summary

pytestmark = pytest.mark.slow  # each is quick, all of them are not

SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))

COMPARED = Effect(
    Kind.PROBLEM, Verdict.COMPARED, "", 90, 84, 82, 1_207, 532, 80, 81, 216, 1_181, 523, 1041.4, 0.61,
    Interval(0.502, 0.444, 0.568),
)  # fmt: skip
PLAIN = Effect(
    Kind.CHANGE, Verdict.ASSOCIATION, "Too few groups that recurred as much.", 20, 20, 15, 150, 90, 12, 0, 0, 0, 0,
    None, None, Interval(0.6, 0.4, 0.9),
)  # fmt: skip
HIDDEN = Effect(
    Kind.ANY, Verdict.NOT_SHOWN, "Only 3 of 5 groups could be looked at, and it takes 10.", 5, 4, 0, 0, 0, 0, 0, 0, 0,
    0, None, None, None,
)  # fmt: skip
RIPPLE = Ripple(
    Verdict.COMPARED, "", 28, 7, 200, 177, 153, 426, 315, 123, 112, Interval(2.958, 2.549, 3.43),
    daily=(15,) * 27 + (21,) + (90, 60, 45, 40, 30, 25, 25), band=(8, 23),
)  # fmt: skip
LOOP = Improvement(
    types=("incident",),
    fact=Fact.ITEM,
    least=5,
    days=28,
    incidents=15_600,
    telling=15_517,
    groups=2_900,
    recurring=280,
    in_recurring=15_253,
    looked_at=2_000,
    beyond=12,
    led_to=(LedTo(Kind.PROBLEM, 381, 252, 200, 84, 90), LedTo(Kind.CAUSE, 3, 3, 0, 0, 2)),
    effects=(HIDDEN, COMPARED, PLAIN),
    ripple=RIPPLE,
)
LEAD = Quantiles(90, 900 * HOUR, 4 * HOUR, 20 * HOUR, 70 * HOUR)
VALUE = Realised(
    times=(TimesRealised(1, False, 23_000, 0, 0), TimesRealised(5, True, 120, 100, 30)),
    children=Children(410, 12, 305, 23_120, 290, LEAD),
    against_time=AgainstTime(7, 5, 3),
)
SPLIT = Scopes(
    (
        ScopeShare(Scope.RUN, 20_000, 19_000, 60_000 * HOUR, 0, LEAD),
        ScopeShare(Scope.CHANGE, 3_000, 2_500, 20_000 * HOUR, 0, None),
        ScopeShare(None, 775, 0, 0, 0, None),
    ),
    "mapping",
)


@cache
def whole(*, work: bool = False) -> Analysis:
    made = analysis()
    parts = tuple(replace(part, recorded_work=part.elapsed // 4) for part in SPLIT.parts) if work else SPLIT.parts
    measures = replace(made.measures, improvement=LOOP, realised=VALUE, scopes=replace(SPLIT, parts=parts))
    return replace(made, measures=measures)


def with_loop(**more: object) -> Analysis:
    made = whole()
    return replace(made, measures=replace(made.measures, improvement=replace(LOOP, **more)))


@pytest.mark.parametrize(
    "sentence",
    [
        "grouped by their configuration item, which 15,517 of 15,600 incidents tell (99.5 %): 2,900 groups.",
        "A group recurs where 5 incidents or more fall into some 28 days. So 280 groups recur (9.7 % of all)",
        "Only the largest 2,000 groups were looked at; 12 further ones have 5 incidents or more",
        "a problem 381 2.4 % 252 200 84 90 32.1 %",
        "the change that caused it 3",
        "Before and after a problem or a change: not shown. Only 3 of 5 groups could be looked at, and it takes 10.",
        "Where recurring incidents led to a problem, 523 incidents came in the 28 days after, in 81 groups.",
        "(216 of them) let 1,041 be expected: 0.50 times as many came (95 % interval 0.44 to 0.57). That is fewer",
        "Of the improved groups 80 of 82 had fewer incidents after; of those that they are compared with, 61.0 % had",
        "This compares what was observed. Nobody drew lots",
        "An association, and no more: where recurring incidents led to a change, at once or by the problem, 90 ",
        "against 150 in the days before (95 % interval of the ratio 0.40 to 0.90). Too few groups",
        "a problem compared 90 84 82 1,207 532 80",
        "a problem or a change not shown 5 4 – – – –",
        "a problem 81 216 1,181 523 1,041 0.502 0.444 0.568 0.443 0.882",
        "Over 153 changes; day 0 begins with the change. Base line: 15.2 incidents a day before. Band: if it went on",
        "In the 7 days after a change, 315 incidents came on its configuration item, 2.06 a change; in the 28 days",
        "before, 426, which makes 0.70 in as many days. That is 2.96 times as many (exact 95 % interval 2.55 to 3.43)",
    ],
)
def test_the_section_says_each_figure_with_what_it_was_taken_over(sentence: str) -> None:
    assert sentence in said(whole(), "improvement")


def test_an_interval_that_holds_1_tells_no_difference_and_one_above_it_tells_more() -> None:
    for low, high, meaning in ((0.8, 1.2, "no difference can be told from chance"), (1.1, 2.0, "more than was")):
        effect = replace(COMPARED, ratio=Interval(1.05, low, high))
        assert meaning in said(with_loop(effects=(effect,)), "improvement")


def test_an_association_by_comparison_is_held_against_what_was_expected() -> None:
    undated = replace(COMPARED, verdict=Verdict.ASSOCIATION, reason="Not since when.")
    text = said(with_loop(effects=(undated,)), "improvement")
    assert "523 incidents came in the 28 days after, against 1,041 to be expected by comparison" in text
    assert "Nobody drew lots" not in text


def test_one_reason_for_all_is_told_once() -> None:
    hidden = tuple(replace(HIDDEN, kind=kind, reason="All have ended.") for kind in (Kind.ANY, Kind.PROBLEM))
    text = said(with_loop(effects=hidden), "improvement")
    assert text.count("All have ended.") == 1
    assert "What was to be expected" not in text


def test_the_chart_of_rates_shows_each_ratio_with_its_interval_and_what_it_is_made_of() -> None:
    ratios, own, theirs = figures(whole())["improve-rates"].data
    assert list(ratios.x) == [0.502, 0.6]  # what is not shown has no row
    assert [round(0.502 - reach, 3) for reach in ratios.error_x.arrayminus[:1]] == [0.444]
    assert [round(0.502 + reach, 3) for reach in ratios.error_x.array[:1]] == [0.568]
    assert ([round(mark, 3) for mark in own.x], [round(mark, 3) for mark in theirs.x]) == ([0.443], [0.882])
    assert "improve-rates" not in list(figures(with_loop(effects=(HIDDEN,))))


def test_the_chart_of_the_ripple_shows_each_day_with_its_base_line_and_band() -> None:
    figure = figures(whole())["ripple-days"]
    (bars,) = figure.data
    assert (bars.x[0], bars.x[-1], bars.y[27], bars.y[28]) == (-28, 6, 21, 90)
    band, line = figure.layout.shapes
    assert (band.y0, band.y1, round(line.y0, 3)) == (8, 23, round(426 / 28, 3))
    assert result(whole())["improvement"]["ripple"]["daily"][28] == {"day": 0, "incidents": 90}


def test_a_ripple_without_enough_says_so() -> None:
    few = replace(RIPPLE, verdict=Verdict.NOT_SHOWN, reason="Only 2 changes.", ratio=None, daily=(), band=None)
    assert "ripple-days" not in list(figures(with_loop(ripple=few)))
    assert "Not shown. Only 2 changes. " in said(with_loop(ripple=few), "improvement")
    assert "What changes leave behind" not in said(with_loop(ripple=None), "improvement")


def test_where_nothing_tells_what_recurs_it_is_said() -> None:
    text = said(
        with_loop(fact=None, telling=0, groups=0, recurring=0, in_recurring=0, beyond=0, effects=()), "improvement"
    )
    assert "No column of the export tells a configuration item, a service or a category" in text


def test_run_and_change_are_split_by_streams_and_by_time_and_by_work_where_there_is_any() -> None:
    text = said(whole(), "scope")
    assert "Run the business 20,000 84.1 % 19,000 2,500 d 75.0 % 4.0 h 20.0 h" in text
    assert "Change the business 3,000 12.6 % 2,500 833 d 25.0 % – –" in text
    assert "Not told 775 3.3 %" in text
    assert "as the mapping says" in text
    assert "This export records no work" in text
    assert "833 d 25.0 % 208 d 25.0 %" in said(whole(work=True), "scope")


def test_how_often_value_came_who_hangs_on_whom_and_what_contradicts_the_time() -> None:
    text = said(whole(), "lead")
    assert "5 or more 120 0.5 % 100 30" in text
    assert (
        "410 tickets name a parent of their type. Each is a demand with a lead time of its own: half within 4.0 h"
        in text
    )
    assert "Of 12 the parent is in no export; these count as any ticket." in text
    assert "305 were resolved or closed within a minute of their parent" in text
    assert "Of the 23,120 streams with value, 22,830 were resolved by themselves." in text
    assert "7 streams contradict the order of time: 5 tell value before demand, 3 an end before it." in text
    assert "Demand to the last value, where it held" in text


def test_what_contradicts_the_time_is_among_what_to_look_at_first() -> None:
    lines = "\n".join(summary(whole()))
    assert "7 streams tell value or an end before demand" in lines
    assert "order of time" not in "\n".join(summary(analysis()))


@pytest.mark.parametrize("work", [False, True])
def test_the_result_keeps_to_its_schema_and_has_every_figure_of_the_page(work: bool) -> None:
    found = result(whole(work=work))
    Draft202012Validator(SCHEMA).validate(found)
    page = Figures()
    page.feed(render(whole(work=work)))
    assert set(page.found) - numbers(found) <= {0.0, 1.0}
    assert found["improvement"]["effects"][1]["ratio"] == {"ratio": 0.502, "low": 0.444, "high": 0.568}
    assert found["measures"]["value"]["children"]["resolutions"] == 22_830


def test_where_there_is_nothing_there_is_no_section_and_a_null() -> None:
    found = result(analysis())
    assert (found["improvement"], found["measures"]["scope"], found["measures"]["value"]) == (None, None, None)
    page = render(analysis())
    assert 'id="improvement"' not in page
    assert 'href="#scope"' not in page


def test_a_comparison_by_other_days_than_those_of_links_says_so() -> None:
    effect = replace(COMPARED, reason="The export does not tell since when tickets are linked.")
    assert "had, too. The export does not tell since when tickets are linked." in said(
        with_loop(effects=(effect,)), "improvement"
    )
