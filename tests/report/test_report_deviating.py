"""What the report and `result.json` say of the cases with a deviation."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files

from jsonschema import Draft202012Validator
from report_builders import HOUR, START, analysis, quantiles

from mining.core.acceptances import Acceptance, AcceptanceUse, Accepted, Standing
from mining.core.analysis import Analysis
from mining.core.conformance import Cases, Effect, Evidence, Interval, LimitCheck, OverRepresented, Period, Trend
from mining.report import SCHEMA_FILE, render, result

DAY = 24 * HOUR
SCHEMA = json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))


def with_cases(*, examples: tuple[str, ...] = ()) -> Analysis:
    made = analysis()
    assert made.conformance is not None
    effect = Effect(Interval(2_630, 30 * HOUR, 28 * HOUR, 33 * HOUR), Interval(20_232, 6 * HOUR, 5 * HOUR, 7 * HOUR))
    trend = Trend((Period(900, 90), Period(1_100, 220), Period(0, 0)), 0.1, 0.002)
    stands_out = OverRepresented("priority", "1 <b>critical</b>", 600, 2_630, 900, 20_232, 0.0004)
    seen = Evidence(effect, trend, START, START + 9 * DAY, (stands_out,), examples)
    few = Evidence(
        Effect(Interval(2, 9 * HOUR, None, None), Interval(9, None, None, None)),
        Trend((Period(900, 0), Period(1_100, 2), Period(0, 0)), None, None),
        START,
        START,
    )
    begins = (START, START + 31 * DAY, START + 62 * DAY)
    cases = Cases({0: seen, 1: few}, 2, "month", begins, ("priority",), 12)
    limit = LimitCheck(
        "Engage (confirm) within 2 days of value",
        "value",
        "engage:confirm",
        48 * HOUR,
        True,
        quantiles([(HOUR, 9)]),
        3,
        2,
    )
    return replace(made, conformance=replace(made.conformance, cases=cases, limits=(limit,)))


def test_the_result_keeps_to_its_schema() -> None:
    Draft202012Validator(SCHEMA).validate(result(with_cases(examples=("INC1",))))


def test_what_the_result_says_of_a_deviation() -> None:
    found = result(with_cases())["conformance"]
    evidence = found["deviations"][0]["evidence"]
    assert evidence["difference_us"] == 24 * HOUR
    assert (evidence["difference_low_us"], evidence["difference_high_us"]) == (21 * HOUR, 28 * HOUR)
    assert (evidence["trend"], evidence["periods"][1]) == ("rising", {"checked": 1_100, "streams": 220})
    assert evidence["over_represented"][0]["share"] == 600 / 2_630
    assert found["deviations"][1]["evidence"]["trend"] == "cannot be told"
    assert found["cases"]["period_unit"] == "month"
    assert (found["limits"][0]["late"], found["limits"][0]["within_us"]) == (3, 48 * HOUR)


def test_the_page_says_what_it_costs_since_when_and_for_whom() -> None:
    page = render(with_cases())
    assert "goes with the most additional time" in page
    assert "24.0\u00a0h more at the median" in page
    assert 'id="table-deviation-effects"' in page
    assert 'id="table-deviation-trends"' in page
    assert 'data-figure="deviation-trends"' in page
    assert "1 &lt;b&gt;critical&lt;/b&gt;" in page
    assert "Engage (confirm) within 2 days of value" in page
    assert "Of 12 values tested (priority)" in page


def with_acceptances() -> Analysis:
    made = with_cases()
    assert made.conformance is not None
    day = date(2026, 11, 26)
    held = Acceptance("unexpected/plan", "incident", "Jo <desk>", "a pilot", date(2027, 1, 1), day)
    expired = replace(held, owner="Ann", until=date(2026, 1, 1), where=(("priority", ("4",)),))
    uses = (
        AcceptanceUse(held, Standing.IN_FORCE, 900, "Plan is not expected"),
        AcceptanceUse(expired, Standing.EXPIRED, 20, None),
    )
    rates = replace(made.conformance.rates, conforming=made.conformance.rates.conforming + 900)
    accepted = Accepted(day, uses, rates, rates, ())
    return replace(made, conformance=replace(made.conformance, accepted=accepted))


def test_what_is_accepted_is_told_beside_the_rates() -> None:
    page, found = render(with_acceptances()), result(with_acceptances())
    Draft202012Validator(SCHEMA).validate(found)
    assert "900 streams more would deviate. 1 acceptance has expired" in page
    assert "where what is accepted does not count" in page
    assert "Jo &lt;desk&gt;" in page
    assert found["conformance"]["accepted"]["would_deviate"] == 900
    assert [one["standing"] for one in found["conformance"]["accepted"]["acceptances"]] == ["in force", "expired"]
    assert any("with what is accepted" in over for tile in found["summary"]["tiles"] for over in tile["over"])


def test_tickets_are_named_only_where_they_were_asked_for() -> None:
    without, named = render(with_cases()), render(with_cases(examples=("INC4711", "INC0815")))
    assert "No ticket and no person is named" in without
    assert "INC4711, INC0815" in named
    assert "No ticket and no person is named" not in named
    assert "names tickets as examples" in named


def test_without_a_look_at_the_cases_nothing_is_claimed() -> None:
    page = render(analysis())
    assert "deviation-effects" not in page
    assert result(analysis())["conformance"]["cases"] is None
