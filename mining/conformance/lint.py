"""What is allowed in a reference stream, and yet will not do what it seems to say."""

from __future__ import annotations

from collections.abc import Iterator

from mining.conformance.automaton import MAX_STATES, Automaton, TooLarge, compile_stream, never_read
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
    display,
    names,
    walk,
)
from mining.core.errors import Problem


def check_reference(reference: Reference) -> list[Problem]:
    """Warnings about a reference stream, in the order of its lines; empty where there is nothing to say.

    Neighbouring visits of one name are one visit, in a stream and in its reference stream alike, so some parts can
    never be told apart from the part before them.
    """
    said = [(line, text, todo) for line, text, todo in _warnings(reference)]
    return [Problem(text, file=reference.file, line=line, todo=todo) for line, text, todo in sorted(said)]


def _warnings(reference: Reference) -> Iterator[tuple[int, str, str]]:
    repeats = [node for node in walk(reference.stream) if isinstance(node, Repeat)]
    automaton, without_effect = _compiled(reference.stream)
    for named in without_effect:
        yield (
            named.line,
            f"this part has no effect: {display(named.name)} directly after {display(named.name)} is the same visit",
            "leave it out, or name a step so that the two can be told apart",
        )
    for repeat in repeats:
        yield from _repeat(repeat)
    for node in walk(reference.stream):
        if isinstance(node, OneOf):
            bare = [_without_lines(part) for part in node.parts]
            if len(set(bare)) < len(bare):
                yield node.line, "two parts of this `one_of` are the same", "leave one of them out"
        if isinstance(node, Optional) and isinstance(node.part, Optional):
            yield node.line, "`optional` inside `optional` says nothing more", "leave one of them out"
    yield from _whole(reference, automaton)


def _compiled(stream: Node) -> tuple[Automaton | None, list[Named]]:
    """The automaton, and the parts without effect; None where there would be too many states."""
    try:
        return compile_stream(stream, lambda _: True), never_read(stream)
    except TooLarge:
        return None, []


def _repeat(repeat: Repeat) -> Iterator[tuple[int, str, str]]:
    inside = names(repeat.part)
    if repeat.at_least == repeat.at_most == 1:
        yield repeat.line, "this part comes exactly once, so `repeat` says nothing", "leave `repeat` out"
    elif len(inside) == 1 and inside[0] != VALUE:
        yield (
            repeat.line,
            f"repeating this has no effect: {display(inside[0])} directly after {display(inside[0])} is the same visit",
            "name what comes between, or leave `repeat` out",
        )


def _whole(reference: Reference, automaton: Automaton | None) -> Iterator[tuple[int, str, str]]:
    line = reference.stream.line
    if automaton is None:
        yield (
            line,
            f"this has more than {MAX_STATES:,} states: streams are aligned one by one, and some may be "
            "left unchecked when time is over",
            "put some of the parts of `in_any_order` in an order, or give more time with --align-seconds",
        )
    elif automaton.shortest == 0:
        yield line, "every part can be left out, so an empty stream conforms", "make at least one part mandatory"
    if VALUE not in names(reference.stream):
        yield line, "value is never realised here, so every value will be a deviation", "say where value is realised"


def _without_lines(node: Node) -> tuple[object, ...]:
    match node:
        case Named():
            return (node.name,)
        case Sequence() | OneOf() | InAnyOrder():
            return (type(node).__name__, *map(_without_lines, node.parts))
        case Optional():
            return ("Optional", _without_lines(node.part))
        case Repeat():
            return ("Repeat", node.at_least, node.at_most, _without_lines(node.part))
