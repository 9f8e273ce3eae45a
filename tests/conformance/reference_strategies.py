"""Random reference streams and variants, and what they mean by definition: slow, short, and written independently."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

from mining.conformance.tree import (
    VALUE,
    InAnyOrder,
    Named,
    Node,
    OneOf,
    Optional,
    Reference,
    Repeat,
    Sequence,
)

ALPHABET = ("engage", "engage:ask", "plan", "deliver_and_support", "deliver_and_support:resolve", VALUE)
Word = tuple[str, ...]

named = st.sampled_from(ALPHABET).map(lambda name: Named(name, 1))


def _wider(children: st.SearchStrategy[Node], *, loops: bool) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    least = st.integers(0, 2)
    repeats = st.builds(
        lambda part, low, more: Repeat(part, low, None if more is None else max(low + more, 1), 1),
        children,
        least,
        st.integers(0, 2) if not loops else st.none() | st.integers(0, 2),
    )
    return st.one_of(
        several.map(lambda parts: Sequence(parts, 1)),
        several.map(lambda parts: OneOf(parts, 1)),
        children.map(lambda part: Optional(part, 1)),
        repeats,
    )


def _longest(node: Node) -> int:
    """The length of the longest word of a part without endless repeats, not merged."""
    match node:
        case Named():
            return 1
        case Optional():
            return _longest(node.part)
        case OneOf():
            return max(map(_longest, node.parts))
        case Repeat():
            return _longest(node.part) * (node.at_most or 0)
        case Sequence() | InAnyOrder():
            return sum(map(_longest, node.parts))


finite = st.recursive(named, lambda c: _wider(c, loops=False), max_leaves=3).filter(lambda node: _longest(node) <= 3)
"""Short enough for all their interleavings to be written down."""
side_by_side = st.lists(finite, min_size=2, max_size=3).map(lambda parts: InAnyOrder(tuple(parts), 1))
nodes = st.recursive(named | side_by_side, lambda c: _wider(c, loops=True), max_leaves=6)
nested = st.recursive(
    named,
    lambda c: (
        _wider(c, loops=True) | st.lists(c, min_size=2, max_size=3).map(lambda parts: InAnyOrder(tuple(parts), 1))
    ),
    max_leaves=6,
)
"""Also with `in_any_order` around loops."""


def references(parts: st.SearchStrategy[Node] = nested) -> st.SearchStrategy[Reference]:
    return parts.map(lambda node: Reference("Random", "somebody needs something", "run", None, node, "random.yaml"))


def merged(word: Word) -> Word:
    """Neighbouring equal names of visits are one."""
    return tuple(name for i, name in enumerate(word) if name == VALUE or i == 0 or word[i - 1] != name)


def raw_words(node: Node) -> set[Word]:
    """All words of a part without endless repeats, not merged."""
    match node:
        case Named():
            return {(node.name,)}
        case Optional():
            return raw_words(node.part) | {()}
        case OneOf():
            return set().union(*map(raw_words, node.parts))
        case Sequence():
            return {sum(words, ()) for words in product(*map(raw_words, node.parts))}
        case Repeat():
            assert node.at_most is not None
            inside = raw_words(node.part)
            counts = range(node.at_least, node.at_most + 1)
            return {sum(words, ()) for count in counts for words in product(inside, repeat=count)}
        case InAnyOrder():
            words: set[Word] = {()}
            for part in node.parts:
                words = {shuffled for one in words for two in raw_words(part) for shuffled in _shuffles(one, two)}
            return words


def _shuffles(one: Word, two: Word) -> set[Word]:
    if not one or not two:
        return {one + two}
    return {one[:1] + rest for rest in _shuffles(one[1:], two)} | {two[:1] + rest for rest in _shuffles(one, two[1:])}


def merged_words(node: Node, longest: int) -> set[Word]:
    """All merged words of at most `longest` names. To join two words never makes them shorter, so nothing is lost."""

    def join(ones: set[Word], twos: set[Word]) -> set[Word]:
        return {word for one in ones for two in twos if len(word := merged(one + two)) <= longest}

    match node:
        case Named():
            return {(node.name,)} if longest else set()
        case Optional():
            return merged_words(node.part, longest) | {()}
        case OneOf():
            return set().union(*(merged_words(part, longest) for part in node.parts))
        case Sequence():
            words: set[Word] = {()}
            for part in node.parts:
                words = join(words, merged_words(part, longest))
            return words
        case Repeat():
            return _repeated(merged_words(node.part, longest), node, join)
        case InAnyOrder():
            return {word for raw in raw_words(node) if len(word := merged(raw)) <= longest}


def _repeated(inside: set[Word], node: Repeat, join) -> set[Word]:  # type: ignore[no-untyped-def]
    words: set[Word] = {()}
    for _ in range(node.at_least):
        words = join(words, inside)
    found = set(words)
    rounds = 0
    while node.at_most is None or rounds < node.at_most - node.at_least:
        rounds += 1
        words = join(words, inside)
        if words <= found and node.at_most is None:
            return found
        found |= words
    return found
