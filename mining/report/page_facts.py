"""What the page says beside its charts and tables, by the names that the templates call it by."""

from __future__ import annotations

from typing import Any

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.audit import AuditRun
from mining.core.results import HAND_OFF
from mining.report import (
    acceptances,
    cohort_sentences,
    deviating,
    deviation_words,
    differing,
    examples,
    formats,
    hand_off_quality,
    improving,
    link_words,
    linking,
    map_panels,
    names,
    parts_section,
    reopening,
    sections,
    time_words,
    words,
)
from mining.report.actions import actions
from mining.report.breakdown import breakdown_facts
from mining.report.cost_tables import cost_facts
from mining.report.desk import desk_texts
from mining.report.doubling import doubling_facts
from mining.report.language import t, told
from mining.report.parting import parting
from mining.report.routes import activity_token, needed_for, routes
from mining.report.tally import activity_counts, confirmed_streams, elapsed_time, waits, what_ends
from mining.report.timing import time_facts
from mining.report.workload import workload

_MOST = 0.5
"""From this share of the time on that lies between visits, bounds of flow efficiency say nothing."""


def page_facts(analysis: Analysis, audit: AuditRun | None) -> dict[str, Any]:
    """What the templates say beside charts and tables."""
    rows, tail = routes(analysis)
    spec, streams = analysis.mapping.export, analysis.streams
    desk = desk_texts(analysis)
    links, times = linking.linking(analysis), time_facts(analysis)
    improved = improving.improving(analysis)
    scopes, load, parted = analysis.measures.scopes, workload(analysis), parting(analysis)
    parts = parts_section.parts_said(analysis)
    there = {
        "audit": audit,
        "desk": desk,
        "workload": load,
        "links": links,
        "improvement": improved,
        "scope": scopes is not None and len(scopes.parts) > 1,
        "costs": analysis.costs,
        "cohorts": analysis.cohorts,
        "slices": parts,
    }
    holds = "ends" if streams.tells_ends else streams.holds.value
    zone = words.ZONE_ASSUMED if spec.time.zone is None else words.ZONE.format(zone=formats.harmless(spec.time.zone))
    return {
        "contents": sections.contents(there),
        "actions": actions(analysis),
        "breakdown": breakdown_facts(analysis),
        "workload": load,
        "parting": parted,
        "links": links,
        "improving": improved,
        "value": improving.value_sentences(analysis),
        "one_scope": improving.one_scope(analysis),
        "desk": desk,
        "rates": conformance_rates(analysis),
        **doubling_facts(analysis),
        **cost_facts(analysis),
        "time": times,
        "cohorts": cohort_sentences.cohort_sentences(analysis),
        "parts": parts,
        "differing": differing.differing_said(analysis),
        "reopening": reopening.reopening(analysis),
        "maps": map_panels.panels(analysis),
        "why_this_map": map_panels.why(analysis),
        "agreement_key": map_panels.agreement_key(),
        "period": _period(analysis),
        "routes": rows,
        "shown": sum(not one.extra for one in rows),
        "tail": tail,
        "covering": [(ratio, needed_for(analysis, ratio)) for ratio in (0.5, 0.8)],
        "activities": [(activity_token(one.value), names.display(one)) for one in Activity],
        "observable": {activity_token(one.activity.value) for one in activity_counts(analysis) if one.observable},
        "time_classes": [(f"time-{number}", name) for number, name in enumerate(_time_names())],
        "elapsed": elapsed_time(analysis),
        "between": {"point": words.BETWEEN, "ends": words.BETWEEN_ENDS}.get(holds, ""),
        "untold": _flow_untold(analysis) if holds == "point" else "",
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
        "evidence": examples.evidence(analysis),
        "example_variants": examples.of_variants(analysis),
        "examples_named": examples.named(analysis),
        "model_quality": deviation_words.MODEL_QUALITY,
        "costliest": deviating.costliest(analysis),
        "not_checked": [(told(why), n) for why, n in sorted(analysis.conformance.not_checked.items())]
        if analysis.conformance
        else [],
        "not_observable": [names.reference_label(one) for one in analysis.conformance.not_observable]
        if analysis.conformance
        else [],
    }


def _flow_untold(analysis: Analysis) -> str:
    """Said in place of the bounds of flow efficiency, where most of the time may as well have been work."""
    between = sum(one.total for one in waits(analysis) if one.on == HAND_OFF)
    ratio = formats.share(between, elapsed_time(analysis))
    most = ratio is not None and ratio >= _MOST
    return words.FLOW_UNTOLD.format(share=formats.percent(ratio)) if most else ""


def _period(analysis: Analysis) -> str:
    streams = analysis.streams
    first, last = formats.date(streams.first_event), formats.date(streams.last_event)
    return "" if not streams.cases else first if first == last else f"{first} – {last}"


def _time_names() -> list[str]:
    return [*(t(name) for _, name in names.TIME_CLASSES), t(names.LAST_TIME_CLASS)]


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
        words.TIMER[what_ends(analysis)].format(n=formats.count(lapsed), all=formats.count(whole), share=ratio)
        if lapsed
        else ""
    )


def conformance_rates(analysis: Analysis) -> tuple[tuple[str, str, str], ...]:
    """Both rates and fitness: the name of each, the figure, and over what it was taken."""
    found = analysis.conformance
    if found is None:
        return ()
    rates, (by_streams, by_moves, fitness) = found.rates, (name for name, _ in words.DEFINITIONS[:3])
    checked = formats.many(rates.checked, "checked stream")
    return (
        (
            by_streams,
            formats.percent(rates.streams),
            t("{n} of {streams}", n=formats.count(rates.conforming), streams=checked),
        ),
        (
            by_moves,
            formats.percent(rates.moves),
            t(
                "{n} of {moves}",
                n=formats.count(rates.matched_moves),
                moves=formats.many(rates.visible_moves, "visible move"),
            ),
        ),
        (
            fitness,
            formats.NOTHING if rates.fitness is None else formats.decimal(rates.fitness, 3),
            t(
                "{moves}, {streams}; 1 is the best",
                moves=formats.many(rates.total_cost, "costly move"),
                streams=checked,
            ),
        ),
    )
