"""A reference stream as the YAML of its file, in the form in which a person would write it."""

from __future__ import annotations

import json
import re

from mining.conformance.tree import InAnyOrder, Named, Node, OneOf, Optional, Reference, Repeat, Sequence

_WIDTH = 80
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ -]*[A-Za-z0-9]")
_NOT_PLAIN = frozenset({"on", "off", "yes", "no", "true", "false", "null", "y", "n"})


def as_yaml(reference: Reference, *comments: str) -> str:
    """The text of a file that says what `reference` says (its limits and scopes left out), `comments` at its head."""
    head = [f"# {comment}" if comment else "#" for comment in comments]
    head += [f"name: {_word(reference.name)}", f"demand: {_word(reference.demand)}", f"scope: {reference.scope}"]
    if reference.note is not None:
        head.append(f"note: {_word(reference.note)}")
    parts = reference.stream.parts if isinstance(reference.stream, Sequence) else (reference.stream,)
    return "\n".join([*head, "stream:", *(f"  {line}" for part in parts for line in _item(part))]) + "\n"


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN else json.dumps(text, ensure_ascii=False)


def _item(node: Node) -> list[str]:
    """An entry of a list, on one line where it fits."""
    flow = _flow(node)
    if isinstance(node, Repeat):
        short = [f"- repeat: {_flow(node.part)}"] if len(flow) <= _WIDTH else ["- repeat:", *_inside(node.part)]
        return [*short, *(f"  {bound}" for bound in _bounds(node))]
    if flow.startswith("{"):
        flow = flow[1:-1]
    return [f"- {flow}"] if len(flow) <= _WIDTH or isinstance(node, Named) else _on_lines(node)


def _on_lines(node: Node) -> list[str]:
    match node:
        case Optional():
            return ["- optional:", *_inside(node.part)]
        case OneOf() | InAnyOrder():
            word = "one_of" if isinstance(node, OneOf) else "in_any_order"
            return [f"- {word}:", *(f"    {line}" for part in node.parts for line in _item(part))]
        case Sequence():
            first, *rest = [line for part in node.parts for line in _item(part)]
            return [f"- {first}", *(f"  {line}" for line in rest)]
        case _:
            return _item(node)


def _inside(part: Node) -> list[str]:
    parts = part.parts if isinstance(part, Sequence) else (part,)
    return [f"    {line}" for one in parts for line in _item(one)]


def _bounds(node: Repeat) -> list[str]:
    found = [] if node.at_least == 1 else [f"at_least: {node.at_least}"]
    return found if node.at_most is None else [*found, f"at_most: {node.at_most}"]


def _flow(node: Node) -> str:
    match node:
        case Named():
            activity, colon, step = node.name.partition(":")
            return f"{{{activity}: {_word(step)}}}" if colon else activity
        case Sequence():
            return f"[{', '.join(map(_flow, node.parts))}]"
        case Optional():
            return f"{{optional: {_flow(node.part)}}}"
        case Repeat():
            return f"{{{', '.join([f'repeat: {_flow(node.part)}', *_bounds(node)])}}}"
        case OneOf():
            return f"{{one_of: [{', '.join(map(_flow, node.parts))}]}}"
        case InAnyOrder():
            return f"{{in_any_order: [{', '.join(map(_flow, node.parts))}]}}"
