"""The map of the agreed stream, and the one of what was agreed and seen, on the places of the value chain map."""

from __future__ import annotations

from typing import Any

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.passages import AgreedPassage
from mining.report import map_words, plots, words
from mining.report.agreement import Agreement, Compared, agreed, compared
from mining.report.formats import count
from mining.report.geometry import BOXES, DEMAND, SPAN, VALUE, Line, Node, arrow, place_labels, route
from mining.report.language import t
from mining.report.map_parts import (
    Trace,
    annotation,
    documented_lines,
    edge_hover,
    edge_width,
    layout,
    outline_of,
    polygon,
)
from mining.report.names import colour, display
from mining.report.tally import activity_counts
from mining.report.value_chain_map import MAP_HEIGHT, accent_bars, node_labels, nodes

_Pair = tuple[Node, Node]
_UNSEEN = 0.07  # the width of an arrow that stands for no count
_TOKENS = {Agreement.SEEN: "good", Agreement.NOT_AGREED: "bad", Agreement.NEVER: "calm", Agreement.NOT_SHOWN: "muted"}
_DASHES = {Agreement.NEVER: "dash", Agreement.NOT_SHOWN: "dot"}


def agreed_map(analysis: Analysis) -> plots.Figure:
    """What is agreed: the activities and the passages that the reference stream allows."""
    whole = [one for one in agreed(analysis) if one.whole]
    widths = {_ends(one): _UNSEEN for one in whole}
    lines = [_line(_ends(one), widths) for one in whole]
    traces = []
    for one, line in zip(whole, lines, strict=True):
        agreement = Agreement.SEEN if one.visible else Agreement.NOT_SHOWN
        said = map_words.AGREED_PLAIN if one.visible else agreement.display
        traces.append(_shape(line, _UNSEEN, agreement, _hover(one, said), token="calm" if one.visible else None))
    part = {activity for one in whole for activity in (one.source, one.target) if activity is not None}
    shown = {one.activity for one in activity_counts(analysis) if one.observable}
    traces += [_agreed_node(node, part, shown) for node in BOXES]
    notes = [_agreed_label(node, part, shown) for node in BOXES]
    return _figure(traces, notes, [])


def difference_map(analysis: Analysis) -> plots.Figure:
    """What was agreed and what was seen, each passage by how it stands."""
    found = compared(analysis)
    most = max((one.seen.count for one in found if one.seen), default=1)
    widths = {_ends(one): edge_width(one.seen.count, most) if one.seen else _UNSEEN for one in found}
    lines = [_line(_ends(one), widths) for one in found]
    traces = [
        _shape(line, widths[_ends(one)], one.agreement, _compared_hover(one))
        for one, line in zip(found, lines, strict=True)
    ]
    traces += nodes(analysis)
    texts = [_text(one) for one in found]
    notes = [
        annotation(point, text, size=11, bgcolor=colour("card"), borderpad=1, captureevents=False)
        for point, text in zip(place_labels(lines, texts), texts, strict=True)
        if point is not None
    ]
    counts = {one.activity: one for one in activity_counts(analysis)}
    return _figure(traces, [*notes, *node_labels(analysis)], accent_bars(counts))


def _figure(traces: list[Trace], notes: list[dict[str, Any]], shapes: list[dict[str, Any]]) -> plots.Figure:
    figure = layout(SPAN, MAP_HEIGHT, annotations=notes, shapes=shapes)
    return plots.Figure(data=[plots.Scatter(trace) for trace in traces], layout=figure)


# ------------------------------------------------------------------------------------------------------ passages


def _ends(one: AgreedPassage | Compared) -> _Pair:
    return (one.source or DEMAND, one.target or VALUE)


def _line(ends: _Pair, widths: dict[_Pair, float]) -> Line:
    return route(*ends, width=widths[ends], opposite=widths.get((ends[1], ends[0])))


def _shape(line: Line, width: float, agreement: Agreement, hover: str, token: str | None = None) -> Trace:
    """An arrow: filled where it was seen, else an outline, dashed."""
    ink = colour(token or _TOKENS[agreement])
    if agreement not in _DASHES:
        return polygon(arrow(line, width), ink, hover, opacity=0.92)
    border = {"color": ink, "width": 1.4, "dash": _DASHES[agreement]}
    return polygon(arrow(line, width), colour("card"), hover, border=border)


def _title(one: AgreedPassage | Compared) -> str:
    source = words.DEMAND if one.source is None else display(one.source)
    target = words.VALUE if one.target is None else display(one.target)
    return f"{source} → {target}"


def _hover(one: AgreedPassage | Compared, said: str) -> str:
    return "<br>".join([f"<b>{_title(one)}</b>", said, *documented_lines(one.source, one.target)])


def _compared_hover(one: Compared) -> str:
    said = map_words.SKIPPING if one.skipping else one.agreement.display
    if one.seen is None:
        return _hover(one, said)
    return edge_hover(f"{_title(one)}</b><br><b>{said}", one.seen)


def _text(one: Compared) -> str:
    if one.seen is None:
        return map_words.NEVER if one.agreement is Agreement.NEVER else map_words.NOT_SHOWN
    number = count(one.seen.count)
    return number if one.agreement is Agreement.SEEN else f"{map_words.NOT_AGREED} · {number}"


# --------------------------------------------------------------------------------------------------------- nodes


def _stands(node: Node, part: set[Activity], shown: set[Activity]) -> str:
    """How a node of the agreed stream stands, in words; nothing for demand and value."""
    if not isinstance(node, Activity):
        return ""
    if node not in part:
        return map_words.NO_PART
    return map_words.PART if node in shown else f"{map_words.PART}; {words.CANNOT_SHOW}"


def _agreed_node(node: Node, part: set[Activity], shown: set[Activity]) -> Trace:
    is_part = not isinstance(node, Activity) or node in part
    token = ("node" if node in shown else "outside") if is_part else "card"
    border = {"color": colour("node-edge" if is_part else "muted"), "width": 1, "dash": "solid" if is_part else "dash"}
    name = _node_name(node)
    purpose = [t(node.purpose)] if isinstance(node, Activity) else []
    lines = [f"<b>{name}</b>", *purpose, *filter(None, [_stands(node, part, shown)])]
    return polygon(outline_of(node, BOXES[node]), colour(token), "<br>".join(lines), border=border)


def _agreed_label(node: Node, part: set[Activity], shown: set[Activity]) -> dict[str, Any]:
    is_part, box = not isinstance(node, Activity) or node in part, BOXES[node]
    said = ""
    if isinstance(node, Activity):
        said = map_words.NO_PART if not is_part else "" if node in shown else words.CANNOT_SHOW
    joint = " · " if box.bar else "<br>"
    text = f"<b>{_node_name(node)}</b>{joint + said if said else ''}"
    ink = ("on-node" if node in shown else "on-outside") if is_part else "muted"
    return annotation(box.centre, text, size=12, ink=colour(ink), captureevents=False)


def _node_name(node: Node) -> str:
    return display(node) if isinstance(node, Activity) else words.DEMAND if node == DEMAND else words.VALUE
