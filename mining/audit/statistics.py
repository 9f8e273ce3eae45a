"""Tests of whether two runs differ by more than chance, each with the size of the difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

from mining.core.audit import Drift

K = TypeVar("K")
_EXPECTED = 5.0  # what a cell of the test must be expected to hold, at least (Cochran 1954)


def drift(before: Mapping[K, int], now: Mapping[K, int]) -> Drift | None:
    """Pearson's chi-square test of homogeneity of two counts, with Cramér's V; None where a count is empty.

    Keys whose expected count is below 5 in either run are taken together.
    """
    n, m = sum(before.values()), sum(now.values())
    if not n or not m:
        return None
    rows: list[tuple[int, int]] = []
    rare = [0, 0]
    for key in {**before, **now}:
        pair = (before.get(key, 0), now.get(key, 0))
        if min(n, m) * sum(pair) / (n + m) < _EXPECTED:
            rare = [rare[0] + pair[0], rare[1] + pair[1]]
        else:
            rows.append(pair)
    if sum(rare):
        rows.append((rare[0], rare[1]))
    statistic = sum(_cell(pair[side], sum(pair), size, n + m) for pair in rows for side, size in ((0, n), (1, m)))
    degrees = len(rows) - 1
    effect = math.sqrt(statistic / (n + m))
    return Drift(n, m, len(rows), round(statistic, 6), degrees, _chi_square_tail(statistic, degrees), round(effect, 6))


def _cell(found: int, row: int, column: int, whole: int) -> float:
    expected = row * column / whole
    return (found - expected) ** 2 / expected if expected else 0.0


def _chi_square_tail(statistic: float, degrees: int) -> float:
    if degrees < 1:
        return 1.0
    from scipy.special import chdtrc

    return float(chdtrc(degrees, statistic))


def shares_differ(hits_before: int, of_before: int, hits: int, of: int) -> float:
    """The p-value of two shares being the same: z-test with the pooled share, two-sided; 1 where it cannot be
    tested."""
    if not of_before or not of:
        return 1.0
    pooled = (hits_before + hits) / (of_before + of)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / of_before + 1 / of))
    if not spread:
        return 1.0
    z = abs(hits / of - hits_before / of_before) / spread
    return math.erfc(z / math.sqrt(2))


def percentiles_differ(
    before: Sequence[int], n: int, now: Sequence[int], m: int, *, growing: bool = False
) -> tuple[float, float]:
    """Kolmogorov and Smirnov's distance of two distributions by their 101 percentiles, and its p-value (asymptotic).

    `growing`: the `m` times hold the `n` of before. Those that came since are then compared with those of before: where
    now is a mixture of both, their distance is that of the mixture times m / (m - n).

    The distance is known to about 0.01 (times that factor), which is taken off before the p-value is worked out, so
    that it errs on the side of "the same".
    """
    if not before or not now or (growing and m <= n):
        return 0.0, 1.0
    factor, came = (m / (m - n), m - n) if growing else (1.0, m)
    points = sorted({*before, *now})
    distance = min(1.0, factor * max(abs(_reached(before, at) - _reached(now, at)) for at in points))
    root = math.sqrt(n * came / (n + came)) * max(0.0, distance - 0.01 * factor)
    if not root:
        return distance, 1.0
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * (k * root) ** 2) for k in range(1, 101))
    return distance, min(1.0, max(0.0, sum(terms)))


def _reached(percentiles: Sequence[int], at: int) -> float:
    from bisect import bisect_right

    return bisect_right(percentiles, at) / len(percentiles)
