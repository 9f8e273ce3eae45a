"""What a mapping's rules do to an export, and what they overlook."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import rule_oracle
from hypothesis import given
from mapping_helpers import COLUMNS, event_table, mapping, rows
from test_rule_laws import MACHINES, ROWS, RULES, SOME, distinct, in_order, mapping_of

from mining import mapping as room
from mining.core.events import src
from mining.core.mapping_results import DataCheck
from mining.core.tables import Tables


def checked(tables: Tables, rules: str, table: str, **more: str) -> DataCheck:
    return room.check_data(tables, event_table(tables, rows(table)), mapping(rules, **more))


def test_a_rule_that_never_holds_is_told_from_one_that_comes_too_late(tables: Tables) -> None:
    rules = """
    - when: {state: New, team: G1}
      activity: engage
    - when: {state: [New, Active]}
      activity: plan
    - when: {state: New}
      activity: improve
    - when: {state: Gone}
      end: agent
    """.replace("\n    ", "\n")
    found = checked(tables, rules, "A 0 New | G1\nA 1 New | G2\nA 2 New | G2\nA 3 Active | G1")
    assert [(rule.held, rule.decided) for rule in found.rules] == [(1, 1), (4, 3), (3, 0), (0, 0)]
    assert found.rules[2].taken_by == ((2, 2), (1, 1))
    assert [rule.rule for rule in found.rules if rule.is_shadowed] == [3]
    assert [rule.rule for rule in found.rules if rule.never_holds] == [4]


def test_no_rule_looks_at_a_snapshot_in_which_nothing_has_changed(tables: Tables) -> None:
    rules = "- when: {state: New}\n  activity: engage"
    found = checked(tables, rules, "A 0 New\nA 1 New\nA 2 New", shape="snapshots")
    assert (found.rules[0].held, found.rules[0].decided) == (1, 1)


def test_values_that_no_rule_names_are_listed_by_their_rows(tables: Tables) -> None:
    rules = """
- when: {state: [New, Active], previous.state: Closed}
  activity: engage
- when: {state: {matches: "^Wait"}, team: G1}
  activity: plan
"""
    table = "A 0 New | G1\nA 1 Waiting | G2\nA 2 Odd | G2\nA 3 Odd | -\nB 0 Odd | G3\nB 1 Rare | G1\nB 2 Closed | G1"
    found = checked(tables, rules, table)
    state, team = found.unnamed
    assert [(one.text, one.rows, one.tickets) for one in state.values] == [("Odd", 3, 2), ("Rare", 1, 1)]
    assert (team.column, team.different) == ("team", 2)
    assert [one.text for one in team.values] == ["G2", "G3"]


def test_people_are_not_listed(tables: Tables) -> None:
    rules = "- when: {who: {system: true}, state: New}\n  activity: engage"
    found = checked(tables, rules, "A 0 New | - | ann\nA 1 New | - | timer", top="system_actors: [timer]")
    assert found.unnamed == ()


def test_a_column_that_is_missing_in_every_row_is_told(tables: Tables) -> None:
    rules = "- when: {state: New, team: {missing: true}}\n  activity: engage"
    found = checked(tables, rules, "A 0 New | - | ann\nA 1 New | - | bob")
    assert found.empty == ("team",)


def test_a_column_that_may_be_lacking_and_is(tables: Tables) -> None:
    rules = "- when: {state: New, vendor: {missing: true}}\n  activity: engage"
    events = event_table(tables, [{**row, src("vendor"): None} for row in rows("A 0 New")])
    table = tables.keep(events.table.mutate(**{src("vendor"): events.table[src("who")]}), "with_vendor")
    found = room.check_data(tables, replace(events, table=table), mapping(rules, export="optional: [vendor]"))
    assert found.lacking == ("vendor",)


@pytest.mark.slow
@SOME
@given(RULES, ROWS)
def test_how_often_rules_hold_is_what_the_language_says(
    tables: Tables, rules: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    rows = distinct(rows)
    found = room.check_data(tables, event_table(tables, rows), mapping_of(rules, export="order_by: [counter]"))
    held, decided = [0] * len(rules), [0] * len(rules)
    for ticket in in_order(rows).values():
        plain = [{column: row[src(column)] for column in COLUMNS} for row in ticket]
        for i, rule in enumerate(rules):
            held[i] += rule_oracle.decisions([rule], MACHINES, plain).count(0)
            decided[i] += rule_oracle.decisions(rules, MACHINES, plain).count(i)
    assert [rule.held for rule in found.rules] == held
    assert [rule.decided for rule in found.rules] == decided
    assert all(rule.held - rule.decided == sum(taken for _, taken in rule.taken_by) for rule in found.rules)
