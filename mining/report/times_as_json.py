"""Moments and durations as `result.json` has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mining.core.results import Distribution
from mining.core.streams import Quantiles

Json = dict[str, Any]


def instant(microseconds: int) -> str:
    """Microseconds since 1970-01-01 UTC → "2016-02-29T08:16:00.000000+00:00"."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds")


def quantiles_block(of: Quantiles | None) -> Json | None:
    """Quantiles of durations, in microseconds; None where there is none."""
    if of is None:
        return None
    return {"n": of.n, "total_us": of.total, "median_us": of.median, "p85_us": of.p85, "p95_us": of.p95}


def distribution_block(of: Distribution) -> Json:
    """A distribution of durations, in microseconds, with its percentiles from 0 to 100."""
    quantiles = {"median_us": of.median, "p85_us": of.p85, "p95_us": of.p95}
    return {"n": of.n, **quantiles, "percentiles_us": list(of.percentiles)}
