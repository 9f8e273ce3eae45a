"""Which alignment is told, and which moves are one deviation: against the definitions, move by move."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from by_definition import alignment, pairs
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_strategies import references

from mining.conformance import Reference, columns
from mining.conformance.align import MATCH, MISSING, UNEXPECTED, Alignments, align, positions
from mining.conformance.automaton import compile_stream
from mining.conformance.deviations import KINDS, find_deviations
from mining.core.results import DeviationKind

KIND = {MATCH: "match", UNEXPECTED: "unexpected", MISSING: "missing"}
CODE = {said: kind for kind, said in KIND.items()}
streams = st.lists(st.lists(st.integers(0, 6), max_size=14), min_size=1, max_size=6)


def aligned_as_defined(reference: Reference, numbers: list[list[int]]) -> None:
    """Numbers beyond the names of the reference stream are names that it does not know."""
    automaton = compile_stream(reference.stream, lambda _: True)
    names = [*dict.fromkeys(automaton.names[1:]), *"abcdefg"]
    labels = np.array([-1, *map(names.index, automaton.names[1:])], dtype=np.int32)
    tokens = np.array([number for stream in numbers for number in stream], dtype=np.int32)
    offsets = np.cumsum([0, *map(len, numbers)])
    for prefix in (False, True):
        found = align(automaton, labels, tokens, offsets, prefix=prefix)
        moves = list(zip(found.kind.tolist(), found.name.tolist(), found.state.tolist(), strict=True))
        for stream, (low, high) in zip(numbers, pairwise(found.offsets.tolist()), strict=True):
            told = [(KIND[kind], names[name], state) for kind, name, state in moves[low:high]]
            assert told == alignment(automaton, tuple(names[number] for number in stream), prefix=prefix)


@given(references(), streams)
@settings(max_examples=40, deadline=None)
def test_the_alignment_is_the_one_that_is_defined(reference: Reference, numbers: list[list[int]]) -> None:
    aligned_as_defined(reference, numbers)


@given(references(), streams)
@settings(max_examples=20, deadline=None)
def test_it_is_so_where_states_are_too_many_for_tables(reference: Reference, numbers: list[list[int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_MANY", 0)
        aligned_as_defined(reference, numbers)


@pytest.mark.slow
@given(references(), streams)
@settings(max_examples=600, deadline=None)
def test_the_alignment_is_the_one_that_is_defined_thousands_of_times(
    reference: Reference, numbers: list[list[int]]
) -> None:
    aligned_as_defined(reference, numbers)


def test_a_long_stream_comes_to_few_columns() -> None:
    """What lies far behind is cut, so that a beginning of ten thousand names comes to what a short one came to."""
    from conformance_helpers import reference

    automaton = compile_stream(reference("[engage, {repeat: [plan, {optional: improve}]}, value]").stream, bool)
    found = columns.Columns(columns.Model(automaton, prefix=False))
    at = 0
    for name in np.random.default_rng(5).integers(1, 5, 10_000).tolist():
        found.learn(np.array([at + name]))
        at = int(found.leads[at + name])
    assert len(np.unique(found.leads)) < 100


# ------------------------------------------------------------------------------------------------------------ pairs

a_choice = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), max_size=2).map(tuple)
a_gap = st.tuples(
    st.lists(st.tuples(st.just("missing"), st.integers(0, 2), st.integers(1, 5)), max_size=5),
    st.lists(st.tuples(st.just("unexpected"), st.integers(0, 2), st.just(0)), max_size=5),
    st.tuples(st.just("match"), st.integers(0, 2), st.integers(1, 5)),
)
"""What is missing stands before what is unexpected, as in every alignment; then something matches."""


@given(st.lists(st.lists(a_gap, max_size=5), min_size=1, max_size=3), st.lists(a_choice, min_size=5, max_size=5))
@settings(max_examples=60, deadline=None)
def test_pairs_are_those_that_are_found_one_by_one(gaps, of_states) -> None:  # type: ignore[no-untyped-def]
    """Invented alignments, since those of short streams hold few pairs."""
    choices = [(), *of_states]
    streams = [
        [move for missing, unexpected, match in some for move in (*missing, *unexpected, match)] for some in gaps
    ]
    kinds, names, states = (
        np.array([move[i] if i else CODE[move[0]] for stream in streams for move in stream], dtype=np.int32)
        for i in range(3)
    )
    offsets = np.cumsum([0, *map(len, streams)])
    kind = kinds.astype(np.int8)
    cost = np.zeros(len(streams), dtype=np.int64)
    found = find_deviations(Alignments(offsets, kind, names, positions(offsets, kind), states, cost), choices, 3)
    told = {
        (int(stream), int(move - offsets[stream])): (KINDS[code].value, int(partner - offsets[stream]))
        for stream, code, move, partner in zip(found.stream, found.kind, found.move, found.partner, strict=True)
        if KINDS[code] in (DeviationKind.OUT_OF_ORDER, DeviationKind.WRONG_CHOICE)
    }
    expected = {
        (i, unexpected): pair
        for i, stream in enumerate(streams)
        for unexpected, pair in pairs([(k, str(n), s) for k, n, s in stream], choices).items()
    }
    assert told == expected
