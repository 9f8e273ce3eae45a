"""Precision and generalisation of a model, on nets that can be counted by eye."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.discovery.quality import Quality, quality
from mining.pm4py_adapter import PetriNet, inductive_models

Traces = dict[tuple[str, ...], int]


def flower(*labels: str) -> PetriNet:
    """Everything, any number of times: place 2 in the middle, entered and left in silence."""
    n = len(labels)
    takes = ((0, n), (2, n + 1), *((2, i) for i in range(n)))
    gives = ((n, 2), (n + 1, 1), *((i, 2) for i in range(n)))
    return PetriNet(3, (*labels, None, None), takes, gives)


def row(*labels: str) -> PetriNet:
    places = [0, *range(2, len(labels) + 1), 1]
    takes = tuple((places[i], i) for i in range(len(labels)))
    gives = tuple((i, places[i + 1]) for i in range(len(labels)))
    return PetriNet(len(labels) + 1, labels, takes, gives)


def test_a_model_that_allows_just_what_happened_is_precise() -> None:
    assert quality(row("a", "b", "c"), {("a", "b", "c"): 5}).precision == 1


def test_what_is_allowed_and_never_done_escapes() -> None:
    # After nothing, a: a, b and c are allowed and one is done, 5 streams each; after a b, none goes on.
    found = quality(flower("a", "b", "c"), {("a", "b"): 5})
    assert found.precision == 1 - (2 * 5 + 2 * 5 + 3 * 5) / (3 * 5 * 3)


def test_beginnings_are_weighted_by_streams() -> None:
    # At the start 10 streams, of which 9 go to a and 1 to b: nothing escapes. After a, 9 streams may do 2 and do none.
    found = quality(flower("a", "b"), {("a",): 9, ("b",): 1})
    assert found.precision == 1 - (9 * 2 + 1 * 2) / (10 * 2 + 9 * 2 + 1 * 2)


def test_what_was_replayed_often_generalises() -> None:
    assert quality(row("a", "b"), {("a", "b"): 100}).generalisation == 1 - (1 / 10 + 1 / 10) / 2
    assert quality(row("a", "b"), {("a", "x"): 100}).generalisation == 1 - (1 / 10 + 1) / 2


def test_a_trace_is_replayed_as_far_as_the_model_allows() -> None:
    found = quality(row("a", "b", "c"), {("a", "x", "c"): 4})
    assert found.precision == 1 - 4 / 8  # after a, b is allowed and not done


def test_nothing_to_judge() -> None:
    nothing = PetriNet(2, (None,), ((0, 0),), ((0, 1),))
    assert quality(nothing, {}) == Quality(None, None)
    assert quality(nothing, {("a",): 1}) == Quality(None, None)


def test_too_many_markings_are_not_judged() -> None:
    """13 silent switches, side by side: 2 to the power of 13 markings."""
    switches = range(13)
    takes = ((0, 0), *((2 + i, 1 + i) for i in switches))
    gives = (*((0, 2 + i) for i in switches), *((1 + i, 15 + i) for i in switches))
    net = PetriNet(28, (None, *(None for _ in switches), "a"), takes, gives)
    assert quality(net, {("a",): 1}) == Quality(None, None)


@given(
    st.dictionaries(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple), st.integers(1, 5), min_size=1)
)
@settings(max_examples=30, deadline=None)
@pytest.mark.slow
def test_both_lie_between_0_and_1_and_the_same_comes_twice(traces: Traces) -> None:
    net = inductive_models(traces, 0.2).net
    found = quality(net, traces)
    assert found == quality(net, dict(reversed(traces.items())))
    assert found.precision is None or 0 <= found.precision <= 1
    assert found.generalisation is None or 0 <= found.generalisation <= 1
