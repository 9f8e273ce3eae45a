"""A stream as the reference stream sees it."""

from __future__ import annotations

import pytest
from conformance_helpers import SHORT, one_check, outcome, spelled, symbol
from hypothesis import given
from hypothesis import strategies as st
from reference_strategies import ALPHABET
from test_alignment_laws import variants

from mining.conformance.tree import VALUE
from mining.conformance.view import SymbolTable, merge, visible_name
from mining.core.activities import Value
from mining.core.events import Symbol

EVERYTHING = "E P D O S I E:ask E:confirm S!"


@pytest.mark.parametrize(
    ("visit", "named", "seen"),
    [
        ("E:ask", ["E:ask"], "E:ask"),
        ("E:ask", ["E:ask", "E"], "E:ask"),
        ("E:ask", ["E"], "E"),
        ("E:ask", ["E:confirm"], "E:ask"),
        ("E:ask", ["P"], "E"),
        ("E", ["E:ask"], "E"),
        ("E", ["P"], "E"),
        ("E:ask!", ["E"], "E"),
    ],
)
def test_a_visit_is_seen_as_finely_as_the_reference_looks(visit: str, named: list[str], seen: str) -> None:
    (expected,) = spelled(seen)
    assert visible_name(symbol(visit), frozenset(spelled(*named))) == expected


@pytest.mark.parametrize(
    ("stream", "variant", "merged"),
    [
        ("[engage, deliver_and_support]", "E:contact E:log S:route S:resolve", ["E", "S"]),
        ("[engage, {engage: ask}]", "E:contact E:ask E:ask E:log", ["E", "E:ask", "E"]),
        ("[engage, {deliver_and_support: resolve}]", "S:route S:route S:resolve S:resolve", ["S:route", "S:resolve"]),
        ("[engage]", "P:budget P:plan", ["P"]),
        ("[engage, value]", "S S!", ["S", "value"]),
        ("[engage, value]", "S! S", ["S", "value", "S"]),
        ("[engage, value]", "S! S!", ["S", "value", "S", "value"]),
        ("[engage, value]", "S! S+ S", ["S", "value", "S", "value", "S"]),
        ("[engage, value]", "E:reopen- E:ask", ["E", "E"]),
        ("[engage, value]", "E:ask E:reopen-", ["E"]),
        ("[engage, value]", "", []),
    ],
)
def test_neighbours_of_one_name_are_one_unless_a_mark_stands_between(
    stream: str, variant: str, merged: list[str]
) -> None:
    assert one_check(stream, variant).merged == spelled(*merged)


def seen_one_by_one(stream: tuple[Symbol, ...], named: frozenset[str]) -> list[tuple[str, bool]]:
    """The merged stream by its definition: names, and whether the visit withdraws value."""
    found: list[tuple[str, bool]] = []
    apart = True
    for visit in stream:
        name = visible_name(visit, named)
        if apart or found[-1][0] != name:
            found.append((name, False))
        if visit.value is Value.WITHDRAWN:
            found[-1] = (name, True)
        elif visit.value is not None:
            found.append((VALUE, False))
        apart = visit.value is not None
    return found


@given(st.lists(variants, max_size=5), st.frozensets(st.sampled_from(ALPHABET)))
def test_many_streams_are_merged_like_one(streams: list[tuple[Symbol, ...]], named: frozenset[str]) -> None:
    merged = merge(SymbolTable.of(streams), named)
    for i, stream in enumerate(streams):
        tokens = merged.tokens[merged.offsets[i] : merged.offsets[i + 1]].tolist()
        assert [(merged.names[token >> 1], bool(token & 1)) for token in tokens] == seen_one_by_one(stream, named)


def test_what_no_rule_can_show_costs_nothing_and_is_named() -> None:
    stream = "[engage, plan, {engage: confirm}, deliver_and_support, value, {one_of: [improve, obtain_build]}]"
    found = outcome(stream, "E S", also="E:ask")
    assert found.not_observable == spelled("P", "E:confirm", "value", "I", "O")
    assert found.total_cost == 0
    assert found.shortest_path == 2


def test_what_a_rule_could_show_and_never_did_is_missing() -> None:
    assert outcome("[engage, plan]", "E", also="P").total_cost == 1
    assert outcome("[engage, plan]", "E", also="P").not_observable == ()


def test_an_activity_is_not_observable_where_only_its_named_steps_can_be_shown() -> None:
    found = outcome("[engage, {engage: ask}, plan]", "E:ask P")
    assert found.not_observable == spelled("E")
    assert found.total_cost == 0


def test_parts_between_which_nothing_can_be_seen_merge() -> None:
    # Plan cannot be shown, so the two visits to Engage around it are one.
    assert outcome("[engage, plan, engage, value]", "E!").total_cost == 0
    assert outcome("[engage, plan, engage, value]", "E!", also="P").total_cost == 2


def test_a_reference_that_names_no_value_finds_it_unexpected() -> None:
    assert outcome("[engage]", "E!").total_cost == 1


def test_short_names_cover_all_activities() -> None:
    assert len(set(SHORT.values())) == 6
