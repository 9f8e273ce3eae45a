"""Tickets and changes in the rule language: what an event is, and what the ledger counts."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_helpers import MINUTE, told

from mining import mapping as room
from mining.core.events import EventTable, Ledger, MappedLog, Unmapped, src
from mining.core.tables import Tables

TICKETS = """\
name: Tickets
export:
  shape: tickets
  ticket: number
  time: {zone: UTC}
  times:
    - {column: opened_at, event: opened}
    - {column: resolved_at, event: resolved, actor: resolved_by, group: team}
    - {column: closed_at, event: closed}
rules:
  - when: {event: opened, first: true}
    activity: {engage: log}
  - when: {event: resolved, actor: timer}
    ignore: true
  - when: {event: resolved, group: {missing: true}}
    activity: improve
  - when: {event: resolved, previous.event: opened}
    activity: {deliver_and_support: resolve}
    value: claimed
  - when: {event: closed, last: true}
    end: agent
"""
LABELS = ("opened", "resolved", "closed")


def ticket_rows(text: str) -> list[dict[str, Any]]:
    """`A 0 5 9 | bob | Network` is a row of ticket A opened at minute 0, resolved at 5 by bob, closed at 9; `-` is
    missing."""
    found = []
    for row, line in enumerate(filter(str.strip, text.splitlines())):
        first, who, team = ([cell.strip() for cell in line.split("|")] + ["-", "-"])[:3]
        ticket, *times = first.split()
        for part, minute in enumerate(times):
            if minute != "-":
                event = {"row": row, "ticket_id": ticket, "time": int(minute) * MINUTE, "part": part}
                who_did_it = {src("actor"): who, src("group"): team} if part == 1 else {}
                event |= {name: None if cell == "-" else cell for name, cell in who_did_it.items()}
                found.append(event | {src("event"): LABELS[part]})
    return found


def mapped(tables: Tables, found: list[dict[str, Any]], *, rules: str = TICKETS, **more: int) -> MappedLog:
    """The log of events whose rows are numbered; rows that are missing between them count for nothing."""
    mapping = room.parse_mapping(rules)
    names = {"row": pa.int64(), "ticket_id": pa.string(), "time": pa.int64(), "part": pa.int64()}
    names |= {src(column): pa.string() for column in mapping.export.used}
    table = pa.table({name: pa.array([row.get(name) for row in found], kind) for name, kind in names.items()})
    kept = tables.put(table, "export")
    rows = len({row["row"] for row in found})
    rejected, further = more.get("rejected", 0), more.get("further", 0)
    events = EventTable(kept, rows + rejected, rejected, (), (), (), further_rejected=further)
    log = room.map_events(tables, events, mapping)
    tables.drop(kept)
    assert log.ledger.adds_up
    return log


def counts(ledger: Ledger, *names: str) -> tuple[int | None, ...]:
    return tuple(getattr(ledger, name) for name in names)


def test_the_times_of_a_ticket_become_its_events(tables: Tables) -> None:
    log = mapped(tables, ticket_rows("A 0 5 9 | bob | Network\nB 3 - - | bob | Network"))
    assert told(tables, log) == [
        "A@0 engage:log",
        "A@5 deliver_and_support:resolve [claimed]",
        "A@9 end agent",
        "B@3 engage:log",
    ]


def test_events_of_one_row_at_one_time_stand_in_the_order_of_the_mapping(tables: Tables) -> None:
    """The mapping decides that order, so no tie is counted."""
    rows = ticket_rows("A 0 0 0 | bob | Network")
    log = mapped(tables, rows[::-1])
    assert told(tables, log) == ["A@0 engage:log", "A@0 deliver_and_support:resolve [claimed]", "A@0 end agent"]
    assert log.ledger.ties_decided_by_position == 0
    assert not log.notes


def test_a_row_of_several_events_counts_as_unmapped_before_ignored_before_mapped(tables: Tables) -> None:
    log = mapped(
        tables,
        ticket_rows(
            """
            A 0 5 9 | bob   | Network
            B 0 5 9 | timer | Network
            C 9 5 - | timer | Network
            D 0 5 2 | bob   | Network
            """
        ),
        rejected=2,
        further=3,
    )
    ledger = log.ledger
    rows = counts(ledger, "rows_read", "rows_mapped", "rows_ignored", "rows_unmapped", "rows_rejected")
    assert rows == (6, 1, 1, 2, 2)  # C was resolved before it was opened, D closed before it was resolved
    events = counts(ledger, "events_made", "events_mapped", "events_ignored", "events_unmapped", "events_rejected")
    assert events == (16, 6, 2, 3, 5)
    assert set(log.unmapped) == {Unmapped("opened", 1, 1), Unmapped("resolved", 1, 1), Unmapped("closed", 1, 1)}
    assert [use.rows for use in log.rule_uses] == [3, 2, 0, 1, 2]  # events, not rows


def test_a_ticket_that_is_exported_twice_alike_counts_once(tables: Tables) -> None:
    one = "A 0 5 9 | bob | Network\n"
    for text in (one + one, one + "B 0 - -\n" + one + one):
        log = mapped(tables, ticket_rows(text))
        assert log.ledger.rows_duplicate == text.count("A") - 1
        assert [line for line in told(tables, log) if line.startswith("A")] == told(
            tables, mapped(tables, ticket_rows(one))
        )


def test_a_ticket_that_went_on_between_two_exports_is_no_duplicate(tables: Tables) -> None:
    """What it told already, it tells twice; the report says so."""
    log = mapped(tables, ticket_rows("A 0 - -\nA 0 5 - | bob | Network"))
    assert counts(log.ledger, "rows_duplicate", "ties_decided_by_position") == (0, 1)
    assert "several rows that differ" in log.notes[0]


def test_the_same_person_and_time_in_another_row_is_compared_too(tables: Tables) -> None:
    log = mapped(tables, ticket_rows("A 0 5 9 | bob | Network\nA 0 5 9 | bob | Desk"))
    assert log.ledger.rows_duplicate == 0


_cells = st.tuples(
    st.sampled_from("AB"),
    *[st.sampled_from(["-", "0", "5", "9"])] * 3,
    st.sampled_from(["bob", "timer", "-"]),
    st.sampled_from(["Network", "-"]),
).filter(lambda row: set(row[1:4]) != {"-"})


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(_cells, min_size=1, max_size=6))
def test_every_row_and_every_time_is_accounted_for(tables: Tables, rows: list[tuple[str, ...]]) -> None:
    found = ticket_rows("\n".join(f"{' '.join(row[:4])} | {row[4]} | {row[5]}" for row in rows))
    ledger = mapped(tables, found).ledger
    # Who and which group are told of the resolving only, so without it they make no difference.
    different = {row if row[2] != "-" else row[:4] for row in rows}
    assert ledger.rows_duplicate == len(rows) - len(different)
    times = sum(cell != "-" for row in different for cell in row[1:4])
    assert ledger.events_made == times


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(rows=st.lists(_cells, min_size=1, max_size=4, unique_by=lambda row: row[0]), seed=st.randoms())
def test_the_order_of_tickets_and_times_in_the_table_does_not_matter(
    tables: Tables, rows: list[tuple[str, ...]], seed: Any
) -> None:
    found = ticket_rows("\n".join(f"{' '.join(row[:4])} | {row[4]} | {row[5]}" for row in rows))
    first = mapped(tables, found)
    other = {row["row"]: number for number, row in enumerate(sorted(found, key=lambda _: seed.random()))}
    shuffled = sorted(({**row, "row": other[row["row"]]} for row in found), key=lambda _: seed.random())
    second = mapped(tables, shuffled)
    assert told(tables, second) == told(tables, first)
    assert second.ledger == first.ledger


CHANGES = """\
name: Changes
export:
  shape: changes
  ticket: key
  time: {column: at, zone: UTC}
  field: what
  old: before
  new: after
  event: status
rules:
  - when: {event: Resolved}
    activity: {deliver_and_support: resolve}
    value: claimed
  - when: {event: created, first: true}
    activity: {engage: log}
  - when: {field: assignee, new: {missing: true}}
    activity: {deliver_and_support: queue}
  - when: {field: assignee, old: {missing: true}}
    activity: {deliver_and_support: take}
  - when: {field: assignee, previous.field: assignee}
    activity: {deliver_and_support: pass on}
"""


def failed(tables: Tables, mapping: str, *examples: str) -> list[tuple[int, str, int | None]]:
    text = mapping + "examples:\n" + "\n".join(examples)
    found = room.test_mapping(room.parse_mapping(text), tables)
    return [(example.number, str(example.found), example.rule) for example in found]


def test_examples_of_changes_name_field_old_and_new(tables: Tables) -> None:
    examples = """\
  - event: {field: status, old: New, new: Resolved}
    is: {activity: {deliver_and_support: resolve}, value: claimed}
  - event: {event: Resolved}
    is: {activity: {deliver_and_support: resolve}, value: claimed}
  - event: {event: created}
    is: {activity: {engage: log}}
  - event: {field: assignee, old: ann}
    is: {activity: {deliver_and_support: queue}}
  - event: {field: assignee, new: ann}
    is: {activity: {deliver_and_support: take}}
  - event: {field: assignee, old: ann, new: bob, previous.field: assignee, previous.new: ann}
    is: {activity: {deliver_and_support: pass on}}
  - event: {field: summary, new: Resolved}
    is: unmapped
"""
    assert failed(tables, CHANGES, examples) == []
    wrong = "  - event: {field: summary, new: Resolved}\n    is: {activity: improve}"
    assert failed(tables, CHANGES, wrong) == [(1, "unmapped", None)]


def test_examples_of_tickets_name_events(tables: Tables) -> None:
    examples = """\
  - event: {event: opened}
    is: {activity: {engage: log}}
  - event: {event: resolved, group: Network, previous.event: opened}
    is: {activity: {deliver_and_support: resolve}, value: claimed}
  - event: {event: resolved, actor: timer}
    is: ignored
  - event: {event: closed, last: false}
    is: unmapped
"""
    assert failed(tables, TICKETS, examples) == []
    wrong = "  - event: {event: closed}\n    is: {end: lapsed}"
    assert failed(tables, TICKETS, wrong) == [(1, "end agent", 5)]


def test_the_three_columns_of_a_change_are_carried_on() -> None:
    used = room.parse_mapping(CHANGES).export.used
    assert used == ("event", "what", "before", "after")


def test_a_mapping_in_words_says_what_an_event_is() -> None:
    tickets = room.explain(room.parse_mapping(TICKETS))
    assert 'event "opened" at opened_at, "resolved" at resolved_at (by resolved_by, team), "closed"' in tickets
    changes = room.explain(room.parse_mapping(CHANGES))
    assert "event after where status changed, else the name of the field in what; in order of at" in changes


def cautions(text: str) -> list[str]:
    return [problem.text for problem in room.check_mapping(room.parse_mapping(text)) if "example" not in problem.text]


def test_a_rule_that_takes_a_tickets_end_for_its_beginning_is_questionable() -> None:
    early = TICKETS + "  - when: {close_code: Duplicate}\n    end: duplicate\n"
    assert any("close_code" in text for text in cautions(early))
    late = TICKETS + "  - when: {event: {not: opened}, close_code: Duplicate}\n    end: duplicate\n"
    assert not any("close_code" in text for text in cautions(late))
    assert not any(
        "close_code" in text for text in cautions(early.replace("times:", "initial: [close_code]\n  times:"))
    )
    assert not any("order_by" in text for text in cautions(TICKETS))


def test_ends_of_events_that_hold_until_the_next_are_questionable() -> None:
    text = CHANGES.replace("shape: changes", "shape: events").replace("column: at", "column: at, until: end")
    text = "\n".join(line for line in text.splitlines() if "  field:" not in line and "  old:" not in line)
    text = text.replace("  new: after\n", "").split("  - when: {field")[0]
    assert any("until" in one for one in cautions(text))
    assert not any("until" in one for one in cautions(text.replace("event: status", "event: status\n  holds: point")))
