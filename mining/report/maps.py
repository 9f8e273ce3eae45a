"""The maps beside the one on the six activities, as the page needs them."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.report import plots
from mining.report.agreed_map import agreed_map, difference_map
from mining.report.agreement import agreed_streams
from mining.report.map_panels import grey, steps_caption
from mining.report.step_map import step_map_figure
from mining.report.step_tally import step_map

NARROWEST = 978  # pixels: what a window of 1280 leaves; much below that labels run into one another


def further_maps(analysis: Analysis) -> list[tuple[str, plots.Figure | None, int, str]]:
    """Name, figure, least width and caption of each map that this analysis has."""
    steps = step_map(analysis)
    found: list[tuple[str, plots.Figure | None, int, str]] = []
    if steps is not None:
        figure = step_map_figure(analysis, steps)
        found.append(("map-steps", figure, NARROWEST, steps_caption(analysis, steps)))
    if agreed_streams(analysis):
        found.append(("map-agreed", agreed_map(analysis), NARROWEST, ""))
        found.append(("map-difference", difference_map(analysis), NARROWEST, grey(analysis)))
    return found
