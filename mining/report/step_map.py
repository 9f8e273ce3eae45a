"""The value chain map on steps: the same picture, with the steps of each activity in its area."""

from __future__ import annotations

from typing import Any

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report import map_words, plots, words
from mining.report.formats import cut, duration, in_streams, many, percent, plotly_text
from mining.report.geometry import DEMAND, VALUE, Box, Line, Node, arrow, loop, route
from mining.report.language import t
from mining.report.map_parts import (
    Form,
    Trace,
    annotation,
    edge_hover,
    edge_labels,
    edge_text,
    edge_width,
    layout,
    outline_of,
    polygon,
    ranked,
    rectangle,
    tells_own_time,
)
from mining.report.names import colour, display, place, time_class
from mining.report.step_places import AREAS, ENDS, STEP_LETTER, STEP_SPAN, headings, node_of
from mining.report.step_tally import StepCount, StepMap, ends
from mining.report.tally import ActivityCount, activity_counts

STEP_HEIGHT = 790
_WIDEST = 0.22
_LONGEST_NAME = 16


def step_map_figure(analysis: Analysis, shown: StepMap, form: Form = duration) -> plots.Figure:
    """The map of the hand-offs between steps, with demand and value; `form` says how times are written."""
    boxes = boxes_of(shown)
    most = max((one.count for one in shown.drawable), default=1)
    widths = {ends(one): edge_width(one.count, most, _WIDEST) for one in shown.drawable}
    lines = [step_line(*ends(one), widths, boxes) for one in shown.drawable]
    counts = {one.activity: one for one in activity_counts(analysis)}
    texts = [edge_text(one, form) for one in shown.drawable]
    traces = [_area(counts[activity]) for activity in AREAS]
    for rank, (one, line) in enumerate(zip(shown.drawable, lines, strict=True), 1):
        fill = colour(time_class(None if one.times is None else one.times.median))
        shape = polygon(arrow(line, widths[ends(one)]), fill, edge_hover(_name(one), one, form), opacity=0.92)
        traces.append(ranked(shape, rank))
    traces += [_end(node, analysis) for node in ENDS]
    traces += [_step(one, one.box, analysis) for one in shown.steps if one.box is not None]
    notes = edge_labels(lines, texts, (*boxes.values(), *headings()), STEP_LETTER)
    notes += [_heading(counts[activity]) for activity in AREAS]
    notes += [_end_label(node, analysis) for node in ENDS]
    notes += [_step_label(one, one.box, analysis) for one in shown.steps if one.box is not None]
    return plots.Figure(
        data=[plots.Scatter(trace) for trace in traces],
        layout=layout(STEP_SPAN, STEP_HEIGHT, annotations=notes, shapes=_accents(counts)),
    )


def boxes_of(shown: StepMap) -> dict[Node, Box]:
    """The boxes of demand, value and the steps that have one."""
    return {**ENDS, **{node_of(one.step): one.box for one in shown.steps if one.box is not None}}


def step_line(source: Node, target: Node, widths: dict[tuple[Node, Node], float], boxes: dict[Node, Box]) -> Line:
    """The centre line of a hand-off between steps."""
    if source == target:
        return loop(source, 0.22, boxes)
    opposite = widths.get((target, source))
    return route(source, target, width=widths[source, target], opposite=opposite, boxes=boxes, margin=0.06)


# ---------------------------------------------------------------------------------------------------- hand-offs


def _name(one: HandOff) -> str:
    source = place(one.source, one.source_step, otherwise=words.DEMAND)
    target = place(one.target, one.target_step, otherwise=words.VALUE)
    return f"{plotly_text(source)} → {plotly_text(target)}"


# -------------------------------------------------------------------------------------------------------- areas


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


def _accents(counts: dict[Activity, ActivityCount]) -> list[dict[str, Any]]:
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


# -------------------------------------------------------------------------------------------------------- nodes


def _end(node: Node, analysis: Analysis) -> Trace:
    known = node == DEMAND or analysis.streams.can_realise_value
    border = {"color": colour("node-edge" if known else "muted"), "width": 1, "dash": "solid" if known else "dash"}
    name = words.DEMAND if node == DEMAND else words.VALUE
    said = f"<b>{name}</b><br>{_reached(node, analysis) if known else words.NO_RULE_FOR_VALUE}"
    return polygon(outline_of(node, ENDS[node]), colour("outside" if known else "card"), said, border=border)


def _reached(node: Node, analysis: Analysis) -> str:
    if node == DEMAND:
        return many(analysis.streams.cases, "stream")
    return many(sum(path.streams for path in analysis.streams.paths if path.value_at is not None), "stream")


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
