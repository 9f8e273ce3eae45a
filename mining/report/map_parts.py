"""What the maps of the value chain are drawn with: outlines, labels, and which hand-offs are seen at first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mining.core.activities import HAND_OFFS, Activity
from mining.core.export import Holds
from mining.core.streams import HandOff, Streams
from mining.report import words
from mining.report.formats import count, duration, in_streams, quantiles
from mining.report.geometry import DEMAND, VALUE, Box, Line, Node, place_labels, thinned
from mining.report.language import t
from mining.report.names import colour
from mining.report.tally import FIRST_DRAWN

Trace = dict[str, Any]
Form = Callable[[int], str]
THINNEST, WIDEST = 0.025, 0.3
_BLANK_AXIS: dict[str, Any] = {"visible": False, "fixedrange": False}


def passes(one: HandOff) -> str:
    """What is documented to pass in a hand-off between two activities, in words."""
    return documented(one.source, one.target)


def documented(source: Activity | None, target: Activity | None) -> str:
    """What is documented to pass from one activity to another, in words; nothing where an end is no activity."""
    if source is None or target is None:
        return ""
    if source == target:
        return words.INTERNAL
    found = HAND_OFFS.get((source, target))
    return words.UNDOCUMENTED if found is None else "; ".join(map(t, found))


def documented_lines(source: Activity | None, target: Activity | None) -> list[str]:
    """What is documented to pass between two activities, as lines of what the pointer is told; or none."""
    said = documented(source, target)
    return [f"{words.DOCUMENTED}:", *(f"  {part}" for part in said.split("; "))] if said else []


def edge_hover(name: str, one: HandOff, form: Form = duration) -> str:
    """What the pointer is told of a hand-off; `form` says how its times are written."""
    lines = [f"<b>{name}</b>", in_streams(one.count, "passage", one.streams)]
    if one.times is not None:
        lines.append(quantiles(one.times, form))
    if one.after_value:
        lines.append(t("{n} of them after value, not timed", n=count(one.after_value)))
    return "<br>".join([*lines, *documented_lines(one.source, one.target)])


def edge_text(one: HandOff, form: Form = duration) -> str:
    """The label of a hand-off: how often, and its median time."""
    at_the_ends = one.source is None or one.target is None
    if one.times is None or (at_the_ends and not one.times.median):
        return count(one.count)  # demand and value are met in the visit itself: "0 s" would only be noise
    return f"{count(one.count)} · {form(one.times.median)}"


def edge_width(number: int, most: int, widest: float = WIDEST) -> float:
    """The width of an arrow for how often it is gone, of the most frequent one's."""
    return max(THINNEST, widest * number / most)


def polygon(
    outline: Line, fill: str, hover: str, *, opacity: float = 1.0, border: dict[str, Any] | None = None
) -> Trace:
    """A filled outline that answers the pointer all over, as a trace for Plotly; `border` is Plotly's line of it."""
    points = thinned(outline)
    return {
        "x": [round(point.real, 3) for point in points],
        "y": [round(point.imag, 3) for point in points],
        "mode": "lines",
        "fill": "toself",
        "fillcolor": fill,
        "line": border or {"color": fill, "width": 0.5},
        "opacity": opacity,
        "hoveron": "fills",
        "hoverinfo": "text",
        "text": hover,
    }


def ranked(trace: Trace, rank: int) -> Trace:
    """A hand-off's arrow that knows how frequent it is: 1 is the most frequent. The page's control goes by it."""
    return {**trace, "meta": {"rank": rank}, "visible": rank <= FIRST_DRAWN}


def annotation(point: complex, text: str, *, size: int, **more: Any) -> dict[str, Any]:
    """A text on the map, at `point` of its plane, `size` in pixels; `more` are keys of Plotly's annotation."""
    ink = {"font": {"size": size, "color": more.pop("ink", colour("ink"))}}
    return {"x": round(point.real, 3), "y": round(point.imag, 3), "text": text, "showarrow": False, **ink, **more}


def edge_labels(lines: Sequence[Line], texts: Sequence[str], boxes: Iterable[Box], wide: float) -> list[dict[str, Any]]:
    """The labels of arrows, the most frequent first, where there is a place for them."""
    return [
        annotation(
            point,
            text,
            size=11,
            bgcolor=colour("card"),
            borderpad=1,
            captureevents=False,
            name=f"rank-{rank}",
            visible=rank <= FIRST_DRAWN,
        )
        for rank, (point, text) in enumerate(zip(place_labels(lines, texts, tuple(boxes), wide), texts, strict=True), 1)
        if point is not None
    ]


def chevron(box: Box) -> Line:
    """The outline of demand, an arrow coming in, or of value, one going out; the same for both."""
    half_width, half_height = box.half
    corners = [complex(-half_width, -half_height), complex(-half_width + 0.22, 0), complex(-half_width, half_height)]
    corners += [complex(half_width - 0.22, half_height), complex(half_width, 0)]
    corners += [complex(half_width - 0.22, -half_height)]
    return [box.centre + corner for corner in (*corners, corners[0])]


def rectangle(box: Box) -> Line:
    """The outline of a box."""
    half_width, half_height = box.half
    corners = [complex(-half_width, -half_height), complex(-half_width, half_height)]
    corners += [complex(half_width, half_height), complex(half_width, -half_height)]
    return [box.centre + corner for corner in (*corners, corners[0])]


def outline_of(node: Node, box: Box) -> Line:
    """The outline of a node: demand and value are chevrons."""
    return chevron(box) if node in (DEMAND, VALUE) else rectangle(box)


def layout(span: tuple[complex, complex], height: int, **more: Any) -> dict[str, Any]:
    """The layout that all maps share. `span` are two opposite corners of the plane, `height` is in pixels."""
    return {
        "height": height,
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "pan",
        "margin": {"l": 4, "r": 4, "t": 28, "b": 4},
        "xaxis": {**_BLANK_AXIS, "range": [span[0].real, span[1].real]},
        "yaxis": {**_BLANK_AXIS, "range": [span[0].imag, span[1].imag], "scaleanchor": "x"},
        **more,
    }


def tells_own_time(streams: Streams) -> bool:
    """Whether a visit's own time says how long it took: of events that are mere points it says nothing."""
    return streams.holds is Holds.STATE or streams.tells_ends
