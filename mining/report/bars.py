"""The charts made of bars. Colours are names of the style sheet, so that a chart follows the theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report import plots, words
from mining.report.formats import begun, count, duration, in_streams, percent, plotly_text, quantiles, share
from mining.report.language import t, told
from mining.report.names import colour, place_within, time_class, waiting_on
from mining.report.tally import by_frequency, commonest, elapsed_time

MOST_BARS = 12
BAR, TALL_BAR = 30, 42  # pixels of height, for labels of one line and of two


def _bars(
    *,
    labels: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    hovers: Sequence[str],
    colours: Sequence[str],
    axis: str,
) -> plots.Figure:
    """Bars that lie, the first on top, each with its figures beside it."""
    places = list(range(len(labels)))
    bars = plots.Bar(
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
        "height": 90 + len(labels) * (TALL_BAR if any("<br>" in label for label in labels) else BAR),
        "showlegend": False,
        "bargap": 0.35,
        "margin": {"l": 10, "r": 20, "t": 28, "b": 44},
        "xaxis": {"title": {"text": axis}, "range": [0, max([*values, 1e-9]) * 1.35], "tickformat": ",", "nticks": 6},
        "yaxis": {
            "tickmode": "array",
            "tickvals": places,
            "ticktext": list(labels),
            "range": [len(labels) - 0.4, -0.6],
            "automargin": True,
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
        },
    }
    return plots.Figure(data=[bars], layout=layout)


# --------------------------------------------------------------------------------------------------------- waits


def waits(analysis: Analysis) -> plots.Figure | None:
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
        where = plotly_text(place_within(36, label.activity, label.step), 36)
        on = plotly_text(waiting_on(label.waiting), 36)
        labels.append(where if label.waiting is None else f"{where}<br>{on}")
        values.append(times.total / elapsed * 100)
        texts.append(
            t(
                "{share} · median {median}",
                share=percent(share(times.total, elapsed)),
                median=duration(times.median),
            )
        )
        hovers.append(
            f"<b>{where}</b>, {on}<br>{in_streams(one.visits, 'visit', one.streams)}<br>"
            + t("{time} in all, {quantiles}", time=duration(times.total), quantiles=quantiles(times))
        )
        colours.append(colour("calm" if label.waiting is None else "wait"))
    return _bars(
        labels=labels,
        values=values,
        texts=texts,
        hovers=hovers,
        colours=colours,
        axis=t("share of the time before value, %"),
    )


def waiting_split(analysis: Analysis) -> plots.Figure | None:
    """Elapsed time before value by on whom it waits; None where there was none."""
    elapsed = elapsed_time(analysis)
    parts = sorted(
        (one for one in analysis.measures.waiting if one.total > 0), key=lambda one: (-one.total, one.on or "")
    )
    if not elapsed or not parts:
        return None
    parts = parts[:MOST_BARS]
    texts = [f"{percent(share(one.total, elapsed))} · {duration(one.total)}" for one in parts]
    hovers = [in_streams(one.visits, "visit", one.streams) for one in parts]
    colours = [colour("calm" if one.on is None else "wait") for one in parts]
    labels = [plotly_text(begun(waiting_on(one.on)), 36) for one in parts]
    values = [one.total / elapsed * 100 for one in parts]
    return _bars(
        labels=labels,
        values=values,
        texts=texts,
        hovers=hovers,
        colours=colours,
        axis=t("share of the time before value, %"),
    )


# ----------------------------------------------------------------------------------------------------- hand-offs


def step_name(one: HandOff, *, giving: bool) -> str:
    """One end of a hand-off, as Plotly may be given it."""
    if giving:
        return plotly_text(place_within(36, one.source, one.source_step, otherwise=words.DEMAND), 36)
    return plotly_text(place_within(36, one.target, one.target_step, otherwise=words.VALUE), 36)


def hand_offs(analysis: Analysis) -> plots.Figure | None:
    """The most frequent hand-offs between steps; None where there are none."""
    first = by_frequency(analysis.streams.steps)[:MOST_BARS]
    if not first:
        return None
    values = [one.count for one in first]
    labels = [f"{step_name(one, giving=True)} →<br>{step_name(one, giving=False)}" for one in first]
    texts = [
        count(one.count) if one.times is None else f"{count(one.count)} · {duration(one.times.median)}" for one in first
    ]
    hovers = [f"{in_streams(one.count, 'passage', one.streams)}<br>{times_of(one)}" for one in first]
    colours = [colour(time_class(None if one.times is None else one.times.median)) for one in first]
    return _bars(labels=labels, values=values, texts=texts, hovers=hovers, colours=colours, axis=t("passages"))


def times_of(one: HandOff) -> str:
    """The times of a hand-off in one line."""
    return words.MAP_UNTIMED if one.times is None else quantiles(one.times)


# --------------------------------------------------------------------------------------------------- conformance


def deviations(analysis: Analysis) -> plots.Figure | None:
    """The deviations that most streams have; None where there are none."""
    found = analysis.conformance
    if found is None or not found.deviations or not found.checked:
        return None
    first = commonest(found.deviations)[:MOST_BARS]
    labels = [_in_two_lines(told(one.sentence)) for one in first]
    values = [one.streams / found.checked * 100 for one in first]
    texts = [f"{count(one.streams)} · {percent(share(one.streams, found.checked))}" for one in first]
    hovers = [
        f"<b>{plotly_text(told(one.sentence))}</b><br>"
        + t("{times} times, {moves} moves", times=count(one.occurrences), moves=count(one.moves))
        for one in first
    ]
    colours = [colour("bad")] * len(first)
    axis = t("share of the checked streams, %")
    return _bars(labels=labels, values=values, texts=texts, hovers=hovers, colours=colours, axis=axis)


def _in_two_lines(sentence: str) -> str:
    text = plotly_text(sentence, 72)
    if len(text) <= 38:
        return text
    middle = text.rfind(" ", 0, 38)
    return f"{text[:middle]}<br>{text[middle + 1 :]}" if middle > 0 else text
