"""The automaton accepts exactly the merged streams of its reference stream: against their enumeration by definition."""

from __future__ import annotations

from itertools import product

import pytest
from conformance_helpers import reference, spelled
from hypothesis import given, settings
from reference_strategies import ALPHABET, merged, merged_words, nodes

from mining.conformance import load_reference
from mining.conformance.automaton import MAX_STATES, TooLarge, compile_stream
from mining.conformance.tree import Node, names
from mining.core.errors import ConfigError

LONGEST = 4


def every(_: str) -> bool:
    return True


def agrees_with_the_definition(node: Node) -> None:
    automaton = compile_stream(node, every)
    allowed = merged_words(node, LONGEST)
    used = names(node)
    for length in range(LONGEST + 1):
        for word in product(used, repeat=length):
            assert automaton.accepts(word) == (word in allowed), word


@given(nodes)
@settings(max_examples=60, deadline=None)
def test_the_language_is_the_merged_one(node: Node) -> None:
    agrees_with_the_definition(node)


@pytest.mark.slow
@given(nodes)
@settings(max_examples=3_000, deadline=None)
def test_the_language_is_the_merged_one_thousands_of_times(node: Node) -> None:
    agrees_with_the_definition(node)


@given(nodes)
@settings(max_examples=60, deadline=None)
def test_the_shortest_path_is_the_shortest(node: Node) -> None:
    automaton = compile_stream(node, every)
    shortest = min((len(word) for word in merged_words(node, LONGEST)), default=None)
    if shortest is None:
        assert automaton.shortest > LONGEST
    else:
        assert automaton.shortest == shortest


@given(nodes)
@settings(max_examples=60, deadline=None)
def test_what_is_not_observable_is_left_out_before_merging(node: Node) -> None:
    hidden = "plan"
    automaton = compile_stream(node, lambda name: name != hidden)
    rest = [name for name in ALPHABET if name != hidden]
    # A word with the hidden name in it can be longer than the word that is left; two more are enough for words this
    # short only one way round: whatever is allowed with it must be allowed without it.
    for word in merged_words(node, LONGEST):
        assert automaton.accepts(merged(tuple(name for name in word if name != hidden)))
    assert set(automaton.names[1:]) <= set(rest)


def test_neighbours_of_one_name_are_never_read_twice() -> None:
    automaton = compile_stream(reference("[engage, engage, plan, {optional: plan}]").stream, every)
    assert automaton.accepts(spelled("E", "P"))
    assert not automaton.accepts(spelled("E", "E", "P"))
    assert not automaton.accepts(spelled("E", "P", "P"))


def test_a_value_mark_keeps_visits_apart() -> None:
    automaton = compile_stream(reference("[engage, value, engage, {repeat: value}]").stream, every)
    assert automaton.accepts(spelled("E", "value", "E", "value", "value"))
    assert not automaton.accepts(spelled("E", "value"))


def test_the_states_of_the_shipped_incident_stream_stay_few() -> None:
    assert len(compile_stream(load_reference("incident").stream, every).names) == 13


def test_states_that_nothing_tells_apart_are_one() -> None:
    whole = compile_stream(reference("[{optional: [engage, plan]}, {optional: [improve, plan]}]").stream, every)
    assert len(whole.names) == 5
    split = compile_stream(reference("[engage, {repeat: [plan, improve], at_most: 30, at_least: 30}]").stream, every)
    assert len(split.names) == 62


def test_the_branches_of_one_of_stay_apart() -> None:
    automaton = compile_stream(reference("{one_of: [[engage, value], [plan, value]]}").stream, every)
    assert automaton.names.count("value") == 2
    assert automaton.choices[2] != automaton.choices[4]


@pytest.mark.parametrize(
    "stream",
    [
        "{repeat: [engage, plan], at_least: 5000}",
        "{repeat: {repeat: {repeat: [engage, plan], at_least: 1000}, at_least: 1000}, at_least: 1000}",
    ],
)
def test_a_stream_with_too_many_states_is_an_error_with_its_line(stream: str) -> None:
    with pytest.raises(ConfigError, match=f"test.yaml:4: this reference stream has more than {MAX_STATES:,} states"):
        reference(stream)


def test_too_many_edges_are_too_large_as_well() -> None:
    optional = "{optional: {engage: s%d}}"
    with pytest.raises(ConfigError, match="more than"):
        reference("[" + ", ".join(optional % i for i in range(1500)) + "]")
    assert issubclass(TooLarge, Exception)
