"""How well a discovered model fits its purpose: precision and generalisation, by replaying the traces on its net.

**Precision** (J. Muñoz-Gama, J. Carmona, "A fresh look at precision in process conformance", 2010): after each
beginning of a trace the model allows some activities; those that no trace takes there are escaping. 1 − Σ escaping ÷ Σ
allowed, each beginning weighted by the traces that begin so.
**Generalisation** (J. C. A. M. Buijs, B. F. van Dongen, W. M. P. van der Aalst, "Quality dimensions in process
discovery", 2014): what was seen often will be seen again. 1 − the mean of 1 ÷ √(times replayed) over the model's
activities; one that was never replayed counts 1.
A trace that the model does not allow is replayed as far as it does.

pm4py's figures of the same names differ, for two reasons that the tests show by hand. Its
precision looks at no beginning that is a whole trace, so it never sees that a model would go on where all traces end.
Its generalisation counts silent transitions as well: how many of them there are, and how often each is taken, depends
on how a net is drawn from the tree, and not on what was seen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from mining.pm4py_adapter import PetriNet

MOST_MARKINGS = 5_000
"""A net with more markings that no visible step parts is not judged."""

_SOURCE = 0

Marking = frozenset[int]


class TooManyMarkings(Exception):
    """The model can do too much at once to be judged."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Both between 0 and 1; None where there is nothing to judge, or too much."""

    precision: float | None
    generalisation: float | None


def quality(net: PetriNet, traces: Mapping[tuple[str, ...], int]) -> Quality:
    """Judge a net by the traces it was found in, and how often each occurs. Needs a net that never puts two tokens on
    one place, as those of process trees."""
    try:
        return _Replay(net).judged(traces)
    except TooManyMarkings:
        return Quality(None, None)


class _Replay:
    def __init__(self, net: PetriNet) -> None:
        self.labels = net.transitions
        needs, makes = ([set[int]() for _ in net.transitions] for _ in range(2))
        for place, transition in net.takes:
            needs[transition].add(place)
        for transition, place in net.gives:
            makes[transition].add(place)
        self.needs, self.makes = [*map(frozenset, needs)], [*map(frozenset, makes)]
        self.ready: dict[frozenset[Marking], dict[str, frozenset[Marking]]] = {}

    def judged(self, traces: Mapping[tuple[str, ...], int]) -> Quality:
        """Walk through the prefix tree of the traces, and count."""
        allowed = escaping = 0
        replayed: Counter[str] = Counter()
        todo = [(self._silently([frozenset({_SOURCE})]), sorted(traces.items()), 0)]
        while todo:
            markings, here, depth = todo.pop()
            follow = self._after(markings)
            weight = sum(n for _, n in here)
            branches: defaultdict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
            for trace, n in here:
                if len(trace) > depth:
                    branches[trace[depth]].append((trace, n))
            allowed += weight * len(follow)
            escaping += weight * sum(label not in branches for label in follow)
            for label, longer in branches.items():
                if label in follow:
                    replayed[label] += sum(n for _, n in longer)
                    todo.append((follow[label], longer, depth + 1))
        names = {label for label in self.labels if label is not None}
        seldom = sum(1 / sqrt(max(replayed[name], 1)) for name in sorted(names))
        return Quality(
            precision=1 - escaping / allowed if allowed else None,
            generalisation=1 - seldom / len(names) if names else None,
        )

    def _after(self, markings: frozenset[Marking]) -> dict[str, frozenset[Marking]]:
        """What each activity leads to that is allowed in one of the markings."""
        if markings not in self.ready:
            reached: defaultdict[str, list[Marking]] = defaultdict(list)
            for marking in markings:
                for transition, label in enumerate(self.labels):
                    if label is not None and self.needs[transition] <= marking:
                        reached[label].append(self._fired(marking, transition))
            self.ready[markings] = {label: self._silently(reached[label]) for label in sorted(reached)}
        return self.ready[markings]

    def _fired(self, marking: Marking, transition: int) -> Marking:
        return (marking - self.needs[transition]) | self.makes[transition]

    def _silently(self, markings: Iterable[Marking]) -> frozenset[Marking]:
        """The markings that are reached without any activity."""
        found = set(markings)
        todo = list(found)
        while todo:
            marking = todo.pop()
            for transition, label in enumerate(self.labels):
                if label is None and self.needs[transition] <= marking:
                    after = self._fired(marking, transition)
                    if after not in found:
                        found.add(after)
                        todo.append(after)
                        if len(found) > MOST_MARKINGS:
                            raise TooManyMarkings
        return frozenset(found)
