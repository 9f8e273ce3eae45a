"""The report's page: one HTML document with everything in it. What it stands in is of `page_shell.py`."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.audit import AuditRun
from mining.core.brand import NO_BRAND, Brand
from mining.report import (
    bars,
    cohort_charts,
    cohort_words,
    deviation_charts,
    differing,
    examples,
    filter_bundle,
    filter_names,
    formats,
    improve_charts,
    improve_words,
    map_panels,
    plots,
    time_words,
)
from mining.report.audit_block import audit_block
from mining.report.breakdown_charts import breakdown_charts
from mining.report.curves import lead_times
from mining.report.desk_charts import flow_chart
from mining.report.doubling import doubling_chart
from mining.report.language import t
from mining.report.map_working import working_maps
from mining.report.maps import NARROWEST, further_maps
from mining.report.matrix import step_matrix
from mining.report.overview import overview
from mining.report.page_facts import page_facts
from mining.report.page_shell import (
    Chart,
    asset,
    embedded_json,
    embedded_locale,
    figure_json,
    library,
    packed,
    policy,
    templates,
)
from mining.report.page_tables import page_tables
from mining.report.parting import parting_chart
from mining.report.time_charts import survival_curve, within_bars
from mining.report.value_chain_map import value_chain_map
from mining.report.workload import workload_charts


def html_page(analysis: Analysis, brand: Brand = NO_BRAND, audit: AuditRun | None = None) -> str:
    """The whole document, in the language of the moment; `brand` says whose it is, `audit` what an audit says of it."""
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
        "style": asset("report.css"),
        "library": library(),
        "figures": packed("{" + ",".join(f'"{one.name}":{one.data}' for one in charts.values()) + "}"),
        "filter_script": asset("filter.js") if choices else None,
        "choices": choices,
        "parts_packed": packed(filter_bundle.as_text(filter_bundle.bundle(analysis))) if choices else None,
        "policy": policy(_script(), *([asset("filter.js")] if choices else [])),
        "plotly_locale": embedded_locale(),
    }
    return templates().get_template("page.html.j2").render(page)


def _script() -> str:
    """The page's own script."""
    return asset("boot.js") + asset("examples.js")


# -------------------------------------------------------------------------------------------------------- charts


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
