"""The charts beside the map. Colours are names of the style sheet, so that a chart follows the theme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mining.core.analysis import Analysis
from mining.core.results import Distribution
from mining.core.streams import HandOff
from mining.report import words
from mining.report.formats import DAY, HOUR, MINUTE, count, duration, percent, plotly_text, quantiles, share
from mining.report.names import colour, place, time_class, waiting_on
from mining.report.overview import commonest
from mining.report.tally import by_frequency, elapsed_time

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_BARS = 12
MOST_STEPS = 14
BAR = 30  # pixels of height
_TICKS: tuple[tuple[int, str], ...] = (
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


def _bars(
    *,
    labels: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    hovers: Sequence[str],
    colours: Sequence[str],
    axis: str,
) -> go.Figure:
    """Bars that lie, the first on top, each with its figures beside it."""
    import plotly.graph_objects as go

    places = list(range(len(labels)))
    bars = go.Bar(
        x=list(values),
        y=places,
        orientation="h",
        marker={"color": list(colours)},
        text=list(texts),
        textposition="outside",
        cliponaxis=False,
        textfont={"color": colour("ink")},
        hovertext=list(hovers),
        hoverinfo="text",
    )
    layout: dict[str, Any] = {
        "template": None,
        "showlegend": False,
        "bargap": 0.35,
        "margin": {"l": 10, "r": 20, "t": 34, "b": 44},
        "xaxis": {"title": {"text": axis}, "range": [0, max([*values, 1e-9]) * 1.35], "tickformat": ",", "nticks": 6},
        "yaxis": {
            "tickmode": "array",
            "tickvals": places,
            "ticktext": list(labels),
            "range": [len(labels) - 0.4, -0.6],
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
    }
    return go.Figure(data=[bars], layout=layout)


def bars_height(number: int) -> int:
    """The height in pixels of a chart with so many bars."""
    return BAR * max(number, 1) + 90


# --------------------------------------------------------------------------------------------------------- waits


def waits(analysis: Analysis) -> go.Figure | None:
    """Elapsed time before value by visit label, the largest on top; None where nothing was timed."""
    elapsed = elapsed_time(analysis)
    timed = [one for one in analysis.measures.visit_times if one.times is not None and one.times.total > 0]
    timed.sort(key=lambda one: (-(one.times.total if one.times else 0), one.label))
    if not timed or not elapsed:
        return None
    labels, values, texts, hovers, colours = [], [], [], [], []
    for one in timed[:MOST_BARS]:
        times, label = one.times, one.label
        if times is None:
            continue
        where = plotly_text(place(label.activity, label.step), 36)
        on = plotly_text(waiting_on(label.waiting), 36)
        labels.append(where if label.waiting is None else f"{where}<br>{on}")
        values.append(times.total / elapsed * 100)
        texts.append(f"{percent(share(times.total, elapsed))} · median {duration(times.median)}")
        hovers.append(
            f"<b>{where}</b>, {on}<br>{count(one.visits)} visits in {count(one.streams)} streams"
            f"<br>{duration(times.total)} in all, {quantiles(times)}"
        )
        colours.append(colour("calm" if label.waiting is None else "wait"))
    return _bars(
        labels=labels,
        values=values,
        texts=texts,
        hovers=hovers,
        colours=colours,
        axis="share of the time before value, %",
    )


def waiting_split(analysis: Analysis) -> go.Figure | None:
    """Elapsed time before value by on whom it waits; None where there was none."""
    elapsed = elapsed_time(analysis)
    parts = sorted(
        (one for one in analysis.measures.waiting if one.total > 0), key=lambda one: (-one.total, one.on or "")
    )
    if not elapsed or not parts:
        return None
    parts = parts[:MOST_BARS]
    texts = [f"{percent(share(one.total, elapsed))} · {duration(one.total)}" for one in parts]
    hovers = [f"{count(one.visits)} visits in {count(one.streams)} streams" for one in parts]
    colours = [colour("calm" if one.on is None else "wait") for one in parts]
    labels = [plotly_text(waiting_on(one.on), 36).capitalize() for one in parts]
    values = [one.total / elapsed * 100 for one in parts]
    return _bars(
        labels=labels,
        values=values,
        texts=texts,
        hovers=hovers,
        colours=colours,
        axis="share of the time before value, %",
    )


# ----------------------------------------------------------------------------------------------------- hand-offs


def _step_name(one: HandOff, *, giving: bool) -> str:
    if giving:
        return plotly_text(place(one.source, one.source_step, otherwise=words.DEMAND), 36)
    return plotly_text(place(one.target, one.target_step, otherwise=words.VALUE), 36)


def hand_offs(analysis: Analysis) -> go.Figure | None:
    """The most frequent hand-offs between steps; None where there are none."""
    first = by_frequency(analysis.streams.steps)[:MOST_BARS]
    if not first:
        return None
    values = [one.count for one in first]
    labels = [f"{_step_name(one, giving=True)} →<br>{_step_name(one, giving=False)}" for one in first]
    texts = [
        count(one.count) if one.times is None else f"{count(one.count)} · {duration(one.times.median)}" for one in first
    ]
    hovers = [f"{count(one.count)} passages in {count(one.streams)} streams<br>{_times(one)}" for one in first]
    colours = [colour(time_class(None if one.times is None else one.times.median)) for one in first]
    return _bars(labels=labels, values=values, texts=texts, hovers=hovers, colours=colours, axis="passages")


def _times(one: HandOff) -> str:
    return words.MAP_UNTIMED if one.times is None else quantiles(one.times)


def step_matrix(analysis: Analysis) -> tuple[go.Figure, int, int] | None:
    """Which step follows which: a field for each pair, with how often.

    Returns the figure, how many steps it shows and how many it leaves out; None where there are no hand-offs.
    """
    import plotly.graph_objects as go

    weights: dict[str, int] = {}
    for one in analysis.streams.steps:
        for name in {_step_name(one, giving=True), _step_name(one, giving=False)}:
            weights[name] = weights.get(name, 0) + one.count
    if not weights:
        return None
    names = sorted(weights, key=lambda name: (name != words.DEMAND, name == words.VALUE, -weights[name], name))
    kept = names if len(names) <= MOST_STEPS else [*names[: MOST_STEPS - 1], *names[-1:]]
    givers, takers = [n for n in kept if n != words.VALUE], [n for n in kept if n != words.DEMAND]
    cells = {(_step_name(one, giving=True), _step_name(one, giving=False)): one for one in analysis.streams.steps}
    rows = [[cells.get((giver, taker)) for taker in takers] for giver in givers]
    heat = go.Heatmap(
        z=[[None if one is None else round(math.log10(one.count + 1), 4) for one in row] for row in rows],
        x=list(range(len(takers))),
        y=list(range(len(givers))),
        text=[["" if one is None else count(one.count) for one in row] for row in rows],
        texttemplate="%{text}",
        hovertext=[["" if one is None else _matrix_hover(one) for one in row] for row in rows],
        hoverinfo="text",
        hoverongaps=False,
        xgap=2,
        ygap=2,
        colorscale=[[0, colour("heat-low")], [1, colour("heat-high")]],
        zmin=0,
        showscale=False,
    )
    axis = {"tickmode": "array", "automargin": True, "showgrid": False, "zeroline": False}
    layout = {
        "template": None,
        "margin": {"l": 10, "r": 10, "t": 34, "b": 10},
        "xaxis": {
            **axis,
            "tickvals": list(range(len(takers))),
            "ticktext": [name.replace(": ", ":<br>") for name in takers],
            "side": "top",
            "tickangle": -40,
        },
        "yaxis": {**axis, "tickvals": list(range(len(givers))), "ticktext": givers, "autorange": "reversed"},
    }
    return go.Figure(data=[heat], layout=layout), len(kept), len(names) - len(kept)


def _matrix_hover(one: HandOff) -> str:
    name = f"<b>{_step_name(one, giving=True)} → {_step_name(one, giving=False)}</b>"
    return f"{name}<br>{count(one.count)} passages in {count(one.streams)} streams<br>{_times(one)}"


# --------------------------------------------------------------------------------------------------- conformance


def deviations(analysis: Analysis) -> go.Figure | None:
    """The deviations that most streams have; None where there are none."""
    found = analysis.conformance
    if found is None or not found.deviations or not found.checked:
        return None
    first = commonest(found.deviations)[:MOST_BARS]
    labels = [_in_two_lines(one.sentence) for one in first]
    values = [one.streams / found.checked * 100 for one in first]
    texts = [f"{count(one.streams)} · {percent(share(one.streams, found.checked))}" for one in first]
    hovers = [
        f"<b>{plotly_text(one.sentence)}</b><br>{count(one.occurrences)} times, {count(one.moves)} moves"
        for one in first
    ]
    colours = [colour("bad")] * len(first)
    axis = "share of the checked streams, %"
    return _bars(labels=labels, values=values, texts=texts, hovers=hovers, colours=colours, axis=axis)


def _in_two_lines(sentence: str) -> str:
    text = plotly_text(sentence, 72)
    if len(text) <= 38:
        return text
    middle = text.rfind(" ", 0, 38)
    return f"{text[:middle]}<br>{text[middle + 1 :]}" if middle > 0 else text


# ---------------------------------------------------------------------------------------------------- lead times


def lead_times(analysis: Analysis) -> go.Figure | None:
    """The share of streams that are done within a time; None where no stream was timed."""
    import plotly.graph_objects as go

    measures = analysis.measures
    curves = [
        ("first value claimed", measures.lead_time_claimed, "claimed", "solid", 62),
        ("first value held", measures.lead_time_held, "held", "dot", 40),
        ("formal closure", measures.closure, "closed", "dash", 22),
    ]
    shown = [curve for curve in curves if curve[1].n]
    if not shown:
        return None
    longest = max(_shown_time(one.percentiles[100]) for _, one, *_ in shown)
    shortest = min(_shown_time(one.percentiles[0]) for _, one, *_ in shown)
    ticks = [(at, name) for at, name in _TICKS if shortest <= at <= longest] or [_TICKS[0]]
    layout = {
        "template": None,
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 56, "r": 24, "t": 34, "b": 50},
        "xaxis": {
            "type": "log",
            "title": {"text": "elapsed time since demand (logarithmic)"},
            "range": [math.log10(shortest) - 0.08, math.log10(longest) + 0.08],
            "tickmode": "array",
            "tickvals": [at for at, _ in ticks],
            "ticktext": [name for _, name in ticks],
        },
        "yaxis": {"title": {"text": "streams done, %"}, "range": [0, 102], "ticksuffix": " %", "nticks": 6},
        "annotations": [_curve_label(*curve) for curve in shown],
        "shapes": [_level(50), _level(85)],
    }
    return go.Figure(data=[go.Scatter(_curve(*curve[:4])) for curve in shown], layout=layout)


def _shown_time(microseconds: int) -> int:
    """A logarithmic axis has no zero: what took less than a minute stands at a minute."""
    return max(microseconds, MINUTE)


def _curve(name: str, times: Distribution, token: str, dash: str) -> dict[str, Any]:
    levels = range(101)
    return {
        "x": [_shown_time(at) for at in times.percentiles],
        "y": list(levels),
        "mode": "lines",
        "line": {"color": colour(f"curve-{token}"), "width": 2.5, "dash": dash, "shape": "hv"},
        "name": name,
        "text": [
            f"{level} % within {duration(at)}<br>to {name}" for level, at in zip(levels, times.percentiles, strict=True)
        ],
        "hoverinfo": "text",
    }


def _curve_label(name: str, times: Distribution, token: str, dash: str, level: int) -> dict[str, Any]:
    del dash
    text = f"<b>{name}</b><br>half within {duration(times.median)}, 85 % within {duration(times.p85)}"
    return {
        "x": round(math.log10(_shown_time(times.percentiles[level])), 4),
        "y": level,
        "text": text,
        "showarrow": True,
        "arrowhead": 0,
        "arrowcolor": colour(f"curve-{token}"),
        "ax": 26,
        "ay": 18,
        "xanchor": "left",
        "align": "left",
        "font": {"color": colour(f"curve-{token}"), "size": 12},
        "bgcolor": colour("card"),
    }


def _level(at: int) -> dict[str, Any]:
    line = {"color": colour("muted"), "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at, "line": line, "layer": "below"}
