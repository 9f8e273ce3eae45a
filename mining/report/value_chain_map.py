"""The value chain map: one polygon for each hand-off, so that the whole arrow answers the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.core.activities import HAND_OFFS, Activity
from mining.core.analysis import Analysis
from mining.core.export import Holds
from mining.core.streams import HandOff
from mining.report import words
from mining.report.formats import count, duration, many, percent, quantiles, share
from mining.report.geometry import BOXES, DEMAND, SPAN, VALUE, Line, Node, arrow, loop, place_labels, route
from mining.report.names import colour, time_class
from mining.report.tally import ActivityCount, activity_counts, drawn

if TYPE_CHECKING:
    import plotly.graph_objects as go

MAP_HEIGHT = 600
THINNEST, WIDEST = 0.025, 0.3
_BLANK_AXIS: dict[str, Any] = {"visible": False, "fixedrange": False}


def passes(one: HandOff) -> str:
    """What is documented to pass in a hand-off between two activities, in words."""
    if one.source is None or one.target is None:
        return ""
    if one.source == one.target:
        return words.INTERNAL
    documented = HAND_OFFS.get((one.source, one.target))
    return words.UNDOCUMENTED if documented is None else "; ".join(documented)


def value_chain_map(analysis: Analysis) -> go.Figure:
    """The map of the hand-offs between activities."""
    import plotly.graph_objects as go

    hand_offs, _ = drawn(analysis)
    widths = _widths(hand_offs)
    lines = [_line(one, widths) for one in hand_offs]
    traces = [
        _polygon(arrow(line, widths[_ends(one)]), colour(time_class(_median(one))), _edge_hover(one), opacity=0.92)
        for one, line in zip(hand_offs, lines, strict=True)
    ]
    counts = {one.activity: one for one in activity_counts(analysis)}
    traces.extend(_node(node, analysis, counts) for node in BOXES)
    return go.Figure(
        data=[go.Scatter(trace) for trace in traces],
        layout={
            "template": None,
            "height": MAP_HEIGHT,
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": "pan",
            "margin": {"l": 4, "r": 4, "t": 28, "b": 4},
            "xaxis": {**_BLANK_AXIS, "range": [SPAN[0].real, SPAN[1].real]},
            "yaxis": {**_BLANK_AXIS, "range": [SPAN[0].imag, SPAN[1].imag], "scaleanchor": "x"},
            "annotations": [*_edge_labels(hand_offs, lines), *_node_labels(analysis, counts)],
            "shapes": _accent_bars(counts),
        },
    )


def _ends(one: HandOff) -> tuple[Node, Node]:
    return (one.source or DEMAND, one.target or VALUE)


def _median(one: HandOff) -> int | None:
    return None if one.times is None else one.times.median


def _widths(hand_offs: list[HandOff]) -> dict[tuple[Node, Node], float]:
    most = max((one.count for one in hand_offs), default=1)
    return {_ends(one): max(THINNEST, WIDEST * one.count / most) for one in hand_offs}


def _line(one: HandOff, widths: dict[tuple[Node, Node], float]) -> Line:
    source, target = _ends(one)
    if source == target:
        return loop(source)
    return route(source, target, width=widths[source, target], opposite=widths.get((target, source)))


def _polygon(
    outline: Line, fill: str, hover: str, *, opacity: float = 1.0, border: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "x": [round(point.real, 3) for point in outline],
        "y": [round(point.imag, 3) for point in outline],
        "mode": "lines",
        "fill": "toself",
        "fillcolor": fill,
        "line": border or {"color": fill, "width": 0.5},
        "opacity": opacity,
        "hoveron": "fills",
        "hoverinfo": "text",
        "text": hover,
    }


# --------------------------------------------------------------------------------------------------------- edges


def _edge_hover(one: HandOff) -> str:
    name = f"{_node_name(one.source, words.DEMAND)} → {_node_name(one.target, words.VALUE)}"
    lines = [f"<b>{name}</b>", f"{many(one.count, 'passage')} in {many(one.streams, 'stream')}"]
    if one.times is not None:
        lines.append(quantiles(one.times))
    if one.after_value:
        lines.append(f"{count(one.after_value)} of them after value, not timed")
    if one.source is not None and one.target is not None:
        lines.append(f"{words.DOCUMENTED}:")
        lines.extend(f"  {part}" for part in passes(one).split("; "))
    return "<br>".join(lines)


def _node_name(activity: Activity | None, otherwise: str) -> str:
    return otherwise if activity is None else activity.display


def _edge_text(one: HandOff) -> str:
    at_the_ends = one.source is None or one.target is None
    if one.times is None or (at_the_ends and not one.times.median):
        return count(one.count)  # demand and value are met in the visit itself: "0 s" would only be noise
    return f"{count(one.count)} · {duration(one.times.median)}"


def _edge_labels(hand_offs: list[HandOff], lines: list[Line]) -> list[dict[str, Any]]:
    texts = [_edge_text(one) for one in hand_offs]
    return [
        _annotation(point, text, size=11, bgcolor=colour("card"), borderpad=1, captureevents=False)
        for point, text in zip(place_labels(lines, texts), texts, strict=True)
        if point is not None
    ]


def _annotation(point: complex, text: str, *, size: int, **more: Any) -> dict[str, Any]:
    ink = {"font": {"size": size, "color": more.pop("ink", colour("ink"))}}
    return {"x": round(point.real, 3), "y": round(point.imag, 3), "text": text, "showarrow": False, **ink, **more}


# --------------------------------------------------------------------------------------------------------- nodes


def _is_known(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> bool:
    if isinstance(node, Activity):
        return counts[node].observable
    return node == DEMAND or analysis.streams.can_realise_value


def _node(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> dict[str, Any]:
    known = _is_known(node, analysis, counts)
    fill = colour(("node" if isinstance(node, Activity) else "outside") if known else "card")
    border = {"color": colour("node-edge" if known else "muted"), "width": 1, "dash": "solid" if known else "dash"}
    return _polygon(_outline(node), fill, _node_hover(node, analysis, counts), border=border)


def _outline(node: Node) -> Line:
    box = BOXES[node]
    half_width, half_height = box.half
    corners = [complex(-half_width, -half_height), complex(-half_width, half_height)]
    if isinstance(node, Activity):
        corners += [complex(half_width, half_height), complex(half_width, -half_height)]
    else:  # a chevron: the arrow of demand coming in, of value going out
        corners = [corners[0], complex(-half_width + 0.22, 0), corners[1]]
        corners += [
            complex(half_width - 0.22, half_height),
            complex(half_width, 0),
            complex(half_width - 0.22, -half_height),
        ]
    return [box.centre + corner for corner in (*corners, corners[0])]


def _node_hover(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> str:
    if not isinstance(node, Activity):
        known = _is_known(node, analysis, counts)
        name = words.DEMAND if node == DEMAND else words.VALUE
        return f"<b>{name}</b><br>{_node_figure(node, analysis, counts)}" + (
            "" if known else f"<br>{words.NO_RULE_FOR_VALUE}"
        )
    counted = counts[node]
    lines = [f"<b>{node.display}</b>", node.purpose]
    if not counted.observable:
        lines.append(words.NO_RULE_FOR)
    elif not counted.streams:
        lines.append(words.NEVER_SEEN)
    else:
        lines.append(f"{many(counted.visits, 'visit')} in {many(counted.streams, 'stream')}")
        lines.append(f"{percent(counted.time_share)} of the time before value ({duration(counted.time)})")
    return "<br>".join(lines)


def _node_figure(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> str:
    if not _is_known(node, analysis, counts):
        return words.CANNOT_SHOW
    if isinstance(node, Activity):
        return many(counts[node].streams, "stream")
    if node == DEMAND:
        return many(analysis.streams.cases, "stream")
    reached = sum(path.streams for path in analysis.streams.paths if path.value_at is not None)
    return many(reached, "stream")


def _node_labels(analysis: Analysis, counts: dict[Activity, ActivityCount]) -> list[dict[str, Any]]:
    return [_node_label(node, analysis, counts) for node in BOXES]


def _node_label(node: Node, analysis: Analysis, counts: dict[Activity, ActivityCount]) -> dict[str, Any]:
    known, box = _is_known(node, analysis, counts), BOXES[node]
    name = node.display if isinstance(node, Activity) else words.DEMAND if node == DEMAND else words.VALUE
    figure = _node_figure(node, analysis, counts)
    # Of events that are mere points, a visit's own time says nothing of how long it took.
    timed = analysis.streams.holds is Holds.STATE or analysis.streams.tells_ends
    if timed and isinstance(node, Activity) and known and counts[node].streams and not box.bar:
        figure += f"<br>{percent(share(counts[node].time, sum(one.time for one in counts.values())))} of time"
    joint = " · " if box.bar else "<br>"
    if not known and not box.bar:
        figure = figure.replace("export ", "export<br>")  # in one line it would touch the border
    ink = ("on-node" if isinstance(node, Activity) else "on-outside") if known else "muted"
    if not known and not isinstance(node, Activity):
        figure = "not known"
    beside_strip = 0.06 if isinstance(node, Activity) and known and not box.bar else 0.0
    text = f"<b>{name}</b>{joint}{figure}"
    return _annotation(box.centre + beside_strip, text, size=12, ink=colour(ink), captureevents=False)


def _accent_bars(counts: dict[Activity, ActivityCount]) -> list[dict[str, Any]]:
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
