"""The rule language, one thing at a time, on exports of a few rows."""

from __future__ import annotations

import pytest
from mapping_helpers import event_table, mapping, rows, told

from mining import mapping as room
from mining.core.tables import Tables


def outcome(tables: Tables, rules: str, table: str, **more: str) -> list[str]:
    """What becomes of the rows of `table` under `rules`."""
    log = room.map_events(tables, event_table(tables, rows(table)), mapping(rules, **more))
    assert log.ledger.adds_up
    return told(tables, log)


def decisions(tables: Tables, when: str, export: str, **more: str) -> list[bool]:
    """On which rows of `export` a condition holds, in their order."""
    log = outcome(tables, f"- when: {when}\n  activity: engage", export, **more)
    return [line.endswith("engage") for line in log]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{state: New}", "x..."),
        ("{state: [New, Active]}", "xx.."),
        ("{state: {is: New}}", "x..."),
        ("{state: {not: New}}", ".xx."),
        ("{state: {not: [New, Active]}}", "..x."),
        ("{state: {not: {not: New}}}", "x..."),
        ('{state: {matches: "^A"}}', ".x.."),
        ('{state: {matches: "(?i)^a|D$"}}', ".xx."),
        ('{state: {not: {matches: "e"}}}', "...."),
        ('{state: {matches: "e", not: New}}', ".xx."),
        ("{state: {missing: true}}", "...x"),
        ("{state: {missing: false}}", "xxx."),
        ("{state: {not: {missing: true}}}", "xxx."),
        ("{state: New, team: G1}", "x..."),
        ("{state: New, team: G2}", "...."),
        ("{any: [{state: New}, {team: G2}]}", "x.xx"),
        ("{any: [{state: New, team: G2}, {state: Closed}]}", "..x."),
        ("{event: New}", "x..."),
        ("{group: G2}", "..xx"),
        ("{actor: ann}", "xx.."),
        ("{actor: {not: ann}}", "...x"),
        ("{ticket_type: ticket}", "xxxx"),
        ("{ticket_type: [change, problem]}", "...."),
        ("{first: true}", "x..."),
        ("{first: false}", ".xxx"),
        ("{last: true}", "...x"),
        ("{last: false}", "xxx."),
        ("{previous.state: New}", ".x.."),
        ("{previous.event: [New, Active]}", ".xx."),
        ("{previous.state: {not: New}}", "..xx"),
        ("{previous.team: {missing: true}}", "...."),
        ("{previous.team: {missing: false}}", ".xxx"),
        ("{previous.who: {missing: true}}", "...x"),
        ("{previous.who: {not: {missing: true}}}", ".xx."),
        ('{previous.state: {matches: "e"}}', ".xxx"),
        ("{team: {differs: true}}", "..x."),
        ("{team: {differs: false}}", ".x.x"),
        ("{who: {differs: true}}", "...."),
        ("{who: {differs: false}}", ".x.."),
        ("{who: {differs: {null: true}}}", "..xx"),
        ("{who: {not: {differs: {null: true}}}}", ".x.."),
        ("{state: {is: Closed, differs: true}}", "..x."),
    ],
)
def test_where_a_condition_holds(tables: Tables, when: str, holds: str) -> None:
    export = """
        A 0 New    | G1 | ann
        A 1 Active | G1 | ann
        A 2 Closed | G2 | -
        A 3 -      | G2 | bob
    """
    assert decisions(tables, when, export) == [mark == "x" for mark in holds]


def test_a_machine_is_known_by_its_name(tables: Tables) -> None:
    export = "A 0 S | - | timer\nA 1 S | - | ann\nA 2 S | - | -"
    machines = {"top": "system_actors: [timer, robot]"}
    assert decisions(tables, "{actor: {system: true}}", export, **machines) == [True, False, False]
    assert decisions(tables, "{actor: {system: false}}", export, **machines) == [False, True, False]
    assert decisions(tables, "{previous.actor: {system: true}}", export, **machines) == [False, True, False]


def test_the_row_before_is_that_of_the_same_ticket_whatever_rule_it_met(tables: Tables) -> None:
    rules = """
    - when: {state: Noise}
      ignore: true
    - when: {previous.state: Noise}
      activity: engage
    """
    assert outcome(tables, rules, "A 0 Noise\nB 1 X\nA 2 X\nA 3 X") == ["A@2 engage", "A@3 ?", "B@1 ?"]


def test_the_first_rule_that_holds_decides(tables: Tables) -> None:
    rules = """
    - when: {state: Resolved, first: true}
      activity: {engage: log}
    - when: {state: Resolved}
      activity: {deliver_and_support: resolve}
    """
    log = outcome(tables, rules, "A 0 Resolved\nA 1 Resolved")
    assert log == ["A@0 engage:log", "A@1 deliver_and_support:resolve"]


def test_one_row_makes_several_events_and_the_last_has_the_mark_the_waiting_and_the_end(tables: Tables) -> None:
    rules = """
    - when: {state: Resolved}
      activities: [{engage: log}, engage, {deliver_and_support: resolve}]
      value: claimed
      waiting: user
      end: agent
    """
    assert outcome(tables, rules, "A 7 Resolved") == [
        "A@7 engage:log",
        "A@7 engage",
        "A@7 deliver_and_support:resolve [claimed] (waiting on user), end agent",
    ]


def test_an_event_among_several_can_have_its_own_mark_and_waiting(tables: Tables) -> None:
    rules = """
    - when: {state: X}
      activities: [{engage: ask, waiting: user}, {deliver_and_support: fix, value: claimed}, plan]
    """
    assert outcome(tables, rules, "A 0 X") == [
        "A@0 engage:ask (waiting on user)",
        "A@0 deliver_and_support:fix [claimed]",
        "A@0 plan",
    ]


def test_events_of_neighbouring_rows_keep_their_order(tables: Tables) -> None:
    rules = """
    - when: {state: X}
      activities: [plan, engage, improve, plan, engage, improve, plan]
    - when: {state: Y}
      activity: obtain_build
    """
    log = outcome(tables, rules, "A 0 X\nA 0 Y\nA 0 X | G2")
    seven = [f"A@0 {name}" for name in ("plan", "engage", "improve", "plan", "engage", "improve", "plan")]
    assert log == [*seven, "A@0 obtain_build", *seven]


def test_a_row_may_only_end_the_ticket(tables: Tables) -> None:
    assert outcome(tables, "- when: {state: Closed}\n  end: lapsed", "A 0 New\nA 5 Closed") == [
        "A@0 ?",
        "A@5 end lapsed",
    ]


def test_rows_that_are_ignored_make_no_event_and_are_counted(tables: Tables) -> None:
    rules = "- when: {state: Closed}\n  end: agent\n- when: {state: Note}\n  ignore: true"
    log = room.map_events(tables, event_table(tables, rows("A 0 Closed\nA 5 Note")), mapping(rules))
    assert told(tables, log) == ["A@0 end agent"]
    assert (log.ledger.rows_mapped, log.ledger.rows_ignored, log.ledger.events_ignored) == (1, 1, 1)


@pytest.mark.parametrize(
    ("otherwise", "told_of_it"),
    [
        ("unmapped", ["A@0 ?"]),
        ("ignore", []),
        ("deliver_and_support", ["A@0 deliver_and_support"]),
        ("{activity: {engage: ask}, waiting: user}", ["A@0 engage:ask (waiting on user)"]),
        ("{activity: engage, step: ask}", ["A@0 engage:ask"]),
    ],
)
def test_what_becomes_of_rows_that_no_rule_meets(tables: Tables, otherwise: str, told_of_it: list[str]) -> None:
    log = outcome(tables, "- when: {state: X}\n  activity: plan", "A 0 Y", top=f"otherwise: {otherwise}")
    assert log == told_of_it


def test_the_counter_orders_rows_of_one_minute(tables: Tables) -> None:
    rules = "- when: {first: true}\n  activity: engage\n- when: {state: Z}\n  activity: plan"
    export = "A 0 Z | - | - | 10\nA 0 Y | - | - | 9\nA 0 X | - | - | 2"
    log = outcome(tables, rules, export, export="order_by: [counter]")
    assert log == ["A@0 engage", "A@0 ?", "A@0 plan"]


@pytest.mark.parametrize(
    ("export", "expected"),
    [
        ("A 5 New | - | - | - | 3", ["A@3 engage:contact", "A@5 ?"]),
        ("A 5 New | - | - | - | 5", ["A@5 ?"]),
        ("A 5 New | - | - | - | 9", ["A@5 ?"]),
        ("A 5 New | - | - | - | -", ["A@5 ?"]),
        ("A 5 New | - | - | - | 3\nA 6 New | - | - | - | 1", ["A@3 engage:contact", "A@5 ?", "A@6 ?"]),
    ],
)
def test_demand_makes_an_event_where_it_is_earlier_than_the_first_row(
    tables: Tables, export: str, expected: list[str]
) -> None:
    top = "demand: {time: opened, activity: engage, step: contact}"
    found = mapping("- when: {state: X}\n  activity: plan", top=top, export="order_by: [counter]")
    log = room.map_events(tables, event_table(tables, rows(export)), found)
    assert told(tables, log) == expected
    assert log.ledger.demand_events == sum("contact" in line for line in expected)
    assert log.ledger.adds_up
