"""A reference stream in words, a line a part."""

from __future__ import annotations

from mining.conformance.limits import sentence
from mining.conformance.tree import InAnyOrder, Named, Node, OneOf, Optional, Reference, Repeat, Sequence, display


def outline(reference: Reference) -> tuple[str, ...]:
    """The reference stream as lines of text, indented by two spaces a level."""
    limits = tuple(sentence(limit) for limit in reference.limits)
    return (*_lines(reference.stream), *limits)


def _lines(node: Node) -> list[str]:
    match node:
        case Named():
            return [display(node.name)]
        case Sequence():
            return [line for part in node.parts for line in _lines(part)]
        case Optional():
            return _under("optional", node.part)
        case Repeat():
            return _under(_times(node), node.part)
        case OneOf():
            return ["one of", *(line for part in node.parts for line in _item(part))]
        case InAnyOrder():
            return ["in any order", *(line for part in node.parts for line in _item(part))]


def _under(heading: str, part: Node) -> list[str]:
    lines = _lines(part)
    if len(lines) == 1:
        return [f"{heading}: {lines[0]}"]
    return [heading, *(f"  {line}" for line in lines)]


def _item(part: Node) -> list[str]:
    first, *rest = _lines(part)
    return [f"  - {first}", *(f"    {line}" for line in rest)]


def _times(node: Repeat) -> str:
    least, most = node.at_least, node.at_most
    if most is None:
        return ("any number of times", "once or more")[least] if least < 2 else f"{least} times or more"
    if least == most:
        return "once" if least == 1 else f"{least} times"
    return f"up to {most} times" if least == 0 else f"{least} to {most} times"
