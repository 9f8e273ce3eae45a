"""The page: one HTML document with everything in it, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mining.core.analysis import Analysis
from mining.core.audit import AuditRun
from mining.core.brand import NO_BRAND, Brand
from mining.report import (
    action_words,
    bars,
    breakdown_words,
    cohort_charts,
    cohort_words,
    deviation_charts,
    differing,
    differing_words,
    example_words,
    examples,
    filter_bundle,
    filter_names,
    filter_words,
    formats,
    improve_charts,
    improve_words,
    map_panels,
    map_words,
    names,
    parting_words,
    plots,
    time_words,
    words,
    workload_words,
)
from mining.report.audit_block import audit_block
from mining.report.breakdown_charts import breakdown_charts
from mining.report.curves import lead_times
from mining.report.desk_charts import flow_chart
from mining.report.doubling import doubling_chart
from mining.report.language import local, spoken, t, told
from mining.report.map_working import working_maps
from mining.report.maps import NARROWEST, further_maps
from mining.report.matrix import step_matrix
from mining.report.overview import overview
from mining.report.page_facts import page_facts
from mining.report.page_tables import page_tables
from mining.report.parting import parting_chart
from mining.report.plotly_locale import plotly_locale
from mining.report.sections import SECTIONS
from mining.report.time_charts import survival_curve, within_bars
from mining.report.value_chain_map import value_chain_map
from mining.report.workload import workload_charts

if TYPE_CHECKING:
    import jinja2


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure of the page: its data, its height and the least width it can be read at, in pixels."""

    name: str
    data: str
    height: int
    width: int
    caption: str


def warm_up() -> None:
    """What every page needs, whatever is in it: the library packed, the templates compiled. It is kept for the next."""
    _library()
    for name in _templates().list_templates():
        _templates().get_template(name)


def html_page(analysis: Analysis, brand: Brand = NO_BRAND, audit: AuditRun | None = None) -> str:
    """The whole document."""
    charts, choices = _charts(analysis), filter_names.choices(analysis)
    page = {
        "audit": None if audit is None else audit_block(audit),
        "analysis": analysis,
        "brand": brand,
        "overview": overview(analysis),
        "charts": charts,
        "tables": page_tables(analysis),
        "facts": page_facts(analysis, audit),
        "boot": _script(),
        "examples": embedded_json(examples.page_data(analysis)),
        "style": _asset("report.css"),
        "library": _library(),
        "figures": packed("{" + ",".join(f'"{one.name}":{one.data}' for one in charts.values()) + "}"),
        "filter_script": _asset("filter.js") if choices else None,
        "choices": choices,
        "parts_packed": packed(filter_bundle.as_text(filter_bundle.bundle(analysis))) if choices else None,
        "policy": _policy(_script(), *([_asset("filter.js")] if choices else [])),
        "plotly_locale": embedded_locale(),
    }
    return _templates().get_template("page.html.j2").render(page)


def _asset(name: str) -> str:
    return (files("mining.report") / "assets" / name).read_text(encoding="utf-8")


def _script() -> str:
    """The page's own script."""
    return _asset("boot.js") + _asset("examples.js")


# ------------------------------------------------------------------------------------------------------- library


@lru_cache(maxsize=1)
def _plotly() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


@lru_cache(maxsize=1)
def _library() -> str:
    """Plotly's own script, packed: the page unpacks it itself. No time stamp in it, so that pages are reproducible."""
    return packed(_plotly())


def packed(text: str | bytes) -> str:
    """What the page's script unpacks again."""
    whole = text.encode("utf-8") if isinstance(text, str) else text
    return base64.b64encode(gzip.compress(whole, 9, mtime=0)).decode("ascii")


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode('ascii')}'"


def _policy(*inline: str) -> str:
    """The content security policy: the page's scripts and the library by their hashes, nothing from outside, nothing
    sent."""
    scripts = " ".join((*(_hash(script.encode()) for script in inline), _hash(_plotly())))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


# -------------------------------------------------------------------------------------------------------- charts


def embedded_json(value: Any) -> str:
    """JSON that may stand inside a script element, whatever its strings hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def embedded_locale() -> str:
    """What Plotly itself says, as the page embeds it; nothing in English."""
    made = plotly_locale()
    return "" if made is None else embedded_json(made)


def figure_json(figure: plots.Figure) -> str:
    """A figure as the page embeds it; Plotly's own template, of 7 kB, is not in it, since the page's script has one."""
    return embedded_json(plots.spoken_figure(figure))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure of the report with the least width it can be read at, in pixels, and what is said below it."""

    name: str
    figure: plots.Figure
    width: int
    caption: str


def drawn_figures(analysis: Analysis) -> tuple[Drawn, ...]:
    """The figures that this analysis has, in the order of the report."""
    matrix, left_out = step_matrix(analysis)
    rarer = t("{steps} left out of this chart.", steps=formats.many(left_out, "rarer step")) if left_out else ""
    made: tuple[tuple[str, plots.Figure | None, int, str], ...] = (
        ("map", value_chain_map(analysis), NARROWEST, map_panels.grey(analysis)),
        *further_maps(analysis),
        *working_maps(analysis, NARROWEST),
        *breakdown_charts(analysis),
        ("waits", bars.waits(analysis), 640, ""),
        ("waiting", bars.waiting_split(analysis), 640, ""),
        ("waiting-working", within_bars(analysis), 640, ""),
        ("hand-offs", bars.hand_offs(analysis), 640, ""),
        ("lead-times", lead_times(analysis), 640, ""),
        ("survival", survival_curve(analysis), 640, time_words.CURVE_NOTE),
        ("deviations", bars.deviations(analysis), 640, ""),
        ("deviation-trends", deviation_charts.trends(analysis), 640, ""),
        ("doubling-back", doubling_chart(analysis), 640, ""),
        ("parting", parting_chart(analysis), 860, ""),
        ("matrix", matrix, 720, rarer),
        ("desk-flow", flow_chart(analysis), 560, ""),
        *workload_charts(analysis),
        ("improve-rates", improve_charts.rates_chart(analysis), 560, improve_words.RATES_NOTE),
        ("ripple-days", improve_charts.ripple_chart(analysis), 560, improve_charts.ripple_caption(analysis)),
        ("cohort-times", cohort_charts.lead_times(analysis), 640, cohort_words.TIMES_CAPTION),
        ("map-differing", differing.differing_map(analysis), NARROWEST, ""),
        ("cohort-shares", cohort_charts.shares(analysis), 640, cohort_words.SHARES_CAPTION),
    )
    return tuple(Drawn(name, figure, width, caption) for name, figure, width, caption in made if figure is not None)


def _charts(analysis: Analysis) -> dict[str, Chart]:
    return {
        one.name: Chart(one.name, figure_json(one.figure), one.figure.layout["height"], one.width, one.caption)
        for one in drawn_figures(analysis)
    }


# ----------------------------------------------------------------------------------------------------- templates


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    import jinja2

    loader = jinja2.PackageLoader("mining.report")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        w=words,
        mw=map_words,
        aw=action_words,
        bw=breakdown_words,
        dw=differing_words,
        ew=example_words,
        fw=filter_words,
        lw=workload_words,
        nw=parting_words,
        SECTIONS=SECTIONS,
        t=t,
        spoken=spoken,
        zip=zip,
    )
    for used in (
        formats.count,
        formats.many,
        formats.percent,
        formats.whole_percent,
        formats.duration,
        formats.harmless,
        formats.css_text,
        formats.glued,
        formats.moment,
        formats.in_numbers,
        names.reference_label,
        names.value_mark,
        names.outlined,
        told,
        local,
    ):
        environment.filters[used.__name__] = used
    return environment
