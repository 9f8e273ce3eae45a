"""The charts on improvement: ratios with their intervals, and incidents by day around changes."""

from __future__ import annotations

import math
from typing import Any

from mining.core.analysis import Analysis
from mining.core.improvement import Effect, Interval
from mining.report import improve_words as words
from mining.report import plots
from mining.report.formats import many
from mining.report.improve_tables import ripple_words
from mining.report.improving import number
from mining.report.language import local, t
from mining.report.names import colour

_ROW = 62  # pixels of height
_TICKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)


def rates_chart(analysis: Analysis) -> plots.Figure | None:
    """What came after an improvement, against what was to be expected; None where nothing is told."""
    found = analysis.measures.improvement
    shown = [] if found is None else [one for one in found.effects if one.ratio is not None and one.ratio.ratio]
    if not shown:
        return None
    traces = [_ratios(shown)]
    traces += [
        _open_marks(shown, own=own, name=name, symbol=symbol)
        for own, name, symbol in ((True, t("own after ÷ before"), "circle-open"), (False, t("theirs"), "diamond-open"))
        if any(_mark(one, own=own) for one in shown)
    ]
    marks = [mark for trace in traces for mark in trace["x"]]
    marks += [mark for one in shown for mark in _ends(one.ratio)]
    low, high = math.log10(min([*marks, 0.7])) - 0.05, math.log10(max([*marks, 1.5])) + 0.05
    layout: dict[str, Any] = {
        "height": 130 + len(shown) * _ROW,
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        "hovermode": "closest",
        "margin": {"l": 10, "r": 24, "t": 40, "b": 50},
        "xaxis": {
            "type": "log",
            "title": {"text": t("ratio (logarithmic)")},
            "range": [round(low, 4), round(high, 4)],
            "tickmode": "array",
            "tickvals": list(_TICKS),
            "ticktext": [local(f"{tick:g}") for tick in _TICKS],
        },
        "yaxis": {
            "tickmode": "array",
            "tickvals": list(range(len(shown))),
            "ticktext": [words.RATES_ROWS[one.kind.value] for one in shown],
            "range": [len(shown) - 0.4, -0.6],
            "automargin": True,
            "ticklabelstandoff": 6,
            "zeroline": False,
            "showgrid": False,
        },
        "shapes": [_line({"x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1})],
    }
    return plots.Figure(data=[plots.Scatter(trace) for trace in traces], layout=layout)


def _line(at: dict[str, Any]) -> dict[str, Any]:
    return {"type": "line", "line": {"color": colour("muted"), "width": 1.5, "dash": "dash"}, **at}


def _ends(of: Interval | None) -> list[float]:
    return [] if of is None else [end for end in (of.low, of.high) if end]


def _ratios(shown: list[Effect]) -> dict[str, Any]:
    told = [(place, one, one.ratio) for place, one in enumerate(shown) if one.ratio is not None]
    at = [of.ratio or 0.0 for _, _, of in told]
    texts = []
    for _, one, of in told:
        against = t("after ÷ before") if one.expected is None else t("after ÷ expected")
        between = t("{low} to {high}", low=number(of.low), high=number(of.high))
        texts.append(f"<b>{words.LED_TO[one.kind.value]}</b><br>{against} {number(of.ratio)}<br>{between}")
    return {
        "name": t("after ÷ expected") if any(one.expected is not None for one in shown) else t("after ÷ before"),
        "mode": "markers",
        "x": [round(mark, 4) for mark in at],
        "y": [place for place, _, _ in told],
        "marker": {"color": colour("curve-claimed"), "size": 11},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [round((of.high or mark) - mark, 4) for mark, (_, _, of) in zip(at, told, strict=True)],
            "arrayminus": [round(mark - of.low, 4) for mark, (_, _, of) in zip(at, told, strict=True)],
            "color": colour("curve-claimed"),
            "thickness": 2,
            "width": 5,
        },
        "text": texts,
        "hoverinfo": "text",
    }


def _mark(one: Effect, *, own: bool) -> float | None:
    """Beside a ratio that compares, what it is made of."""
    if one.expected is None:
        return None
    return one.own if own else one.others


def _open_marks(shown: list[Effect], *, own: bool, name: str, symbol: str) -> dict[str, Any]:
    told = [(place, mark) for place, one in enumerate(shown) if (mark := _mark(one, own=own))]
    return {
        "name": name,
        "mode": "markers",
        "x": [round(mark, 4) for _, mark in told],
        "y": [place + 0.22 for place, _ in told],
        "marker": {"color": colour("curve-held" if own else "curve-closed"), "size": 10, "symbol": symbol},
        "text": [f"{name}: {number(mark)}" for _, mark in told],
        "hoverinfo": "text",
    }


def ripple_chart(analysis: Analysis) -> plots.Figure | None:
    """Incidents by day around changes, with their base line; None where the ripple is not shown."""
    found = analysis.measures.improvement
    if found is None or found.ripple is None or found.ripple.band is None:
        return None
    one, (low, high) = found.ripple, found.ripple.band
    days = [day for day, _ in one.by_day]
    ends = {"x0": -one.days_before - 0.5, "x1": one.days_after - 0.5}
    band = {**ends, "y0": low, "y1": high, "type": "rect", "line": {"width": 0}, "layer": "below"}
    band |= {"fillcolor": colour("grid"), "opacity": 0.6}
    layout: dict[str, Any] = {
        "height": 320,
        "showlegend": False,
        "bargap": 0.25,
        "margin": {"l": 56, "r": 24, "t": 24, "b": 50},
        "xaxis": {
            "title": {"text": t("days from the change on")},
            "tickvals": list(range(-one.days_before, one.days_after, 7)),
        },
        "yaxis": {"title": {"text": t("incidents")}, "rangemode": "tozero", "nticks": 6},
        "shapes": [band, _line({**ends, "y0": one.base_day, "y1": one.base_day})],
    }
    bars = plots.Bar(
        x=days,
        y=[incidents for _, incidents in one.by_day],
        marker={"color": [colour("calm" if day < 0 else "wait") for day in days]},
        hovertext=[
            t("day {day}: {incidents}", day=day, incidents=many(incidents, "incident")) for day, incidents in one.by_day
        ],
        hoverinfo="text",
    )
    return plots.Figure(data=[bars], layout=layout)


def ripple_caption(analysis: Analysis) -> str:
    """What is said below the chart by days."""
    found = analysis.measures.improvement
    if found is None or found.ripple is None:
        return ""
    return words.RIPPLE_DAYS_NOTE.format(**ripple_words(found.ripple))
