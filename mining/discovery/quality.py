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
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from mining.pm4py_adapter import PetriNet

MOST_MARKINGS = 5_000
"""A net in which more markings than these may hold after the same beginning, as no visible step parts them, is not
judged; nor is one with `_MOST_IN_ALL` altogether."""

_MOST_IN_ALL = 20_000
_SOURCE = 0


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
    """Replay on all markings at once that the beginning of a trace may have led to.

    A marking is a number whose bits are its places. A set of markings is a number too, whose bits are the positions of
    its markings in `markings`: so sets are joined by one operation, however many markings are in them.
    """

    def __init__(self, net: PetriNet) -> None:
        self.labels = net.transitions
        self.needs, self.makes = [0] * len(net.transitions), [0] * len(net.transitions)
        for place, transition in net.takes:
            self.needs[transition] |= 1 << place
        for transition, place in net.gives:
            self.makes[transition] |= 1 << place
        self.markings: list[int] = []
        self.numbers: dict[int, int] = {}
        self.closed: list[int] = []  # of each marking the set of those that are reached from it without any activity
        self.leads: list[dict[str, int]] = []  # and by activity the set of those that are reached by it, closed
        self.follows: dict[int, dict[str, int]] = {}

    def judged(self, traces: Mapping[tuple[str, ...], int]) -> Quality:
        """Walk through the prefix tree of the traces, and count."""
        allowed = escaping = 0
        replayed: Counter[str] = Counter()
        todo = [(self._closure(1 << _SOURCE), sorted(traces.items()), 0)]
        while todo:
            reached, here, depth = todo.pop()
            follow = self._after(reached)
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

    def _after(self, reached: int) -> dict[str, int]:
        """What each activity leads to that is allowed in one of a set of markings."""
        if reached not in self.follows:
            if reached.bit_count() > MOST_MARKINGS:
                raise TooManyMarkings
            found: defaultdict[str, int] = defaultdict(int)
            for number in _bits(reached):
                for label, after in self._leads(number).items():
                    found[label] |= after
            self.follows[reached] = {label: found[label] for label in sorted(found)}
        return self.follows[reached]

    def _leads(self, number: int) -> dict[str, int]:
        if not self.leads[number]:
            found: defaultdict[str, int] = defaultdict(int)
            for label, after in self._fired(self.markings[number], silent=False):
                found[str(label)] |= self._closure(after)
            self.leads[number] = dict(found)
        return self.leads[number]

    def _fired(self, marking: int, *, silent: bool) -> list[tuple[str | None, int]]:
        """The transitions that the marking enables, silent or visible, with the markings after them."""
        return [
            (label, (marking & ~need) | make)
            for label, need, make in zip(self.labels, self.needs, self.makes, strict=True)
            if (label is None) is silent and marking & need == need
        ]

    def _closure(self, marking: int) -> int:
        """The set of markings that are reached from this one without any activity, itself included."""
        if marking not in self.numbers:
            self._explore(marking)
        return self.closed[self.numbers[marking]]

    def _explore(self, marking: int) -> None:
        """Number all new markings that are reached without any activity, and close over them."""
        first = len(self.markings)
        self._add(marking)
        edges: list[tuple[int, int]] = []
        number = first
        while number < len(self.markings):
            for _, after in self._fired(self.markings[number], silent=True):
                edges.append((number, self._add(after)))
            number += 1
        changed = True
        while changed:  # a few times: once for each loop that leads backwards
            changed = False
            for one, after in reversed(edges):
                joined = self.closed[one] | self.closed[after]
                changed |= joined != self.closed[one]
                self.closed[one] = joined

    def _add(self, marking: int) -> int:
        number = self.numbers.setdefault(marking, len(self.markings))
        if number == len(self.markings):
            if number == _MOST_IN_ALL:
                raise TooManyMarkings
            self.markings.append(marking)
            self.closed.append(1 << number)
            self.leads.append({})
        return number


def _bits(number: int) -> list[int]:
    """The positions of the bits that are set."""
    return [place for place, bit in enumerate(reversed(bin(number)[2:])) if bit == "1"]
