"""Rates and the steps after which coming back is rework: what a mapping may say of them, and what is wrong."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from mining import mapping as room
from mining.core.activities import Activity
from mining.core.errors import ConfigError, RequestError
from mining.core.events import VisitLabel
from mining.core.rates import PER_UNIT, RateCard, hundredths

DELIVER, ENGAGE = Activity.DELIVER_AND_SUPPORT, Activity.ENGAGE
HOUR = 3_600_000_000

HEAD = """\
name: Test
export: {shape: events, ticket: number, time: {column: at}, event: state, group: team}
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Failed}, activity: {deliver_and_support: test failed}}
"""
RATES = """\
rates:
  currency: EUR
  per_hour:
    activities: {deliver_and_support: 60}
    steps: {deliver_and_support: {test failed: 72.5}}
    groups: {Group 7: 80}
  default: 0.1
"""
REWORK = "rework_after: [{deliver_and_support: test failed}, engage]\n"


def test_the_rate_of_a_visit_is_that_of_its_step_else_of_its_activity_else_the_default() -> None:
    card = room.parse_mapping(HEAD + RATES, "mine.yaml").rates
    assert card is not None
    assert card.currency == "EUR"
    rates = [
        card.rate(VisitLabel(*place)) for place in ((DELIVER, "test failed"), (DELIVER, "x"), (DELIVER,), (ENGAGE,))
    ]
    assert rates == [72_500_000, 60_000_000, 60_000_000, 100_000]
    assert RateCard("EUR", {DELIVER: 1}).rate(VisitLabel(ENGAGE)) is None


def test_without_rates_there_are_none() -> None:
    read = room.parse_mapping(HEAD, "mine.yaml")
    assert (read.rates, read.rework_after) == (None, ())


def test_what_rework_comes_after() -> None:
    read = room.parse_mapping(HEAD + REWORK, "mine.yaml")
    assert read.rework_after == ((DELIVER, "test failed"), (ENGAGE, None))


def test_a_mapping_in_words_tells_of_both() -> None:
    said = room.explain(room.parse_mapping(HEAD + RATES + REWORK, "mine.yaml"))
    assert "To come back somewhere is rework by or after: deliver_and_support:test failed, engage" in said
    assert "Work is priced in EUR" in said


def test_an_editor_knows_the_keys() -> None:
    schema = jsonschema.Draft202012Validator(room.json_schema())
    assert schema.is_valid(yaml.safe_load(HEAD + RATES + REWORK))
    assert not schema.is_valid(yaml.safe_load(HEAD + RATES.replace("60", "-60")))
    assert not schema.is_valid(yaml.safe_load(HEAD + RATES.replace("deliver_and_support: 60", "deliver: 60")))


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("  currency: EUR\n", "", 6, ['the key "currency" is missing']),
        ("currency: EUR", "currency: 7", 7, ["found: 7", "expected: text"]),
        ("support: 60", "support: -60", 9, ["a rate cannot be this", "found: -60", "expected: 0 to 1,000,000"]),
        ("support: 60", "support: 2000000", 9, ["a rate cannot be this"]),
        ("support: 60", "support: .nan", 9, ["a rate cannot be this", "found: nan"]),
        ("support: 60", "support: .inf", 9, ["a rate cannot be this"]),
        ("support: 60", "support: 60 EUR", 9, ["a rate is a number", "found: 60 EUR", "72.5"]),
        ("support: 60", "support: '60'", 9, ["a rate is a number"]),
        ("support: 60", "support: 60,5", 9, ["a rate is a number", "without a currency and with a point"]),
        ("support: 60", "support: yes", 9, ["a rate is a number"]),
        ("support: 60", "support: ", 9, ["a rate is a number", "found: nothing"]),
        ("support: 60", "support: 0.1234567", 9, ["at most 6 decimals"]),
        ("{deliver_and_support: 60}", "{deliver: 60}", 9, ["unknown activity", "found: deliver"]),
        ("{deliver_and_support: 60}", "60", 9, ["a group of keys", "found: 60"]),
        ("{test failed: 72.5}", "{test fail: 72.5}", 10, ["no rule makes this step", 'did you mean "test failed"?']),
        ("{test failed: 72.5}", "72.5", 10, ["a group of keys"]),
        ("{test failed: 72.5}", "{7: 72.5}", 10, ["no rule makes this step", "found: 7"]),
        ("{Group 7: 80}", "{7: 80}", 11, ["text is expected", "found: 7", "in quotes"]),
        ("{Group 7: 80}", "{Group 7: -0.5}", 11, ["a rate cannot be this"]),
        ("default: 0.1", "default: lots", 12, ["a rate is a number", "found: lots"]),
        ("per_hour:", "per_day:", 8, ['no key "per_day"', 'did you mean "per_hour"?']),
        ("activities: {", "activity: {", 9, ['no key "activity"', 'did you mean "activities"?']),
    ],
)
def test_what_is_wrong_with_rates_is_told_with_its_line(old: str, new: str, line: int, said: list[str]) -> None:
    assert old in RATES
    with pytest.raises(ConfigError) as raised:
        room.parse_mapping(HEAD + RATES.replace(old, new), "mine.yaml")
    problem = next(one for one in raised.value.problems if said[0] in str(one))
    assert (problem.file, problem.line) == ("mine.yaml", line)
    assert all(part in str(problem) for part in said), str(problem)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rates: {currency: EUR}", "there is no rate here"),
        ("rates: {currency: EUR, per_hour: {}}", "there is no rate here"),
        ("rates: 60", "this is not what is expected here"),
        ("rework_after: engage", "this is not what is expected here"),
        ("rework_after: [{engage: lost}]", "no rule makes this step of engage"),
        ("rework_after: [plan]", "no rule makes this activity"),
        ("rework_after: [reject]", "unknown activity"),
        ("rework_after: [7]", "unknown activity"),
    ],
)
def test_what_else_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        room.parse_mapping(f"{HEAD}{text}\n", "mine.yaml")
    assert any(said in str(one) and one.line == 6 for one in raised.value.problems), raised.value.problems


def test_rates_of_groups_need_a_group() -> None:
    with pytest.raises(ConfigError, match="does not say which group") as raised:
        room.parse_mapping((HEAD + RATES).replace(", group: team", ""), "mine.yaml")
    assert [one.line for one in raised.value.problems] == [11]


def test_every_problem_is_told_at_once_but_none_that_another_one_makes() -> None:
    """Where a rule is wrong, which steps there are is not known."""
    text = (HEAD + RATES).replace("{engage: log}", "{engag: log}").replace("support: 60", "support: -1")
    with pytest.raises(ConfigError) as raised:
        room.parse_mapping(text, "mine.yaml")
    assert [one.line for one in raised.value.problems] == [4, 9]


def test_a_table_of_links_has_no_rates() -> None:
    text = (
        "name: Links\nexport: {shape: links, ticket: a, links: [{column: b, to: problem}]}\n"
        "rates: {currency: EUR, default: 5}\nrework_after: [engage]\n"
    )
    with pytest.raises(ConfigError) as raised:
        room.parse_mapping(text, "mine.yaml")
    said = [str(one) for one in raised.value.problems]
    assert any('"rates" makes no sense' in one for one in said)
    assert any('"rework_after" makes no sense' in one for one in said)


def test_mappings_of_one_analysis_agree_on_rates() -> None:
    def named(name: str, rates: str) -> room.Mapping:
        return room.parse_mapping(HEAD.replace("number,", f"number, ticket_type: {name},") + rates, f"{name}.yaml")

    room.check_together([named("one", RATES), named("two", RATES), named("three", "")])
    with pytest.raises(RequestError, match="must agree on rates") as raised:
        room.check_together([named("one", RATES), named("two", RATES.replace("60", "61"))])
    assert [(one.file, one.line) for one in raised.value.problems] == [("one.yaml", 6), ("two.yaml", 6)]


def test_amounts_are_rounded_once_half_to_even() -> None:
    """0.01 an hour is 10,000 millionths; half an hour of it is half a hundredth."""
    cent = 10_000 * HOUR
    assert [hundredths(cent * n // 2) for n in range(6)] == [0, 0, 1, 2, 2, 2]
    assert hundredths(cent * 10, among=4) == 2
    assert hundredths(60 * PER_UNIT * 90 * 60_000_000) == 9_000  # 90 minutes at 60
