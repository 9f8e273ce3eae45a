"""Laws that hold for every reference stream and every stream."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from conformance_helpers import streams_of
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_strategies import Word, merged, nested, references

from mining.conformance import Reference, check
from mining.conformance import align as align_module
from mining.conformance import checks as checks_module
from mining.conformance.automaton import Automaton, compile_stream
from mining.conformance.tree import VALUE, Named, Node, Optional, Repeat
from mining.core.activities import Activity, State, Value
from mining.core.events import Symbol
from mining.core.results import Conformance, DeviationKind, MoveKind, VariantCheck

VISITS = [
    Symbol(Activity.ENGAGE),
    Symbol(Activity.ENGAGE, "ask"),
    Symbol(Activity.PLAN),
    Symbol(Activity.PLAN, "budget"),
    Symbol(Activity.DELIVER_AND_SUPPORT),
    Symbol(Activity.DELIVER_AND_SUPPORT, "resolve"),
    Symbol(Activity.IMPROVE),
]
MARKED = [Symbol(s.activity, s.step, value) for s in VISITS for value in (None, *Value)]
EVERYTHING = "E E:ask P P:budget S S:resolve I D O S! S+"

variants = st.lists(st.sampled_from(MARKED), max_size=8).map(tuple)
several = st.lists(variants, min_size=1, max_size=6, unique=True)
quick = settings(max_examples=40, deadline=None)
thorough = settings(max_examples=2_000, deadline=None)


def conformance(reference: Reference, *streams: tuple[Symbol, ...], state: State = State.UNKNOWN) -> Conformance:
    return check(reference, streams_of(*((symbols, state, 1, 0) for symbols in streams), also=EVERYTHING))


def costs(reference: Reference, *streams: tuple[Symbol, ...], state: State = State.UNKNOWN) -> list[int]:
    return [one.cost for one in conformance(reference, *streams, state=state).checks]


def is_an_alignment(automaton: Automaton, one: VariantCheck, *, prefix: bool) -> None:
    in_stream = [m for m in one.moves if m.kind is not MoveKind.MISSING]
    assert tuple(m.label for m in in_stream) == one.merged
    assert [m.position for m in in_stream] == list(range(len(one.merged)))
    path = tuple(m.label for m in one.moves if m.kind is not MoveKind.UNEXPECTED)
    if prefix:
        assert any(automaton.follow) or not path
        states = {0}
        for name in path:
            states = {after for state in states for after in automaton.follow[state] if automaton.names[after] == name}
        assert states
    else:
        assert automaton.accepts(path)
    assert one.cost == sum(m.kind is not MoveKind.MATCH for m in one.moves)


def moves_are_shared_out(one: VariantCheck) -> None:
    assert sum(d.moves for d in one.deviations) == one.cost
    missing = sum(m.kind is MoveKind.MISSING for m in one.moves)
    pairs = sum(d.moves == 2 for d in one.deviations)
    assert sum(d.kind is DeviationKind.MISSING for d in one.deviations) == missing - pairs
    assert all(low.position <= high.position for low, high in pairwise(one.deviations))


def laws(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    automaton = compile_stream(reference.stream, lambda _: True)
    for state in (State.UNKNOWN, State.OPEN):
        outcome = conformance(reference, *streams, state=state)
        for one in outcome.checks:
            is_an_alignment(automaton, one, prefix=state is State.OPEN)
            moves_are_shared_out(one)
        assert sum(d.moves for d in outcome.deviations) == (outcome.total_cost if state is State.UNKNOWN else 0)
        told = [(d.kind, d.label, d.instead_of, d.sentence) for d in outcome.deviations]
        assert len(set(told)) == len(told)
    for closed, still_open in zip(
        costs(reference, *streams), costs(reference, *streams, state=State.OPEN), strict=True
    ):
        assert still_open <= closed


@given(references(), several)
@quick
def test_alignments_are_sound_and_deviations_add_up(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    laws(reference, streams)


@pytest.mark.slow
@given(references(), several)
@thorough
def test_alignments_are_sound_thousands_of_times(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    laws(reference, streams)


def a_walk(automaton: Automaton, choose: random.Random) -> Word:
    """A stream that the automaton allows, and now and then a long one."""
    state, word = 0, []
    while not (automaton.accepting[state] and (not automaton.follow[state] or choose.random() < 0.4)):
        state = choose.choice(automaton.follow[state])
        word.append(automaton.names[state])
    return tuple(word)


def as_symbols(word: Word) -> tuple[Symbol, ...] | None:
    """Visits that show `word`; None where value stands without a visit before it, which no export can show."""
    found: list[Symbol] = []
    for name in word:
        if name == VALUE:
            if not found or found[-1].value is not None:
                return None
            found[-1] = Symbol(found[-1].activity, found[-1].step, Value.CLAIMED)
        else:
            activity, _, step = name.partition(":")
            found.append(Symbol(Activity(activity), step or None))
    return tuple(found)


@given(references(), st.randoms(use_true_random=False))
@quick
def test_what_the_reference_allows_costs_nothing(reference: Reference, choose: random.Random) -> None:
    word = a_walk(compile_stream(reference.stream, lambda _: True), choose)
    assert merged(word) == word
    stream = as_symbols(word)
    if stream is not None:
        (one,) = conformance(reference, stream).checks
        assert one.merged == word
        assert (one.cost, one.deviations) == (0, ())
        for length in range(len(stream)):
            assert costs(reference, stream[:length], state=State.OPEN) == [0]


@given(references(), variants, st.integers(0, 8))
@quick
def test_a_foreign_visit_never_makes_it_cheaper(reference: Reference, stream: tuple[Symbol, ...], at: int) -> None:
    foreign = Symbol(Activity.OBTAIN_BUILD)
    longer = (*stream[:at], foreign, *stream[at:])
    for state in (State.UNKNOWN, State.OPEN):
        less, more = (costs(reference, s, state=state)[0] for s in (stream, longer))
        # A foreign visit also keeps two visits apart that were one, so it can cost more than one move, never less.
        assert more >= less + (1 if at >= len(stream) else 0)


@given(references(), variants)
@quick
def test_a_visit_that_the_reference_does_not_know_never_makes_it_cheaper_wherever_it_comes(
    reference: Reference, stream: tuple[Symbol, ...]
) -> None:
    for state in (State.UNKNOWN, State.OPEN):
        (less,) = costs(reference, stream, state=state)
        longer = [(*stream[:at], Symbol(Activity.OBTAIN_BUILD), *stream[at:]) for at in range(len(stream) + 1)]
        assert min(costs(reference, *dict.fromkeys(longer), state=state)) >= less


RENAMED = {
    "engage": "plan",
    "engage:ask": "plan:budget",
    "plan": "deliver_and_support",
    "plan:budget": "deliver_and_support:resolve",
    "deliver_and_support": "engage",
    "deliver_and_support:resolve": "engage:ask",
}
"""A turn of three activities, each with its step: which names mean the same visit stays as it is."""


def renamed_node(node: Node) -> Node:
    match node:
        case Named():
            return replace(node, name=RENAMED.get(node.name, node.name))
        case Optional() | Repeat():
            return replace(node, part=renamed_node(node.part))
        case _:
            return replace(node, parts=tuple(map(renamed_node, node.parts)))


def renamed_symbol(symbol: Symbol) -> Symbol:
    name = symbol.activity.value if symbol.step is None else f"{symbol.activity.value}:{symbol.step}"
    activity, _, step = RENAMED.get(name, name).partition(":")
    return Symbol(Activity(activity), step or None, symbol.value)


@given(references(), several)
@quick
def test_renaming_changes_nothing_but_names(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    other = replace(reference, stream=renamed_node(reference.stream))
    turned = [tuple(map(renamed_symbol, stream)) for stream in streams]
    for state in (State.UNKNOWN, State.OPEN):
        first = conformance(reference, *streams, state=state).checks
        second = conformance(other, *turned, state=state).checks
        for one, two in zip(first, second, strict=True):
            assert one.cost == two.cost
            assert [(m.kind, RENAMED.get(m.label, m.label), m.position) for m in one.moves] == [
                (m.kind, m.label, m.position) for m in two.moves
            ]
            assert [(d.kind, d.position, d.moves) for d in one.deviations] == [
                (d.kind, d.position, d.moves) for d in two.deviations
            ]


@given(references(), several)
@quick
def test_batches_and_chunks_change_nothing(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    whole = conformance(reference, *streams)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks_module, "CHUNK", 2)
        patch.setattr(align_module, "MEMORY", 1)
        patch.setitem(align_module.align.__kwdefaults__, "memory", 1)
        assert conformance(reference, *streams) == whole


@given(references(), several, st.randoms(use_true_random=False))
@quick
def test_the_order_of_the_variants_changes_nothing(
    reference: Reference, streams: list[tuple[Symbol, ...]], choose: random.Random
) -> None:
    shuffled = choose.sample(streams, len(streams))
    first, second = conformance(reference, *streams), conformance(reference, *shuffled)
    assert first.rates == second.rates
    by_stream = {streams[one.variant]: (one.merged, one.moves, one.deviations) for one in first.checks}
    for one in second.checks:
        assert by_stream[shuffled[one.variant]] == (one.merged, one.moves, one.deviations)


@given(references(), several)
@quick
def test_twice_the_same_is_the_same(reference: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    assert conformance(reference, *streams) == conformance(reference, *streams)


@given(nested, variants)
@quick
def test_kinds_are_those_of_the_definition(node, stream) -> None:  # type: ignore[no-untyped-def]
    """Single deviations against the definition, read move by move."""
    reference = Reference("Random", "a need", "run", None, node, "random.yaml")
    (one,) = conformance(reference, stream).checks
    matches = [i for i, m in enumerate(one.moves) if m.kind is MoveKind.MATCH]
    kinds = {(d.position, d.label): d for d in one.deviations if d.kind is not DeviationKind.MISSING}
    for i, move in enumerate(one.moves):
        if move.kind is not MoveKind.UNEXPECTED:
            continue
        found = kinds[move.position, move.label]
        if found.moves == 2:
            continue
        if any(one.moves[j].label == move.label for j in matches if j < i):
            assert found.kind is DeviationKind.REPEATED
        elif matches and i < matches[0]:
            assert found.kind is DeviationKind.WRONG_START
        elif matches and i > matches[-1]:
            assert found.kind is DeviationKind.WRONG_END
        else:
            assert found.kind is DeviationKind.UNEXPECTED
        assert not any(m.kind is MoveKind.MISSING and m.label == move.label for m in unpaired_missing(one))


def unpaired_missing(one: VariantCheck) -> list:  # type: ignore[type-arg]
    """Missing moves that no pair took: of a name that is out of order the surplus only."""
    missing = [m for m in one.moves if m.kind is MoveKind.MISSING]
    told = {(d.position, d.label) for d in one.deviations if d.kind is DeviationKind.MISSING}
    return [m for m in missing if (m.position, m.label) in told]


@pytest.mark.slow
def test_long_streams_need_wider_numbers() -> None:
    from conformance_helpers import reference, symbols

    pattern = symbols("E P") * 16_400
    (one,) = conformance(reference("[engage, value]"), pattern).checks
    assert one.cost == 32_800
    assert one.cost > np.iinfo(np.int16).max
