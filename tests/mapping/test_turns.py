"""Where a ticket's group, a kept column or a fact turns, and what facts say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from mapping_helpers import MINUTE, event_table, mapping, rows
from test_mapping_errors import GOOD, problems_of

from mining.core.events import MappedLog
from mining.core.tables import Tables
from mining.mapping import map_events, parse_mapping
from mining.mapping.turns import turns_together

RULES = "- {when: {event: New}, activity: engage}\n- {when: {event: Odd}, ignore: true}"

LOG = """
A 0 New | One | ann
A 1 New | One | bob
A 2 Odd | Two | bob
A 3 New | -   | bob
A 4 New | -   | bob
A 5 New | -   | bob
B 7 New | One | ann
"""


def turns(tables: Tables, log: MappedLog) -> list[dict[str, Any]]:
    assert log.turns is not None
    in_order = log.turns.order_by(["case_id", "number"])
    return tables.fetch(in_order, limit=1_000).to_pylist()


def test_first_and_last_rows_and_changes_of_the_group_are_turns_whatever_their_rule(tables: Tables) -> None:
    log = map_events(tables, event_table(tables, rows(LOG)), mapping(RULES))
    found = [(t["case_id"], t["time"] // MINUTE, t["group"], t["first"], t["last"]) for t in turns(tables, log)]
    assert found == [
        ("A", 0, "One", True, False),
        ("A", 2, "Two", False, False),
        ("A", 3, None, False, False),
        ("A", 5, None, False, True),
        ("B", 7, "One", True, True),
    ]


def test_a_kept_column_and_a_fact_turn_too_and_a_fact_that_holds_is_true(tables: Tables) -> None:
    facts = "facts: {caller: who, major: {column: state, is: [Odd]}}"
    log = map_events(tables, event_table(tables, rows(LOG)), mapping(RULES, export="keep: [who]", top=facts))
    found = [(t["case_id"], t["time"] // MINUTE, t["keep.who"], t["fact.major"]) for t in turns(tables, log)]
    assert found == [
        ("A", 0, "ann", False),
        ("A", 1, "bob", False),
        ("A", 2, "bob", True),
        ("A", 3, "bob", False),
        ("A", 5, "bob", False),
        ("B", 7, "ann", False),
    ]


CHANGES = """\
name: Test
export:
  shape: changes
  ticket: number
  time: {column: at}
  field: state
  old: who
  new: team
facts: {group: {field: Queue}}
rules:
  - {when: {field: Status}, activity: engage}
  - {when: {field: Queue}, activity: engage}
"""


def test_of_changes_a_field_holds_until_it_is_changed_again(tables: Tables) -> None:
    log = "A 0 Status | New\nA 1 Queue | One\nA 2 Status | Work\nA 3 Queue | -\nA 4 Status | Done"
    table = event_table(tables, rows(log))
    table = replace(table, table=table.table.mutate(**{"src.event": table.table["src.state"]}))
    found = [
        (turn["time"] // MINUTE, turn["group"])
        for turn in turns(tables, map_events(tables, table, parse_mapping(CHANGES, "x.yaml")))
    ]
    assert found == [(0, None), (1, "One"), (2, "One"), (3, None), (4, None)]


def test_turns_of_several_exports_have_the_type_before_the_number_and_miss_what_one_does_not_tell(
    tables: Tables,
) -> None:
    one = mapping(RULES, export="ticket_type: incident", top="facts: {caller: who}")
    other = mapping(RULES, export="ticket_type: change")
    logs = [map_events(tables, event_table(tables, rows("7 0 New | One | ann")), each) for each in (one, other)]
    both = turns_together(logs)
    assert both is not None
    found = tables.fetch(both.order_by("case_id"), limit=10).to_pylist()
    assert [(t["case_id"], t["fact.caller"]) for t in found] == [("change 7", None), ("incident 7", "ann")]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("{prio: state}", ['no key "prio"', 'did you mean "priority"?']),
        ("{major: {column: state}}", ["holds or does not", "is:"]),
        ("{priority: {column: state, is: x}}", ["no cell needs to be named"]),
        ("{priority: {field: state}}", ["only an export of the shape changes has fields"]),
        ("{priority: {column: state, field: x}}", ["name one of the two"]),
        ("{group: {column: state}}", ["export: group"]),
        ("{priority: state, major: {column: state, is: x}}", ["never by its priority"]),
        ("{priority: 7}", ["expected: a group of keys"]),
        ("{customer: who}", ["names people", "company or department"]),
        ("{customer: Requested by}", ["names people"]),
    ],
)
def test_what_is_wrong_with_facts_is_told_with_its_line(facts: str, said: list[str]) -> None:
    (problem,) = problems_of(GOOD.replace("system_actors: [timer]", f"system_actors: [timer]\nfacts: {facts}"))
    assert problem.line == 11
    assert not [word for word in said if word not in str(problem)], str(problem)


def test_before_the_first_change_of_a_field_holds_what_that_change_says_it_was(tables: Tables) -> None:
    log = "A 0 Status | New\nA 1 Queue | Two | One\nA 2 Queue | One | Two\nB 0 Queue | Two | -\nC 3 Queue | Two | One"
    found = [rows(line)[0] for line in log.splitlines()]
    table = event_table(tables, found)
    table = replace(table, table=table.table.mutate(**{"src.event": table.table["src.state"]}))
    told = turns(tables, map_events(tables, table, parse_mapping(CHANGES, "x.yaml")))
    assert [(turn["case_id"], turn["number"], turn["group"], turn["first"]) for turn in told] == [
        ("A", 0, "One", True),
        ("A", 1, "Two", False),
        ("A", 2, "One", False),
        ("B", 0, "Two", True),
        ("C", -1, "One", False),
        ("C", 0, "Two", True),
    ]


FINAL = """\
name: Test
export: {shape: events, ticket: number, time: {column: at}, event: state, final: [who]}
facts: {caller: who}
rules:
  - {when: {event: [New, Odd]}, activity: engage}
"""


def test_a_fact_that_is_known_at_the_end_alone_is_told_by_the_last_row(tables: Tables) -> None:
    log = map_events(tables, event_table(tables, rows(LOG)), parse_mapping(FINAL, "x.yaml"))
    found = [(turn["time"] // MINUTE, turn["fact.caller"]) for turn in turns(tables, log) if turn["case_id"] == "A"]
    assert found == [(0, None), (1, None), (5, "bob")]


def test_a_target_is_read_as_the_exports_own_times_are(tables: Tables) -> None:
    facts = "facts: {target: who}\n"
    made = mapping(RULES, top=facts)
    texts = [
        row | {"src.who": text} for row, text in zip(rows(LOG), ["1970-01-01 00:05", "odd", None] * 3, strict=False)
    ]
    found = turns(tables, map_events(tables, event_table(tables, texts), made))
    assert {(turn["fact.target"], turn["target"]) for turn in found} == {
        ("1970-01-01 00:05", 5 * MINUTE),
        ("odd", None),
        (None, None),
    }


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("[Desk]", ["told by their numbers", "found: a list"]),
        ("{}", ["told by their numbers"]),
        ('{first: ["Desk*"]}', ["a line of support is a number", "from 1 to 9"]),
        ('{10: ["Desk*"]}', ["a line of support is a number"]),
        ("{1: 7}", ["text is expected", "put it in quotes"]),
        ("{1: []}", ["the list is empty"]),
    ],
)
def test_what_is_wrong_with_lines_of_support_is_told_with_its_line(lines: str, said: list[str]) -> None:
    problems = problems_of(GOOD.replace("system_actors: [timer]", f"system_actors: [timer]\nsupport_lines: {lines}"))
    assert {problem.line for problem in problems} == {11}
    text = "\n".join(map(str, problems))
    assert not [word for word in said if word not in text], text


def test_lines_of_support_need_groups() -> None:
    text = 'support_lines: {1: ["*"]}'
    without = GOOD.replace("  group: team\n", "").replace("system_actors: [timer]", f"system_actors: [timer]\n{text}")
    assert any("names no column with groups" in str(problem) for problem in problems_of(without))


def test_lines_of_support_are_read_in_the_order_of_the_file() -> None:
    made = mapping(RULES, top='support_lines: {2: "* 2nd", 1: ["*"]}')
    assert [(one.line, one.groups) for one in made.support_lines] == [(2, ("* 2nd",)), (1, ("*",))]
