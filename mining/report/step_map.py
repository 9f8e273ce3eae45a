"""The value chain map on steps: the same picture, with the steps of each activity in its area."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report import plots, words
from mining.report.formats import duration, plotly_text
from mining.report.geometry import Box, Line, Node, arrow, loop, route
from mining.report.map_parts import (
    Form,
    edge_hover,
    edge_labels,
    edge_text,
    edge_width,
    layout,
    polygon,
    ranked,
)
from mining.report.names import colour, place, time_class
from mining.report.step_boxes import accents, areas, labels, nodes, placed
from mining.report.step_places import ENDS, STEP_LETTER, STEP_SPAN, headings, node_of
from mining.report.step_tally import StepMap, ends
from mining.report.tally import activity_counts

STEP_HEIGHT = 790
WIDEST = 0.22


def step_map_figure(analysis: Analysis, shown: StepMap, form: Form = duration) -> plots.Figure:
    """The map of the hand-offs between steps, with demand and value; `form` says how times are written."""
    boxes = boxes_of(shown)
    most = max((one.count for one in shown.drawable), default=1)
    widths = {ends(one): edge_width(one.count, most, WIDEST) for one in shown.drawable}
    lines = [step_line(*ends(one), widths, boxes) for one in shown.drawable]
    counts = {one.activity: one for one in activity_counts(analysis)}
    texts = [edge_text(one, form) for one in shown.drawable]
    traces, steps = areas(counts), placed(shown)
    for rank, (one, line) in enumerate(zip(shown.drawable, lines, strict=True), 1):
        fill = colour(time_class(None if one.times is None else one.times.median))
        shape = polygon(arrow(line, widths[ends(one)]), fill, edge_hover(hand_off_name(one), one, form), opacity=0.92)
        traces.append(ranked(shape, rank))
    traces += nodes(steps, analysis)
    notes = edge_labels(lines, texts, (*boxes.values(), *headings()), STEP_LETTER)
    notes += labels(counts, steps, analysis)
    return plots.Figure(
        data=[plots.Scatter(trace) for trace in traces],
        layout=layout(STEP_SPAN, STEP_HEIGHT, annotations=notes, shapes=accents(counts)),
    )


def boxes_of(shown: StepMap) -> dict[Node, Box]:
    """The boxes of demand, value and the steps that have one."""
    return {**ENDS, **{node_of(one.step): one.box for one in shown.steps if one.box is not None}}


def step_line(source: Node, target: Node, widths: dict[tuple[Node, Node], float], boxes: dict[Node, Box]) -> Line:
    """The centre line of a hand-off between steps, around the `boxes`; `widths` are those of all arrows that are
    drawn."""
    if source == target:
        return loop(source, 0.22, boxes)
    opposite = widths.get((target, source))
    return route(source, target, width=widths[source, target], opposite=opposite, boxes=boxes, margin=0.06)


def hand_off_name(one: HandOff) -> str:
    """A hand-off as its arrow is called: "Engage (log) → Deliver & support (resolve)"."""
    source = place(one.source, one.source_step, otherwise=words.DEMAND)
    target = place(one.target, one.target_step, otherwise=words.VALUE)
    return f"{plotly_text(source)} → {plotly_text(target)}"
