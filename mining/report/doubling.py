"""Doubling back: the block of `result.json`, the sentences, the table and the chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from mining.core.analysis import Analysis
from mining.core.doubling import ComesBack, DoublingBack, Returns
from mining.core.export import Holds
from mining.core.streams import Quantiles
from mining.report import doubling_words as words
from mining.report import plots
from mining.report.bars import MOST_BARS, TALL_BAR
from mining.report.evidence import MOST_ROWS, more
from mining.report.formats import count, duration, in_streams, many, percent, plotly_text, quantiles, share
from mining.report.language import t
from mining.report.names import colour, place, place_within
from mining.report.tabular import Column, Table, Value, table
from mining.report.times_as_json import quantiles_block

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What the report says of doubling back beside its chart and table; `sum` is empty where nothing came back."""

    sum: str
    definitions: tuple[str, ...]


def places(found: DoublingBack) -> tuple[ComesBack, ...]:
    """What was come back to: the activities first, then the steps."""
    return (*found.activities, *found.steps)


# ---------------------------------------------------------------------------------------------------------- result


def doubling_blocks(analysis: Analysis) -> Json:
    """`doubling_back`, by activity and step, and `doubling_back_total`, over the activities."""
    found = analysis.measures.doubling_back
    return {
        "doubling_back": [_place(one) for one in places(found)],
        "doubling_back_total": {
            "streams": found.streams,
            "back": found.back,
            "back_share": share(found.back, found.streams),
            "rework_streams": found.rework,
            "returns": found.returns,
            "rework_returns": found.rework_returns,
            "rework_share": share(found.rework_returns, found.returns),
            "tells_rework": found.tells_rework,
            "rework_after": [{"activity": activity.value, "step": step} for activity, step in found.rework_after],
        },
    }


def _place(one: ComesBack) -> Json:
    return {
        "activity": one.activity.value,
        "step": one.step,
        "visited": one.visited,
        "streams": one.streams,
        "share": share(one.streams, one.visited),
        "returns": one.returns,
        "iteration": _returns(one.iteration, one.visited),
        "rework": _returns(one.rework, one.visited),
    }


def _returns(of: Returns, visited: int) -> Json:
    return {
        "returns": of.returns,
        "streams": of.streams,
        "share": share(of.streams, visited),
        "depth": None if of.depth is None else asdict(of.depth),
        "away": quantiles_block(of.away),
        "again": quantiles_block(of.again),
    }


# ------------------------------------------------------------------------------------------------------- sentences


def doubling_facts(analysis: Analysis) -> dict[str, Any]:
    """What the templates say of doubling back beside chart and tables."""
    return {"doubling": _said(analysis), "no_doubling": words.NONE}


def _said(analysis: Analysis) -> Said:
    found = analysis.measures.doubling_back
    if not places(found):
        return Said("", ())
    rework = words.NOT_TOLD
    if found.tells_rework:
        steps = ", ".join(place(*one) for one in found.rework_after)
        rework = words.REWORK.format(named=words.NAMED.format(steps=steps) if steps else "")
    points = (words.POINTS,) if analysis.streams.holds is Holds.POINT else ()
    told = words.SUM.format(
        returns=many(found.returns, "return"),
        activities=t("an activity") if len(found.activities) == 1 else t("activities"),
        back=count(found.back),
        streams=many(found.streams, "stream"),
        share=percent(share(found.back, found.streams)),
        rework=count(found.rework_returns),
        rework_share=percent(share(found.rework_returns, found.returns)),
        rework_streams=many(found.rework, "stream"),
    )
    return Said(told, (words.TOLD, rework, words.TIMES, *points))


# ------------------------------------------------------------------------------------------------- table and chart


def doubling_tables(analysis: Analysis) -> tuple[Table, Table]:
    """How often and how deep, and what that costs in elapsed time."""
    return _returns_table(analysis), _times_table(analysis)


def _returns_table(analysis: Analysis) -> Table:
    """How often and how deep streams come back to each place, by the kind of return."""
    columns = (
        Column("Where to"),
        Column("Kind"),
        Column("Returns", "count"),
        Column("Streams", "count"),
        Column("Of visiting", "share"),
        Column("Median depth", "count"),
        Column("85 % within", "count"),
        Column("Deepest", "count"),
    )
    rows = [
        (*_of(one, kind), of.returns, of.streams, share(of.streams, one.visited), depth.median, depth.p85, depth.most)
        for one, kind, of in _kinds(analysis)
        if (depth := of.depth) is not None
    ]
    note = more(MOST_ROWS, len(rows), "rows")
    return table("doubling-back", "Doubling back: how often and how deep", columns, rows[:MOST_ROWS], note)


def _times_table(analysis: Analysis) -> Table:
    """What the returns to each place cost in elapsed time, by the kind of return."""
    columns = (
        Column("Where to"),
        Column("Kind"),
        Column("Timed", "count"),
        Column("Away", "duration"),
        Column("Median", "duration"),
        Column("85 % within", "duration"),
        Column("Timed", "count"),
        Column("Again", "duration"),
        Column("Median", "duration"),
        Column("85 % within", "duration"),
    )
    rows = [(*_of(one, kind), *_figures(of.away), *_figures(of.again)) for one, kind, of in _kinds(analysis)]
    note = f"{words.OPEN} {more(MOST_ROWS, len(rows), 'rows')}".strip()
    return table("doubling-back-times", "Doubling back: what it costs in elapsed time", columns, rows[:MOST_ROWS], note)


def _kinds(analysis: Analysis) -> Iterator[tuple[ComesBack, str, Returns]]:
    """Each place with each kind of return that there is to it."""
    for one in places(analysis.measures.doubling_back):
        for kind, of in (("iteration", one.iteration), ("rework", one.rework)):
            if of.returns:
                yield one, kind, of


def _of(one: ComesBack, kind: str) -> tuple[Value, Value]:
    return place(one.activity, one.step), words.KINDS[kind]


def _figures(of: Quantiles | None) -> tuple[Value, Value, Value, Value]:
    return (0, None, None, None) if of is None else (of.n, of.total, of.median, of.p85)


def doubling_chart(analysis: Analysis) -> plots.Figure | None:
    """Returns by activity and step, iteration and rework one after the other; None where there are none."""
    shown = places(analysis.measures.doubling_back)[:MOST_BARS]
    if not shown:
        return None
    rows = list(range(len(shown)))
    bars = [
        plots.Bar(
            x=[of.returns for of in kinds],
            y=rows,
            orientation="h",
            name=words.KINDS[kind],
            marker={"color": colour(token)},
            text=texts,
            textposition="outside",
            cliponaxis=False,
            textfont={"color": colour("ink")},
            hovertext=[_hover(one, kind, of) for one, of in zip(shown, kinds, strict=True)],
            hoverinfo="text",
        )
        for kind, token, kinds, texts in (
            ("iteration", "calm", [one.iteration for one in shown], None),
            ("rework", "bad", [one.rework for one in shown], [_beside(one) for one in shown]),
        )
    ]
    layout: dict[str, Any] = {
        "barmode": "stack",
        "height": 90 + len(shown) * TALL_BAR,
        "showlegend": False,
        "bargap": 0.35,
        "margin": {"l": 10, "r": 20, "t": 28, "b": 44},
        "xaxis": {
            "title": {"text": words.AXIS},
            "range": [0, max(one.returns for one in shown) * 1.45],
            "tickformat": ",",
            "nticks": 6,
        },
        "yaxis": {
            "tickmode": "array",
            "tickvals": rows,
            "ticktext": [plotly_text(place_within(36, one.activity, one.step), 36) for one in shown],
            "range": [len(shown) - 0.4, -0.6],
            "automargin": True,
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
        },
    }
    return plots.Figure(data=bars, layout=layout)


def _beside(one: ComesBack) -> str:
    timed = [of.again.total for of in (one.iteration, one.rework) if of.again is not None]
    rework = share(one.rework.returns, one.returns)
    parts = [count(one.returns)]
    parts += [t("{time} again", time=duration(sum(timed)))] if timed else []
    parts += [t("{share} rework", share=percent(rework))] if one.rework.returns else []
    return " · ".join(parts)


def _hover(one: ComesBack, kind: str, of: Returns) -> str:
    lines = [
        f"<b>{plotly_text(place_within(36, one.activity, one.step), 36)}</b>, {words.KINDS[kind]}",
        in_streams(of.returns, "return", of.streams),
    ]
    if of.depth is not None:
        lines.append(t("depth: median {median}, most {most}", median=count(of.depth.median), most=count(of.depth.most)))
    lines += [f"{name}: {quantiles(times)}" for name, times in ((t("away"), of.away), (t("again"), of.again)) if times]
    return "<br>".join(lines)
