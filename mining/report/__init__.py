"""Results → figures → one HTML file, and `result.json`. This room computes nothing: it sorts, divides and formats.

The front door. What is behind it is loaded when it is used, since Jinja2, Plotly and pyarrow take their time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.core.brand import NO_BRAND, Brand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from mining.core.analysis import Analysis
    from mining.core.audit import AuditRun
    from mining.core.trend import Trend
    from mining.report.figure_set import Figures
    from mining.report.theme import Theme

ENGLISH = "en"
SCHEMA_FILE = "result.schema.json"
"""The JSON Schema of `result`, beside this module."""


def warm_up(language: str = ENGLISH) -> None:
    """Do beforehand, in any thread, what takes time for every page alike; `language` is that of the page."""
    from mining.report import arrow, in_markdown, outcome  # noqa: F401 - it is loading them that takes time
    from mining.report.language import read
    from mining.report.page_shell import warm_up as warm_up_page

    warm_up_page()
    read(language)


def remembered() -> AbstractContextManager[None]:
    """In here, whatever several files tell of an analysis is worked out once, and forgotten behind it."""
    from mining.report.once import remembered as once_each

    return once_each()


def render(analysis: Analysis, brand: Brand = NO_BRAND, audit: AuditRun | None = None, language: str = ENGLISH) -> str:
    """The whole report: one HTML document that needs no network; `brand` says whose it is.

    The same analysis gives the same text to the byte; times and versions come from `analysis.run` alone.
    `audit` is what an audit says of it, where it is one's report; `language` is what the report is written in.
    No person is named in it, and no ticket but those at which streams begin that had to be cut (`Linked.cut`).
    """
    from mining.report.language import speaking
    from mining.report.page import html_page

    with remembered(), speaking(language):
        return html_page(analysis, brand, audit)


def result(analysis: Analysis, audit: AuditRun | None = None) -> dict[str, Any]:
    """Every figure of the report as plain JSON values, in a fixed order of keys.

    Durations are whole microseconds and their names end in `_us`; shares lie between 0 and 1. What differs from run to
    run is in the block `run` and nowhere else. `result.schema.json` describes it.
    """
    from mining.report.outcome import outcome

    with remembered():
        return outcome(analysis, audit)


def figures(analysis: Analysis, theme: Theme = "light", language: str = ENGLISH) -> Figures:
    """The figures of the report by name, as Plotly figures with their colours in them."""
    from mining.report.figure_set import Figures

    return Figures(analysis, theme, language)


def check_pictures(formats: Sequence[str], output: object) -> None:
    """Raises RequestError where figures cannot be drawn in these formats, or there is no folder to draw them in."""
    from mining.report.picture_formats import check

    check(formats, output)


def tables(analysis: Analysis) -> dict[str, pa.Table]:
    """The tables "variants", "hand_offs" and "breakdown" as Arrow tables, and "links" where cases were made of linked
    tickets; `arrow.py` and `breakdown_block.py` say their columns."""
    from mining.report.arrow import hand_off_table, link_table, variant_table
    from mining.report.breakdown_block import breakdown_table

    made = {"variants": variant_table(analysis), "hand_offs": hand_off_table(analysis)}
    made["breakdown"] = breakdown_table(analysis)
    links = link_table(analysis)
    return made if links is None else {**made, "links": links}


def trend(found: Trend, language: str = ENGLISH) -> str:
    """The trend page of an audit as one HTML document that needs no network, in `language`.

    Raises RequestError where the report cannot be had in it.
    """
    from mining.report.language import speaking
    from mining.report.trend_page import html_page

    with speaking(language):
        return html_page(found)


def markdown(analysis: Analysis, language: str = ENGLISH) -> str:
    """The first screen of the report as Markdown, for a ticket or a chat; deterministic but for the time stamp."""
    from mining.report.in_markdown import in_markdown
    from mining.report.language import speaking

    with speaking(language):
        return in_markdown(analysis)


def check_language(language: str) -> None:
    """Raises RequestError where the report cannot be had in this language."""
    from mining.report.language import check

    check(language)


def summary(analysis: Analysis) -> list[str]:
    """What the first screen of the report says, as lines of text: the verdict, six figures, links
    where there are any, what to look at first."""
    from mining.report.overview import overview

    return overview(analysis).lines()
