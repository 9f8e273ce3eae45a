"""The picture of a process tree."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from mining.discovery import svg
from mining.pm4py_adapter import Operator, Tree

SVG = "{http://www.w3.org/2000/svg}"
TREE = Tree(
    Operator.SEQUENCE,
    (
        Tree(label="engage:a & b"),
        Tree(Operator.LOOP, (Tree(label="plan"), Tree())),
        Tree(Operator.PARALLEL, (Tree(label="improve"), Tree(label="value"))),
    ),
)


def test_every_task_gateway_and_event_is_drawn_within_the_picture() -> None:
    root = ET.fromstring(svg(TREE))  # noqa: S314 - our own
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    texts = ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]
    assert [" ".join(text.split()) for text in texts if len(text) > 1] == [
        "Demand",
        "Engage: a & b",
        "Plan",
        "Improve",
        "value",
        "End",
    ]
    assert texts.count("×") == 2
    assert texts.count("+") == 2
    boxes = [box for box in root.iter(f"{SVG}rect") if box.attrib["width"] != "100%"]
    assert len(boxes) == 4
    for box in boxes:
        x, y, w, h = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height


def test_the_same_tree_gives_the_same_picture() -> None:
    assert svg(TREE) == svg(TREE)
