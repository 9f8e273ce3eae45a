"""pm4py as the oracle: the same costs for random reference streams and random streams, in full and to a prefix."""

from __future__ import annotations

from typing import Any

import pytest
from conformance_helpers import streams_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference_strategies import references
from test_alignment_laws import EVERYTHING, several, variants

from mining.conformance import Reference, check
from mining.conformance.automaton import Automaton, compile_stream
from mining.core.activities import State
from mining.core.events import Symbol

LARGEST = 40
"""States: pm4py takes seconds for larger nets, and they are built of the same parts."""

STANDARD_COST = 10_000  # of a deviation, on pm4py's Petri nets; its silent moves cost 1


def as_net(automaton: Automaton, *, prefix: bool) -> tuple[Any, Any, Any]:
    """The automaton as a state machine of pm4py: a place a state, a transition an edge."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet("reference")
    places = [PetriNet.Place(f"s{i}") for i in range(len(automaton.names))]
    end = PetriNet.Place("end")
    net.places.update([*places, end])

    def edge(source: Any, target: Any, label: str | None) -> None:
        transition = PetriNet.Transition(f"t{len(net.transitions)}", label)
        net.transitions.add(transition)
        add_arc_from_to(source, transition, net)
        add_arc_from_to(transition, target, net)

    for state, after in enumerate(automaton.follow):
        for following in after:
            edge(places[state], places[following], automaton.names[following])
        if prefix or automaton.accepting[state]:
            edge(places[state], end, None)
    return net, Marking({places[0]: 1}), Marking({end: 1})


def pm4py_cost(net: tuple[Any, Any, Any], stream: tuple[str, ...]) -> int:
    """The cost of a merged stream there, in deviations."""
    from pm4py.algo.conformance.alignments.petri_net import algorithm
    from pm4py.objects.log.obj import Event, Trace

    trace = Trace([Event({"concept:name": name}) for name in stream])
    dijkstra = algorithm.Variants.VERSION_DIJKSTRA_NO_HEURISTICS  # the other one now and then misses the least cost
    return int(algorithm.apply_trace(trace, *net, variant=dijkstra)["cost"] // STANDARD_COST)


def costs_are_equal(reference: Reference, streams: list[tuple[Symbol, ...]]) -> int:
    """How many costs were compared: of each merged stream to its end and as a beginning."""
    automaton = compile_stream(reference.stream, lambda _: True)
    assume(len(automaton.names) <= LARGEST)
    compared = 0
    for state in (State.UNKNOWN, State.OPEN):
        net = as_net(automaton, prefix=state is State.OPEN)
        outcome = check(reference, streams_of(*((s, state, 1, 0) for s in streams), also=EVERYTHING))
        ours = {one.merged: one.cost for one in outcome.checks}
        assert ours == {stream: pm4py_cost(net, stream) for stream in ours}
        compared += len(ours)
    return compared


@given(references(), several)
@settings(max_examples=25, deadline=None)
def test_costs_are_those_of_pm4py(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    costs_are_equal(reference, streams)


@pytest.mark.slow
def test_costs_are_those_of_pm4py_ten_thousand_times() -> None:
    compared = []

    @given(references(), st.lists(variants, min_size=8, max_size=10, unique=True))
    @settings(max_examples=750, deadline=None)
    def equal(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
        compared.append(costs_are_equal(reference, streams))

    equal()
    assert sum(compared) >= 10_000
