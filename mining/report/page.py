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

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.audit import AuditRun
from mining.core.brand import NO_BRAND, Brand
from mining.report import (
    acceptances,
    accounts,
    bars,
    cohort_charts,
    cohort_sentences,
    cohort_tables,
    cohort_words,
    deviating,
    evidence,
    formats,
    hand_off_quality,
    improve_tables,
    improving,
    link_tables,
    link_words,
    linking,
    map_panels,
    map_words,
    names,
    reopening,
    several_references,
    time_words,
    words,
)
from mining.report.audit_block import audit_block
from mining.report.cost_tables import cost_facts, cost_tables
from mining.report.curves import lead_times
from mining.report.desk import desk_texts
from mining.report.desk_charts import flow_chart
from mining.report.desk_tables import desk_tables
from mining.report.deviation_words import MODEL_QUALITY
from mining.report.doubling import doubling_chart, doubling_facts, doubling_tables
from mining.report.map_tables import map_tables
from mining.report.maps import further_maps
from mining.report.matrix import step_matrix
from mining.report.overview import overview
from mining.report.routes import activity_token, needed_for, routes
from mining.report.tally import activity_counts, confirmed_streams, elapsed_time, what_ends
from mining.report.time_charts import survival_curve, within_bars
from mining.report.time_tables import time_tables
from mining.report.timing import time_facts
from mining.report.value_chain_map import value_chain_map

if TYPE_CHECKING:
    import jinja2
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure of the page: its data, its height and the least width it can be read at, in pixels."""

    name: str
    data: str
    height: int
    width: int
    caption: str


def html_page(analysis: Analysis, brand: Brand = NO_BRAND, audit: AuditRun | None = None) -> str:
    """The whole document."""
    page = {
        "audit": None if audit is None else audit_block(audit),
        "analysis": analysis,
        "brand": brand,
        "overview": overview(analysis),
        "charts": _charts(analysis),
        "tables": _tables(analysis),
        "facts": _facts(analysis, audit),
        "boot": _asset("boot.js"),
        "style": _asset("report.css"),
        "library": _library(),
        "policy": _policy(),
    }
    return _templates().get_template("page.html.j2").render(page)


def _asset(name: str) -> str:
    return (files("mining.report") / "assets" / name).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------------- library


@lru_cache(maxsize=1)
def _plotly() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


def _library() -> str:
    """Plotly's own script, packed: the page unpacks it itself. No time stamp in it, so that pages are reproducible."""
    return base64.b64encode(gzip.compress(_plotly(), 9, mtime=0)).decode("ascii")


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode('ascii')}'"


def _policy() -> str:
    """The content security policy: the two scripts by their hashes, nothing from outside, nothing sent."""
    scripts = f"{_hash(_asset('boot.js').encode())} {_hash(_plotly())}"
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure of the report with the least width it can be read at, in pixels, and what is said below it."""

    name: str
    figure: go.Figure
    width: int
    caption: str


def drawn_figures(analysis: Analysis) -> tuple[Drawn, ...]:
    """The figures that this analysis has, in the order of the report."""
    matrix, left_out = step_matrix(analysis)
    rarer = f"{formats.many(left_out, 'rarer step')} left out of this chart." if left_out else ""
    made: tuple[tuple[str, go.Figure | None, int, str], ...] = (
        ("map", value_chain_map(analysis), 980, map_panels.grey(analysis)),
        *further_maps(analysis),
        ("waits", bars.waits(analysis), 640, ""),
        ("waiting", bars.waiting_split(analysis), 640, ""),
        ("waiting-working", within_bars(analysis), 640, ""),
        ("hand-offs", bars.hand_offs(analysis), 640, ""),
        ("deviations", bars.deviations(analysis), 640, ""),
        ("deviation-trends", deviating.trends(analysis), 640, ""),
        ("lead-times", lead_times(analysis), 640, ""),
        ("desk-flow", flow_chart(analysis), 560, ""),
        ("doubling-back", doubling_chart(analysis), 640, ""),
        ("survival", survival_curve(analysis), 640, time_words.CURVE_NOTE),
        ("matrix", matrix, 720, rarer),
        ("cohort-times", cohort_charts.lead_times(analysis), 640, cohort_words.TIMES_CAPTION),
        ("cohort-shares", cohort_charts.shares(analysis), 640, cohort_words.SHARES_CAPTION),
    )
    return tuple(Drawn(name, figure, width, caption) for name, figure, width, caption in made if figure is not None)


def _charts(analysis: Analysis) -> dict[str, Chart]:
    return {
        one.name: Chart(
            one.name, embedded_json(one.figure.to_plotly_json()), one.figure.layout.height, one.width, one.caption
        )
        for one in drawn_figures(analysis)
    }


# -------------------------------------------------------------------------------------------------------- tables


def _tables(analysis: Analysis) -> dict[str, Any]:
    made = (
        evidence.activities_table(analysis),
        evidence.activity_hand_offs_table(analysis),
        evidence.step_hand_offs_table(analysis),
        *map_tables(analysis),
        evidence.waits_table(analysis),
        evidence.waiting_table(analysis),
        link_tables.links_table(analysis),
        link_tables.orphans_table(analysis),
        link_tables.in_no_stream_table(analysis),
        link_tables.cut_table(analysis),
        link_tables.weak_table(analysis),
        *desk_tables(analysis),
        several_references.references_table(analysis),
        several_references.further_deviations_table(analysis),
        several_references.nearest_table(analysis),
        evidence.rates_table(analysis),
        evidence.deviations_table(analysis),
        acceptances.acceptances_table(analysis),
        *deviating.tables(analysis),
        hand_off_quality.bounces_table(analysis),
        evidence.lead_times_table(analysis),
        *doubling_tables(analysis),
        *cost_tables(analysis),
        evidence.ends_table(analysis),
        improve_tables.value_times_table(analysis),
        improve_tables.scopes_table(analysis),
        improve_tables.led_to_table(analysis),
        improve_tables.effects_table(analysis),
        improve_tables.compared_table(analysis),
        improve_tables.ripple_table(analysis),
        *time_tables(analysis),
        *cohort_tables.cohort_tables(analysis),
        accounts.ledger_table(analysis),
        accounts.events_table(analysis),
        accounts.beside_table(analysis),
        accounts.rules_table(analysis),
        accounts.unmapped_table(analysis),
        accounts.rejected_table(analysis),
        accounts.files_table(analysis),
    )
    return {one.name: one for one in made if one is not None}


# --------------------------------------------------------------------------------------------------------- facts


def _facts(analysis: Analysis, audit: AuditRun | None) -> dict[str, Any]:
    """What the templates say beside charts and tables."""
    rows, tail = routes(analysis)
    spec, streams = analysis.mapping.export, analysis.streams
    desk = desk_texts(analysis)
    links, times = linking.linking(analysis), time_facts(analysis)
    improved = improving.improving(analysis)
    shown = {
        "desk": desk,
        "links": links,
        "improvement": improved,
        "scope": analysis.measures.scopes,
        "costs": analysis.costs,
        "cohorts": analysis.cohorts,
    }
    holds = "ends" if streams.tells_ends else streams.holds.value
    zone = words.ZONE_ASSUMED if spec.time.zone is None else words.ZONE.format(zone=formats.harmless(spec.time.zone))
    return {
        "sections": _sections(shown, audit=audit is not None),
        "maps": map_panels.panels(analysis),
        "why_this_map": map_panels.why(analysis),
        "agreement_key": map_panels.agreement_key(),
        "links": links,
        "improving": improved,
        "value": improving.value_sentences(analysis),
        "desk": desk,
        **doubling_facts(analysis),
        **cost_facts(analysis),
        "time": times,
        "cohorts": cohort_sentences.cohort_sentences(analysis),
        "reopening": reopening.reopening(analysis),
        "period": f"{formats.date(streams.first_event)} – {formats.date(streams.last_event)}" if streams.cases else "",
        "routes": rows,
        "shown": sum(not one.extra for one in rows),
        "tail": tail,
        "covering": [(ratio, needed_for(analysis, ratio)) for ratio in (0.5, 0.8)],
        "activities": [(activity_token(one.value), one.display) for one in Activity],
        "observable": {activity_token(one.activity.value) for one in activity_counts(analysis) if one.observable},
        "time_classes": [(f"time-{number}", name) for number, name in enumerate(_time_names())],
        "elapsed": elapsed_time(analysis),
        "between": {"point": words.BETWEEN, "ends": words.BETWEEN_ENDS}.get(holds, ""),
        "confirmed": _confirmed(analysis),
        "timer": _timer(analysis),
        "zone": zone,
        "holds": f"{words.HOLDS[holds]} {link_words.NEXT_OF_STREAM}" if links else words.HOLDS[holds],
        "hands_time": words.HANDS_TIME[holds],
        "definitions": (
            *words.DEFINITIONS,
            *(link_words.LINK_DEFINITIONS if links else ()),
            *(time_words.DEFINITIONS if times else ()),
        ),
        "glossary": linking.glossary(analysis),
        "privacy": cohort_sentences.privacy(analysis) or linking.privacy(analysis),
        "accepted": acceptances.acceptances_line(analysis),
        "hand_off_lines": hand_off_quality.lines(analysis),
        "model_quality": MODEL_QUALITY,
        "costliest": deviating.costliest(analysis),
        "not_checked": sorted(analysis.conformance.not_checked.items()) if analysis.conformance else [],
        "not_observable": [names.reference_label(one) for one in analysis.conformance.not_observable]
        if analysis.conformance
        else [],
    }


def _sections(shown: dict[str, Any], *, audit: bool) -> list[tuple[str, str]]:
    """Ids and titles in the order of the page; a few sections are not in every report."""
    found = [(name, title) for name, (title, _) in words.SECTIONS.items() if shown.get(name, True) is not None]
    return [found[0], ("audit", "Audit"), *found[1:]] if audit else found


def _time_names() -> list[str]:
    return [*(name for _, name in names.TIME_CLASSES), names.LAST_TIME_CLASS]


def _confirmed(analysis: Analysis) -> str:
    confirmed = confirmed_streams(analysis.streams)
    if confirmed is None:
        return words.CONFIRMED_NONE
    if not confirmed:
        return words.CONFIRMED_ZERO
    ratio = formats.percent(formats.share(confirmed, analysis.streams.cases))
    return words.CONFIRMED_SOME.format(n=formats.count(confirmed), share=ratio)


def _timer(analysis: Analysis) -> str:
    ends = analysis.measures.ends
    lapsed = sum(number for end, number in ends.items() if end.value == "lapsed")
    whole = sum(ends.values())
    ratio = formats.percent(formats.share(lapsed, whole))
    return (
        words.TIMER.format(n=formats.count(lapsed), all=formats.count(whole), what=what_ends(analysis), share=ratio)
        if lapsed
        else ""
    )


# ----------------------------------------------------------------------------------------------------- templates


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    import jinja2

    loader = jinja2.PackageLoader("mining.report")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(w=words, mw=map_words, zip=zip)
    for used in (
        formats.count,
        formats.many,
        formats.percent,
        formats.whole_percent,
        formats.duration,
        formats.harmless,
        formats.glued,
        formats.moment,
        names.reference_label,
        names.value_mark,
    ):
        environment.filters[used.__name__] = used
    return environment
