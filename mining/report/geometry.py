"""Where things lie on the value chain map, and the outlines of its arrows.

A point is a complex number; one unit is about a hundred pixels, y grows upwards. The places never change from report to
report, so that two maps can be compared by eye. The layout follows the article's picture: Plan above, Improve below,
Engage on the left, demand and value outside.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mining.core.activities import Activity

Line = list[complex]


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the map. `bar` ones are so wide that arrows meet them straight from above or below."""

    centre: complex
    width: float
    height: float
    bar: bool = False

    @property
    def half(self) -> tuple[float, float]:
        """Half of the width, half of the height."""
        return self.width / 2, self.height / 2

    def holds(self, point: complex, margin: float = 0.0) -> bool:
        """Whether `point` lies in the box or nearer than `margin`."""
        offset = point - self.centre
        return abs(offset.real) < self.half[0] + margin and abs(offset.imag) < self.half[1] + margin

    def facing(self, point: complex) -> complex:
        """The point inside the box from which an arrow to `point` sets out."""
        if not self.bar:
            return self.centre
        reach = self.half[0] - 0.5
        if abs(point.real - self.centre.real) < 0.01:  # the other bar: past the right of what lies between
            return self.centre + reach + 0.1
        return complex(min(max(point.real, self.centre.real - reach), self.centre.real + reach), self.centre.imag)

    def leave(self, inside: complex, direction: complex) -> complex:
        """Where a ray from `inside` crosses the border."""
        offset, reach = inside - self.centre, math.inf
        for at, step, half in (
            (offset.real, direction.real, self.half[0]),
            (offset.imag, direction.imag, self.half[1]),
        ):
            if abs(step) > 1e-9:
                reach = min(reach, (math.copysign(half, step) - at) / step)
        return inside + direction * max(reach, 0.0)


Node = Activity | str
DEMAND, VALUE = "demand", "value"

BOXES: dict[Node, Box] = {
    DEMAND: Box(0.8 + 3.1j, 1.5, 0.95),
    Activity.PLAN: Box(6.2 + 5.9j, 7.6, 0.62, bar=True),
    Activity.ENGAGE: Box(3.5 + 3.1j, 1.8, 1.0),
    Activity.DESIGN_AND_TRANSITION: Box(5.2 + 4.55j, 2.05, 0.84),
    Activity.OBTAIN_BUILD: Box(8.2 + 4.55j, 2.05, 0.84),
    Activity.DELIVER_AND_SUPPORT: Box(7.0 + 1.65j, 2.05, 0.95),
    Activity.IMPROVE: Box(6.2 + 0.25j, 7.6, 0.62, bar=True),
    VALUE: Box(11.2 + 3.1j, 1.5, 0.95),
}
"""The eight nodes."""

SPAN = (complex(0.0, -0.15), complex(12.0, 6.3))
"""The lower left and the upper right corner of the map."""

LETTER = 0.068
"""How wide a letter of a label is on average."""

_CORNERS: dict[Node, complex] = {
    Activity.ENGAGE: -1 + 1j,
    Activity.DESIGN_AND_TRANSITION: -1 + 1j,
    Activity.OBTAIN_BUILD: 1 + 1j,
    Activity.DELIVER_AND_SUPPORT: 1 - 1j,
    Activity.PLAN: 1 - 1j,
    Activity.IMPROVE: 1 + 1j,
}
"""The corner of a node around which its own loop runs."""

_LANES: dict[tuple[Node, Node], float] = {
    (Activity.ENGAGE, VALUE): -0.12,
    (Activity.DESIGN_AND_TRANSITION, Activity.OBTAIN_BUILD): 0.14,
    (Activity.OBTAIN_BUILD, Activity.DESIGN_AND_TRANSITION): 0.14,
}
"""How far an arrow keeps to its right, where the rule reads badly."""

_BENDS: dict[tuple[Node, Node], float] = {
    (DEMAND, Activity.DELIVER_AND_SUPPORT): 0.2,
    (DEMAND, Activity.OBTAIN_BUILD): -0.28,
    (DEMAND, Activity.DESIGN_AND_TRANSITION): -0.2,
    (DEMAND, VALUE): 0.3,
}
"""The bend that is tried first."""

_TRIED = (0.12, -0.12, 0.2, -0.2, 0.28, -0.28, 0.36, -0.36, 0.45, -0.45)


def _bezier(start: complex, first: complex, second: complex, end: complex, points: int = 25) -> Line:
    steps = [number / (points - 1) for number in range(points)]
    return [
        (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t**2 * second + t**3 * end for t in steps
    ]


def _unit(vector: complex) -> complex:
    return vector / abs(vector) if vector else 1 + 0j


def route(
    source: Node,
    target: Node,
    *,
    width: float,
    opposite: float | None,
    boxes: Mapping[Node, Box] = BOXES,
    margin: float = 0.12,
) -> Line:
    """The centre line of an arrow from node to node, of those in `boxes`.

    `opposite` is the width of the arrow that goes the other way, None where there is none: the two keep to their right.
    An arrow that would come nearer than `margin` to a third node is bent around it; where no bend is clear of all, the
    first of those that run through the fewest is taken.
    """
    giving, taking = boxes[source], boxes[target]
    start = giving.facing(taking.centre)
    end = taking.facing(start)
    start = giving.facing(end)
    rule = 0.0 if opposite is None else (width + opposite) / 4 + 0.13
    lane = _LANES.get((source, target), rule)
    first = _BENDS.get((source, target), 0.0 if opposite is None else 0.05)
    lines = (_curve(giving, taking, (start, end), lane, bend) for bend in (first, *_TRIED))
    others = _Boxes([box for node, box in boxes.items() if node not in (source, target)])
    best: tuple[int, Line] | None = None
    for line in lines:
        if not others.holding(line, margin + width / 2):
            return line
        crossed = others.holding(line, width / 2)
        if best is None or crossed < best[0]:
            best = (crossed, line)
    return [] if best is None else best[1]


def _curve(giving: Box, taking: Box, between: tuple[complex, complex], lane: float, bend: float) -> Line:
    start, end = between
    along = end - start
    right = _unit(along) * -1j
    start, end = start + right * lane, end + right * lane
    aside = right * bend * abs(along)
    out = giving.leave(start, _unit(along / 3 + aside))
    into = taking.leave(end, _unit(aside - along / 3))
    out, into = out + _unit(into - out) * 0.03, into + _unit(out - into) * 0.05
    aside = right * bend * abs(into - out)
    return _bezier(out, out + (into - out) / 3 + aside, out + (into - out) * 2 / 3 + aside, into)


class _Boxes:
    """Several boxes, asked at once."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._centres = np.array([box.centre for box in boxes], dtype=np.complex128)
        self._halves = np.array([box.half for box in boxes], dtype=np.float64).reshape(-1, 2)

    def holding(self, line: Line, margin: float) -> int:
        """How many points of the line lie in one of the boxes or nearer to it than `margin`."""
        offsets = np.array(line)[:, None] - self._centres
        near = np.abs(offsets.real) < self._halves[:, 0] + margin
        near &= np.abs(offsets.imag) < self._halves[:, 1] + margin
        return int(near.any(axis=1).sum())


def loop(node: Node, radius: float = 0.3, boxes: Mapping[Node, Box] = BOXES) -> Line:
    """The centre line of an arrow from a node to itself: three quarters of a circle around its corner."""
    box, corner = boxes[node], _CORNERS.get(node, -1 + 1j)
    centre = box.centre + complex(corner.real * box.half[0], corner.imag * box.half[1])
    # From the upright border outwards to the level one: seen from the centre, the missing quarter is the node's own.
    start = cmath.phase(complex(0, -corner.imag))
    turn = 1.5 * math.pi * (1 if corner.real * corner.imag > 0 else -1)
    return [centre + cmath.rect(radius, start + turn * number / 31) for number in range(32)]


def arrow(line: Line, width: float) -> Line:
    """The outline of an arrow along `line`, its head included, as a closed polygon."""
    lengths = [0.0]
    for here, there in pairwise(line):
        lengths.append(lengths[-1] + abs(there - here))
    neck = max(lengths[-1] - (0.13 + width * 0.45), lengths[-1] * 0.4)
    body = [point for point, length in zip(line, lengths, strict=True) if length < neck]
    body.append(_at(line, lengths, neck))
    tip, sides = line[-1], _normals(body)
    sides[-1] = _unit(tip - body[-1]) * 1j
    left = [point + side * width / 2 for point, side in zip(body, sides, strict=True)]
    right = [point - side * width / 2 for point, side in zip(body, sides, strict=True)]
    barb = sides[-1] * (width / 2 + 0.06)
    return [*left, body[-1] + barb, tip, body[-1] - barb, *reversed(right), left[0]]


def thinned(outline: Line, tolerance: float = 0.004) -> Line:
    """The outline without the points that lie on the way between others, nearer to it than `tolerance`."""
    kept, at = [outline[0]], 0
    while at < len(outline) - 1:
        reach = at + 1
        while reach + 1 < len(outline) and _on_the_way(outline, at, reach + 1, tolerance):
            reach += 1
        kept.append(outline[reach])
        at = reach
    return kept


def _on_the_way(outline: Line, start: int, end: int, tolerance: float) -> bool:
    along = outline[end] - outline[start]
    if not along:
        return False
    offsets = [(point - outline[start]) / along for point in outline[start + 1 : end]]
    return all(0 <= offset.real <= 1 and abs(offset.imag) * abs(along) < tolerance for offset in offsets)


def _at(line: Line, lengths: Sequence[float], length: float) -> complex:
    for number in range(1, len(line)):
        if lengths[number] >= length:
            span = lengths[number] - lengths[number - 1]
            ratio = (length - lengths[number - 1]) / span if span else 0.0
            return line[number - 1] + (line[number] - line[number - 1]) * ratio
    return line[-1]


def _normals(line: Line) -> list[complex]:
    ends = [line[0], *line, line[-1]]
    return [_unit(after - before) * 1j for before, after in zip(ends, ends[2:], strict=False)]


# -------------------------------------------------------------------------------------------------------- labels

Rectangle = tuple[float, float, float, float]


def _around(centre: complex, width: float, height: float) -> Rectangle:
    return (centre.real - width / 2, centre.imag - height / 2, centre.real + width / 2, centre.imag + height / 2)


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def place_labels(
    lines: Sequence[Line], texts: Sequence[str], boxes: Iterable[Box] = tuple(BOXES.values()), wide: float = LETTER
) -> list[complex | None]:
    """A place near its line for each text, the earlier texts first; None where every place is taken.

    A label meets none of `boxes` and no other label, and as few other arrows as can be. It stands on its line, or
    beside it where the line is too short for it. A letter is `wide` on average.
    """
    nodes = [_around(box.centre, box.width, box.height) for box in boxes]
    taken: list[Rectangle] = []
    places: list[complex | None] = []
    points = np.array([point for line in lines for point in line], dtype=complex)
    x, y, begin = points.real, points.imag, 0
    for line, text in zip(lines, texts, strict=True):
        own = slice(begin, begin := begin + len(line))
        width, height = len(text) * wide + 0.12, 0.2
        best: tuple[float, complex] | None = None
        for dislike, point in _candidates(line):
            here = _around(point, width, height)
            if any(_meet(here, other) for other in (*nodes, *taken)):
                continue
            under = (x > here[0]) & (x < here[2]) & (y > here[1]) & (y < here[3])
            crossed = int(under.sum()) - int(under[own].sum())
            if best is None or crossed + dislike < best[0]:
                best = (crossed + dislike, point)
        places.append(None if best is None else best[1])
        if best is not None:
            taken.append(_around(best[1], width, height))
    return places


def _candidates(line: Line) -> Iterator[tuple[float, complex]]:
    """Places for a label, each with how little it is liked."""
    for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8):
        at = round(t * (len(line) - 1))
        aside = _unit(line[min(at + 1, len(line) - 1)] - line[max(at - 1, 0)]) * 1j
        yield abs(t - 0.5), line[at]
        for offset in (0.3, -0.3):
            yield 2 + abs(t - 0.5), line[at] + aside * offset
