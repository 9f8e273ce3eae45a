"""Lead time by service, priority, group and customer: from the median to the 85th percentile."""

from __future__ import annotations

import math
from typing import Any

from mining.core.analysis import Analysis
from mining.core.breakdown import Breakdown
from mining.report import breakdown_words as words
from mining.report import plots
from mining.report.breakdown import name_of, name_of_table
from mining.report.curves import TICKS, shown_time
from mining.report.formats import duration, plotly_text
from mining.report.language import t
from mining.report.names import colour

_ROW = 30  # pixels of height


def breakdown_charts(analysis: Analysis) -> list[tuple[str, plots.Figure | None, int, str]]:
    """Name, figure, least width and caption of the chart of each dimension."""
    found = analysis.breakdowns
    return [] if found is None else [(name_of_table(one.by), _chart(one), 560, "") for one in found.by]


def _chart(of: Breakdown) -> plots.Figure | None:
    timed = [one for one in of.slices if one.median is not None and one.p85 is not None]
    if not timed:
        return None
    names = [plotly_text(name_of(one, of.by), 32) for one in timed]
    halves = [shown_time(one.median or 0) for one in timed]
    most = [shown_time(one.p85 or 0) for one in timed]
    low, high = math.log10(min(halves)), math.log10(max(most))
    spare = max(0.1, (1.0 - (high - low)) / 2)
    ticks = [(at, text) for at, text in TICKS if low - spare <= math.log10(at) <= high + spare]
    places = list(range(len(timed)))
    lines: dict[str, Any] = {
        "x": [at for pair in zip(halves, most, strict=True) for at in (*pair, None)],
        "y": [at for place in places for at in (place, place, None)],
        "mode": "lines",
        "line": {"color": colour("line"), "width": 6},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    at = {"mode": "markers", "y": places}
    marks = [
        {
            **at,
            **_marks(words.MEDIAN, "curve-claimed", "circle"),
            "x": halves,
            "text": [duration(s.median) for s in timed],
        },
        {**at, **_marks(words.P85, "curve-held", "diamond"), "x": most, "text": [duration(s.p85) for s in timed]},
    ]
    layout = {
        "height": 110 + len(timed) * _ROW,
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "hovermode": "closest",
        "margin": {"l": 10, "r": 24, "t": 34, "b": 48},
        "xaxis": {
            "type": "log",
            "title": {"text": words.AXIS},
            "range": [round(low - spare, 4), round(high + spare, 4)],
            "tickvals": [at for at, _ in ticks],
            "ticktext": [t(text) for _, text in ticks],
        },
        "yaxis": {
            "tickvals": places,
            "ticktext": names,
            "range": [len(timed) - 0.4, -0.6],
            "automargin": True,
            "ticklabelstandoff": 6,
            "zeroline": False,
        },
    }
    return plots.Figure(data=[plots.Scatter(one) for one in (lines, *marks)], layout=layout)


def _marks(name: str, style: str, symbol: str) -> dict[str, Any]:
    return {
        "name": name,
        "hovertemplate": f"{name} %{{text}}<extra></extra>",
        "marker": {"color": colour(style), "size": 10, "symbol": symbol},
    }
