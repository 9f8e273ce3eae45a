"""Where steps lie on the map: each in the area of its activity, and the areas where the map of activities has them.

A step's place depends on what the mapping can show, and on nothing that was counted as long as the area holds all of
its activity's steps: two maps of one mapping can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mining.core.activities import Activity
from mining.report.geometry import DEMAND, VALUE, Box, Node

Step = tuple[Activity, str | None]

STEP_SPAN = (complex(0.0, -0.15), complex(14.0, 9.45))
"""The lower left and the upper right corner of the map."""

STEP_LETTER = 0.088
"""How wide a letter of a label is on average: a unit has fewer pixels here than on the map of activities."""

TITLE = 0.3
"""The height of a line of an area's heading."""


@dataclass(frozen=True, slots=True)
class Area:
    """The area of an activity: its frame, how large its steps are, and their places in reading order, by how many."""

    frame: Box
    step: tuple[float, float]
    places: Mapping[int, tuple[complex, ...]]

    @property
    def holds(self) -> int:
        """The most steps that there is room for."""
        return max(self.places)

    @property
    def heading(self) -> Box:
        """The strip along the top where the name stands; of two lines, where the area is not wide."""
        high = TITLE if self.frame.width > 5 else 2 * TITLE
        return Box(self.frame.centre + complex(0, self.frame.half[1] - high / 2), self.frame.width, high)


def _row(left: float, right: float, y: float, most: int) -> dict[int, tuple[complex, ...]]:
    """Up to `most` places side by side, evenly spread."""
    return {
        number: tuple(complex(left + (right - left) * (2 * at + 1) / (2 * number), y) for at in range(number))
        for number in range(1, most + 1)
    }


def _four(left: float, right: float, top: float, bottom: float) -> dict[int, tuple[complex, ...]]:
    middle = complex((left + right) / 2, (top + bottom) / 2)
    corners = (complex(left, top), complex(right, top), complex(left, bottom), complex(right, bottom))
    return {1: (middle,), 2: (corners[0], corners[3]), 3: (corners[0], corners[1], corners[2]), 4: corners}


def _column() -> dict[int, tuple[complex, ...]]:
    """Up to six places below one another, alternately more to the left and to the right, so that arrows pass."""
    found = {}
    for number in range(1, 7):
        gap = min(1.6, 6.0 / number)
        top = 4.5 + gap * (number - 1) / 2
        sides = (2.75, 3.55) if number > 1 else (3.15,)
        found[number] = tuple(complex(sides[at % len(sides)], round(top - gap * at, 3)) for at in range(number))
    return found


_A1, _A2, _A3 = 5.95 + 4.4j, 8.45 + 4.4j, 10.95 + 4.4j
_B1, _B, _B2 = 7.2 + 3.1j, 8.45 + 3.1j, 9.7 + 3.1j
_C1, _C2, _C3 = 5.95 + 1.8j, 8.45 + 1.8j, 10.95 + 1.8j
_COMB: dict[int, tuple[complex, ...]] = {
    1: (_B,),
    2: (_B1, _B2),
    3: (_A1, _C2, _A3),
    4: (_A1, _C1, _C3, _A3),
    5: (_A1, _C1, _B, _C3, _A3),
    6: (_A1, _C1, _A2, _C2, _C3, _A3),
    7: (_A1, _C1, _B1, _A2, _B2, _C3, _A3),
    8: (_A1, _C1, _B1, _A2, _C2, _B2, _C3, _A3),
}
"""Rows that lie in each other's gaps, so that of three steps hardly ever one hides another from the third. From left to
right; the last place is the one next to value."""

AREAS: dict[Activity, Area] = {
    Activity.PLAN: Area(Box(7.0 + 8.8j, 10.2, 1.2), (1.55, 0.6), _row(2.1, 11.9, 8.65, 5)),
    Activity.ENGAGE: Area(Box(3.15 + 4.55j, 2.7, 6.9), (1.55, 0.72), _column()),
    Activity.DESIGN_AND_TRANSITION: Area(Box(6.7 + 6.75j, 3.5, 2.5), (1.4, 0.66), _four(5.83, 7.57, 7.25, 5.95)),
    Activity.OBTAIN_BUILD: Area(Box(10.3 + 6.75j, 3.5, 2.5), (1.4, 0.66), _four(9.43, 11.17, 7.25, 5.95)),
    Activity.DELIVER_AND_SUPPORT: Area(Box(8.5 + 3.25j, 7.1, 4.1), (1.65, 0.72), _COMB),
    Activity.IMPROVE: Area(Box(7.0 + 0.45j, 10.2, 1.1), (1.55, 0.6), _row(2.1, 11.9, 0.3, 5)),
}
"""The six areas."""

ENDS: dict[Node, Box] = {DEMAND: Box(0.87 + 4.55j, 1.66, 0.95), VALUE: Box(13.13 + 4.55j, 1.66, 0.95)}
"""Demand and value."""


def node_of(step: Step) -> str:
    """The name of a step as a node: no activity and no end is called so."""
    activity, name = step
    return f"{activity.value}:{name or ''}"


def placed(steps: Sequence[Step], weights: Mapping[Step, int]) -> tuple[dict[Step, Box], tuple[Step, ...]]:
    """A box for each step, in the order of `steps`, and the steps that there is no room for.

    Where an area is too small for its activity's steps, those of most weight stay.
    """
    boxes: dict[Step, Box] = {}
    for activity, area in AREAS.items():
        own = [step for step in dict.fromkeys(steps) if step[0] == activity]
        kept = set(sorted(own, key=lambda step: (-weights.get(step, 0), step[1] or ""))[: area.holds])
        shown = [step for step in own if step in kept]
        if shown:
            width, height = area.step
            places = area.places[len(shown)]
            boxes |= {step: Box(at, width, height) for step, at in zip(shown, places, strict=True)}
    return boxes, tuple(step for step in dict.fromkeys(steps) if step not in boxes)


def headings() -> Iterable[Box]:
    """What no label of a hand-off may cover, beside the steps and the ends."""
    return [area.heading for area in AREAS.values()]
