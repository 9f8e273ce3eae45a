"""A process tree as a picture: SVG with the layout of the BPMN document, which any browser shows."""

from __future__ import annotations

import textwrap
from xml.etree import ElementTree as ET

from mining.discovery.bpmn import Drawing, Node, Point, drawn
from mining.discovery.documents import document
from mining.pm4py_adapter import Tree

_SVG = "http://www.w3.org/2000/svg"
_MARGIN = 24
_LINE = {"fill": "none", "stroke": "#334155", "stroke-width": "1.5"}
_SIGNS = {"exclusiveGateway": "×", "parallelGateway": "+"}


def svg(tree: Tree) -> str:
    """The SVG document of `tree`, whose labels are "activity:step"."""
    drawing = drawn(tree)
    width = max(node.x + node.size[0] // 2 for node in drawing.nodes) + _MARGIN
    height = max(
        y for y in (*(n.y + n.size[1] for n in drawing.nodes), *(p[1] for f in drawing.flows for p in f.points))
    )
    size = {"width": str(width), "height": str(height + _MARGIN), "viewBox": f"0 0 {width} {height + _MARGIN}"}
    root = ET.Element("svg", {"xmlns": _SVG, "font-family": "sans-serif", "font-size": "13", **size})
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    for flow in drawing.flows:
        _line(root, flow.points)
    for node in drawing.nodes:
        _node(root, node, drawing)
    return document(root)


def _line(root: ET.Element, points: tuple[Point, ...]) -> None:
    ET.SubElement(root, "polyline", {"points": " ".join(f"{x},{y}" for x, y in points), **_LINE})
    (x0, y0), (x, y) = points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    corners = ((x, y), (x - 8 * dx - 4 * dy, y - 8 * dy - 4 * dx), (x - 8 * dx + 4 * dy, y - 8 * dy + 4 * dx))
    ET.SubElement(root, "polygon", {"points": " ".join(f"{a},{b}" for a, b in corners), "fill": "#334155"})


def _node(root: ET.Element, node: Node, drawing: Drawing) -> None:
    width, height = node.size
    left, top = node.x - width // 2, node.y - height // 2
    if node.kind == "task":
        box = {"x": str(left), "y": str(top), "width": str(width), "height": str(height), "rx": "8"}
        ET.SubElement(root, "rect", {**box, "fill": "#eef2ff", "stroke": "#334155", "stroke-width": "1.5"})
        _text(root, node.attributes["name"], node.x, node.y)
    elif node.kind in _SIGNS:
        right, bottom = left + width, top + height
        points = f"{node.x},{top} {right},{node.y} {node.x},{bottom} {left},{node.y}"
        ET.SubElement(
            root, "polygon", {"points": points, "fill": "#ffffff", "stroke": "#334155", "stroke-width": "1.5"}
        )
        _text(root, _SIGNS[node.kind], node.x, node.y)
    else:
        last = node is drawing.nodes[-1]
        circle = {"cx": str(node.x), "cy": str(node.y), "r": str(width // 2), "fill": "#ffffff", "stroke": "#334155"}
        ET.SubElement(root, "circle", {**circle, "stroke-width": "4" if last else "1.5"})
        _text(root, node.attributes["name"], node.x, node.y + height // 2 + 12)


def _text(root: ET.Element, text: str, x: int, y: int) -> None:
    lines = textwrap.wrap(text, 18, max_lines=4, placeholder="…") or [""]
    element = ET.SubElement(root, "text", {"text-anchor": "middle", "dominant-baseline": "central", "fill": "#0f172a"})
    for i, line in enumerate(lines):
        at = y + 15 * i - 15 * (len(lines) - 1) // 2
        ET.SubElement(element, "tspan", {"x": str(x), "y": str(at)}).text = line
