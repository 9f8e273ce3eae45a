"""What stands still on the map on steps: the areas of the activities, demand and value, and the boxes of the steps.

The map itself, the one of what two cohorts differ in, and what the filter changes are all made of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.report import map_words, words
from mining.report.formats import cut, in_streams, many, percent, plotly_text
from mining.report.geometry import DEMAND, VALUE, Box, Node
from mining.report.language import t
from mining.report.map_parts import Trace, annotation, outline_of, polygon, rectangle, tells_own_time
from mining.report.names import colour, display, place
from mining.report.step_places import AREAS, ENDS
from mining.report.step_tally import StepCount, StepMap
from mining.report.tally import ActivityCount, reached_value

_LONGEST_NAME = 16

Placed = Sequence[tuple[StepCount, Box]]
"""Steps, each with its box."""


def placed(shown: StepMap) -> Placed:
    """The steps that have a box."""
    return [(one, one.box) for one in shown.steps if one.box is not None]


def areas(counts: dict[Activity, ActivityCount]) -> list[Trace]:
    """The areas of the six activities, each with its own colours where the export can show it."""
    return [_area(counts[activity]) for activity in AREAS]


def nodes(steps: Placed, analysis: Analysis) -> list[Trace]:
    """The boxes of demand, value and the steps."""
    return [*(_end(node, analysis) for node in ENDS), *(_step(one, box, analysis) for one, box in steps)]


def labels(counts: dict[Activity, ActivityCount], steps: Placed, analysis: Analysis) -> list[dict[str, Any]]:
    """What is written on the areas and on the boxes, in the order of `areas` and `nodes`."""
    return [
        *(_heading(counts[activity]) for activity in AREAS),
        *(_end_label(node, analysis) for node in ENDS),
        *(_step_label(one, box, analysis) for one, box in steps),
    ]


def accents(counts: dict[Activity, ActivityCount]) -> list[dict[str, Any]]:
    """A strip in the activity's colour along the left of its area."""
    return [
        {
            "type": "rect",
            "x0": area.frame.centre.real - area.frame.half[0],
            "x1": area.frame.centre.real - area.frame.half[0] + 0.07,
            "y0": area.frame.centre.imag - area.frame.half[1],
            "y1": area.frame.centre.imag + area.frame.half[1],
            "layer": "above",
            "line": {"width": 0},
            "fillcolor": colour(f"mark-{activity.value.replace('_', '-')}"),
        }
        for activity, area in AREAS.items()
        if counts[activity].observable
    ]


# --------------------------------------------------------------------------------------------------------------- areas


def _area(counted: ActivityCount) -> Trace:
    known = counted.observable
    border = {"color": colour("line" if known else "muted"), "width": 1, "dash": "solid" if known else "dash"}
    lines = [f"<b>{display(counted.activity)}</b>", t(counted.activity.purpose)]
    if not known:
        lines.append(words.NO_RULE_FOR)
    elif not counted.streams:
        lines.append(words.NEVER_SEEN)
    else:
        lines.append(in_streams(counted.visits, "visit", counted.streams))
        lines.append(t("{share} of the time before value", share=percent(counted.time_share)))
    fill = colour("page" if known else "card")
    return polygon(rectangle(AREAS[counted.activity].frame), fill, "<br>".join(lines), border=border)


def _heading(counted: ActivityCount) -> dict[str, Any]:
    area, name = AREAS[counted.activity], f"<b>{display(counted.activity)}</b>"
    at = area.frame.centre + complex(0.2 - area.frame.half[0], area.frame.half[1] - 0.06)
    anchored: dict[str, Any] = {"xanchor": "left", "yanchor": "top", "align": "left", "captureevents": False}
    if counted.observable:
        return annotation(at, name, size=12, bgcolor=colour("page"), **anchored)
    text = f"{name}{' · ' if area.frame.width > 5 else '<br>'}{words.CANNOT_SHOW}"
    return annotation(at, text, size=12, ink=colour("muted"), bgcolor=colour("card"), **anchored)


# --------------------------------------------------------------------------------------------------------------- boxes


def _end(node: Node, analysis: Analysis) -> Trace:
    known = node == DEMAND or analysis.streams.can_realise_value
    border = {"color": colour("node-edge" if known else "muted"), "width": 1, "dash": "solid" if known else "dash"}
    name = words.DEMAND if node == DEMAND else words.VALUE
    said = f"<b>{name}</b><br>{_reached(node, analysis) if known else words.NO_RULE_FOR_VALUE}"
    return polygon(outline_of(node, ENDS[node]), colour("outside" if known else "card"), said, border=border)


def _reached(node: Node, analysis: Analysis) -> str:
    if node == DEMAND:
        return many(analysis.streams.cases, "stream")
    return many(reached_value(analysis.streams), "stream")


def _end_label(node: Node, analysis: Analysis) -> dict[str, Any]:
    known = node != VALUE or analysis.streams.can_realise_value
    name = words.DEMAND if node == DEMAND else words.VALUE
    figure = _reached(node, analysis) if known else t("not known")
    ink = colour("on-outside" if known else "muted")
    return annotation(ENDS[node].centre, f"<b>{name}</b><br>{figure}", size=11, ink=ink, captureevents=False)


def _step(one: StepCount, box: Box, analysis: Analysis) -> Trace:
    seen = one.streams > 0
    border = {"color": colour("node-edge" if seen else "muted"), "width": 1, "dash": "solid" if seen else "dot"}
    lines = [f"<b>{plotly_text(place(*one.step))}</b>"]
    if not seen:
        lines.append(map_words.NEVER_SEEN)
    else:
        lines.append(in_streams(one.visits, "visit", one.streams))
        if tells_own_time(analysis.streams):
            lines.append(t("{share} of the time before value", share=percent(one.time_share)))
    return polygon(rectangle(box), colour("node" if seen else "card"), "<br>".join(lines), border=border)


def _step_label(one: StepCount, box: Box, analysis: Analysis) -> dict[str, Any]:
    seen, name = one.streams > 0, one.step[1] or map_words.NO_STEP
    lines = [f"<b>{plotly_text(cut(name, _LONGEST_NAME))}</b>"]
    lines.append(many(one.streams, "stream") if seen else map_words.NEVER)
    if seen and tells_own_time(analysis.streams) and one.time:
        lines.append(t("{share} of time", share=percent(one.time_share)))
    ink = colour("on-node" if seen else "muted")
    return annotation(box.centre, "<br>".join(lines), size=11, ink=ink, captureevents=False)
