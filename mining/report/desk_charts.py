"""Arrivals and backlog of the service desk as lines."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.report import plots
from mining.report.formats import count, day, in_numbers
from mining.report.language import t
from mining.report.names import colour


def flow_chart(analysis: Analysis) -> plots.Figure | None:
    """Tickets that arrived and were done in each period, and the backlog at its end; None where not shown."""
    desk = analysis.measures.service_desk
    if desk is None or len(desk.flow.periods) < 2:
        return None
    flow = desk.flow
    days = [day(one.starts) for one in flow.periods]
    lines = [_line(t("arrived"), "claimed", "solid", days, [one.arrived for one in flow.periods])]
    if flow.backlog_told:
        lines.append(_line(t("done"), "held", "dot", days, [one.done for one in flow.periods]))
        lines.append(_line(t("backlog at the end"), "closed", "dash", days, [one.backlog for one in flow.periods]))
    layout = {
        "height": 340,
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.14},
        "hovermode": "closest",
        "margin": {"l": 56, "r": 24, "t": 34, "b": 50},
        "xaxis": {"type": "date", "title": {"text": t(f"{flow.period.value} of")}},
        "yaxis": {"title": {"text": t("tickets")}, "rangemode": "tozero", "nticks": 6},
    }
    return plots.Figure(data=[plots.Scatter(line) for line in lines], layout=layout)


def _line(name: str, style: str, dash: str, days: list[str], values: list[int]) -> dict[str, Any]:
    return {
        "x": days,
        "y": values,
        "mode": "lines+markers" if len(days) <= 62 else "lines",
        "line": {"color": colour(f"curve-{style}"), "width": 2.5, "dash": dash},
        "name": name,
        "text": [f"{in_numbers(at)}: {count(value)} {name}" for at, value in zip(days, values, strict=True)],
        "hoverinfo": "text",
    }
