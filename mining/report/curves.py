"""The lead times as curves: which share of the streams is done within which time."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from mining.core.analysis import Analysis
from mining.core.results import Distribution
from mining.report import plots
from mining.report.formats import DAY, HOUR, MINUTE, SECOND, duration
from mining.report.language import t
from mining.report.names import colour

TICKS: tuple[tuple[int, str], ...] = (
    (SECOND, "1 s"),
    (10 * SECOND, "10 s"),
    (MINUTE, "1 min"),
    (10 * MINUTE, "10 min"),
    (HOUR, "1 h"),
    (4 * HOUR, "4 h"),
    (DAY, "1 d"),
    (3 * DAY, "3 d"),
    (7 * DAY, "1 week"),
    (30 * DAY, "30 d"),
    (90 * DAY, "90 d"),
    (365 * DAY, "1 year"),
    (3 * 365 * DAY, "3 years"),
    (10 * 365 * DAY, "10 years"),
)


@dataclass(frozen=True, slots=True)
class _Curve:
    """One curve. Its label points at `level` percent; on the right of its curve there is room for the last one, on the
    left for the others."""

    name: str
    times: Distribution
    style: str
    dash: str
    level: int
    label_right: bool = False
    least: int = MINUTE  # what took less stands here

    @property
    def colour(self) -> str:
        return colour(f"curve-{self.style}")


def lead_times(analysis: Analysis) -> plots.Figure | None:
    """The share of streams that are done within a time; None where no stream was timed."""
    measures = analysis.measures
    curves = [
        _Curve(t("first value claimed"), measures.lead_time_claimed, "claimed", "solid", 72),
        _Curve(t("first value held"), measures.lead_time_held, "held", "dot", 46),
        _Curve(t("formal closure"), measures.closure, "closed", "dash", _steepest(measures.closure), label_right=True),
    ]
    shown = [curve for curve in curves if curve.times.n]
    if not shown:
        return None
    longest = max(curve.times.percentiles[100] for curve in shown)
    if 0 < longest < 10 * MINUTE:
        shown = [replace(curve, least=SECOND) for curve in shown]
    shortest = min(max(curve.times.percentiles[0], curve.least) for curve in shown)
    beside = [max(curve.times.percentiles[curve.level], curve.least) for curve in shown if curve.label_right]
    layout = {
        "height": 440,
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 56, "r": 24, "t": 34, "b": 50},
        "xaxis": time_axis(shortest, longest, least=shown[0].least, beside=max(beside, default=None)),
        "yaxis": {"title": {"text": t("streams done, %")}, "range": [0, 102], "ticksuffix": " %", "nticks": 6},
        "annotations": [_curve_label(curve) for curve in shown],
        "shapes": [_level(50), _level(85)],
    }
    return plots.Figure(data=[plots.Scatter(_curve(curve)) for curve in shown], layout=layout)


def time_axis(shortest: int, longest: int, *, least: int = MINUTE, beside: int | None = None) -> dict[str, Any]:
    """The logarithmic axis of elapsed time for durations between these two; `least` is where what took less stands, and
    to the right of `beside` there is room for a label."""
    low, high = _range(max(shortest, least), max(longest, least))
    if beside is not None:
        high = max(high, round((math.log10(max(beside, least)) - _LABEL * low) / (1 - _LABEL), 4))
    ticks = [(at, name) for at, name in TICKS if low <= math.log10(at) <= high]
    return {
        "type": "log",
        "title": {"text": t("elapsed time since demand (logarithmic)")},
        "range": [low, high],
        "tickmode": "array",
        "tickvals": [at for at, _ in ticks],
        "ticktext": [t(name) for _, name in ticks],
    }


_LABEL = 0.2
"""The share of the axis that a label takes."""


def _range(shortest: int, longest: int) -> list[float]:
    """The ends of the logarithmic axis, with room for the labels where all streams take about the same time."""
    low, high = math.log10(shortest), math.log10(longest)
    spare = max(0.08, (2.0 - (high - low)) / 2)
    return [round(low - spare, 4), round(high + spare, 4)]


def _steepest(times: Distribution) -> int:
    """The percentage around which most streams are done in least time: to the right of that there is room."""
    at = [math.log10(shown_time(time)) for time in times.percentiles]
    return min(range(20, 81, 5), key=lambda level: round(at[level + 8] - at[level - 8], 9)) if at else 50


def shown_time(microseconds: int) -> int:
    """A logarithmic axis has no zero: what took less than a minute stands at a minute."""
    return max(microseconds, MINUTE)


def _curve(curve: _Curve) -> dict[str, Any]:
    levels = range(101)
    return {
        "x": [max(at, curve.least) for at in curve.times.percentiles],
        "y": list(levels),
        "mode": "lines",
        "line": {"color": curve.colour, "width": 2.5, "dash": curve.dash, "shape": "hv"},
        "name": curve.name,
        "text": [
            t("{level} % within {time}", level=level, time=duration(at)) + "<br>" + t("to {name}", name=curve.name)
            for level, at in zip(levels, curve.times.percentiles, strict=True)
        ],
        "hoverinfo": "text",
    }


def _curve_label(curve: _Curve) -> dict[str, Any]:
    times, right = curve.times, curve.label_right
    joint = ",<br>" if right else ", "  # to the right there is less room, at the longest times least of all
    half, most = t("half within {time}", time=duration(times.median)), t("85 % within {time}", time=duration(times.p85))
    text = f"<b>{curve.name}</b><br>{half}{joint}{most}"
    return {
        "x": round(math.log10(max(times.percentiles[curve.level], curve.least)), 4),
        "y": curve.level,
        "text": text,
        "showarrow": True,
        "arrowhead": 0,
        "arrowcolor": curve.colour,
        "ax": 26 if right else -26,
        "ay": 22 if right else -12,
        "xanchor": "left" if right else "right",
        "align": "left" if right else "right",
        "font": {"color": curve.colour, "size": 12},
        "bgcolor": colour("card"),
    }


def _level(at: int) -> dict[str, Any]:
    line = {"color": colour("muted"), "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at, "line": line, "layer": "below"}
