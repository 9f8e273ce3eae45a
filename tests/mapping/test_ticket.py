"""A ticket explained: which rule decided each row, and why the earlier ones did not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import rule_oracle
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_helpers import COLUMNS, MINUTE, event_table, mapping, rows, told
from test_rule_laws import MACHINES, ROWS, RULES, SOME, distinct, in_order, mapping_of

from mining import mapping as room
from mining.core.errors import RequestError
from mining.core.events import src
from mining.core.mapping_results import TicketExplained
from mining.core.tables import Tables

RULES_TEXT = """
- when: {state: Closed, actor: {system: true}}
  end: lapsed
- when: {state: New, first: true}
  activity: {engage: log}
- when: {state: New, previous.state: Resolved}
  activity: {engage: reopen}
- when: {state: Note}
  ignore: true
"""


def explained(tables: Tables, rules: str, table: str, ticket: str = "A", **more: str) -> TicketExplained:
    found, log = room.explain_ticket(tables, event_table(tables, rows(table)), mapping(rules, **more), ticket)
    assert log.ledger.adds_up
    return found


def why_not(tables: Tables, when: str, table: str, **more: str) -> str:
    """Why a rule with this condition did not decide the last row of ticket A."""
    found = explained(tables, f"- when: {when}\n  activity: engage", table, **more)
    return found.rows[-1].ruled_out[0].why


def test_each_row_says_what_became_of_it_and_by_which_rule(tables: Tables) -> None:
    table = """
    A 0 New    | G1 | ann
    A 1 Note   | G1 | ann
    A 2 Parked | G1 | ann
    B 3 New    | G1 | ann
    A 9 Closed | G1 | timer
    """
    found = explained(tables, RULES_TEXT, table, top="system_actors: [timer]")
    assert [(row.number, row.time // MINUTE, row.outcome, row.rule) for row in found.rows] == [
        (0, 0, "engage:log", 2),
        (1, 1, "ignored", 4),
        (2, 2, "unmapped", None),
        (3, 9, "end lapsed", 1),
    ]
    assert found.rows[3].because == 'state is "Closed" and who is "timer"'
    assert found.rows[0].cells == (("state", '"New"'), ("team", '"G1"'), ("who", "a person"))
    assert found.rows[3].cells[2] == ("who", "a machine")


def test_an_earlier_rule_names_the_first_of_its_conditions_that_failed(tables: Tables) -> None:
    found = explained(tables, RULES_TEXT, "A 0 Open\nA 1 New | - | ann", top="system_actors: [timer]")
    assert [(one.rule, one.why) for one in found.rows[1].ruled_out] == [
        (1, 'state is "Closed", found "New"'),
        (2, "it is the first row, found a row before it"),
        (3, 'previous state is "Resolved", found "Open"'),
        (4, 'state is "Note", found "New"'),
    ]


@pytest.mark.parametrize(
    ("when", "table", "why"),
    [
        ("{state: [New, Active]}", "A 0 Gone", 'state is "New" or "Active", found "Gone"'),
        ("{state: {not: Gone}}", "A 0 Gone", 'state is not "Gone", found "Gone"'),
        ("{state: {not: New}}", "A 0 -", 'state is not "New", found missing'),
        ('{state: {matches: "^N"}}', "A 0 Gone", 'state matches /^N/, found "Gone"'),
        ("{team: {missing: true}}", "A 0 X | G1", 'team is missing, found "G1"'),
        ("{team: {missing: false}}", "A 0 X | -", "team is not missing, found missing"),
        ("{team: {differs: true}}", "A 0 X | G1\nA 1 X | G1", 'team differs from the row before, found "G1" in both'),
        (
            "{team: {differs: true}}",
            "A 0 X | -\nA 1 X | G1",
            'team differs from the row before, found missing, then "G1"',
        ),
        ("{team: {differs: true}}", "A 0 X | G1", "team differs from the row before, found no row before"),
        ("{previous.team: {missing: true}}", "A 0 X | G1", "previous team is missing, found no row before"),
        ("{first: false}", "A 0 X", "it is not the first row, found no row before it"),
        ("{last: false}", "A 0 X", "it is not the last row, found no row after it"),
        ("{ticket_type: change}", "A 0 X", "never"),
        ("{any: [{state: A}, {state: B}]}", "A 0 X", 'none of these: state is "A", found "X"; state is "B", found "X"'),
        ("{state: X, any: [{team: G2, first: true}]}", "A 0 X | G1", 'team is "G2", found "G1"'),
        ("{actor: bob}", "A 0 X | - | ann", 'who is "bob", found a person'),
        ("{state: New}", f"A 0 {'x' * 81}", 'state is "New", found a text of 81 characters'),
    ],
)
def test_the_words_say_what_was_expected_and_what_was_found(tables: Tables, when: str, table: str, why: str) -> None:
    assert why_not(tables, when, table) == why


def test_prose_that_is_only_searched_is_not_shown(tables: Tables) -> None:
    events = event_table(tables, rows("A 0 X"))
    prose = tables.keep(events.table.mutate(**{src("text"): events.table.ticket_id + " broke down"}), "prose")
    rules = mapping('- when: {text: {matches: "fire"}}\n  activity: engage')
    found, _ = room.explain_ticket(tables, replace(events, table=prose), rules, "A")
    assert found.rows[0].ruled_out[0].why == "text matches /fire/, found a text of 12 characters"
    assert ("text", "a text of 12 characters") in found.rows[0].cells


def test_a_snapshot_in_which_nothing_has_changed_is_looked_at_by_no_rule(tables: Tables) -> None:
    rules = "- when: {state: New}\n  activity: engage"
    found = explained(tables, rules, "A 0 New | G1\nA 1 New | G1\nA 2 New | G2", shape="snapshots")
    assert [(row.became, row.rule, len(row.ruled_out)) for row in found.rows] == [
        ("mapped", 1, 0),
        ("unchanged", None, 0),
        ("mapped", 1, 0),
    ]


def test_a_row_that_comes_twice_is_nobodys_row_before(tables: Tables) -> None:
    rules = "- when: {previous.state: New}\n  activity: engage"
    found = explained(tables, rules, "A 0 Open\nA 5 New\nA 5 New\nA 9 Gone")
    assert [(row.number, row.became) for row in found.rows] == [
        (0, "unmapped"),
        (1, "unmapped"),
        (None, "duplicate"),
        (2, "mapped"),
    ]
    assert found.rows_left_out == 0


def test_demand_stands_before_the_first_row(tables: Tables) -> None:
    demand = "demand: {time: opened, activity: engage, step: contact}"
    found = explained(tables, RULES_TEXT, "A 10 New | - | ann | - | 3", top=f"{demand}\nsystem_actors: [timer]")
    assert found.demand == (3 * MINUTE, "engage:contact")


def test_what_is_done_otherwise_is_no_rule(tables: Tables) -> None:
    found = explained(tables, "- when: {state: New}\n  activity: engage", "A 0 X", top="otherwise: ignore")
    assert (found.rows[0].outcome, found.rows[0].rule, found.rows[0].because) == ("ignored", None, "no rule holds")


def test_an_unknown_ticket_is_answered_with_the_near_ones(tables: Tables) -> None:
    with pytest.raises(RequestError) as raised:
        explained(tables, RULES_TEXT, "INC12 0 New\nINC13 0 New\nX 0 New", "inc14", top="system_actors: [timer]")
    (problem,) = raised.value.problems
    assert (problem.found, problem.expected) == ("inc14", "INC12, INC13, X")


@pytest.mark.slow
@settings(SOME, max_examples=15)
@given(RULES, ROWS, st.sampled_from(["events", "snapshots"]))
def test_a_ticket_is_explained_as_it_is_mapped(
    tables: Tables, rules: list[dict[str, Any]], rows: list[dict[str, Any]], shape: str
) -> None:
    """`explain_ticket` itself ends in a Fault where its words and the expression do not agree."""
    rows = distinct(rows)
    rule_file = mapping_of(rules, export="order_by: [counter]", shape=shape)
    events = event_table(tables, rows)
    whole = room.map_events(tables, events, rule_file)
    name, ticket = max(in_order(rows).items(), key=lambda found: len(found[1]))
    found, log = room.explain_ticket(tables, events, rule_file, name)
    assert len(found.rows) == len(ticket)
    assert told(tables, log) == [line for line in told(tables, whole) if line.startswith(f"{name}@")]
    if shape == "events":
        plain = [{column: row[src(column)] for column in COLUMNS} for row in ticket]
        expected = rule_oracle.decisions(rules, MACHINES, plain)
        assert [row.rule for row in found.rows] == [None if e is None else e + 1 for e in expected]
    for row in found.rows:
        before = len(rules) if row.rule is None else row.rule - 1
        assert [one.rule for one in row.ruled_out] == ([] if row.became == "unchanged" else list(range(1, before + 1)))
