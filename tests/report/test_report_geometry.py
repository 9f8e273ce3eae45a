from __future__ import annotations

import itertools

import pytest

from mining.core.activities import Activity
from mining.report.geometry import BOXES, DEMAND, SPAN, VALUE, arrow, loop, place_labels, route

PAIRS = [
    (giver, taker)
    for giver, taker in itertools.product((DEMAND, *Activity), (*Activity, VALUE))
    if giver != taker and (giver, taker) != (DEMAND, VALUE)
]


@pytest.mark.parametrize(("giver", "taker"), PAIRS)
@pytest.mark.parametrize("opposite", [None, 0.2])
def test_an_arrow_runs_from_its_giver_to_its_taker(giver: str, taker: str, opposite: float | None) -> None:
    line = route(giver, taker, width=0.1, opposite=opposite)
    assert BOXES[giver].holds(line[0], 0.1)
    assert BOXES[taker].holds(line[-1], 0.12)
    assert not BOXES[taker].holds(line[-1], -0.02)


@pytest.mark.parametrize(("giver", "taker"), PAIRS)
def test_an_arrow_keeps_clear_of_every_third_node(giver: str, taker: str) -> None:
    line = route(giver, taker, width=0.05, opposite=None)
    crossed = [node for node, box in BOXES.items() if node not in (giver, taker) and any(map(box.holds, line))]
    assert crossed == []


@pytest.mark.parametrize("node", list(Activity))
def test_a_loop_leaves_and_returns_at_its_node(node: Activity) -> None:
    line = loop(node)
    assert BOXES[node].holds(line[0], 0.02)
    assert BOXES[node].holds(line[-1], 0.02)
    assert not BOXES[node].holds(line[16], 0.1)


def test_everything_lies_on_the_map() -> None:
    for giver, taker in PAIRS:
        for point in arrow(route(giver, taker, width=0.3, opposite=0.3), 0.3):
            assert SPAN[0].real <= point.real <= SPAN[1].real
            assert SPAN[0].imag <= point.imag <= SPAN[1].imag


def test_an_outline_is_closed_and_has_a_head_wider_than_its_body() -> None:
    outline = arrow([0j, 1 + 0j, 2 + 0j, 3 + 0j], 0.2)
    assert outline[0] == outline[-1]
    assert max(point.imag for point in outline) > 0.1
    assert max(point.real for point in outline) == 3


def test_no_label_covers_another_label_or_a_node() -> None:
    lines = [route(giver, taker, width=0.05, opposite=0.05) for giver, taker in PAIRS]
    texts = ["12,345 · 13.9 h"] * len(lines)
    places = [point for point in place_labels(lines, texts) if point is not None]
    width, height = len(texts[0]) * 0.068 + 0.12, 0.2
    assert len(places) > 20
    for one, other in itertools.combinations(places, 2):
        assert abs(one.real - other.real) >= width - 1e-9 or abs(one.imag - other.imag) >= height - 1e-9
    for point in places:
        assert not any(box.holds(point) for box in BOXES.values())
