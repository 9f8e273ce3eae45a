"""The value chain map: one polygon for each hand-off, so that the whole arrow answers the pointer."""

from __future__ import annotations

from typing import Any

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report import plots, words
from mining.report.formats import duration, in_streams, many, percent, share
from mining.report.geometry import BOXES, DEMAND, LETTER, SPAN, VALUE, Line, Node, arrow, loop, route
from mining.report.language import t
from mining.report.map_parts import (
    Form,
    annotation,
    edge_hover,
    edge_labels,
    edge_text,
    edge_width,
    layout,
    outline_of,
    polygon,
    ranked,
    tells_own_time,
)
from mining.report.names import colour, display, time_class
from mining.report.tally import ActivityCount, activity_counts, drawable, reached_value

MAP_HEIGHT = 600


def value_chain_map(analysis: Analysis, form: Form = duration) -> plots.Figure:
    """The map of the hand-offs between activities; `form` says how times are written."""
    hand_offs = drawable(analysis)
    widths = hand_off_widths(hand_offs)
    lines = [hand_off_line(one, widths) for one in hand_offs]
    traces = [
        ranked(_arrow(one, arrow(line, widths[_ends(one)]), form), n)
        for n, (one, line) in enumerate(zip(hand_offs, lines, strict=True), 1)
    ]
    counts = {one.activity: one for one in activity_counts(analysis)}
    traces.extend(nodes(analysis, form))
    return plots.Figure(
        data=[plots.Scatter(trace) for trace in traces],
        layout=layout(
            SPAN,
            MAP_HEIGHT,
            annotations=[
                *edge_labels(lines, [edge_text(one, form) for one in hand_offs], BOXES.values(), LETTER),
                *node_labels(analysis),
            ],
            shapes=accent_bars(counts),
        ),
    )


def _ends(one: HandOff) -> tuple[Node, Node]:
    return (one.source or DEMAND, one.target or VALUE)


def _median(one: HandOff) -> int | None:
    return None if one.times is None else one.times.median


def hand_off_widths(hand_offs: list[HandOff]) -> dict[tuple[Node, Node], float]:
    """How wide the arrow of each hand-off is drawn, by its ends."""
    most = max((one.count for one in hand_offs), default=1)
    return {_ends(one): edge_width(one.count, most) for one in hand_offs}


def hand_off_line(one: HandOff, widths: dict[tuple[Node, Node], float]) -> Line:
    """The centre line of the arrow of a hand-off."""
    source, target = _ends(one)
    if source == target:
        return loop(source)
    return route(source, target, width=widths[source, target], opposite=widths.get((target, source)))


# --------------------------------------------------------------------------------------------------------- edges


def _arrow(one: HandOff, outline: Line, form: Form) -> dict[str, Any]:
    return polygon(outline, colour(time_class(_median(one))), hand_off_hover(one, form), opacity=0.92)


def hand_off_hover(one: HandOff, form: Form = duration) -> str:
    """What is said of a hand-off where the pointer is on its arrow; `form` says how times are written."""
    return edge_hover(f"{_node_name(one.source, words.DEMAND)} → {_node_name(one.target, words.VALUE)}", one, form)


def _node_name(activity: Activity | None, otherwise: str) -> str:
    return otherwise if activity is None else display(activity)


# --------------------------------------------------------------------------------------------------------- nodes


def _is_known(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> bool:
    if isinstance(node, Activity):
        return counts[node].observable
    return node == DEMAND or analysis.streams.can_realise_value


def nodes(analysis: Analysis, form: Form = duration) -> list[dict[str, Any]]:
    """The eight nodes; what the export cannot show is dashed."""
    counts = {one.activity: one for one in activity_counts(analysis)}
    return [_node(node, analysis, counts, form) for node in BOXES]


def _node(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount], form: Form) -> dict[str, Any]:
    known = _is_known(node, analysis, counts)
    fill = colour(("node" if isinstance(node, Activity) else "outside") if known else "card")
    border = {"color": colour("node-edge" if known else "muted"), "width": 1, "dash": "solid" if known else "dash"}
    return polygon(outline_of(node, BOXES[node]), fill, _node_hover(node, analysis, counts, form), border=border)


def _node_hover(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount], form: Form) -> str:
    if not isinstance(node, Activity):
        known = _is_known(node, analysis, counts)
        name = words.DEMAND if node == DEMAND else words.VALUE
        return f"<b>{name}</b><br>{_node_figure(node, analysis, counts)}" + (
            "" if known else f"<br>{words.NO_RULE_FOR_VALUE}"
        )
    counted = counts[node]
    lines = [f"<b>{display(node)}</b>", t(node.purpose)]
    if not counted.observable:
        lines.append(words.NO_RULE_FOR)
    elif not counted.streams:
        lines.append(words.NEVER_SEEN)
    else:
        lines.append(in_streams(counted.visits, "visit", counted.streams))
        lines.append(
            t(
                "{share} of the time before value ({time})",
                share=percent(counted.time_share),
                time=form(counted.time),
            )
        )
    return "<br>".join(lines)


def _node_figure(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> str:
    if not _is_known(node, analysis, counts):
        return words.CANNOT_SHOW
    if isinstance(node, Activity):
        return many(counts[node].streams, "stream")
    if node == DEMAND:
        return many(analysis.streams.cases, "stream")
    reached = reached_value(analysis.streams)
    return many(reached, "stream")


def node_labels(analysis: Analysis) -> list[dict[str, Any]]:
    """The names and figures on the nodes."""
    counts = {one.activity: one for one in activity_counts(analysis)}
    return [_node_label(node, analysis, counts) for node in BOXES]


def _node_label(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> dict[str, Any]:
    known, box = _is_known(node, analysis, counts), BOXES[node]
    name = display(node) if isinstance(node, Activity) else words.DEMAND if node == DEMAND else words.VALUE
    figure = _node_figure(node, analysis, counts)
    timed = tells_own_time(analysis.streams)
    whole = sum(one.time for one in counts.values())
    if timed and whole and isinstance(node, Activity) and known and counts[node].streams and not box.bar:
        figure += "<br>" + t("{share} of time", share=percent(share(counts[node].time, whole)))
    joint = " · " if box.bar else "<br>"
    if not known and not box.bar:
        figure = _in_two(figure)  # in one line it would touch the border
    ink = ("on-node" if isinstance(node, Activity) else "on-outside") if known else "muted"
    if not known and not isinstance(node, Activity):
        figure = t("not known")
    beside_strip = 0.06 if isinstance(node, Activity) and known and not box.bar else 0.0
    text = f"<b>{name}</b>{joint}{figure}"
    return annotation(box.centre + beside_strip, text, size=12, ink=colour(ink), captureevents=False)


def _in_two(text: str) -> str:
    """`text` in two lines, broken after its middle: "this export<br>cannot show it"."""
    at = text.find(" ", len(text) // 2 - 3)
    return text if at < 0 else f"{text[:at]}<br>{text[at + 1 :]}"


def accent_bars(counts: dict[Activity, ActivityCount]) -> list[dict[str, Any]]:
    """A strip in the activity's colour: what links the map to the chevrons of the variants."""
    bars = []
    for activity in Activity:
        box = BOXES[activity]
        left, low = box.centre.real - box.half[0] + 0.06, box.centre.imag - box.half[1] + 0.1
        strip = {"type": "rect", "x0": left, "x1": left + 0.07, "y0": low, "y1": box.centre.imag + box.half[1] - 0.1}
        if counts[activity].observable:
            bars.append(
                {
                    **strip,
                    "layer": "above",
                    "line": {"width": 0},
                    "fillcolor": colour(f"mark-{activity.value.replace('_', '-')}"),
                }
            )
    return bars
