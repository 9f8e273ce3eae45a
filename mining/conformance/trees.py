"""Reference streams and pm4py's process trees, each from the other."""

from __future__ import annotations

from mining.conformance.tree import InAnyOrder, Named, Node, OneOf, Optional, Repeat, Sequence
from mining.pm4py_adapter import Operator, Tree

_SILENT = Tree()
_MOST_COPIES = 50


def from_tree(tree: Tree, *, interleaved: bool = False) -> Node | None:
    """A process tree, whose labels are names of visits and "value", as a part of a reference stream; None for doing
    nothing. `interleaved`: what others do may come in between, so that to repeat a visit says something."""
    if tree.operator is None:
        return None if tree.label is None else Named(tree.label, 0)
    within = interleaved or tree.operator is Operator.PARALLEL
    parts = [from_tree(child, interleaved=within) for child in tree.children]
    kept = [part for part in parts if part is not None]
    match tree.operator:
        case Operator.SEQUENCE:
            return sequence(kept)
        case Operator.PARALLEL:
            return kept[0] if len(kept) == 1 else InAnyOrder(tuple(kept), 0) if kept else None
        case Operator.CHOICE:
            return choice(kept, may_be_nothing=len(kept) < len(parts))
        case Operator.LOOP:
            return loop(parts[0], parts[1:], interleaved=within)


def sequence(parts: list[Node]) -> Node | None:
    """The parts in a row; what is a row itself becomes part of it."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, Sequence) else (part,))]
    return None if not flat else flat[0] if len(flat) == 1 else Sequence(tuple(flat), 0)


def choice(parts: list[Node], *, may_be_nothing: bool) -> Node | None:
    """Exactly one of the parts, or nothing where that is allowed; what is a choice itself becomes part of it."""
    found: dict[Node, None] = {}
    for part in parts:
        may_be_nothing |= isinstance(part, Optional)
        whole = part.part if isinstance(part, Optional) else part
        for one in whole.parts if isinstance(whole, OneOf) else (whole,):
            found.setdefault(one)
    if not found:
        return None
    made: Node = next(iter(found)) if len(found) == 1 else OneOf(tuple(found), 0)
    never = isinstance(made, Repeat) and made.at_least == 0
    return Optional(made, 0) if may_be_nothing and not never else made


def loop(do: Node | None, again: list[Node | None], *, interleaved: bool) -> Node | None:
    """The node for `do` once, then any number of times one of `again` and `do` once more; None stands for nothing."""
    kept = [part for part in again if part is not None]
    between = choice(kept, may_be_nothing=len(kept) < len(again))
    if between is None:
        return _repeat(do, 1, interleaved=interleaved)
    if do is None:
        return _repeat(between, 0, interleaved=interleaved)
    once_more = sequence([between, do])
    return sequence([do, Repeat(once_more, 0, None, 0)] if once_more is not None else [do])


def _repeat(part: Node | None, at_least: int, *, interleaved: bool) -> Node | None:
    """To repeat a single visit says nothing where nothing can come between: neighbours of one name are one visit."""
    if isinstance(part, Named) and not part.is_mark and not interleaved:
        return part if at_least else Optional(part, 0)
    return None if part is None else Repeat(part, at_least, None, 0)


def to_tree(node: Node) -> Tree:
    """A part of a reference stream as a process tree, before anything is merged. A bounded repetition is written out.

    Raises ValueError where that would take more than 50 copies.
    """
    match node:
        case Named():
            return Tree(label=node.name)
        case Sequence():
            return Tree(Operator.SEQUENCE, tuple(map(to_tree, node.parts)))
        case OneOf():
            return Tree(Operator.CHOICE, tuple(map(to_tree, node.parts)))
        case InAnyOrder():
            return Tree(Operator.PARALLEL, tuple(map(to_tree, node.parts)))
        case Optional():
            return Tree(Operator.CHOICE, (to_tree(node.part), _SILENT))
        case Repeat():
            return _repeated(node)


def _repeated(node: Repeat) -> Tree:
    part = to_tree(node.part)
    if node.at_most is None:
        loop = Tree(Operator.LOOP, (part, _SILENT))
        if node.at_least == 0:
            return Tree(Operator.CHOICE, (loop, _SILENT))
        return loop if node.at_least == 1 else _row([part] * (_bounded(node.at_least) - 1) + [loop])
    copies = [part] * node.at_least
    optional = Tree(Operator.CHOICE, (part, _SILENT))
    return _row(copies + [optional] * (_bounded(node.at_most) - node.at_least))


def _row(parts: list[Tree]) -> Tree:
    return parts[0] if len(parts) == 1 else Tree(Operator.SEQUENCE, tuple(parts))


def _bounded(times: int) -> int:
    if times > _MOST_COPIES:
        raise ValueError(f"a repetition of {times} times cannot be drawn: at most {_MOST_COPIES}")
    return times
