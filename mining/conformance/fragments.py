"""The parts of a reference stream as pieces of an automaton, before merging."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mining.conformance.tree import InAnyOrder, Named, Node, OneOf, Optional, Repeat, Sequence

_MAX_STATES = 20_000  # merging may leave far fewer
_MAX_EDGES = 400_000

Choices = tuple[tuple[int, int], ...]
"""(number of the `one_of`, number of its branch), the outermost first."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part: with which states it can begin and end, and whether it can be passed without reading anything."""

    nullable: bool
    first: tuple[int, ...]
    last: frozenset[int]


_NOTHING = Fragment(True, (), frozenset())


class Builder:
    """Holds the states (0 is the start) while fragments are put together. Each state has the name that it reads, the
    states that may follow, the branches it lies in and the part of the tree that it came from."""

    def __init__(self, observable: Callable[[str], bool], *, too_large: Exception) -> None:
        self.names: list[str] = [""]
        self.follow: list[set[int]] = [set()]
        self.choices: list[Choices] = [()]
        self.nodes: list[Named | None] = [None]
        self._observable = observable
        self._too_large = too_large
        self._edges = 0
        self._numbers: dict[int, int] = {}  # each `one_of`, by id, so that its copies in a `repeat` share a number
        self._within: Choices = ()

    def fragment(self, node: Node) -> Fragment:
        """Build the states of `node`."""
        match node:
            case Named():
                return self._named(node)
            case Sequence():
                return self._sequence(self.fragment(part) for part in node.parts)
            case Optional():
                part = self.fragment(node.part)
                return Fragment(True, part.first, part.last)
            case OneOf():
                return self._one_of(node)
            case Repeat():
                return self._repeat(node)
            case InAnyOrder():
                return self._in_any_order(node)

    def _named(self, node: Named) -> Fragment:
        if not self._observable(node.name):
            return _NOTHING
        state = self._state(node.name, self._within, node)
        return Fragment(False, (state,), frozenset((state,)))

    def _state(self, name: str, choices: Choices, node: Named | None) -> int:
        if len(self.names) > _MAX_STATES:
            raise self._too_large
        self.names.append(name)
        self.follow.append(set())
        self.choices.append(choices)
        self.nodes.append(node)
        return len(self.names) - 1

    def _join(self, last: frozenset[int], first: tuple[int, ...]) -> None:
        self._edges += len(last) * len(first)
        if self._edges > _MAX_EDGES:
            raise self._too_large
        for state in last:
            self.follow[state].update(first)

    def _then(self, one: Fragment, two: Fragment) -> Fragment:
        self._join(one.last, two.first)
        first = one.first + two.first if one.nullable else one.first
        last = one.last | two.last if two.nullable else two.last
        return Fragment(one.nullable and two.nullable, first, last)

    def _sequence(self, parts: Iterable[Fragment]) -> Fragment:
        whole = _NOTHING
        for part in parts:
            whole = self._then(whole, part)
        return whole

    def _one_of(self, node: OneOf) -> Fragment:
        number, within = self._numbers.setdefault(id(node), len(self._numbers)), self._within
        branches = []
        for branch, part in enumerate(node.parts):
            self._within = (*within, (number, branch))
            branches.append(self.fragment(part))
        self._within = within
        first = tuple(state for branch in branches for state in branch.first)
        last = frozenset(state for branch in branches for state in branch.last)
        return Fragment(any(branch.nullable for branch in branches), first, last)

    def _repeat(self, node: Repeat) -> Fragment:
        if node.at_most is not None:
            needed = [self.fragment(node.part) for _ in range(node.at_least)]
            whole = self._sequence(needed)
            more = [self.fragment(node.part) for _ in range(node.at_most - node.at_least)]
            tail = _NOTHING
            for part in reversed(more):  # x(x(x)?)?: so that the number of edges stays linear
                tail = self._then(part, tail)
                tail = Fragment(True, tail.first, tail.last)
            return self._then(whole, tail)
        copies = [self.fragment(node.part) for _ in range(max(node.at_least, 1))]
        self._join(copies[-1].last, copies[-1].first)
        whole = self._sequence(copies)
        return Fragment(True, whole.first, whole.last) if node.at_least == 0 else whole

    def _in_any_order(self, node: InAnyOrder) -> Fragment:
        """The parts side by side: a state is where each part stands, and which of them moved last."""
        parts = [self._side(part) for part in node.parts]
        states: dict[tuple[tuple[int, ...], int], int] = {}
        todo: list[tuple[tuple[int, ...], int]] = []
        ends: set[int] = set()

        def after(at: tuple[int, ...]) -> tuple[int, ...]:
            found = []
            for i, (side, whole) in enumerate(parts):
                for step in sorted(side.follow[at[i]]) if at[i] else whole.first:
                    key = ((*at[:i], step, *at[i + 1 :]), i)
                    if key not in states:
                        states[key] = self._state(side.names[step], side.choices[step], side.nodes[step])
                        todo.append(key)
                    found.append(states[key])
            return tuple(found)

        first = after((0,) * len(parts))
        for at, moved in todo:  # grows while it is read
            self._join(frozenset((states[at, moved],)), after(at))
            if all(
                step in part.last or (not step and part.nullable) for step, (_, part) in zip(at, parts, strict=True)
            ):
                ends.add(states[at, moved])
        return Fragment(all(whole.nullable for _, whole in parts), first, frozenset(ends))

    def _side(self, part: Node) -> tuple[Builder, Fragment]:
        side = Builder(self._observable, too_large=self._too_large)
        side._numbers, side._within = self._numbers, self._within
        return side, side.fragment(part)
