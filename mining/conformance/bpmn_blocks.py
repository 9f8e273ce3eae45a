"""From a flowchart to the blocks of a reference stream.

Block by block: what stands in a row becomes one part, branches between two gateways of a kind become one, a way back
becomes a repetition. What cannot be reduced to a single part has a gateway that no other one of its kind closes: it is
not sound, or not block-structured, and is refused by that gateway's name.
"""

from __future__ import annotations

from pathlib import Path

from mining.conformance.bpmn_file import Element, Flowchart, read_flowchart
from mining.conformance.tree import InAnyOrder, Named, Node, Reference
from mining.conformance.trees import choice, loop, sequence
from mining.core.errors import ConfigError

_Edge = tuple[str, str, Node | None]


def load_bpmn(path: Path) -> Reference:
    """The reference stream in a BPMN file. Its demand is what the start event is called.

    Raises RequestError or ConfigError, see `read_flowchart`; ConfigError also where the flow is not sound or not
    block-structured.
    """
    chart = read_flowchart(path)
    start, end = _ends(chart)
    stream = _Graph(chart, start, end).reduced()
    if stream is None:
        raise ConfigError(chart.problem(start, "nothing happens between the start and the end of this process"))
    name = chart.name or path.stem.replace("_", " ")
    return Reference(name, start.name or "the start event has no name", "run", None, stream, chart.file)


def _ends(chart: Flowchart) -> tuple[Element, Element]:
    found = []
    for kind in ("start", "end"):
        these = [one for one in chart.elements.values() if one.kind == kind]
        if len(these) != 1:
            text = f"a reference stream has one {kind} event, and this process has {len(these)}"
            todo = "join the branches before the end" if kind == "end" else "begin with one start event"
            raise ConfigError(chart.problem(these[1] if these else None, text, todo=todo))
        found.append(these[0])
    return found[0], found[1]


class _Graph:
    """Gateways and ends, and between them edges that hold what happens there."""

    def __init__(self, chart: Flowchart, start: Element, end: Element) -> None:
        self.chart, self.start, self.end = chart, start, end
        self.edges: list[_Edge] = [(source, target, None) for source, target in chart.flows]
        self.order = {one: i for i, one in enumerate(chart.elements)}
        for element in chart.elements.values():
            self._check(element)
        for element in chart.elements.values():
            if element.kind == "task":
                part = None if element.label is None else Named(element.label, element.line)
                self._contract(element.id, part)

    def _check(self, element: Element) -> None:
        into = sum(target == element.id for _, target, _ in self.edges)
        out = sum(source == element.id for source, _, _ in self.edges)
        wrong = None
        if (into == 0) != (element.kind == "start") or (out == 0) != (element.kind == "end"):
            wrong = "this element does not lie on a way from the start to the end"
        elif element.kind in ("task", "start", "end") and (into > 1 or out > 1):
            wrong = "flows part or meet here without a gateway, so that it is not clear what is meant"
        if wrong:
            raise ConfigError(self.chart.problem(element, wrong))

    def _contract(self, vertex: str, part: Node | None = None) -> None:
        """Put the only edge into a vertex and the only one out of it together."""
        (into,) = [edge for edge in self.edges if edge[1] == vertex]
        (out,) = [edge for edge in self.edges if edge[0] == vertex]
        whole = sequence([one for one in (into[2], part, out[2]) if one is not None])
        self.edges = [edge for edge in self.edges if edge not in (into, out)]
        self.edges.append((into[0], out[1], whole))
        self.edges.sort(key=self._place)

    def _place(self, edge: _Edge) -> tuple[int, int]:
        return self.order[edge[0]], self.order[edge[1]]

    def reduced(self) -> Node | None:
        """What happens between start and end, once everything is reduced to it."""
        while self._row() or self._branches() or self._way_back():
            pass
        if len(self.edges) == 1 and self.edges[0][:2] == (self.start.id, self.end.id):
            return self.edges[0][2]
        left = {vertex for edge in self.edges for vertex in edge[:2]} - {self.start.id, self.end.id}
        gateway = self.chart.elements[min(left, key=self.order.__getitem__)]
        text = f"no {gateway.kind} gateway closes this one, so the process is not sound or not made of blocks"
        todo = "close each gateway that opens branches by one of the same kind that joins all of them"
        raise ConfigError(self.chart.problem(gateway, text, todo=todo))

    def _kind(self, vertex: str) -> str:
        return self.chart.elements[vertex].kind

    def _count(self, vertex: str, side: int) -> int:
        return sum(edge[side] == vertex for edge in self.edges)

    def _row(self) -> bool:
        for vertex in self.order:
            if self._kind(vertex) in ("exclusive", "parallel") and self._count(vertex, 0) == 1 == self._count(
                vertex, 1
            ):
                (into,) = [edge for edge in self.edges if edge[1] == vertex]
                if into[0] != vertex:
                    self._contract(vertex)
                    return True
        return False

    def _branches(self) -> bool:
        """Two or more edges between the same two gateways become one, where these are of one kind."""
        for source, target, _ in self.edges:
            between = [edge for edge in self.edges if edge[:2] == (source, target)]
            if len(between) > 1 and self._kind(source) == self._kind(target):
                self.edges = [edge for edge in self.edges if edge not in between]
                self.edges.append((source, target, self._together(self._kind(source), [part for *_, part in between])))
                self.edges.sort(key=self._place)
                return True
        return False

    def _together(self, kind: str, parts: list[Node | None]) -> Node | None:
        kept = [part for part in parts if part is not None]
        if kind == "exclusive":
            return choice(kept, may_be_nothing=len(kept) < len(parts))
        return None if not kept else kept[0] if len(kept) == 1 else InAnyOrder(tuple(kept), kept[0].line)

    def _way_back(self) -> bool:
        """Between a gateway that joins and one that parts, both exclusive: forth, and back again."""
        for source, target, part in self.edges:
            back = [edge for edge in self.edges if edge[:2] == (target, source)]
            forth_only = self._count(source, 0) == 1 and self._count(target, 1) == 1
            if len(back) == 1 and forth_only and self._kind(source) == self._kind(target) == "exclusive":
                whole = loop(part, [back[0][2]], interleaved=True)
                self.edges = [edge for edge in self.edges if edge[:2] not in ((source, target), (target, source))]
                self.edges.append((source, target, whole))
                self.edges.sort(key=self._place)
                return True
        return False
