"""The charts on working time and on streams that are not done yet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mining.core.analysis import Analysis
from mining.core.timing import Survival
from mining.report import plots
from mining.report import time_words as words
from mining.report.bars import MOST_BARS, TALL_BAR
from mining.report.curves import shown_time, time_axis
from mining.report.formats import begun, count, duration, hours, percent, plotly_text, share
from mining.report.language import t
from mining.report.names import colour, waiting_on


def within_bars(analysis: Analysis) -> plots.Figure | None:
    """Time before value by on whom it waits, each bar split by the calendar; None without one."""
    timing = analysis.measures.timing
    working = None if timing is None else timing.working
    if working is None or not working.flow.elapsed:
        return None
    parts = [one for one in working.waiting if one.total][:MOST_BARS]
    places = list(range(len(parts)))
    whole = working.flow.elapsed
    common: dict[str, Any] = {"y": places, "orientation": "h", "hoverinfo": "text", "cliponaxis": False}
    within = plots.Bar(
        x=[one.within / whole * 100 for one in parts],
        marker={"color": [colour("calm" if one.on is None else "wait") for one in parts]},
        hovertext=[f"{hours(one.within)} {words.WITHIN_KEY}" for one in parts],
        **common,
    )
    outside = plots.Bar(
        x=[one.outside / whole * 100 for one in parts],
        marker={"color": [colour("grid")] * len(parts), "line": {"color": colour("muted"), "width": 1}},
        text=[
            t("{share} outside · {time} within", share=percent(share(one.outside, one.total)), time=hours(one.within))
            for one in parts
        ],
        textposition="outside",
        textfont={"color": colour("ink")},
        hovertext=[f"{duration(one.outside)} {words.OUTSIDE_KEY}" for one in parts],
        **common,
    )
    longest = max(one.total for one in parts) / whole * 100
    layout: dict[str, Any] = {
        "barmode": "stack",
        "height": 90 + len(parts) * TALL_BAR,
        "showlegend": False,
        "bargap": 0.35,
        "margin": {"l": 10, "r": 20, "t": 28, "b": 44},
        "xaxis": {
            "title": {"text": t("share of the time before value, %")},
            "range": [0, longest * 1.6],
            "tickformat": ",",
            "nticks": 6,
        },
        "yaxis": {
            "tickmode": "array",
            "tickvals": places,
            "ticktext": [plotly_text(begun(waiting_on(one.on)), 36) for one in parts],
            "range": [len(parts) - 0.4, -0.6],
            "automargin": True,
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
        },
    }
    return plots.Figure(data=[within, outside], layout=layout)


def survival_curve(analysis: Analysis) -> plots.Figure | None:
    """The share of all streams that come to value within a time, with its interval, beside fulfilled ones alone."""
    timing, plain = analysis.measures.timing, analysis.measures.lead_time_claimed
    found = None if timing is None else timing.claimed
    if found is None or not found.curve:
        return None
    edges = [point.time for point in found.curve] + [found.longest]
    edges += [plain.percentiles[0], plain.percentiles[100]] if plain.n else []
    data = [plots.Scatter(_band(found)), plots.Scatter(_estimate(found))]
    if plain.n:
        data.append(plots.Scatter(_plain(plain.percentiles)))
    layout = {
        "height": 440,
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 56, "r": 24, "t": 34, "b": 50},
        "xaxis": time_axis(min(edges), max(edges), beside=found.curve[len(found.curve) // 2].time),
        "yaxis": {"title": {"text": t("streams done, %")}, "range": [0, 102], "ticksuffix": " %", "nticks": 6},
        "annotations": _labels(found, plain.percentiles),
    }
    return plots.Figure(data=data, layout=layout)


def _stairs(times: Sequence[int], shares: Sequence[float], until: int) -> tuple[list[int], list[float]]:
    """A curve that keeps its height until the next point, as points that straight lines join."""
    x, y = [], []
    for i, (time, height) in enumerate(zip(times, shares, strict=True)):
        x += [shown_time(time), shown_time(times[i + 1] if i + 1 < len(times) else until)]
        y += [height * 100] * 2
    return x, y


def _estimate(found: Survival) -> dict[str, Any]:
    times, shares = [point.time for point in found.curve], [point.done for point in found.curve]
    x, y = _stairs(times, shares, found.longest)
    hover = [
        t("{share} done within {time}", share=percent(point.done), time=duration(point.time))
        + "<br>"
        + t("{n} still seen", n=count(point.at_risk))
        for point in found.curve
        for _ in range(2)
    ]
    line = {"color": colour("curve-claimed"), "width": 2.5}
    return {"x": x, "y": y, "mode": "lines", "line": line, "text": hover, "hoverinfo": "text"}


def _band(found: Survival) -> dict[str, Any]:
    known = [(p.time, p.low, p.high) for p in found.curve if p.low is not None and p.high is not None]
    times = [time for time, _, _ in known]
    x, low = _stairs(times, [low for _, low, _ in known], found.longest)
    _, high = _stairs(times, [high for _, _, high in known], found.longest)
    return {
        "x": [*x, *reversed(x)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": colour("curve-claimed"),
        "opacity": 0.18,
        "mode": "none",
        "hoverinfo": "skip",
    }


def _plain(percentiles: Sequence[int]) -> dict[str, Any]:
    line = {"color": colour("muted"), "width": 2, "dash": "dash", "shape": "hv"}
    hover = [
        t("{level} % of the fulfilled streams within {time}", level=level, time=duration(at))
        for level, at in enumerate(percentiles)
    ]
    x = [shown_time(at) for at in percentiles]
    return {"x": x, "y": list(range(101)), "mode": "lines", "line": line, "text": hover, "hoverinfo": "text"}


def _labels(found: Survival, plain: Sequence[int]) -> list[dict[str, Any]]:
    """The names of the two curves, each with its median: that of the estimate on the right, below its curve."""
    middle = found.curve[len(found.curve) // 2]
    half = "" if found.median is None else "<br>" + t("half within {time}", time=duration(found.median))
    made = [_label(middle.time, middle.done * 100, f"<b>{words.CURVE_ESTIMATE}</b>{half}", "curve-claimed", right=True)]
    if plain:
        text = f"<b>{words.CURVE_PLAIN}</b><br>" + t("half within {time}", time=duration(plain[50]))
        made.append(_label(plain[75], 75, text, "muted", right=False))
    return made


def _label(time: int, height: float, text: str, token: str, *, right: bool) -> dict[str, Any]:
    side = "left" if right else "right"
    return {
        "x": round(math.log10(shown_time(time)), 4),
        "y": height,
        "text": text,
        "showarrow": True,
        "arrowhead": 0,
        "arrowcolor": colour(token),
        "ax": 30 if right else -30,
        "ay": 24 if right else -14,
        "xanchor": side,
        "align": side,
        "font": {"color": colour(token), "size": 12},
        "bgcolor": colour("card"),
    }
