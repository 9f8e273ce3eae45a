"""The passages between activities that a reference stream allows, whatever its steps."""

from __future__ import annotations

from functools import lru_cache

from mining.conformance.automaton import Automaton, TooLarge, compile_seen
from mining.conformance.tree import VALUE, Node, Reference
from mining.core.activities import Activity
from mining.core.passages import AgreedPassage

_Pair = tuple[Activity | None, Activity | None]


def agreed_passages(reference: Reference, shown: frozenset[str]) -> tuple[AgreedPassage, ...] | None:
    """The passages of the whole reference and those of what is left of it where only the names `shown` can be seen; in
    the order of the activities, demand first and value last. None where one of the two has too many states to tell."""
    return passages_seen(reference.stream, shown)


@lru_cache(maxsize=32)
def passages_seen(stream: Node, shown: frozenset[str]) -> tuple[AgreedPassage, ...] | None:
    """`agreed_passages` of a part of a reference stream, worked out once in a process."""
    try:
        whole, seen = (_pairs(compile_seen(stream, names)) for names in (None, shown))
    except TooLarge:
        return None
    return tuple(AgreedPassage(*pair, pair in whole, pair in seen) for pair in sorted(whole | seen, key=_order))


def _pairs(automaton: Automaton) -> set[_Pair]:
    found: set[_Pair] = set()
    for state, name in enumerate(automaton.names):
        if name == VALUE:
            continue
        source = _activity(name) if state else None
        for after in _next_visits(automaton, state, found, source):
            target = _activity(automaton.names[after])
            if target != source:
                found.add((source, target))
    return found


def _next_visits(automaton: Automaton, state: int, found: set[_Pair], source: Activity | None) -> set[int]:
    """The visits that may follow a state, value marks in between passed; each such mark is a passage into value."""
    visits: set[int] = set()
    marks, todo = {state}, [state]
    while todo:
        for after in automaton.follow[todo.pop()]:
            if automaton.names[after] != VALUE:
                visits.add(after)
            elif after not in marks:
                marks.add(after)
                todo.append(after)
                if source is not None:  # value is a mark on a visit: demand alone never has it
                    found.add((source, None))
    return visits


def _activity(name: str) -> Activity:
    return Activity(name.partition(":")[0])


def _order(pair: _Pair) -> tuple[int, int]:
    order = list(Activity)
    source, target = pair
    return (-1 if source is None else order.index(source), len(order) if target is None else order.index(target))
