"""The blocks of `result.json` on improvement, on run and change, and on how often value came."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mining.core.analysis import Analysis
from mining.core.improvement import Effect, Interval, Ripple
from mining.report.formats import share
from mining.report.times_as_json import quantiles_block

Json = dict[str, Any]


def improvement_block(analysis: Analysis) -> Json | None:
    """The improve loop; None where nothing could lead to an improvement."""
    found = analysis.measures.improvement
    if found is None:
        return None
    return {
        "types": list(found.types),
        "grouped_by": None if found.fact is None else found.fact.value,
        "least": found.least,
        "days": found.days,
        "incidents": found.incidents,
        "telling": found.telling,
        "telling_share": share(found.telling, found.incidents),
        "groups": found.groups,
        "looked_at": found.looked_at,
        "beyond": found.beyond,
        "recurring": found.recurring,
        "recurring_share": share(found.recurring, found.groups),
        "incidents_in_recurring": found.in_recurring,
        "led_to": [
            {
                **asdict(one),
                "kind": one.kind.value,
                "share": share(one.incidents, found.incidents),
                "groups_share": share(one.groups, found.recurring),
            }
            for one in found.led_to
        ],
        "effects": [_effect(one) for one in found.effects],
        "ripple": _ripple(found.ripple),
    }


def _effect(one: Effect) -> Json:
    return {
        **asdict(one),
        "kind": one.kind.value,
        "verdict": one.verdict.value,
        "ratio": _interval(one.ratio),
        "after_to_before": one.own,
        "expected_to_before": one.others,
    }


def _ripple(one: Ripple | None) -> Json | None:
    if one is None:
        return None
    return {
        **asdict(one),
        "verdict": one.verdict.value,
        "daily": [{"day": day, "incidents": incidents} for day, incidents in one.by_day],
        "band": None if one.band is None else {"low": one.band[0], "high": one.band[1]},
        "base_day": one.base_day,
        "base_line": one.base_line,
        "after_each": one.after_each,
        "ratio": _interval(one.ratio),
    }


def _interval(of: Interval | None) -> Json | None:
    return None if of is None else {"ratio": of.ratio, "low": of.low, "high": of.high}


def scope_block(analysis: Analysis) -> Json | None:
    """The split into run and change; None where nothing tells the scope of any stream."""
    found = analysis.measures.scopes
    if found is None:
        return None
    return {
        "told_by": found.told_by,
        "parts": [
            {
                "scope": None if one.scope is None else one.scope.value,
                "streams": one.streams,
                "share": share(one.streams, found.streams),
                "fulfilled": one.fulfilled,
                "elapsed_us": one.elapsed,
                "elapsed_share": share(one.elapsed, found.elapsed),
                "recorded_work_us": one.recorded_work,
                "recorded_work_share": share(one.recorded_work, found.recorded_work),
                "lead_time_claimed": quantiles_block(one.lead_time),
            }
            for one in found.parts
        ],
    }


def value_block(analysis: Analysis) -> Json | None:
    """How often value came, children, and times that contradict each other."""
    found = analysis.measures.realised
    if found is None:
        return None
    children = found.children
    return {
        "streams": found.with_value,
        "times": [{**asdict(one), "share": share(one.streams, found.with_value)} for one in found.times],
        "children": None
        if children is None
        else {
            "tickets": children.tickets,
            "absent": children.absent,
            "cascaded": children.cascaded,
            "streams_with_value": children.with_value,
            "cascaded_with_value": children.cascaded_with_value,
            "resolutions": children.resolutions,
            "lead_time_claimed": quantiles_block(children.lead_time),
        },
        "against_time": asdict(found.against_time),
    }
