"""The few statistics of this room.

The distributions come from scipy.special, imported where it is used: scipy.stats, which has the same, takes a second or
more to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt

import numpy as np

from mining.core.conformance import CONFIDENCE, Period

EACH = 1 - (1 - CONFIDENCE) / 2
"""The confidence of each of two intervals that are to hold together with `CONFIDENCE` (Bonferroni)."""


def median_ranks(n: int) -> tuple[int, int | None, int | None]:
    """Of `n` values in order (counted from 1): the rank of the median, and the ranks between which it lies with the
    confidence `EACH`, whatever the values are distributed like; None where `n` is too small for that.

    The number of values below the true median is binomial(n, ½): the bounds are the ranks that it stays between.
    """
    from scipy.special import bdtr, bdtrik

    rare = (1 - EACH) / 2
    low = int(np.ceil(bdtrik(rare, n, 0.5)))
    low -= low > 0 and bdtr(low - 1.0, n, 0.5) >= rare  # P(X < low) is at most `rare`
    return max(1, -(-n // 2)), low or None, n + 1 - low if low else None


def adjusted(p: Sequence[float]) -> list[float]:
    """p-values so that of all that are called significant the expected share of false alarms stays below the level
    (Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", 1995)."""
    falling = np.argsort(p, kind="stable")[::-1]
    scaled = np.array(p)[falling] * len(p) / np.arange(len(p), 0, -1)
    found = np.empty(len(p))
    found[falling] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return [float(one) for one in found]


def more_often(hits: int, of: int, others: int, without: int) -> float:
    """Fisher's exact test, one-sided: how probable `hits` of `of` or more are, if the value were spread at random over
    those and the `others` of `without`: the tail of the hypergeometric distribution."""
    marked, everybody = hits + others, of + without
    least, most = max(0, of + marked - everybody), min(of, marked)
    if hits <= least:
        return 1.0
    if hits > of * marked / everybody:
        return min(1.0, _tail(hits, most, of, marked, everybody))
    # Below the middle the other tail is the short one. Seen from the unmarked, fewer marked are more of them.
    return 1.0 - min(1.0, _tail(of - hits + 1, of - least, of, everybody - marked, everybody))


def _tail(hits: int, most: int, of: int, marked: int, everybody: int) -> float:
    """P(at least `hits`), where that lies above the middle: each term is smaller than the one before, and those count
    that a double can tell from nothing."""
    from scipy.special import gammaln

    def ways(n: int, k: int) -> float:
        return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))

    first = ways(marked, hits) + ways(everybody - marked, of - hits) - ways(everybody, of)
    share = marked / everybody
    terms = min(most - hits, 50 + int(12 * sqrt(of * share * (1 - share))))
    x = np.arange(hits, hits + terms, dtype=np.float64)
    ratios = (marked - x) / (x + 1) * ((of - x) / (everybody - marked - of + x + 1))
    return exp(first) * float(1 + np.cumprod(ratios).sum())


def trend(periods: Sequence[Period]) -> tuple[float, float] | None:
    """(slope, p): by how much the share changes a period, and the two-sided p-value of the Cochran-Armitage test for
    trend; None where the share cannot vary or there is but one period."""
    from scipy.special import ndtr

    seen = [(i, one.checked, one.streams) for i, one in enumerate(periods) if one.checked]
    n, hits = sum(c for _, c, _ in seen), sum(s for *_, s in seen)
    if len(seen) < 2 or not 0 < hits < n:
        return None
    share, middle = hits / n, sum(i * c for i, c, _ in seen) / n
    spread = sum(c * (i - middle) ** 2 for i, c, _ in seen)
    lean = sum(s * (i - middle) for i, _, s in seen)
    return lean / spread, float(2 * ndtr(-abs(lean) / sqrt(share * (1 - share) * spread)))
