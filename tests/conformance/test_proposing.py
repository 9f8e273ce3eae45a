"""Reference streams from variants, and as YAML."""

from __future__ import annotations

import pytest
from conformance_helpers import reference, streams_of, symbols
from hypothesis import assume, given, settings
from reference_strategies import merged_words, nodes, references

from mining.conformance import as_yaml, check, outline, parse_reference, propose
from mining.conformance.automaton import compile_stream
from mining.conformance.tree import Node, Reference
from mining.conformance.trees import from_tree, to_tree
from mining.core.activities import State
from mining.core.errors import RequestError
from mining.core.streams import Variant

ENDED = State.ENDED


def variants(*texts: str) -> list[Variant]:
    return [Variant(i, symbols(text), ENDED, 10 - i, 0) for i, text in enumerate(texts)]


def proposed(*texts: str, good: tuple[int, ...] | None = None, steps: bool = False) -> tuple[str, ...]:
    made = variants(*texts)
    chosen = tuple(range(len(made))) if good is None else good
    return outline(propose(made, chosen, name="Ours", demand="a need", steps=steps).reference)


def test_one_variant_is_its_own_stream() -> None:
    assert proposed("E:contact E:log S:route S:resolve!") == ("Engage", "Deliver and support", "value")


def test_steps_where_they_are_asked_for() -> None:
    assert proposed("E:contact S:resolve!", steps=True) == (
        "Engage (contact)",
        "Deliver and support (resolve)",
        "value",
    )


def test_what_only_some_have_is_optional() -> None:
    assert proposed("E S!", "E S! I") == ("Engage", "Deliver and support", "value", "optional: Improve")


def test_what_some_have_instead_is_a_choice() -> None:
    assert proposed("E O S!", "E D S!") == (
        "Engage",
        "one of",
        "  - Design and transition",
        "  - Obtain/build",
        "Deliver and support",
        "value",
    )


def test_what_comes_again_is_a_repetition() -> None:
    assert proposed("E S E S E S!", "E S!") == ("once or more", "  Engage", "  Deliver and support", "value")


def test_what_was_not_chosen_is_counted_all_the_same() -> None:
    made = variants("E S!", "E S! I", "P S!", "E S!")
    found = propose([*made, Variant(9, symbols("E"), State.OPEN, 5, 0)], [0, 1], name="Ours", demand="a need")
    assert (found.variants, found.streams) == (2, 19)
    assert (found.allowed, found.checked) == (10 + 9 + 7, 10 + 9 + 8 + 7)


def test_it_allows_what_it_was_made_from() -> None:
    texts = ("E:log S:route S:fix!", "E P E:ask S O! I", "S E:ask S E! E- S!", "E S! E! S!")
    made = variants(*texts)
    for steps in (False, True):
        found = propose(made, range(4), name="Ours", demand="a need", steps=steps)
        read = parse_reference(as_yaml(found.reference), "proposed.yaml")
        streams = streams_of(*((variant.symbols, ENDED, 1, 0) for variant in made))
        assert check(read, streams).conforming == 4
        assert found.allowed == found.checked


def test_nothing_to_make_it_from_is_refused() -> None:
    with pytest.raises(RequestError, match="no variant was chosen"):
        propose(variants("E S!"), [7], name="Ours", demand="a need")
    with pytest.raises(RequestError, match="no variant was chosen"):
        propose([Variant(0, symbols("E"), State.OPEN, 5, 0)], [0], name="Ours", demand="a need")


# ----------------------------------------------------------------------------------------- YAML, and process trees


@given(references())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_as_the_same(one: Reference) -> None:
    assume(compile_stream(one.stream, lambda _: True).can_be_shown)
    read = parse_reference(as_yaml(one, "A comment."), "x.yaml")
    assert outline(read) == outline(one)
    first, second = (compile_stream(stream, lambda _: True) for stream in (read.stream, one.stream))
    assert (first.names, first.follow, first.accepting) == (second.names, second.follow, second.accepting)


def test_a_short_stream_stands_on_few_lines_and_a_long_one_on_many() -> None:
    stream = "[engage, {optional: [{engage: ask}, improve]}, {repeat: [plan, {engage: 'a: b'}], at_most: 3}, value]"
    assert as_yaml(reference(stream)).splitlines()[3:] == [
        "stream:",
        "  - engage",
        "  - optional: [{engage: ask}, improve]",
        '  - repeat: [plan, {engage: "a: b"}]',
        "    at_most: 3",
        "  - value",
    ]
    long = ", ".join(f"{{engage: a rather long step {i}}}" for i in range(4))
    assert as_yaml(reference(f"{{repeat: [{long}]}}")).splitlines()[4:6] == [
        "  - repeat:",
        "      - engage: a rather long step 0",
    ]


@given(nodes)
@settings(max_examples=60, deadline=None)
def test_a_tree_of_a_stream_is_the_stream_again(node: Node) -> None:
    back = from_tree(to_tree(node))
    assert merged_words(node, 3) == (set() if back is None else merged_words(back, 3)) | (
        {()} if back is None else set()
    )


def test_what_repeats_too_often_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="51 times"):
        to_tree(reference("{repeat: [engage, plan], at_least: 51}").stream)
