"""A reference stream as a finite automaton that accepts exactly the merged streams it allows.

Every state stands for having just read its name, as in Glushkov's construction (V. M. Glushkov, "The abstract theory
of automata", 1961), so "which name was read last" needs no further memory. Merging is then a matter of edges: one that
leads to the same name (of a visit, not of a mark) reads nothing and is closed over, so that two neighbours of one name
can never be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from mining.conformance.fragments import Builder, Choices
from mining.conformance.tree import VALUE, Named, Node

MAX_STATES = 2_000
"""More states than this are not aligned here."""

_ROUNDS = 100
"""A long repetition takes a round for each of its states, and has nothing to reduce in the end: it is left as it is."""


_KEPT = 32
"""Automata that are kept for the next time."""


class TooLarge(Exception):
    """The reference stream has more states than are aligned here."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """State 0 is the start and has no name; the others are in reading order. Every state is on some way to the end.

    `follow` holds the states after each state, ascending. `choices` says in which branch of which `one_of` a state
    lies, the outermost first. `shortest` is the fewest names that a merged stream has.
    """

    names: tuple[str, ...]
    follow: tuple[tuple[int, ...], ...]
    accepting: tuple[bool, ...]
    choices: tuple[Choices, ...]
    shortest: int

    def before(self) -> tuple[tuple[int, ...], ...]:
        """The states before each state, ascending."""
        before: list[list[int]] = [[] for _ in self.names]
        for state, after in enumerate(self.follow):
            for following in after:
                before[following].append(state)
        return tuple(map(tuple, before))

    def distances(self) -> tuple[int, ...]:
        """The fewest names that lead from the start to each state."""
        return tuple(_distances(self.follow))

    @property
    def can_be_shown(self) -> bool:
        """Whether any stream could ever be read. Value is a mark on a visit, so a visit stands before each."""
        reached, todo = {0}, [0]
        while todo:
            state = todo.pop()
            after_visit = state > 0 and self.names[state] != VALUE
            for after in self.follow[state]:
                if after not in reached and (after_visit or self.names[after] != VALUE):
                    reached.add(after)
                    todo.append(after)
        return any(self.accepting[state] for state in reached)

    def accepts(self, stream: Iterable[str]) -> bool:
        """Whether a merged stream is one that the reference allows."""
        states = {0}
        for name in stream:
            states = {after for state in states for after in self.follow[state] if self.names[after] == name}
        return any(self.accepting[state] for state in states)


def compile_stream(stream: Node, observable: Callable[[str], bool]) -> Automaton:
    """The automaton of the merged streams that `stream` allows; names that are not observable cost nothing, so they
    are left out before merging. Raises TooLarge above `MAX_STATES` states."""
    builder, follow, accepting = _merged(stream, observable)
    kept = _useful(follow, accepting)
    if len(kept) > MAX_STATES:
        raise TooLarge(f"this reference stream has more than {MAX_STATES:,} states")
    number = {state: i for i, state in enumerate(kept)}
    return _reduced(
        [builder.names[state] for state in kept],
        [[number[after] for after in sorted(follow[state]) if after in number] for state in kept],
        [accepting[state] for state in kept],
        [builder.choices[state] for state in kept],
    )


@lru_cache(maxsize=_KEPT)
def compile_seen(stream: Node, shown: frozenset[str] | None) -> Automaton:
    """`compile_stream` where the names `shown` are observable (None: all are), worked out once in a process: an
    automaton depends on nothing else, and never changes."""
    return compile_stream(stream, bool if shown is None else shown.__contains__)


def never_read(stream: Node) -> list[Named]:
    """The visits in `stream` that merge with what stands before them whichever way the stream goes."""
    builder, follow, accepting = _merged(stream, lambda _: True)
    read = {id(builder.nodes[state]) for state in _useful(follow, accepting)}
    return list({id(node): node for node in builder.nodes[1:] if node and id(node) not in read}.values())


def _merged(stream: Node, observable: Callable[[str], bool]) -> tuple[Builder, list[set[int]], list[bool]]:
    builder = Builder(observable, too_large=TooLarge(f"this reference stream has more than {MAX_STATES:,} states"))
    whole = builder.fragment(stream)
    builder.follow[0] = set(whole.first)
    accepting = [state in whole.last for state in range(len(builder.names))]
    accepting[0] = whole.nullable
    follow: list[set[int]] = []
    ends: list[bool] = []
    for state, name in enumerate(builder.names):
        same = {state} if name == VALUE else _same_visit(state, builder)
        after = set().union(*(builder.follow[s] for s in same))
        follow.append(after if name == VALUE else after - same)
        ends.append(any(accepting[s] for s in same))
    return builder, follow, ends


def _same_visit(state: int, builder: Builder) -> set[int]:
    """The states that are reached from `state` without its visit ending."""
    same, todo = {state}, [state]
    while todo:
        for after in builder.follow[todo.pop()]:
            if builder.names[after] == builder.names[state] and after not in same:
                same.add(after)
                todo.append(after)
    return same


def _useful(follow: list[set[int]], accepting: list[bool]) -> list[int]:
    """The states on a way from the start to an end, ascending, the start always among them."""
    reached = _reach({0}, follow)
    back: list[set[int]] = [set() for _ in follow]
    for state in reached:
        for after in follow[state]:
            back[after].add(state)
    return sorted(_reach({s for s in reached if accepting[s]}, back) & reached | {0})


def _reach(start: set[int], follow: list[set[int]]) -> set[int]:
    reached, todo = set(start), list(start)
    while todo:
        fresh = follow[todo.pop()] - reached
        reached |= fresh
        todo.extend(fresh)
    return reached


def _reduced(names: list[str], follow: list[list[int]], accepting: list[bool], choices: list[Choices]) -> Automaton:
    """States that nothing can tell apart become one: the first of them. The branch of a `one_of` counts as a
    difference, since the deviations ask for it."""
    refined = _classes(list(zip(names, accepting, choices, strict=True)), follow)
    first = {number: state for state, number in reversed(list(enumerate(refined)))}
    kept = sorted(first.values())
    new = {refined[state]: i for i, state in enumerate(kept)}
    after = tuple(tuple(sorted({new[refined[a]] for a in follow[state]})) for state in kept)
    ends = tuple(accepting[state] for state in kept)
    shortest = min(d for d, end in zip(_distances(after), ends, strict=True) if end)
    return Automaton(tuple(names[s] for s in kept), after, ends, tuple(choices[s] for s in kept), shortest)


def _classes(said: list[object], follow: list[list[int]]) -> list[int]:
    """The class of each state: those in one class say the same, and lead to the same classes."""
    numbers: dict[object, int] = {}
    classes = [numbers.setdefault(one, len(numbers)) for one in said]
    for _ in range(_ROUNDS):
        finer: dict[object, int] = {}
        refined = [
            finer.setdefault((classes[state], frozenset(classes[after] for after in follow[state])), len(finer))
            for state in range(len(said))
        ]
        if len(finer) == len(numbers):
            return classes
        classes, numbers = refined, finer
    return list(range(len(said)))


def _distances(follow: tuple[tuple[int, ...], ...]) -> list[int]:
    distance = [0] + [-1] * (len(follow) - 1)
    todo = [0]
    for state in todo:  # grows while it is read: breadth first
        for after in follow[state]:
            if distance[after] < 0 and after != 0:
                distance[after] = distance[state] + 1
                todo.append(after)
    return distance
