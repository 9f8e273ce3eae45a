"""Which step follows which, as a field of figures."""

from __future__ import annotations

import math

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report import plots
from mining.report.bars import step_name, times_of
from mining.report.formats import count, in_streams
from mining.report.names import colour, display, short

MOST_STEPS = 14


def step_matrix(analysis: Analysis) -> tuple[plots.Figure | None, int]:
    """Which step follows which: a field for each pair, with how often.

    Returns the figure, None where there are no hand-offs, and how many steps it leaves out.
    """
    weights: dict[str, int] = {}
    for one in analysis.streams.steps:
        for name in {step_name(one, giving=True), step_name(one, giving=False)}:
            weights[name] = weights.get(name, 0) + one.count
    if not weights:
        return None, 0
    names = sorted(weights, key=lambda name: (-weights[name], name))
    kept = names[:MOST_STEPS]
    cells = {(step_name(one, giving=True), step_name(one, giving=False)): one for one in analysis.streams.steps}
    rows = [[cells.get((giver, taker)) for taker in kept] for giver in kept]
    heat = plots.Heatmap(
        z=[[None if one is None else round(math.log10(one.count + 1), 4) for one in row] for row in rows],
        x=list(range(len(kept))),
        y=list(range(len(kept))),
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
        "height": 36 * len(kept) + 170,
        "margin": {"l": 10, "r": 110, "t": 28, "b": 10},
        "xaxis": {
            **axis,
            "tickvals": list(range(len(kept))),
            "ticktext": [_above(name) for name in kept],
            "side": "top",
            "tickangle": -35,
            "ticklabeloverflow": "allow",
        },
        "yaxis": {**axis, "tickvals": list(range(len(kept))), "ticktext": kept, "autorange": "reversed"},
    }
    return plots.Figure(data=[heat], layout=layout), len(names) - len(kept)


def _above(name: str) -> str:
    """A name short enough to stand over a column."""
    activity, joint, step = name.partition(" (")
    short_names = {display(one): short(one) for one in Activity}
    return f"{short_names.get(activity, activity)}{joint}{step}"


def _matrix_hover(one: HandOff) -> str:
    name = f"<b>{step_name(one, giving=True)} → {step_name(one, giving=False)}</b>"
    return f"{name}<br>{in_streams(one.count, 'passage', one.streams)}<br>{times_of(one)}"
