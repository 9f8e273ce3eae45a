"""How much of an export a mapping covers, on exports that a reader can count."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from mapping_helpers import MINUTE, event_table, mapping, rows
from test_rule_laws import ROWS, RULES, SOME, mapping_of

from mining import mapping as room
from mining.core.mapping_results import Coverage, UnmappedWeight
from mining.core.tables import Tables

WORK = """
- when: {state: New}
  activity: {engage: log}
- when: {state: Active}
  activity: {deliver_and_support: work}
- when: {state: Closed}
  end: agent
- when: {state: Note}
  ignore: true
"""


def covered(tables: Tables, table: str, **more: str) -> Coverage:
    return room.coverage(tables, event_table(tables, rows(table)), mapping(WORK, **more))


def test_a_label_that_is_rare_can_hold_half_of_the_time(tables: Tables) -> None:
    found = covered(tables, "A 0 New\nA 5 Active\nA 10 Parked\nA 20 Closed\nB 0 New\nB 0 Closed")
    assert found.by_events == 5 / 6
    assert found.by_tickets == 1 / 2
    assert found.by_time == 1 / 2
    assert found.unmapped == (UnmappedWeight("Parked", 1, 1, 10 * MINUTE),)


def test_time_after_the_last_event_is_nobodys(tables: Tables) -> None:
    found = covered(tables, "A 0 New\nA 5 Parked")
    assert (found.elapsed, found.elapsed_unmapped, found.by_time) == (5 * MINUTE, 0, 1.0)


def test_time_goes_on_over_rows_that_are_ignored(tables: Tables) -> None:
    found = covered(tables, "A 0 Parked\nA 3 Note\nA 10 Closed\nA 20 Note")
    assert (found.elapsed, found.elapsed_unmapped) == (10 * MINUTE, 10 * MINUTE)


def test_a_ticket_of_which_every_row_is_ignored_is_neither(tables: Tables) -> None:
    found = covered(tables, "A 0 Note\nB 0 New\nB 1 Parked\nC 0 New")
    assert (found.tickets, found.tickets_mapped, found.tickets_with_unmapped) == (3, 1, 1)
    assert found.by_events == 3 / 4


def test_demand_before_the_first_row_counts_as_mapped_time(tables: Tables) -> None:
    demand = "demand: {time: opened, activity: engage, step: contact}"
    found = covered(tables, "A 10 Parked | - | - | - | 0\nA 30 Closed | - | - | - | 0", top=demand)
    assert (found.elapsed, found.elapsed_unmapped) == (30 * MINUTE, 20 * MINUTE)


def test_the_labels_stand_in_the_order_of_their_rows(tables: Tables) -> None:
    found = covered(tables, "A 0 X\nA 1 Y\nA 3 Y\nB 0 Y\nB 9 -\nB 10 X")
    assert [(one.event, one.rows, one.tickets, one.time // MINUTE) for one in found.unmapped] == [
        ("Y", 3, 2, 11),
        ("X", 2, 2, 1),
        (None, 1, 1, 1),
    ]
    assert found.unmapped_left_out == 0


def test_rows_that_come_twice_count_once(tables: Tables) -> None:
    found = covered(tables, "A 0 New\nA 5 Parked\nA 5 Parked\nA 9 Closed")
    assert found.ledger.rows_duplicate == 1
    assert (found.by_events, found.unmapped[0].rows, found.elapsed_unmapped) == (2 / 3, 1, 4 * MINUTE)


def test_where_there_is_nothing_there_is_no_share(tables: Tables) -> None:
    found = covered(tables, "A 0 Note")
    assert (found.by_events, found.by_tickets, found.by_time) == (1.0, None, None)


@pytest.mark.slow
@SOME
@given(RULES, ROWS)
def test_coverage_is_what_the_ledger_says(
    tables: Tables, rules: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    events, rule_file = event_table(tables, rows), mapping_of(rules)
    found, log = room.coverage(tables, events, rule_file), room.map_events(tables, events, rule_file)
    assert found.ledger == log.ledger
    assert {(one.event, one.rows, one.tickets) for one in found.unmapped} == {
        (one.event, one.rows, one.tickets) for one in log.unmapped
    }
    assert sum(one.time for one in found.unmapped) == found.elapsed_unmapped <= found.elapsed
    assert found.tickets_mapped + found.tickets_with_unmapped <= found.tickets
    assert (found.tickets_with_unmapped == 0) is (log.ledger.rows_unmapped == 0)
