"""What Plotly itself says, in the language of the report: its buttons, and the names of months on axes of time."""

from __future__ import annotations

from typing import Any

from mining.report.language import ENGLISH, separators, spoken, t, texts

BUTTONS = (
    "Autoscale",
    "Box Select",
    "Double-click to zoom back out",
    "Download plot",
    "Download plot as a PNG",
    "Download plot as a PDF",
    "Download plot as a SVG",
    "Lasso Select",
    "Pan",
    "Reset",
    "Reset axes",
    "Reset view",
    "Snapshot succeeded",
    "Sorry, there was a problem downloading your snapshot!",
    "Taking snapshot - this may take a few seconds",
    "Zoom",
    "Zoom in",
    "Zoom out",
)
"""The texts of plotly.js that a chart of the report can show."""


def plotly_locale() -> dict[str, Any] | None:
    """What `Plotly.register` takes; None in English, which plotly.js has in it."""
    language = spoken()
    if language == ENGLISH:
        return None
    from babel import Locale

    locale = Locale.parse(language)
    months, days = locale.months["format"], locale.days["format"]
    week = (6, 0, 1, 2, 3, 4, 5)  # Plotly's begins on Sunday
    written = {
        "days": [days["wide"][day] for day in week],
        "shortDays": [days["abbreviated"][day] for day in week],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
        "date": "%d.%m.%Y" if language == "de" else "%Y-%m-%d",
        "decimal": separators()[0],
        "thousands": separators()[1],
    }
    said = {text: t(text) for text in BUTTONS}
    return {"moduleType": "locale", "name": language, "dictionary": said, "format": written}


texts(__name__)
