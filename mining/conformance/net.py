"""A reference stream as a Petri net that reads exactly the merged streams it allows: for those with too many states.

A net does not write out in which order parallel parts may come, so it stays small where an automaton does not. What is
read is merged: a place for each name that could follow itself remembers what was read last, and a visit of the same
name again is then read in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from mining.conformance.automaton import MAX_STATES, TooLarge
from mining.conformance.fragments import Choices
from mining.conformance.tree import VALUE, InAnyOrder, Named, Node, OneOf, Optional, Repeat, Sequence
from mining.pm4py_adapter import PetriNet

MOST_PARTS = 400
"""More single parts than this, each repetition written out, are not aligned by anybody here."""

_SOURCE, _SINK = 0, 1
_SILENT = 0


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A reference stream as nets. Part 0 is none; the others are the single parts in reading order, with their `names`
    and the branches of `one_of` that they lie in.

    `whole` reads streams from beginning to end, `beginning` may stop anywhere. `part` says for each transition of both
    which part it stands for, 0 for a silent one.
    """

    names: tuple[str, ...]
    choices: tuple[Choices, ...]
    whole: PetriNet
    beginning: PetriNet
    part: tuple[int, ...]


@dataclass(slots=True)
class _Transition:
    part: int  # 0: silent
    takes: tuple[int, ...]
    gives: tuple[int, ...]


def unfold(stream: Node, observable: Callable[[str], bool]) -> Unfolded:
    """The nets of `stream`; names that are not observable are read in silence. Raises TooLarge above `MOST_PARTS`."""
    drawing = _Drawing(observable)
    begin, end = drawing.place(), drawing.place()
    drawing.draw(stream, begin, end)
    return drawing.finished(begin, end)


class _Drawing:
    def __init__(self, observable: Callable[[str], bool]) -> None:
        self.names: list[str] = [""]
        self.choices: list[Choices] = [()]
        self._observable = observable
        self._places = 2  # the source and the sink
        self._transitions: list[_Transition] = []
        self._numbers: dict[int, int] = {}
        self._within: Choices = ()
        self._in_loop = 0
        self._again: set[str] = set()  # names that come in a loop

    def place(self) -> int:
        self._places += 1
        return self._places - 1

    def _silent(self, takes: Iterable[int], gives: Iterable[int]) -> None:
        self._transitions.append(_Transition(_SILENT, tuple(takes), tuple(gives)))

    def draw(self, node: Node, begin: int, end: int) -> None:
        """Draw `node` from one place to another; nothing of it leads back to `begin` or on from `end`."""
        match node:
            case Named():
                self._named(node, begin, end)
            case Sequence():
                self._row([partial(self.draw, part) for part in node.parts], begin, end)
            case Optional():
                self.draw(node.part, begin, end)
                self._silent([begin], [end])
            case OneOf():
                self._one_of(node, begin, end)
            case Repeat():
                self._repeat(node, begin, end)
            case InAnyOrder():
                self._in_any_order(node, begin, end)

    def _named(self, node: Named, begin: int, end: int) -> None:
        if not self._observable(node.name):
            self._silent([begin], [end])
            return
        if len(self.names) > MOST_PARTS:
            raise TooLarge(f"this reference stream has more than {MAX_STATES:,} states")
        self.names.append(node.name)
        self.choices.append(self._within)
        if self._in_loop:
            self._again.add(node.name)
        self._transitions.append(_Transition(len(self.names) - 1, (begin,), (end,)))

    def _row(self, drawn: list[Callable[[int, int], None]], begin: int, end: int) -> None:
        if not drawn:
            self._silent([begin], [end])
        for i, draw in enumerate(drawn):
            after = end if i == len(drawn) - 1 else self.place()
            draw(begin, after)
            begin = after

    def _one_of(self, node: OneOf, begin: int, end: int) -> None:
        number, within = self._numbers.setdefault(id(node), len(self._numbers)), self._within
        for branch, part in enumerate(node.parts):
            self._within = (*within, (number, branch))
            self.draw(part, begin, end)
        self._within = within

    def _in_any_order(self, node: InAnyOrder, begin: int, end: int) -> None:
        sides = [(self.place(), self.place()) for _ in node.parts]
        self._silent([begin], [first for first, _ in sides])
        for part, (first, last) in zip(node.parts, sides, strict=True):
            self.draw(part, first, last)
        self._silent([last for _, last in sides], [end])

    def _repeat(self, node: Repeat, begin: int, end: int) -> None:
        least = max(node.at_least, 1) if node.at_most is None else node.at_least
        if max(least, node.at_most or 0) > MOST_PARTS:
            raise TooLarge(f"this reference stream has more than {MAX_STATES:,} states")
        if node.at_most is None:
            loop = self._loop(node.part)
            self._row([*self._copies(node.part, least - 1), loop], begin, end)
            if node.at_least == 0:
                self._silent([begin], [end])
            return
        more = node.at_most - least
        drawn = self._copies(node.part, least)
        if more:
            drawn.append(lambda b, e: self._up_to(node.part, more, b, e))
        self._row(drawn, begin, end)

    def _copies(self, part: Node, times: int) -> list[Callable[[int, int], None]]:
        return [partial(self.draw, part)] * times

    def _loop(self, part: Node) -> Callable[[int, int], None]:
        def draw(begin: int, end: int) -> None:
            first, last = self.place(), self.place()
            self._silent([begin], [first])
            self._in_loop += 1
            self.draw(part, first, last)
            self._in_loop -= 1
            self._silent([last], [first])
            self._silent([last], [end])

        return draw

    def _up_to(self, part: Node, times: int, begin: int, end: int) -> None:
        for i in range(times):
            after = end if i == times - 1 else self.place()
            self.draw(part, begin, after)
            self._silent([begin], [end])
            begin = after

    # ------------------------------------------------------------------------------------------------- merging

    def finished(self, begin: int, end: int) -> Unfolded:
        """The nets, from their own source to their own sink, in which neighbouring visits of one name are one."""
        count = Counter(self.names[1:])
        merging = sorted({name for name in count if count[name] > 1 or name in self._again} - {VALUE})
        last = {name: self.place() for name in merging}
        other = [self.place()] if merging else []
        reading = [copy for one in self._transitions for copy in self._remembering(one, last, other)]
        ends = [*last.values(), *other]
        start = _Transition(_SILENT, (_SOURCE,), (begin, *other))
        stops = [_Transition(_SILENT, (end, place), (_SINK,)) for place in ends]
        stops = stops or [_Transition(_SILENT, (end,), (_SINK,))]
        # To stop anywhere: the sink is marked from the start, and every other token may go.
        start_open = _Transition(_SILENT, (_SOURCE,), (begin, *other, _SINK))
        drains = [_Transition(_SILENT, (place,), ()) for place in range(_SINK + 1, self._places)]
        # Both nets begin with what reads, so that `part` holds for both.
        whole, beginning = [*reading, start, *stops], [*reading, start_open, *drains]
        silent = max(len(whole), len(beginning)) - len(reading)
        return Unfolded(
            tuple(self.names),
            tuple(self.choices),
            self._net(whole),
            self._net(beginning),
            (*(one.part for one in reading), *[_SILENT] * silent),
        )

    def _remembering(self, one: _Transition, last: dict[str, int], other: list[int]) -> list[_Transition]:
        """`one` once for each name that may have been read last."""
        if one.part == _SILENT or not other:
            return [one]
        mine = last.get(self.names[one.part], other[0])
        copies = []
        for place in (*last.values(), *other):
            part = _SILENT if place == mine != other[0] else one.part
            copies.append(_Transition(part, (*one.takes, place), (*one.gives, mine)))
        return copies

    def _net(self, transitions: list[_Transition]) -> PetriNet:
        return PetriNet(
            self._places,
            tuple(self.names[one.part] if one.part else None for one in transitions),
            tuple((place, i) for i, one in enumerate(transitions) for place in one.takes),
            tuple((i, place) for i, one in enumerate(transitions) for place in one.gives),
        )
