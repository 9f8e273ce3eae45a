"""Steps, and hand-offs between them, as the blocks of `result.json` have them."""

from __future__ import annotations

from typing import Any

from mining.core.streams import HandOff
from mining.report.step_tally import StepCount
from mining.report.times_as_json import quantiles_block

Json = dict[str, Any]


def step_block(one: StepCount) -> Json:
    """A step with how often it is visited, and how long streams were in it before value, in microseconds."""
    activity, step = one.step
    return {
        "activity": activity.value,
        "step": step,
        "streams": one.streams,
        "visits": one.visits,
        "time_us": one.time,
    }


def hand_off_block(one: HandOff) -> Json:
    """A hand-off by its ends, demand and value among them, with its counts and its times."""
    return {
        "source": one.source or "demand",
        "source_step": one.source_step,
        "target": one.target or "value",
        "target_step": one.target_step,
        "count": one.count,
        "streams": one.streams,
        "after_value": one.after_value,
        "times": quantiles_block(one.times),
    }
