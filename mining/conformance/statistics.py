"""The few statistics of this room. scipy is imported where it is used, since it is slow to import."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from mining.core.conformance import CONFIDENCE, Period

EACH = 1 - (1 - CONFIDENCE) / 2
"""The confidence of each of two intervals that are to hold together with `CONFIDENCE` (Bonferroni)."""


def median_ranks(n: int) -> tuple[int, int | None, int | None]:
    """Of `n` values in order (counted from 1): the rank of the median, and the ranks between which it lies with the
    confidence `EACH`, whatever the values are distributed like; None where `n` is too small for that.

    The number of values below the true median is binomial(n, ½): the bounds are the ranks that it stays between.
    """
    from scipy.stats import binom

    low = int(binom.ppf((1 - EACH) / 2, n, 0.5))  # P(X < low) is at most (1 − EACH) / 2
    return max(1, -(-n // 2)), low or None, n + 1 - low if low else None


def adjusted(p: Sequence[float]) -> list[float]:
    """p-values so that of all that are called significant the expected share of false alarms stays below the level
    (Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", 1995)."""
    if not p:
        return []
    from scipy.stats import false_discovery_control

    return [float(one) for one in false_discovery_control(p)]


def more_often(hits: int, of: int, others: int, without: int) -> float:
    """Fisher's exact test, one-sided: how probable `hits` of `of` or more are, if the value were spread at random over
    those and the `others` of `without`."""
    from scipy.stats import hypergeom

    return float(hypergeom.sf(hits - 1, of + without, hits + others, of))


def trend(periods: Sequence[Period]) -> tuple[float, float] | None:
    """(slope, p): by how much the share changes a period, and the two-sided p-value of the Cochran-Armitage test for
    trend; None where the share cannot vary or there is but one period."""
    from scipy.stats import norm

    seen = [(i, one.checked, one.streams) for i, one in enumerate(periods) if one.checked]
    n, hits = sum(c for _, c, _ in seen), sum(s for *_, s in seen)
    if len(seen) < 2 or not 0 < hits < n:
        return None
    share, middle = hits / n, sum(i * c for i, c, _ in seen) / n
    spread = sum(c * (i - middle) ** 2 for i, c, _ in seen)
    lean = sum(s * (i - middle) for i, _, s in seen)
    return lean / spread, float(2 * norm.sf(abs(lean) / sqrt(share * (1 - share) * spread)))
