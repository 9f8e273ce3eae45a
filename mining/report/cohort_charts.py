"""The charts on cohorts: points with the intervals in which the figures lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mining.core.analysis import Analysis
from mining.core.cohorts import Cohort, Rank, Share
from mining.report import plots
from mining.report.cohort_sentences import between, name
from mining.report.curves import TICKS, shown_time
from mining.report.formats import duration, percent, plotly_text
from mining.report.language import t
from mining.report.names import colour

_ROW = 46  # pixels of height


@dataclass(frozen=True, slots=True)
class _Point:
    """A figure where it stands on the axis, with its interval, and what a hover says."""

    at: float | None
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class _Series:
    """One figure of all cohorts. `lift` is how far above or below the middle of the row it stands."""

    name: str
    points: Sequence[_Point]
    style: str
    symbol: str
    lift: float


def lead_times(analysis: Analysis) -> plots.Figure | None:
    """The median and 85th percentile of lead time by cohort; None where there is nothing to show."""
    found = analysis.cohorts
    if found is None or not any(one.lead_n for one in found.cohorts):
        return None
    series = [
        _Series(
            t("median"),
            [_time(one, one.median, t("median")) for one in found.cohorts],
            "curve-claimed",
            "circle",
            -0.12,
        ),
        _Series(
            t("85 % within"),
            [_time(one, one.p85, t("85 % within")) for one in found.cohorts],
            "curve-held",
            "diamond",
            0.12,
        ),
    ]
    marks = [
        mark for one in series for point in one.points for mark in (point.at, point.low, point.high) if mark is not None
    ]
    low, high = math.log10(min(marks)), math.log10(max(marks))
    spare = max(0.1, (1.0 - (high - low)) / 2)
    axis = {
        "type": "log",
        "title": {"text": t("elapsed time from demand to the first value (logarithmic)")},
        "range": [round(low - spare, 4), round(high + spare, 4)],
        "tickmode": "array",
        "tickvals": [at for at, _ in TICKS if low - spare <= math.log10(at) <= high + spare],
        "ticktext": [t(text) for at, text in TICKS if low - spare <= math.log10(at) <= high + spare],
    }
    return _dots(found.cohorts, series, axis)


def _time(of: Cohort, rank: Rank, what: str) -> _Point:
    def mark(value: int | None) -> int | None:
        return None if value is None else shown_time(value)

    interval = "" if rank.low is None else f"<br>{between(duration(rank.low), duration(rank.high))}"
    text = f"<b>{plotly_text(name(of), 36)}</b><br>{what} {duration(rank.value)}{interval}"
    return _Point(mark(rank.value), mark(rank.low), mark(rank.high), text)


def shares(analysis: Analysis) -> plots.Figure | None:
    """The shares by cohort; None where streams were not split."""
    found = analysis.cohorts
    if found is None or not found.cohorts:
        return None
    wanted: list[tuple[str, str, str, list[Share | None]]] = [
        (t("conforming"), "curve-claimed", "circle", [one.conforming for one in found.cohorts]),
        (t("waiting"), "curve-held", "diamond", [one.waiting for one in found.cohorts]),
        (t("doubling back"), "curve-closed", "square", [one.doubling_back for one in found.cohorts]),
    ]
    series = [
        _Series(
            what, [_share(one, share, what) for one, share in zip(found.cohorts, of, strict=True)], style, symbol, lift
        )
        for (what, style, symbol, of), lift in zip(wanted, (-0.2, 0.0, 0.2), strict=True)
        if any(share is not None and share.share is not None for share in of)
    ]
    axis = {"title": {"text": t("share, %")}, "range": [-3, 103], "ticksuffix": " %", "nticks": 6}
    return _dots(found.cohorts, series, axis) if series else None


def _share(of: Cohort, share: Share | None, what: str) -> _Point:
    def mark(value: float | None) -> float | None:
        return None if value is None else round(value * 100, 4)

    if share is None or share.share is None:
        return _Point(None, None, None, "")
    interval = "" if share.low is None else f"<br>{between(percent(share.low), percent(share.high))}"
    text = f"<b>{plotly_text(name(of), 36)}</b><br>{what} {percent(share.share)}{interval}"
    return _Point(mark(share.share), mark(share.low), mark(share.high), text)


def _dots(cohorts: Sequence[Cohort], series: Sequence[_Series], axis: dict[str, Any]) -> plots.Figure:
    labels = [plotly_text(name(one), 36) for one in cohorts]
    layout: dict[str, Any] = {
        "height": 150 + len(cohorts) * _ROW,
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        "hovermode": "closest",
        "margin": {"l": 10, "r": 24, "t": 50, "b": 50},
        "xaxis": axis,
        "yaxis": {
            "tickmode": "array",
            "tickvals": list(range(len(cohorts))),
            "ticktext": labels,
            "range": [len(cohorts) - 0.4, -0.6],
            "automargin": True,
            "ticklabelstandoff": 6,
            "zeroline": False,
        },
    }
    return plots.Figure(data=[plots.Scatter(_trace(one)) for one in series], layout=layout)


def _trace(of: _Series) -> dict[str, Any]:
    shown = [(place, point) for place, point in enumerate(of.points) if point.at is not None]
    return {
        "name": of.name,
        "mode": "markers",
        "x": [point.at for _, point in shown],
        "y": [round(place + of.lift, 2) for place, _ in shown],
        "marker": {"color": colour(of.style), "size": 10, "symbol": of.symbol},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_reach(point.at, point.high) for _, point in shown],
            "arrayminus": [_reach(point.low, point.at) for _, point in shown],
            "color": colour(of.style),
            "thickness": 2,
            "width": 5,
        },
        "text": [point.text for _, point in shown],
        "hoverinfo": "text",
    }


def _reach(low: float | None, high: float | None) -> float:
    return 0 if low is None or high is None else round(high - low, 4)
