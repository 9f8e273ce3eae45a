"""What `result.json` says of the deviations that were looked at more closely."""

from __future__ import annotations

from typing import Any

from mining.core.conformance import Evidence, Interval
from mining.core.results import Conformance, Deviation
from mining.report.deviating import looked_at
from mining.report.formats import share

Json = dict[str, Any]


def evidence_by_deviation(found: Conformance) -> dict[Deviation, Json]:
    """What `result.json` says of each deviation that was looked at more closely."""
    return {one: _evidence(evidence) for one, evidence in looked_at(found)}


def _evidence(of: Evidence) -> Json:
    effect, trend = of.effect, of.trend
    return {
        "lead_time_with": _interval(effect.with_it),
        "lead_time_without": _interval(effect.without_it),
        "difference_us": effect.difference,
        "difference_low_us": effect.low,
        "difference_high_us": effect.high,
        "first_us": of.first,
        "last_us": of.last,
        "trend": trend.direction,
        "trend_slope": trend.slope,
        "trend_p": trend.p,
        "periods": [{"checked": one.checked, "streams": one.streams} for one in trend.periods],
        "over_represented": [
            {
                "attribute": one.attribute,
                "value": one.value,
                "streams": one.streams,
                "deviating": one.deviating,
                "others": one.others,
                "without": one.without,
                "share": share(one.streams, one.deviating),
                "share_without": share(one.others, one.without),
                "p": one.p,
            }
            for one in of.over_represented
        ],
        "examples": list(of.examples),
    }


def _interval(of: Interval) -> Json:
    return {"n": of.n, "median_us": of.median, "low_us": of.low, "high_us": of.high}


def cases_block(found: Conformance) -> Json | None:
    """What was looked at, and by which periods; None where nobody looked at the cases."""
    if found.cases is None:
        return None
    return {
        "deviations_looked_at": found.cases.looked_at,
        "period_unit": found.cases.unit,
        "period_begins_us": list(found.cases.begins),
        "attributes": list(found.cases.attributes),
        "tests": found.cases.tested,
        "notes": list(found.cases.notes),
    }
