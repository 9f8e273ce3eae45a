"""The chart of the deviations over time."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.report import plots
from mining.report.deviating import MOST_DRAWN, cases, looked_at
from mining.report.formats import count, date, percent, plotly_text, share
from mining.report.language import t, told
from mining.report.names import colour

Json = dict[str, Any]
_DASHES = ("solid", "dot", "dash", "longdash", "dashdot")


def trends(analysis: Analysis) -> plots.Figure | None:
    """The share of the checked streams that have a deviation, by period; None where there are fewer than two."""
    found, seen = analysis.conformance, cases(analysis)
    if found is None or seen is None or len(seen.begins) < 2 or not found.deviations:
        return None
    names = [date(begin) for begin in seen.begins]
    lines = []
    for number, (one, of) in enumerate(looked_at(found)[:MOST_DRAWN]):
        shares = [share(period.streams, period.checked) for period in of.trend.periods]
        lines.append(
            plots.Scatter(
                x=names,
                y=[None if ratio is None else ratio * 100 for ratio in shares],
                mode="lines+markers",
                name=plotly_text(told(one.sentence), 60),
                line={"dash": _DASHES[number], "color": colour("bad" if number == 0 else "ink")},
                hovertext=[
                    t("{n} of {all}: {share}", n=count(period.streams), all=count(period.checked), share=percent(ratio))
                    for period, ratio in zip(of.trend.periods, shares, strict=True)
                ],
                hoverinfo="text+name",
            )
        )
    layout: Json = {
        "height": 420,
        "margin": {"l": 56, "r": 24, "t": 24, "b": 60},
        "legend": {"orientation": "h", "y": -0.22},
        "xaxis": {"title": {"text": t(f"{seen.unit} of the streams' ends")}, "type": "category", "nticks": 8},
        "yaxis": {"title": {"text": t("share of the checked streams, %")}, "rangemode": "tozero", "nticks": 6},
    }
    return plots.Figure(data=lines, layout=layout)
