"""The large blocks of `result.json`: streams, discovery, measures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mining.core.activities import End, State
from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report import words
from mining.report.doubling import doubling_blocks
from mining.report.formats import share
from mining.report.map_parts import passes
from mining.report.reopening import reopening_block
from mining.report.routes import needed_for, routes
from mining.report.steps_block import hand_off_block
from mining.report.tally import (
    activity_counts,
    by_frequency,
    checks_by_variant,
    confirmed_streams,
    drawn,
    elapsed_time,
    further_deviating,
    reached_value,
    top_variants,
    waiting_time,
)
from mining.report.times_as_json import distribution_block, instant, quantiles_block

Json = dict[str, Any]


def streams_block(analysis: Analysis) -> Json:
    """The streams: how many, in which state, through which activities, in which variants."""
    streams = analysis.streams
    confirmed = confirmed_streams(streams)
    _, tail = routes(analysis)
    return {
        "cases": streams.cases,
        "events": streams.events,
        "visits": streams.visits,
        "variants": len(streams.variants),
        "open": streams.open,
        "cancelled": streams.cancelled,
        "states": {state.value: streams.states.get(state, 0) for state in State},
        "fulfilled": analysis.measures.fulfilled,
        "reached_value": reached_value(streams),
        "confirmed": confirmed,
        "confirmed_share": None if confirmed is None else share(confirmed, streams.cases),
        "beyond_cap": streams.beyond_cap,
        "can_end": streams.can_end,
        "can_realise_value": streams.can_realise_value,
        "first_event": instant(streams.first_event) if streams.cases else None,
        "last_event": instant(streams.last_event) if streams.cases else None,
        "activities": [
            {
                "activity": one.activity.value,
                "observable": one.observable,
                "streams": one.streams,
                "visits": one.visits,
                "time_us": one.time,
                "time_share": one.time_share,
            }
            for one in activity_counts(analysis)
        ],
        "top_variants": _variants(analysis, extra=False),
        "deviating_variants": _variants(analysis, extra=True),
        "further_variants": {"variants": tail.variants, "streams": tail.streams, "share": tail.ratio},
        "variants_for_half": needed_for(analysis, 0.5),
        "variants_for_80_percent": needed_for(analysis, 0.8),
    }


def _variants(analysis: Analysis, *, extra: bool) -> list[Json]:
    checks, times = checks_by_variant(analysis), analysis.measures.variant_lead_time
    shown = [row for row in routes(analysis)[0] if row.extra is extra]
    variants = further_deviating(analysis) if extra else top_variants(analysis.streams)
    rows = []
    for variant, row in zip(variants, shown, strict=True):
        check = checks.get(variant.id)
        rows.append(
            {
                "number": row.number,
                "symbols": [str(symbol) for symbol in variant.symbols],
                "state": variant.state.value,
                "streams": variant.streams,
                "share": row.ratio,
                "cumulative_share": row.cumulative,
                "streams_with_unmapped": variant.streams_with_unmapped,
                "lead_time_held": quantiles_block(times.get(variant.id)),
                "conforms": None if check is None else check.conforms,
                "cost": None if check is None else check.cost,
                "deviations": []
                if check is None
                else [
                    {"kind": one.kind.value, "label": one.label, "instead_of": one.instead_of, "moves": one.moves}
                    for one in check.deviations
                ],
            }
        )
    return rows


# ---------------------------------------------------------------------------------------------------- discovery


def discovery_block(analysis: Analysis) -> Json:
    """Hand-offs and models."""
    found = analysis.discovery
    return {
        "directly_follows": [hand_off_block(one) for one in by_frequency(analysis.streams.steps)],
        "between_activities": [_between_activities(one) for one in by_frequency(analysis.streams.activities)],
        "hidden_on_map": drawn(analysis)[1],
        "bpmn": words.MODEL_FILES[0][0],
        "pnml": words.MODEL_FILES[1][0],
        "tree": found.tree,
        "noise_threshold": found.noise_threshold,
        "places": found.places,
        "transitions": found.transitions,
        "arcs": found.arcs,
        "precision": found.precision,
        "generalisation": found.generalisation,
        "variants_used": found.variants_used,
        "streams_used": found.streams_used,
        "streams_all": found.streams_all,
    }


def _between_activities(one: HandOff) -> Json:
    of = {name: told for name, told in hand_off_block(one).items() if name not in ("source_step", "target_step")}
    return {**of, "documented": passes(one)}


# ---------------------------------------------------------------------------------------------------- measures


def measures_block(analysis: Analysis) -> Json:
    """Lead times, waiting, doubling back, ends, and by what the export was selected."""
    measures = analysis.measures
    ends = sum(measures.ends.values())
    return {
        "fulfilled": measures.fulfilled,
        "lead_time": {
            "claimed": distribution_block(measures.lead_time_claimed),
            "held": distribution_block(measures.lead_time_held),
            "last": distribution_block(measures.lead_time_last),
            "closure": distribution_block(measures.closure),
            "closure_lag": distribution_block(measures.closure_lag),
        },
        "flow_efficiency": {
            "lower": measures.flow_efficiency.lower,
            "upper": measures.flow_efficiency.upper,
            "elapsed_us": measures.flow_efficiency.elapsed,
            "not_waiting_us": measures.flow_efficiency.not_waiting,
            "recorded_work_us": measures.flow_efficiency.recorded_work,
        },
        "rework": {
            **asdict(measures.rework),
            "back_to_activity_share": share(measures.rework.back_to_activity, measures.rework.streams),
        },
        **doubling_blocks(analysis),
        "reopening": reopening_block(measures.reopening),
        "waiting": _waiting(analysis),
        "visit_times": _visit_times(analysis),
        "ends": {end.value: measures.ends.get(end, 0) for end in End},
        "ends_share": {end.value: share(measures.ends.get(end, 0), ends) for end in End},
        "ended_without_value": measures.ended_without_value,
        "without_value_or_end": measures.without_value_or_end,
        "selection": {**asdict(measures.selection), "not_shown": list(measures.selection.not_shown)},
    }


def _waiting(analysis: Analysis) -> Json:
    elapsed = elapsed_time(analysis)
    return {
        "elapsed_us": elapsed,
        "waiting_us": waiting_time(analysis),
        "share": share(waiting_time(analysis), elapsed),
        "by": [
            {
                "on": one.on,
                "total_us": one.total,
                "share": share(one.total, elapsed),
                "visits": one.visits,
                "streams": one.streams,
            }
            for one in sorted(analysis.measures.waiting, key=lambda one: (-one.total, one.on or ""))
        ],
    }


def _visit_times(analysis: Analysis) -> list[Json]:
    """By visit label, the one with the most time first."""
    elapsed = elapsed_time(analysis)
    order = sorted(
        analysis.measures.visit_times,
        key=lambda one: (-(one.times.total if one.times else 0), -one.visits, str(one.label.symbol)),
    )
    return [
        {
            "activity": one.label.activity.value,
            "step": one.label.step,
            "waiting": one.label.waiting,
            "value": None if one.label.value is None else one.label.value.value,
            "visits": one.visits,
            "streams": one.streams,
            "after_value": one.after_value,
            "times": quantiles_block(one.times),
            "share": None if one.times is None else share(one.times.total, elapsed),
        }
        for one in order
    ]
