from __future__ import annotations

from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from mining.discovery.bpmn import bpmn
from mining.pm4py_adapter import Operator, Tree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"

leaves = st.sampled_from([None, "engage", "plan:a", "improve"]).map(lambda label: Tree(label=label))
trees = st.recursive(
    leaves,
    lambda children: st.builds(Tree, st.sampled_from(Operator), st.lists(children, min_size=2, max_size=3).map(tuple)),
    max_leaves=9,
)


class Diagram:
    def __init__(self, tree: Tree) -> None:
        root = ET.fromstring(bpmn(tree))  # noqa: S314 - our own
        self.process = root.find(f"{BPMN}process")
        self.flows = {e.attrib["id"]: e.attrib for e in root.iter(f"{BPMN}sequenceFlow")}
        self.boxes = {}
        for shape in root.iter(f"{DI}BPMNShape"):
            at = {key: int(value) for key, value in shape[0].attrib.items()}
            self.boxes[shape.attrib["bpmnElement"]] = (
                at["x"],
                at["y"],
                at["x"] + at["width"],
                at["y"] + at["height"],
            )
        self.lines = {
            edge.attrib["bpmnElement"]: [(int(w.attrib["x"]), int(w.attrib["y"])) for w in edge]
            for edge in root.iter(f"{DI}BPMNEdge")
        }


@settings(max_examples=150, deadline=None)
@given(trees)
def test_no_two_shapes_overlap_and_none_leaves_the_page(tree: Tree) -> None:
    boxes = Diagram(tree).boxes.values()
    assert all(left >= 0 and top >= 0 for left, top, _, _ in boxes)
    for (a, b, c, d), (e, f, g, h) in combinations(boxes, 2):
        assert c <= e or g <= a or d <= f or h <= b


@settings(max_examples=150, deadline=None)
@given(trees)
def test_lines_are_at_right_angles_and_end_on_their_shapes(tree: Tree) -> None:
    diagram = Diagram(tree)
    assert diagram.lines.keys() == diagram.flows.keys()
    for name, points in diagram.lines.items():
        flow = diagram.flows[name]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))
        for point, end in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            left, top, right, bottom = diagram.boxes[flow[end]]
            assert left <= point[0] <= right
            assert top <= point[1] <= bottom
            assert point[0] in (left, right) or point[1] in (top, bottom)


@settings(max_examples=150, deadline=None)
@given(trees)
def test_every_node_lies_on_a_way_from_demand_to_the_end(tree: Tree) -> None:
    diagram = Diagram(tree)
    ways = [(flow["sourceRef"], flow["targetRef"]) for flow in diagram.flows.values()]
    for start, steps in (("start_1", ways), ("end_1", [(b, a) for a, b in ways])):
        reached, found = {start}, [start]
        for node in found:
            new = [b for a, b in steps if a == node and b not in reached]
            reached.update(new)
            found.extend(new)
        assert reached == set(diagram.boxes)


def test_a_loop_runs_back_below() -> None:
    tree = Tree(Operator.LOOP, (Tree(label="engage"), Tree(label="plan:a")))
    diagram = Diagram(tree)
    assert [e.attrib.get("name") for e in diagram.process.iter(f"{BPMN}task")] == ["Engage", "Plan: a"]  # type: ignore[union-attr]
    assert diagram.boxes["task_2"][1] > diagram.boxes["task_1"][3]
    assert ("split_1", "task_2") in [(f["sourceRef"], f["targetRef"]) for f in diagram.flows.values()]
    assert ("task_2", "join_1") in [(f["sourceRef"], f["targetRef"]) for f in diagram.flows.values()]
