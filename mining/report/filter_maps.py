"""What the filter changes on the maps: the places and the ways of the arrows stay, their widths and words do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report.geometry import Line
from mining.report.map_parts import WIDEST, edge_hover, edge_text, edge_width
from mining.report.names import time_class
from mining.report.step_boxes import areas, labels, nodes
from mining.report.step_map import WIDEST as WIDEST_STEP
from mining.report.step_map import boxes_of, hand_off_name, step_line
from mining.report.step_tally import StepCount, StepMap, ends, step_map
from mining.report.tally import activity_counts, drawable, ends_of
from mining.report.value_chain_map import hand_off_hover, hand_off_line, hand_off_widths, node_labels
from mining.report.value_chain_map import nodes as activity_nodes

Json = Any


def map_lines(analysis: Analysis) -> dict[str, list[list[float]]]:
    """The centre lines of the arrows of both maps, the most frequent first: x and y of each point in turn."""
    hand_offs = drawable(analysis)
    widths = hand_off_widths(hand_offs)
    found = {"map": [_numbers(hand_off_line(one, widths)) for one in hand_offs]}
    shown = step_map(analysis)
    if shown is not None:
        boxes, most = boxes_of(shown), max((one.count for one in shown.drawable), default=1)
        wide = {ends(one): edge_width(one.count, most, WIDEST_STEP) for one in shown.drawable}
        found["map-steps"] = [_numbers(step_line(*ends(one), wide, boxes)) for one in shown.drawable]
    return found


def _numbers(line: Line) -> list[float]:
    return [round(number, 2) for point in line for number in (point.real, point.imag)]


def map_changes(whole: Analysis, part: Analysis) -> dict[str, Json]:
    """Both maps of a part: `arrows` in the order of those of the whole (0 where no stream goes that way; else width,
    colour, label, hover), `nodes` (hover, fill, dash) and `notes` (text, ink) in the order of the figure's others."""
    found = {
        "map": {
            "arrows": _arrows(drawable(whole), part.streams.activities, WIDEST, hand_off_hover),
            "nodes": [_node(trace) for trace in activity_nodes(part)],
            "notes": [_note(one) for one in node_labels(part)],
        }
    }
    shown, own = step_map(whole), step_map(part)
    if shown is not None:
        found["map-steps"] = _steps(shown, own, part)
    return found


def _arrows(shown: Sequence[HandOff], own: Sequence[HandOff], widest: float, hover: Any) -> list[Json]:
    known = {ends_of(one): one for one in own}
    most = max((known[ends_of(one)].count for one in shown if ends_of(one) in known), default=1)
    arrows: list[Json] = []
    for one in shown:
        mine = known.get(ends_of(one))
        if mine is None:
            arrows.append(0)
            continue
        width = round(edge_width(mine.count, most, widest), 3)
        arrows.append(
            [width, time_class(None if mine.times is None else mine.times.median), edge_text(mine), hover(mine)]
        )
    return arrows


def _steps(shown: StepMap, own: StepMap | None, part: Analysis) -> Json:
    counts = {one.activity: one for one in activity_counts(part)}
    known = {one.step: one for one in (() if own is None else own.steps)}
    places = [(_counted(one, known), one.box) for one in shown.steps if one.box is not None]
    hand_offs = (*part.streams.steps, *part.streams.step_ends)
    return {
        "arrows": _arrows(shown.drawable, hand_offs, WIDEST_STEP, lambda one: edge_hover(hand_off_name(one), one)),
        "nodes": [_node(trace) for trace in (*areas(counts), *nodes(places, part))],
        "notes": [_note(one) for one in labels(counts, places, part)],
    }


def _counted(one: StepCount, known: dict[tuple[Activity, str | None], StepCount]) -> StepCount:
    return known.get(one.step, StepCount(one.step, 0, 0, 0, None, one.box))


def _node(trace: dict[str, Any]) -> list[str]:
    return [trace["text"], trace["fillcolor"], trace["line"].get("dash", "solid")]


def _note(one: dict[str, Any]) -> list[str]:
    return [one["text"], one["font"]["color"]]
