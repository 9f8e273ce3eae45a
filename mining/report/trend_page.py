"""The trend page of an audit: process behaviour charts over its runs, under the same policy as the report."""

from __future__ import annotations

from typing import Any

from mining.core.audit import Unit
from mining.core.trend import DriftPoint, Limits, Point, Trend, TrendChart
from mining.report import plots
from mining.report.audit_block import figure
from mining.report.figure_titles import figure_title
from mining.report.formats import DAY, HOUR, decimal, harmless, in_numbers, plotly_text
from mining.report.language import local, t, told
from mining.report.names import colour
from mining.report.page_shell import Chart, asset, embedded_locale, figure_json, library, policy, templates
from mining.report.tabular import Column, Table, table

_HEIGHT = 340


def html_page(trend: Trend) -> str:
    """The whole document, in the language of the moment."""
    charts = [
        (
            chart.figure,
            figure_title(chart.figure),
            Chart(f"trend-{i}", figure_json(_behaviour(chart)), _HEIGHT, 640, ""),
            _table(i, chart),
        )
        for i, chart in enumerate(trend.charts)
    ]
    drift = None
    if any(point.before is not None for point in trend.drift):
        drift = (Chart("drift", figure_json(_drift(trend.drift)), _HEIGHT, 640, ""), _drift_table(trend.drift))
    page = {
        "trend": trend,
        "charts": charts,
        "drift": drift,
        "figures": [*(chart for *_, chart, _ in charts), *([drift[0]] if drift else [])],
        "links": [
            (point.run, in_numbers(point.at[:10]), point.report) for point in trend.drift if point.report is not None
        ],
        "boot": asset("boot.js"),
        "style": asset("report.css"),
        "library": library(),
        "policy": policy(asset("boot.js")),
        "plotly_locale": embedded_locale(),
    }
    return templates().get_template("trend.html.j2").render(page)


def _scale(chart: TrendChart) -> tuple[float, str]:
    """By what values are divided for the axis, and what the axis counts."""
    if chart.unit is Unit.SHARE:
        return 0.01, "%"
    if chart.unit is Unit.DURATION:
        largest = max((abs(point.value) for point in chart.points if point.value is not None), default=0)
        return (DAY, "d") if largest >= 2 * DAY else (HOUR, "h")
    return 1, ""


def _behaviour(chart: TrendChart) -> plots.Figure:
    by, unit = _scale(chart)
    shown = [point for point in chart.points if point.value is not None]
    runs = [point.run for point in shown]
    traces = [
        plots.Scatter(
            x=runs,
            y=[_scaled(point.value, by) for point in shown],
            mode="lines+markers",
            line={"color": colour("curve-claimed"), "width": 1.5},
            marker={
                "color": [colour("bad") if point.signals else colour("curve-claimed") for point in shown],
                "size": [11 if point.signals else 7 for point in shown],
                "symbol": ["diamond" if point.signals else "circle" for point in shown],
            },
            customdata=[point.report or "" for point in shown],
            text=[_hover(chart, point) for point in shown],
            hoverinfo="text",
            name=plotly_text(chart.figure),
        )
    ]
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    last = max(runs, default=1)
    ends = _ends(chart, last)
    for limits in chart.limits:
        x0, x1 = limits.first_run - 0.4, ends[limits.segment] + 0.4
        for value, dash in ((limits.mean, "solid"), (limits.lower, "dash"), (limits.upper, "dash")):
            shapes.append(_line(x0, x1, _scaled(value, by), dash, "muted"))
    for gate in chart.gates:
        shapes.append(_line(0.5, last + 0.5, _scaled(gate.value, by), "dot", "bad"))
        notes.append(
            {
                "x": 0.5,
                "y": _scaled(gate.value, by),
                "text": t("gate: {name}", name=plotly_text(gate.name, 48)),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": {"color": colour("bad"), "size": 11},
            }
        )
    for begin in _changes_of_setup(chart):
        shapes.append({**_line(begin - 0.5, begin - 0.5, 0, "dashdot", "soft"), "yref": "paper", "y0": 0, "y1": 1})
        notes.append(
            {
                "x": begin - 0.5,
                "y": 1,
                "yref": "paper",
                "text": t("set-up changed"),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": {"color": colour("soft"), "size": 11},
            }
        )
    return plots.Figure(data=traces, layout=_layout(runs, unit, shapes, notes))


def _layout(runs: list[int], unit: str, shapes: list[dict[str, Any]], notes: list[dict[str, Any]]) -> dict[str, Any]:
    first, last = min(runs, default=1), max(runs, default=1)
    ticks = {"tick0": first, "dtick": -(-(last - first + 1) // 16)}  # whole runs: there is none between two
    return {
        "height": _HEIGHT,
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 64, "r": 24, "t": 34, "b": 46},
        "xaxis": {"title": {"text": t("run")}, "tickformat": "d", **ticks},
        "yaxis": {"ticksuffix": f" {unit}" if unit else "", "nticks": 7},
        "shapes": shapes,
        "annotations": notes,
    }


def _scaled(value: float | None, by: float) -> float:
    return round((value or 0) / by, 6)


def _line(x0: float, x1: float, y: float, dash: str, token: str) -> dict[str, Any]:
    line = {"color": colour(token), "width": 1, "dash": dash}
    return {"type": "line", "x0": x0, "x1": x1, "y0": y, "y1": y, "line": line, "layer": "below"}


def _ends(chart: TrendChart, last: int) -> dict[int, int]:
    """The last run of each segment."""
    found: dict[int, int] = {}
    for point in chart.points:
        found[point.segment] = min(point.run, last)
    return found


def _changes_of_setup(chart: TrendChart) -> list[int]:
    pairs = zip(chart.points, chart.points[1:], strict=False)
    return [after.run for before, after in pairs if before.segment != after.segment]


def _hover(chart: TrendChart, point: Point) -> str:
    lines = [f"{_run(point)}: {figure(point.value, chart.unit)}"]
    lines += [t("signal: rule {n}", n=rule) for rule in point.signals]
    lines += [plotly_text(told(cause), 110) for cause in point.causes[:3]]
    return "<br>".join(lines)


def _run(point: Point | DriftPoint) -> str:
    return t("run {n}, {date}", n=point.run, date=in_numbers(point.at[:10]))


def _table(number: int, chart: TrendChart) -> Table:
    columns = (
        Column("Run", "count"),
        Column("Date", "prose"),
        Column("Figure", "prose"),
        Column("Mean", "prose"),
        Column("Limits", "prose"),
        Column("Signals", "prose"),
        Column("Why it changed", "prose"),
    )
    limits = {one.segment: one for one in chart.limits}
    rows = []
    for point in chart.points:
        own = limits.get(point.segment)
        rows.append(
            (
                point.run,
                in_numbers(point.at[:10]),
                figure(point.value, chart.unit),
                None if own is None else figure(_whole(own.mean, chart.unit), chart.unit),
                None if own is None else _span(own, chart.unit),
                ", ".join(t("rule {n}", n=rule) for rule in point.signals) or t("none"),
                " ".join(harmless(told(one)) for one in point.causes),
            )
        )
    return table(f"trend-{number}", t("{figure}, run by run", figure=figure_title(chart.figure)), columns, rows)


def _whole(value: float, unit: Unit) -> float:
    return round(value) if unit is Unit.DURATION else value


def _span(limits: Limits, unit: Unit) -> str:
    return t(
        "{low} to {high}",
        low=figure(_whole(limits.lower, unit), unit),
        high=figure(_whole(limits.upper, unit), unit),
    )


def _drift(points: tuple[DriftPoint, ...]) -> plots.Figure:
    traces = []
    for name, token, chosen in (
        (t("against the run before"), "curve-claimed", "before"),
        (t("against the base line"), "curve-held", "base"),
    ):
        shown = [(point, getattr(point, chosen)) for point in points if getattr(point, chosen) is not None]
        traces.append(
            plots.Scatter(
                x=[point.run for point, _ in shown],
                y=[found.effect for _, found in shown],
                mode="lines+markers",
                line={"color": colour(token), "width": 1.5},
                marker={
                    "color": colour(token),
                    "size": [10 if found.p_value < 0.01 and found.effect >= 0.1 else 6 for _, found in shown],
                },
                customdata=[point.report or "" for point, _ in shown],
                text=[
                    f"{_run(point)}, {name}<br>Cramér's V {decimal(found.effect, 3)}, p {local(f'{found.p_value:.3g}')}"
                    for point, found in shown
                ],
                hoverinfo="text",
                name=name,
            )
        )
    runs = [point.run for point in points]
    layout = _layout(runs, "", [_line(0.5, max(runs) + 0.5, 0.1, "dot", "muted")], [])
    layout |= {"showlegend": True, "legend": {"orientation": "h", "y": 1.12, "x": 0}}
    layout["yaxis"] |= {"title": {"text": "Cramér's V"}, "rangemode": "tozero"}
    return plots.Figure(data=traces, layout=layout)


def _drift_table(points: tuple[DriftPoint, ...]) -> Table:
    columns = (
        Column("Run", "count"),
        Column("Date", "prose"),
        Column("Streams", "count"),
        *(
            Column(f"{what}, {of}", "prose")
            for of in (t("run before"), t("base line"))
            for what in (t("Chi-square (degrees)"), "p", "Cramér's V")
        ),
    )
    rows = []
    for point in points:
        cells: list[str | int | None] = [point.run, in_numbers(point.at[:10])]
        cells.append(next((one.streams for one in (point.before, point.base) if one is not None), None))
        for one in (point.before, point.base):
            cells += (
                [None, None, None]
                if one is None
                else [
                    f"{decimal(one.statistic, 1)} ({one.degrees})",
                    local(f"{one.p_value:.3g}"),
                    decimal(one.effect, 3),
                ]
            )
        rows.append(cells)
    return table("drift", "Drift of the variants, run by run", columns, rows)
