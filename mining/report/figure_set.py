"""The figures of the report, for notebooks and as pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.analysis import Analysis
from mining.core.errors import Problem, RequestError, nearest
from mining.core.files import whole
from mining.report.language import ENGLISH, separators, speaking
from mining.report.page import Drawn, drawn_figures
from mining.report.picture_formats import HOW_TO_DRAW, check
from mining.report.theme import Theme, coloured, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

_DICED = re.compile(r'id="defs-([0-9a-f]{6})"')
_WIDTH = 980
_SCALE = 2  # of pixels: pictures are looked at on screens with fine ones


class Figures(Mapping[str, "go.Figure"]):
    """The figures that the report of an analysis shows, by name, in the order of the report: `list(figures)`.

    Each access draws anew, so that changing a figure changes no other. Raises RequestError for a name that is none.
    """

    def __init__(self, analysis: Analysis, theme: Theme = "light", language: str = ENGLISH) -> None:
        with speaking(language):
            self._drawn: dict[str, Drawn] = {one.name: one for one in drawn_figures(analysis)}
            self._separators = None if language == ENGLISH else separators()
        self._theme: Theme = theme

    def __getitem__(self, name: str) -> go.Figure:
        import plotly.graph_objects as go

        if name not in self._drawn:
            near = nearest(name, self._drawn) or list(self._drawn)
            raise RequestError(Problem("there is no such figure in this report", found=name, expected=", ".join(near)))
        one = self._drawn[name]
        figure = go.Figure(coloured(one.figure.to_plotly_json(), self._theme))
        figure.update_layout(template=template(self._theme), width=max(one.width, _WIDTH))
        if self._separators is not None:
            figure.update_layout(separators=self._separators)
        for number, trace in enumerate(figure.data):
            trace.uid = f"t{number}"  # else Plotly throws dice for it
        return figure

    def __iter__(self) -> Iterator[str]:
        return iter(self._drawn)

    def __len__(self) -> int:
        return len(self._drawn)

    def map(self) -> go.Figure:
        """The value chain map."""
        return self["map"]

    def write(self, folder: Path, format: str) -> list[Path]:
        """Write every figure as a picture into `folder`, each whole or not at all; the paths, in their order.

        Raises RequestError for a format that is none of `picture_formats.FORMATS`, and where Kaleido, or the Chrome or
        Chromium that it draws with, is not there.
        """
        check([format], folder)
        targets = [folder / f"{name}.{format}" for name in self]
        with ExitStack() as stack:
            partials = [stack.enter_context(whole(target)) for target in targets]
            _draw([self[name] for name in self], partials, format)
            if format == "svg":
                for partial in partials:
                    partial.write_text(_reproducible(partial.read_text(encoding="utf-8")), encoding="utf-8")
        return targets


def _reproducible(svg: str) -> str:
    """The drawing with a name of ours in the place of the one that Plotly throws dice for."""
    found = _DICED.search(svg)
    return svg if found is None else svg.replace(found[1], "figure")


def _draw(figures: list[go.Figure], paths: list[Path], format: str) -> None:
    """All in one browser, since its start takes longer than a picture."""
    import plotly.io as pio

    try:
        pio.write_images(
            figures,
            paths,
            format=format,
            scale=1 if format == "svg" else _SCALE,
            width=[figure.layout.width for figure in figures],
            height=[figure.layout.height for figure in figures],
        )
    except (ImportError, ValueError, RuntimeError, OSError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise RequestError(Problem("figures cannot be drawn as pictures here", found=said, todo=HOW_TO_DRAW)) from error
