"""The maps in `result.json`."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.streams import HandOff
from mining.report.agreement import agreed, agreed_streams, compared
from mining.report.map_parts import documented, passes
from mining.report.step_tally import ONE_HOLDS, StepCount, first_map, step_map
from mining.report.steps_block import hand_off_block, step_block
from mining.report.tally import drawn
from mining.report.times_as_json import quantiles_block

Json = dict[str, Any]


def map_block(analysis: Analysis) -> Json:
    """Which map is shown first and why; the map on steps; what was agreed and what was seen."""
    first = first_map(analysis)
    return {
        "first": "steps" if first.steps else "activities",
        "rule": {
            "most_time": None if first.holder is None else first.holder.value,
            "share": first.held,
            "threshold": ONE_HOLDS,
            "activities_seen": first.seen,
        },
        "drawn_at_first": len(drawn(analysis)[0]),
        "steps": _steps(analysis),
        "agreed": _agreed(analysis),
    }


def _steps(analysis: Analysis) -> Json | None:
    shown = step_map(analysis)
    if shown is None:
        return None
    return {
        "steps": [_step(one) for one in shown.steps],
        "hand_offs": [_hand_off(one) for one in shown.drawable],
        "hand_offs_all": shown.all,
        "hand_offs_without_room": shown.roomless,
        "drawn_at_first": shown.drawn,
    }


def _step(one: StepCount) -> Json:
    return {**step_block(one), "time_share": one.time_share, "on_map": one.box is not None}


def _hand_off(one: HandOff) -> Json:
    return {**hand_off_block(one), "documented": passes(one)}


def _agreed(analysis: Analysis) -> Json | None:
    if not agreed_streams(analysis):
        return None
    return {
        "references": [one.reference for one in agreed_streams(analysis)],
        "passages": [
            {"source": one.source or "demand", "target": one.target or "value", "can_be_shown": one.visible}
            for one in agreed(analysis)
            if one.whole
        ],
        "compared": [
            {
                "source": one.source or "demand",
                "target": one.target or "value",
                "agreement": one.agreement.value,
                "skipping": one.skipping,
                "count": None if one.seen is None else one.seen.count,
                "streams": None if one.seen is None else one.seen.streams,
                "times": None if one.seen is None else quantiles_block(one.seen.times),
                "documented": documented(one.source, one.target),
            }
            for one in compared(analysis)
        ],
    }
