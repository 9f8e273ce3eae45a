"""The ledger: snapshots that change nothing, duplicates, ties, counters, machines and bulk updates."""

from __future__ import annotations

from dataclasses import replace

from mapping_helpers import event_table, mapping, rows, told

from mining import mapping as room
from mining.core.events import Ledger, MappedLog, Unmapped
from mining.core.tables import Tables

WORK = """
- when: {state: New, first: true}
  activity: {engage: log}
- when: {state: Active}
  activity: {deliver_and_support: work}
"""


def mapped(tables: Tables, table: str, rules: str = WORK, *, rejected: int = 0, **more: str) -> MappedLog:
    log = room.map_events(tables, event_table(tables, rows(table), rejected=rejected), mapping(rules, **more))
    assert log.ledger.adds_up
    standing = log.ledger.events_mapped + log.ledger.events_unmapped
    assert len(told(tables, log)) == standing
    return log


def counts(ledger: Ledger, *names: str) -> tuple[int | None, ...]:
    return tuple(getattr(ledger, name) for name in names)


def test_a_snapshot_in_which_nothing_looked_at_has_changed_makes_no_event(tables: Tables) -> None:
    log = mapped(
        tables,
        """
        A 0 New    | G1 | ann
        A 1 New    | G1 | bob
        A 2 Active | G1 | bob
        A 3 Active | G1 | ann
        A 4 Active | G2 | ann
        A 5 Active | -  | ann
        A 6 Active | -  | ann
        B 7 New    | G1 | ann
        """,
        shape="snapshots",
    )
    assert told(tables, log) == [
        "A@0 engage:log",
        "A@2 deliver_and_support:work",
        "A@4 deliver_and_support:work",
        "A@5 deliver_and_support:work",
        "B@7 engage:log",
    ]
    assert counts(log.ledger, "rows_read", "rows_mapped", "rows_unchanged") == (8, 5, 3)


def test_the_actor_counts_as_looked_at_where_a_rule_looks_at_it(tables: Tables) -> None:
    table = "A 0 New | G1 | ann\nA 1 New | G1 | bob\nA 2 New | G1 | bob"
    closing = WORK + "\n- when: {state: Closed, actor: {system: true}}\n  end: lapsed"
    assert mapped(tables, table, shape="snapshots").ledger.rows_unchanged == 2
    log = mapped(tables, table, closing, shape="snapshots", top="system_actors: [timer]")
    assert log.ledger.rows_unchanged == 1


def test_in_an_event_log_every_row_is_an_event(tables: Tables) -> None:
    log = mapped(tables, "A 0 New\nA 1 Active\nA 2 Active")
    assert counts(log.ledger, "rows_mapped", "rows_unchanged") == (3, 0)


def test_rows_that_come_twice_count_once(tables: Tables) -> None:
    """As in two exports that overlap. The second copy must not be the row before of anything, either."""
    rules = WORK + "\n- when: {previous.state: Active}\n  activity: improve"
    week_1 = "A 0 New | G1 | ann | 0\nA 5 Active | G1 | ann | 1\n"
    week_2 = "A 5 Active | G1 | ann | 1\nA 9 Done | G1 | ann | 2\n"
    for table in (week_1 + week_2, week_2 + week_1):
        log = mapped(tables, table, rules, export="order_by: [counter]")
        assert told(tables, log) == ["A@0 engage:log", "A@5 deliver_and_support:work", "A@9 improve"]
        assert counts(log.ledger, "rows_read", "rows_mapped", "rows_duplicate") == (4, 3, 1)
        assert counts(log.ledger, "ties_decided_by_position", "neighbours", "missing_updates") == (0, 2, 0)


def test_copies_are_found_with_other_rows_between_them(tables: Tables) -> None:
    log = mapped(tables, "A 0 New\nA 0 Active\nA 0 New\nA 0 Active\nB 0 New")
    assert counts(log.ledger, "rows_duplicate", "ties_decided_by_position") == (2, 1)
    assert told(tables, log) == ["A@0 engage:log", "A@0 deliver_and_support:work", "B@0 engage:log"]


def test_a_snapshot_like_the_row_before_at_the_same_time_is_a_duplicate(tables: Tables) -> None:
    log = mapped(tables, "A 0 New | G1\nA 0 New | G1\nA 1 New | G1", shape="snapshots")
    assert counts(log.ledger, "rows_mapped", "rows_duplicate", "rows_unchanged") == (1, 1, 1)


def test_rows_that_differ_in_a_used_column_are_no_copies(tables: Tables) -> None:
    log = mapped(tables, "A 0 New | G1\nA 0 New | G2\nA 0 New | -")
    assert counts(log.ledger, "rows_duplicate", "ties_decided_by_position") == (0, 2)
    assert len(log.notes) > 0
    assert "position" in log.notes[0]


def test_the_same_time_and_another_count_is_no_tie(tables: Tables) -> None:
    table = "A 0 New | - | - | 0\nA 0 Active | - | - | 1\nA 0 Active | - | - | 2"
    log = mapped(tables, table, export="order_by: [counter]")
    assert counts(log.ledger, "rows_duplicate", "ties_decided_by_position") == (0, 0)


def test_a_counter_shows_which_updates_the_export_lacks(tables: Tables) -> None:
    table = (
        "A 0 New | - | - | 0\nA 1 Active | - | - | 1\nA 2 Active | - | - | 4\nB 0 New | - | - | 7\nB 1 X | - | - | 8"
    )
    log = mapped(tables, table, export="order_by: [counter]")
    assert counts(log.ledger, "missing_updates", "neighbours") == (1, 3)
    assert "1 of 3" in log.notes[0]


def test_a_number_that_counts_something_else_shows_no_missing_updates(tables: Tables) -> None:
    table = "A 0 New | - | - | 100\nA 1 Active | - | - | 240\nA 2 Active | - | - | 388"
    assert mapped(tables, table, export="order_by: [counter]").ledger.missing_updates is None
    assert mapped(tables, "A 0 New\nA 1 Active").ledger.missing_updates is None


def test_what_machines_do_is_counted(tables: Tables) -> None:
    table = "A 0 New | - | timer\nA 1 Active | - | ann\nA 2 Active | - | -\nB 0 New | - | timer"
    assert mapped(tables, table, top="system_actors: [timer]").ledger.events_by_system == 2
    assert mapped(tables, table).ledger.events_by_system == 0


def bulk(tickets: int, *, actor: str = "ann", minute: int = 5, state: str = "Active") -> str:
    return "\n".join(f"T{i} {minute} {state} | G1 | {actor}" for i in range(tickets))


def test_ten_tickets_in_one_minute_by_one_actor_are_a_bulk_update(tables: Tables) -> None:
    assert mapped(tables, bulk(10)).ledger.events_in_bulk == 10
    assert mapped(tables, bulk(9)).ledger.events_in_bulk == 0


def test_a_bulk_update_is_one_change_by_one_actor_in_one_minute(tables: Tables) -> None:
    assert mapped(tables, bulk(9) + "\nX 5 Active | G1 | bob").ledger.events_in_bulk == 0
    assert mapped(tables, bulk(9) + "\nX 6 Active | G1 | ann").ledger.events_in_bulk == 0
    assert mapped(tables, bulk(9) + "\nX 5 New | G1 | ann").ledger.events_in_bulk == 0
    assert mapped(tables, bulk(10, actor="-")).ledger.events_in_bulk == 0
    one_ticket = "\n".join(f"A 5 Active | G{i} | ann" for i in range(12))
    assert mapped(tables, one_ticket).ledger.events_in_bulk == 0


def test_labels_that_no_rule_met_are_told_the_most_frequent_first(tables: Tables) -> None:
    log = mapped(tables, "A 0 New\nA 1 X\nA 2 X\nB 0 X\nB 1 -\nC 0 Y")
    assert log.unmapped == (Unmapped("X", 3, 2), Unmapped(None, 1, 1), Unmapped("Y", 1, 1))
    assert counts(log.ledger, "rows_unmapped", "events_unmapped") == (5, 5)


def test_every_rule_says_how_often_it_decided(tables: Tables) -> None:
    log = mapped(tables, "A 0 New\nA 1 Active\nA 2 Active\nA 3 X")
    first, second = log.rule_uses
    assert (first.rule, first.rows, first.line) == (1, 1, 12)
    assert (second.rule, second.rows, second.line) == (2, 2, 14)
    assert first.text == 'state is "New" and it is the first row'
    assert second.outcome == "deliver_and_support:work"
    with_rest = mapped(tables, "A 0 New\nA 1 X", top="otherwise: ignore")
    assert [(use.text, use.rows) for use in with_rest.rule_uses][-1] == ("otherwise", 1)


def test_rows_that_could_not_be_read_stand_in_the_ledger(tables: Tables) -> None:
    ledger = mapped(tables, "A 0 New\nA 1 Active", rejected=3).ledger
    assert counts(ledger, "rows_read", "rows_rejected", "events_rejected", "events_made") == (5, 3, 3, 5)


def test_a_row_with_several_events_is_one_row(tables: Tables) -> None:
    rules = "- when: {state: R}\n  activities: [{engage: log}, {deliver_and_support: resolve}]"
    log = mapped(tables, "A 0 R\nA 1 X", rules)
    assert counts(log.ledger, "rows_mapped", "rows_unmapped", "events_made", "events_mapped") == (1, 1, 3, 2)


def test_a_ledger_that_lost_a_row_does_not_add_up(tables: Tables) -> None:
    ledger = mapped(tables, "A 0 New").ledger
    assert ledger.adds_up
    assert not replace(ledger, rows_read=2).adds_up
    assert not replace(ledger, events_made=2).adds_up


def test_an_export_without_rows_is_mapped_to_nothing(tables: Tables) -> None:
    log = mapped(tables, "", shape="snapshots", top="system_actors: [timer]")
    assert told(tables, log) == []
    assert counts(log.ledger, "rows_read", "rows_mapped", "neighbours") == (0, 0, 0)
