"""The colours of the style sheet, for figures that are shown elsewhere than on the page."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

Theme = Literal["light", "dark"]

_COLOUR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
_NAMED = re.compile(r"^var\(--([a-z0-9-]+)\)$")
_FONT = '"Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif'


@lru_cache(maxsize=2)
def palette(theme: Theme) -> dict[str, str]:
    """Each colour of the style sheet by its name, as "#rrggbb"."""
    sheet = (files("mining.report") / "assets" / "report.css").read_text(encoding="utf-8")
    return {name: light if theme == "light" else dark for name, light, dark in _COLOUR.findall(sheet)}


def coloured(value: Any, theme: Theme) -> Any:
    """A figure as plain values, in which the names of colours have become the colours of `theme`."""
    if isinstance(value, str):
        named = _NAMED.match(value)
        return palette(theme)[named[1]] if named else value
    if isinstance(value, dict):
        return {key: coloured(part, theme) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [coloured(part, theme) for part in value]
    return value


def template(theme: Theme) -> dict[str, Any]:
    """What the page's script gives every figure beside its own layout: fonts, axes, and here a ground to stand on."""
    of = palette(theme)
    axis = {
        "gridcolor": of["grid"],
        "zerolinecolor": of["line"],
        "linecolor": of["line"],
        "tickcolor": of["line"],
        "title": {"standoff": 10},
    }
    return {
        "layout": {
            "paper_bgcolor": of["card"],
            "plot_bgcolor": of["card"],
            "font": {"family": _FONT, "size": 12, "color": of["ink"]},
            "hoverlabel": {"bgcolor": of["card"], "bordercolor": of["muted"], "font": {"color": of["ink"], "size": 13}},
            "xaxis": axis,
            "yaxis": axis,
        }
    }
