"""Figures as plain values, in the shape and the order in which Plotly gives its own away.

They are called like those of `plotly.graph_objects`, which checks and copies every value of every figure, each time:
half of what a page took. A test has it check what these make, and holds that it would give away the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from mining.report.language import ENGLISH, separators, spoken

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its traces, and what is around them."""

    data: list[Json]
    layout: Json

    def __post_init__(self) -> None:
        layout: Json = ordered(self.layout)
        object.__setattr__(self, "layout", {name: part for name, part in layout.items() if part != []})

    def to_plotly_json(self) -> Json:
        """What `plotly.graph_objects.Figure` and Plotly's script take."""
        return {"data": self.data, "layout": self.layout}


def spoken_figure(figure: Figure) -> Json:
    """A figure with the marks that numbers are written with in the language of the report."""
    made = figure.to_plotly_json()
    return made if spoken() == ENGLISH else {**made, "layout": {**made["layout"], "separators": separators()}}


def _trace(kind: str, given: Json | None = None, /, **more: Any) -> Json:
    """A trace of this kind with the properties that are `given` or named."""
    made: Json = ordered((given or {}) | more)
    return made | {"type": kind}


Bar = partial(_trace, "bar")
Heatmap = partial(_trace, "heatmap")
Sankey = partial(_trace, "sankey")
Scatter = partial(_trace, "scatter")


def ordered(value: Any) -> Any:
    """The same with all properties in alphabetical order, those left out that are None, and lists for tuples."""
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value) if value[name] is not None}
    if isinstance(value, list | tuple):
        return [ordered(one) if isinstance(one, dict | list | tuple) else one for one in value]
    return value
