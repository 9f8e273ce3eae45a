"""A process tree as a BPMN 2.0 document, with a layout, so that every BPMN tool shows it at once.

pm4py's own exporter needs Graphviz for a layout and random identifiers for the rest. A process tree is made of nested
blocks, so its layout is plain arithmetic: children of a sequence stand side by side, of any other operator one below
the other, and what a loop does again runs back from right to left.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from mining.core.activities import Activity
from mining.discovery.documents import document, printable
from mining.pm4py_adapter import Operator, Tree

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DI = "http://www.omg.org/spec/DD/20100524/DI"

_TASK = (130, 66)
_GATEWAY = (40, 40)
_EVENT = (36, 36)
_GAP_X = 40
_GAP_Y = 24

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the drawing."""

    id: str
    kind: str  # the BPMN element
    attributes: dict[str, str]
    x: int  # the centre
    y: int
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """A line from one node to another."""

    id: str
    source: Node
    target: Node
    points: tuple[Point, ...]


@dataclass(slots=True)
class Drawing:
    """What is drawn, while it grows: the last node is the end event."""

    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def node(self, kind: str, stem: str, at: Point, size: tuple[int, int], **attributes: str) -> Node:
        """Add a node; `stem` begins its id."""
        self.counts[stem] += 1
        node = Node(f"{stem}_{self.counts[stem]}", kind, attributes, *at, size)
        self.nodes.append(node)
        return node

    def flow(self, source: Node, target: Node, rail: int) -> None:
        """Connect two nodes; the line runs along the height `rail`."""
        points = [_border(source, target.x, rail)]
        points += [(node.x, rail) for node in (source, target) if node.y != rail]
        points.append(_border(target, source.x, rail))
        self.flows.append(Flow(f"flow_{len(self.flows) + 1}", source, target, tuple(points)))

    def tree(self, tree: Tree, before: Node, left: int, middle: int, *, back: bool = False) -> Node:
        """Draw `tree` after the node `before`, from `left` to the right around the height `middle`, and return the
        last node; `back` draws it so that it runs from right to left."""
        if tree.operator is None:
            if tree.label is None:
                return before
            at = (left + _TASK[0] // 2, middle)
            task = self.node("task", "task", at, _TASK, name=printable(display(tree.label)))
            self.flow(before, task, middle)
            return task
        if tree.operator is Operator.SEQUENCE:
            return self._sequence(tree, before, left, middle, back=back)
        return self._branches(tree, before, left, middle, back=back)

    def _sequence(self, tree: Tree, before: Node, left: int, middle: int, *, back: bool) -> Node:
        x = left + _width(tree) if back else left
        for child in tree.children:
            width = _width(child)
            before = self.tree(child, before, x - width if back else x, middle, back=back)
            x += -(width + _GAP_X) if back else width + _GAP_X
        return before

    def _branches(self, tree: Tree, before: Node, left: int, middle: int, *, back: bool) -> Node:
        near, far = left + _GATEWAY[0] // 2, left + _width(tree) - _GATEWAY[0] // 2
        start, end = (far, near) if back else (near, far)
        kind = "parallelGateway" if tree.operator is Operator.PARALLEL else "exclusiveGateway"
        is_loop = tree.operator is Operator.LOOP
        names = ("join", "split") if is_loop else ("split", "join")
        first, last = (
            self.node(kind, name, (x, middle), _GATEWAY, gatewayDirection=_DIRECTION[name])
            for name, x in zip(names, (start, end), strict=True)
        )
        self.flow(before, first, middle)
        top = middle - _height(tree) // 2
        for i, child in enumerate(tree.children):
            again = is_loop and i > 0
            row = top + _height(child) // 2
            inside = near + _GATEWAY[0] // 2 + _GAP_X + (_width(tree) - _BESIDE - _width(child)) // 2
            reached = self.tree(child, last if again else first, inside, row, back=back != again)
            self.flow(reached, first if again else last, row)
            top += _height(child) + _GAP_Y
        return last


_DIRECTION = {"split": "Diverging", "join": "Converging"}
_BESIDE = 2 * (_GATEWAY[0] + _GAP_X)  # what the two gateways of a block take of its width


def display(name: str) -> str:
    """What people read for "deliver_and_support:await vendor": "Deliver and support: await vendor"."""
    activity, colon, step = name.partition(":")
    shown = Activity(activity).display if activity in set(Activity) else activity
    return f"{shown}: {step}" if colon else shown


def bpmn(tree: Tree) -> str:
    """The BPMN document of `tree`, whose labels are "activity:step". The start event stands for demand."""
    return _document(drawn(tree))


def drawn(tree: Tree) -> Drawing:
    """The layout of `tree`."""
    drawing = Drawing()
    middle = _height(tree) // 2 + _GAP_Y
    start = drawing.node("startEvent", "start", (_EVENT[0], middle), _EVENT, name="Demand")
    left = start.x + _EVENT[0] // 2 + _GAP_X
    last = drawing.tree(tree, start, left, middle)
    at = (left + _width(tree) + _GAP_X + _EVENT[0] // 2, middle)
    end = drawing.node("endEvent", "end", at, _EVENT, name="End")
    drawing.flow(last, end, middle)
    return drawing


def _width(tree: Tree) -> int:
    if tree.operator is None:
        return _TASK[0] if tree.label is not None else 0
    widths = [_width(child) for child in tree.children]
    if tree.operator is Operator.SEQUENCE:
        return sum(widths) + _GAP_X * (len(widths) - 1)
    return max(widths) + _BESIDE


def _height(tree: Tree) -> int:
    if tree.operator is None:
        return _TASK[1] if tree.label is not None else _GATEWAY[1]
    heights = [_height(child) for child in tree.children]
    if tree.operator is Operator.SEQUENCE:
        return max(heights)
    return sum(heights) + _GAP_Y * (len(heights) - 1)


def _border(node: Node, towards: int, rail: int) -> Point:
    """Where a line that leaves `node` for the height `rail`, or sideways along it, meets the node's border."""
    if node.y != rail:
        down = 1 if rail > node.y else -1
        return node.x, node.y + down * node.size[1] // 2
    right = 1 if towards > node.x else -1
    return node.x + right * node.size[0] // 2, node.y


def _document(drawing: Drawing) -> str:
    root = ET.Element(f"{{{_BPMN}}}definitions", {"id": "definitions", "targetNamespace": "urn:value-stream-miner"})
    process = ET.SubElement(root, f"{{{_BPMN}}}process", {"id": "process", "isExecutable": "false"})
    for node in drawing.nodes:
        element = ET.SubElement(process, f"{{{_BPMN}}}{node.kind}", {"id": node.id, **node.attributes})
        for flow in drawing.flows:
            if flow.target is node:
                ET.SubElement(element, f"{{{_BPMN}}}incoming").text = flow.id
        for flow in drawing.flows:
            if flow.source is node:
                ET.SubElement(element, f"{{{_BPMN}}}outgoing").text = flow.id
    for flow in drawing.flows:
        ends = {"sourceRef": flow.source.id, "targetRef": flow.target.id}
        ET.SubElement(process, f"{{{_BPMN}}}sequenceFlow", {"id": flow.id, **ends})
    diagram = ET.SubElement(root, f"{{{_BPMNDI}}}BPMNDiagram", {"id": "diagram"})
    plane = ET.SubElement(diagram, f"{{{_BPMNDI}}}BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    for node in drawing.nodes:
        shape = ET.SubElement(plane, f"{{{_BPMNDI}}}BPMNShape", {"id": f"{node.id}_shape", "bpmnElement": node.id})
        width, height = node.size
        corner = {"x": str(node.x - width // 2), "y": str(node.y - height // 2)}
        ET.SubElement(shape, f"{{{_DC}}}Bounds", corner | {"width": str(width), "height": str(height)})
    for flow in drawing.flows:
        edge = ET.SubElement(plane, f"{{{_BPMNDI}}}BPMNEdge", {"id": f"{flow.id}_edge", "bpmnElement": flow.id})
        for x, y in flow.points:
            ET.SubElement(edge, f"{{{_DI}}}waypoint", {"x": str(x), "y": str(y)})
    return document(root)


for _prefix, _uri in (("bpmn", _BPMN), ("bpmndi", _BPMNDI), ("dc", _DC), ("di", _DI)):
    ET.register_namespace(_prefix, _uri)
