"""Conditions of rules, as the report tells them: their words in its language, columns and values as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_builders import analysis

from mining.core.events import RuleUse
from mining.mapping.conditions import (
    AllOf,
    AnyOf,
    Cell,
    Condition,
    Constant,
    Differs,
    First,
    Last,
    Matches,
    Missing,
    Not,
    OneOf,
)
from mining.report import result
from mining.report.accounts import rules_table
from mining.report.language import speaking, worded

CLOSED = OneOf(Cell("incident_state"), ("Closed",))
EITHER = AnyOf((Missing(Cell("vendor")), Matches(Cell("status"), "^wait")))


@pytest.mark.parametrize(
    ("condition", "english", "german"),
    [
        (CLOSED, 'incident_state is "Closed"', 'incident_state ist "Closed"'),
        (
            Not(OneOf(Cell("state", previous=True), ("A", "B"))),
            'previous state is not "A" nor "B"',
            'state der Zeile davor ist nicht "A" und nicht "B"',
        ),
        (
            AllOf((CLOSED, EITHER)),
            'incident_state is "Closed" and (vendor is missing or status matches /^wait/)',
            'incident_state ist "Closed" und (vendor fehlt oder status passt auf /^wait/)',
        ),
        (
            Not(AllOf((First(), Last(), Differs("group")))),
            "it is not the first row or it is not the last row or group is the same as in the row before",
            "es ist nicht die erste Zeile oder es ist nicht die letzte Zeile oder group ist wie in der Zeile davor",
        ),
        (
            Differs("group", null=True),
            "group differs from the row before (missing is a value)",
            "group ist anders als in der Zeile davor (Fehlen zählt als Wert)",
        ),
        (Not(Constant(holds=True)), "never", "nie"),
        # Words within a name or a value are no words of the condition, and braces are no gaps.
        (
            OneOf(Cell("date is {0} and"), ('never" or "always',)),
            'date is {0} and is "never" or "always"',
            'date is {0} and ist "never" or "always"',
        ),
    ],
)
def test_a_condition_is_told_in_the_language_of_the_report(condition: Condition, english: str, german: str) -> None:
    assert str(condition.worded()) == english
    assert worded(condition.worded()) == english
    with speaking("de"):
        assert worded(condition.worded()) == german


def test_the_table_of_rules_is_german_and_the_result_stays_english() -> None:
    said = CLOSED.worded()
    made = replace(analysis(), rule_uses=(RuleUse(1, 7, str(said), "engage:confirm", 5, said),))
    with speaking("de"):
        (row,) = rules_table(made).rows
        assert row[1].text == 'incident_state ist "Closed"'
        assert row[2].text == "engage:confirm"  # a step is a name of the mapping
        (rule,) = result(made)["coverage"]["rules"]
    assert rule == {**rule, "rule": 1, "text": 'incident_state is "Closed"', "outcome": "engage:confirm"}
    assert "when" not in rule
