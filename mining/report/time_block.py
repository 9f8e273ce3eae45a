"""The block on time of `result.json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mining.core.analysis import Analysis
from mining.core.calendars import DAY_NAMES
from mining.core.timing import CalendarUse, Survival, SurvivalPoint, WindowCut, WorkingTime
from mining.report.formats import share
from mining.report.times_as_json import distribution_block, quantiles_block
from mining.report.timing import assumptions, cut_sentences, hours_in_words

Json = dict[str, Any]


def time_block(analysis: Analysis) -> Json | None:
    """Working time, the estimate with streams that are not done yet, and streams that the window cuts; None where only
    elapsed durations were measured."""
    timing = analysis.measures.timing
    if timing is None:
        return None
    return {
        "working": None if timing.working is None else _working(timing.working),
        "without_calendar": timing.without,
        "flow_assumptions": list(assumptions(analysis)),
        "survival": {
            "claimed": _survival(timing.claimed),
            "held": _survival(timing.held),
            "not_estimated": timing.not_survival,
        },
        "window": _window(timing.window),
        "window_warnings": list(cut_sentences(analysis)),
    }


def _working(of: WorkingTime) -> Json:
    flow = of.flow
    low, high = flow.of_elapsed or (None, None)
    work_low, work_high = flow.of_working or (None, None)
    return {
        "calendars": [_calendar(use) for use in of.calendars],
        "by_group": of.by_group,
        "lead_time": {
            "claimed": distribution_block(of.lead_time_claimed),
            "held": distribution_block(of.lead_time_held),
            "closure": distribution_block(of.closure),
            "closure_lag": distribution_block(of.closure_lag),
        },
        "flow_efficiency": {
            "of_elapsed_lower": low,
            "of_elapsed_upper": high,
            "of_working_lower": work_low,
            "of_working_upper": work_high,
            "elapsed_us": flow.elapsed,
            "within_us": flow.within,
            "within_share": share(flow.within, flow.elapsed),
            "outside_us": flow.elapsed - flow.within,
            "outside_share": share(flow.elapsed - flow.within, flow.elapsed),
            "not_waiting_within_us": flow.calm,
            "most_work_us": flow.most,
            "recorded_work_us": flow.recorded,
            "recorded_within_at_least_us": flow.least,
        },
        "waiting": [
            {
                "on": one.on,
                "total_us": one.total,
                "within_us": one.within,
                "outside_us": one.outside,
                "outside_share": share(one.outside, one.total),
                "share_of_working": share(one.within, flow.within),
            }
            for one in of.waiting
        ],
        "visit_times": [
            {
                "activity": label.activity.value,
                "step": label.step,
                "waiting": label.waiting,
                "value": None if label.value is None else label.value.value,
                "times": quantiles_block(times),
            }
            for label, times in of.visits
        ],
        "between_visits": quantiles_block(of.between),
        "hand_offs": [
            {
                "source": one.source or "demand",
                "source_step": one.source_step,
                "target": one.target or "value",
                "target_step": one.target_step,
                "times": quantiles_block(one.times),
            }
            for one in of.hand_offs
        ],
    }


def _calendar(use: CalendarUse) -> Json:
    calendar = use.calendar
    return {
        "group": use.group,
        "tickets": use.tickets,
        "zone": calendar.zone,
        "hours": {name: hours_in_words(of_day) for name, of_day in zip(DAY_NAMES, calendar.week, strict=True)},
        "holidays": calendar.country,
        "subdivision": calendar.subdivision,
        "free": [day.isoformat() for day in calendar.free],
        "working_us": use.working,
        "holidays_in_window": use.holidays,
        "unknown_years": list(use.unknown_years),
    }


def _survival(of: Survival | None) -> Json | None:
    if of is None:
        return None
    return {
        "streams": of.streams,
        "done": of.done,
        "open": of.open,
        "left": of.left,
        "median_us": of.median,
        "median_interval_us": list(of.median_interval),
        "p85_us": of.p85,
        "p85_interval_us": list(of.p85_interval),
        "percentiles_us": list(of.percentiles),
        "curve": [_point(point) for point in of.curve],
        "marks": [_point(point) for point in of.marks],
        "longest_us": of.longest,
        "unit_us": of.unit,
    }


def _point(of: SurvivalPoint) -> Json:
    return {"within_us": of.time, "done": of.done, "low": of.low, "high": of.high, "at_risk": of.at_risk}


def _window(of: WindowCut) -> Json:
    return {
        **asdict(of),
        "open_share": None if of.open is None else share(of.open, of.streams),
        "begun_before_share": None if of.begun_before is None else share(of.begun_before, of.early),
    }
