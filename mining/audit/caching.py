"""The cache of an audit: what earlier runs read, mapped and aligned."""

from __future__ import annotations

from mining.audit.plan import Plan
from mining.core.cache import Cache


def cache_of(plan: Plan) -> Cache | None:
    """The cache that the audit file names; None where it names none."""
    place = plan.cache
    if place is None:
        return None
    return Cache(place.folder, at_most=place.at_most, keep=place.unused_for.total_seconds())


def counts(cache: Cache | None) -> dict[str, dict[str, int]]:
    """For the record of a run: what came from the cache, and what was worked out."""
    return {} if cache is None else {"cache": dict(sorted(cache.used.items()))}
