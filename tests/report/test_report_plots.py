from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest
from breakdown_builder import broken_down, in_working_time
from cohort_builders import split
from desk_builder import with_desk
from report_builders import analysis, came_back
from test_report_improvement import whole
from time_builders import timed

from mining.report import plots
from mining.report.page import drawn_figures


def test_plotly_finds_nothing_amiss_with_the_figures_and_would_write_them_alike() -> None:
    every = (analysis(), timed(), broken_down(), in_working_time(), came_back(), split(), with_desk(), whole())
    figures = {one.name: one.figure for made in every for one in drawn_figures(made)}
    assert len(figures) >= 24
    for name, figure in figures.items():
        made = figure.to_plotly_json()
        checked = go.Figure(made).to_plotly_json()
        checked["layout"].pop("template", None)
        assert json.dumps(made) == json.dumps(checked), name


def test_plotly_would_find_what_is_amiss() -> None:
    with pytest.raises(ValueError, match="orientation"):
        go.Figure(plots.Figure([plots.Bar(x=[1], orientation="sideways")], {}).to_plotly_json())
