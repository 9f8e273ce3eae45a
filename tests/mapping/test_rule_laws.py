"""Laws that hold for every mapping and every export, tried on random ones."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from typing import Any

import pytest
import rule_oracle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapping_helpers import COLUMNS, MINUTE, event_table, mapping, told

from mining import mapping as room
from mining.core.events import src
from mining.core.tables import Tables
from mining.mapping import Mapping
from mining.mapping.rows import decide

pytestmark = pytest.mark.slow  # each is quick, all of them are not

TEXTS = st.sampled_from(["New", "Active", "Closed", "a b", "é", "null"])
PATTERNS = st.sampled_from(["^A", "e$", "(?i)^n", "a b|Closed", "[^a-z]", "x*"])
MACHINES = ["New", "timer"]


def operators(column: str) -> st.SearchStrategy[Any]:
    """What may stand at a column."""
    plain = TEXTS | st.lists(TEXTS, min_size=1, max_size=3)
    leaves = (
        plain
        | st.fixed_dictionaries({"matches": PATTERNS})
        | st.fixed_dictionaries({"missing": st.booleans()})
        | st.fixed_dictionaries({"is": TEXTS, "matches": PATTERNS})
    )
    if not column.startswith("previous."):
        differs = st.booleans() | st.fixed_dictionaries({"null": st.booleans()})
        leaves |= st.fixed_dictionaries({"differs": differs})
    if column.removeprefix("previous.") in ("who", "actor"):
        leaves |= st.fixed_dictionaries({"system": st.booleans()})
    return st.recursive(leaves, lambda inner: st.fixed_dictionaries({"not": inner}), max_leaves=2)


NAMES = [*COLUMNS, "event", "group", "actor", *(f"previous.{column}" for column in COLUMNS), "previous.event"]

ENTRIES = st.lists(
    st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), operators(name)))
    | st.tuples(st.sampled_from(["first", "last"]), st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda entry: entry[0],
).map(dict)

WHENS = ENTRIES | st.lists(ENTRIES, min_size=1, max_size=3).map(lambda parts: {"any": parts})

LABELS = [
    {"activity": "engage"},
    {"activity": {"deliver_and_support": "work"}, "waiting": "team"},
    {"activities": [{"engage": "log"}, {"deliver_and_support": "fix"}], "value": "claimed"},
    {"activities": ["plan", {"improve": "x", "waiting": "user"}, "engage"], "end": "agent"},
    {"end": "lapsed"},
    {"ignore": True},
]

RULES = st.lists(
    st.tuples(WHENS, st.sampled_from(LABELS)).map(lambda pair: {"when": pair[0], **pair[1]}), min_size=1, max_size=6
)

CELLS = st.none() | TEXTS
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "ticket_id": st.sampled_from(["A", "B", "C"]),
            "time": st.integers(-3, 3).map(lambda minute: minute * MINUTE),
            **{src(column): CELLS for column in COLUMNS},
        }
    ),
    min_size=1,
    max_size=25,
)

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mapping_of(rules: list[dict[str, Any]], **more: str) -> Mapping:
    lines = "\n".join(f"- {json.dumps(rule, ensure_ascii=False)}" for rule in rules)  # JSON is YAML, without aliases
    return mapping(lines, top=f"system_actors: {MACHINES}", **more)


def distinct(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without copies; a row's place is its counter, so that nothing ties."""
    return [{**row, "order_0": i} for i, row in enumerate(rows)]


def in_order(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    tickets = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["time"], row["order_0"])):
        tickets[row["ticket_id"]].append(row)
    return tickets


@SOME
@given(RULES, ROWS)
def test_the_compiled_mapping_decides_as_the_language_is_described(
    tables: Tables, rules: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    rows = distinct(rows)
    events = event_table(tables, rows)
    kept = decide(tables, events, mapping_of(rules, export="order_by: [counter]"))
    found = {row["row"]: row["outcome"] for row in tables.fetch(kept, limit=1000).to_pylist()}
    for ticket in in_order(rows).values():
        plain = [{column: row[src(column)] for column in COLUMNS} for row in ticket]
        expected = rule_oracle.decisions(rules, MACHINES, plain)
        assert [found[row["order_0"]] for row in ticket] == [len(rules) if e is None else e for e in expected]
    tables.drop(kept)
    tables.drop(events.table)


@SOME
@given(RULES, ROWS, st.sampled_from(["events", "snapshots"]), st.booleans())
def test_every_row_is_accounted_for(
    tables: Tables, rules: list[dict[str, Any]], rows: list[dict[str, Any]], shape: str, copies: bool
) -> None:
    events = event_table(tables, rows * 2 if copies else rows, rejected=2)
    log = room.map_events(tables, events, mapping_of(rules, shape=shape))
    ledger = log.ledger
    assert ledger.adds_up
    assert ledger.rows_read == len(rows) * (1 + copies) + 2
    assert len(told(tables, log)) == ledger.events_mapped + ledger.events_unmapped
    assert sum(use.rows for use in log.rule_uses) == ledger.rows_mapped + ledger.rows_ignored
    assert sum(label.rows for label in log.unmapped) == ledger.rows_unmapped
    assert ledger.rows_duplicate >= len(rows) * copies
    events_of_a_case = [(e["case_id"], e["sequence"]) for e in tables.fetch(log.table, limit=1000).to_pylist()]
    assert len(set(events_of_a_case)) == len(events_of_a_case)


@pytest.mark.slow
@SOME
@given(RULES, ROWS, st.sampled_from(["events", "snapshots"]), st.randoms(use_true_random=False))
def test_with_a_counter_the_order_of_the_rows_does_not_matter(
    tables: Tables, rules: list[dict[str, Any]], rows: list[dict[str, Any]], shape: str, chance: random.Random
) -> None:
    rows = distinct(rows)
    found = mapping_of(rules, shape=shape, export="order_by: [counter]")
    log = room.map_events(tables, event_table(tables, rows), found)
    chance.shuffle(rows)
    shuffled = room.map_events(tables, event_table(tables, rows), found)
    assert told(tables, shuffled) == told(tables, log)
    assert shuffled.ledger == log.ledger
    assert shuffled.rule_uses == log.rule_uses


@pytest.mark.slow
@SOME
@given(RULES, ROWS)
def test_copies_of_all_rows_change_nothing_but_their_count(
    tables: Tables, rules: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    rows = distinct(rows)
    found = mapping_of(rules, export="order_by: [counter]")
    once = room.map_events(tables, event_table(tables, rows), found)
    twice = room.map_events(tables, event_table(tables, rows + rows), found)
    assert told(tables, twice) == told(tables, once)
    assert twice.ledger.rows_duplicate == len(rows)
