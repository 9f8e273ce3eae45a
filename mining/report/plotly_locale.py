"""What Plotly itself says, in the language of the report: its buttons, and the names of months on axes of time."""

from __future__ import annotations

import re
from typing import Any

from mining.report.language import ENGLISH, separators, spoken, t, texts

BUTTONS = (
    "Double-click on legend to isolate one trace",
    "Double-click to zoom back out",
    "Download plot",
    "Pan",
    "Reset axes",
    "Sorry, there was a problem downloading your image!",
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
        "date": _written(locale.date_formats["medium"].pattern),
        "year": "%Y",
        "month": _written(locale.datetime_skeletons["yMMM"].pattern),
        "dayMonth": _written(locale.datetime_skeletons["MMMd"].pattern),
        "dayMonthYear": _written(locale.datetime_skeletons["yMMMd"].pattern),
        "decimal": separators()[0],
        "thousands": separators()[1],
    }
    said = {text: t(text) for text in BUTTONS}
    return {"moduleType": "locale", "name": language, "dictionary": said, "format": written}


_SIGNS = {"dd": "%d", "d": "%-d", "MMM": "%b", "LLL": "%b", "MM": "%m", "M": "%-m", "yyyy": "%Y", "y": "%Y"}


def _written(pattern: str) -> str:
    """A pattern of CLDR, "d. MMM y", with the signs that Plotly reads, "%-d. %b %Y"."""
    return re.sub("|".join(sorted(_SIGNS, key=len, reverse=True)), lambda sign: _SIGNS[sign[0]], pattern)


texts(__name__)
