"""What is allowed in a reference stream, and yet will not do what it seems to say."""

from __future__ import annotations

from collections.abc import Iterator

from mining.conformance.automaton import compile_stream, never_read
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
    for named in never_read(reference.stream):
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
    yield from _whole(reference)


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


def _whole(reference: Reference) -> Iterator[tuple[int, str, str]]:
    line = reference.stream.line
    if compile_stream(reference.stream, lambda _: True).shortest == 0:
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
