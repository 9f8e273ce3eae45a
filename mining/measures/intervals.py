"""Intervals and tests that assume no distribution: of shares, of quantiles, and of the difference of two shares.

The distributions come from scipy.special: scipy.stats, which has the same, takes a second or more to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, sqrt

import numpy as np

from mining.core.cohorts import CONFIDENCE, Share

_FEW_EXPECTED = 5
"""Below this expected count the test of two shares is Fisher's exact one."""


def normal(confidence: float = CONFIDENCE) -> float:
    """The quantile of the standard normal distribution that leaves (1 − confidence) ÷ 2 above it."""
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))


def beyond(z: float) -> float:
    """How often a standard normal variable is as far from 0 as `z`, or farther."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def wilson(part: int, whole: int) -> Share:
    """A share with its score interval: Wilson (1927), Journal of the American Statistical Association 22, 209-212."""
    if not whole:
        return Share(part, whole, None, None)
    z = normal()
    share, correction = part / whole, z * z / whole
    middle = share + correction / 2
    spread = z * sqrt(share * (1 - share) / whole + correction / (4 * whole))
    low, high = (middle - spread) / (1 + correction), (middle + spread) / (1 + correction)
    # At the ends the bounds are 0 and 1, which rounding misses.
    return Share(part, whole, 0.0 if part == 0 else low, 1.0 if part == whole else high)


def newcombe(one: Share, other: Share) -> tuple[float | None, float | None]:
    """The interval of the difference of two independent shares from their Wilson intervals: Newcombe (1998),
    Statistics in Medicine 17, 873-890, method 10. None where one of them is a share of nothing."""
    p, q = one.share, other.share
    if p is None or q is None or one.low is None or one.high is None or other.low is None or other.high is None:
        return None, None
    low = p - q - sqrt((p - one.low) ** 2 + (other.high - q) ** 2)
    high = p - q + sqrt((one.high - p) ** 2 + (q - other.low) ** 2)
    return low, high


def p_of_shares(one: Share, other: Share) -> float | None:
    """How often chance alone would make two shares differ as much (two-sided); None where one is of nothing.

    The score test of two independent shares, which is the one of the 2 × 2 table; where it would expect fewer than five
    in a cell, Fisher's exact test.
    """
    n, m = one.whole, other.whole
    if not n or not m:
        return None
    part = one.part + other.part
    if part in (0, n + m):
        return 1.0
    if min(part, n + m - part) * min(n, m) < _FEW_EXPECTED * (n + m):
        return _fisher(one.part, part, n, m)
    pooled = part / (n + m)
    z = (one.part / n - other.part / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return beyond(z)


def _fisher(one: int, part: int, n: int, m: int) -> float:
    """The chance of `one` of `part` among the `n`, and of every outcome that is no likelier, if the `part` lay anywhere
    among the `n` and the `m`: Fisher (1935), Journal of the Royal Statistical Society 98, 39-82."""
    from scipy.special import gammaln

    outcomes = np.arange(max(0, part - m), min(part, n) + 1)
    weights = sum(-gammaln(each + 1.0) for each in (outcomes, n - outcomes, part - outcomes, m - part + outcomes))
    chances = np.exp(weights - weights.max())
    observed = chances[one - outcomes[0]]
    # Equal chances differ in their last digits.
    return min(1.0, float(chances[chances <= observed * (1 + 1e-6)].sum() / chances.sum()))


def cohens_h(one: float | None, other: float | None) -> float | None:
    """The difference of two shares on the scale of arcsines, on which it means the same everywhere: Cohen (1988),
    Statistical Power Analysis for the Behavioral Sciences, chapter 6."""
    if one is None or other is None:
        return None
    return 2 * asin(sqrt(one)) - 2 * asin(sqrt(other))


def ranks(n: int, quantile: float) -> tuple[int, int] | None:
    """The ranks (from 1) of the two order statistics of `n` values between which the quantile lies with the confidence
    or more, whatever the distribution: by the binomial distribution of how many values lie below it. David and Nagaraja
    (2003), Order Statistics, 7.1. None where `n` is too small for that."""
    if not n:
        return None
    rare = (1 - CONFIDENCE) / 2
    low, high = _least(rare, n, quantile), _least(1 - rare, n, quantile) + 1
    return (low, high) if low >= 1 and high <= n else None


def _least(chance: float, n: int, quantile: float) -> int:
    """The smallest number that the binomial distribution does not exceed with this chance or more."""
    from scipy.special import bdtr, bdtrik

    found = int(np.ceil(bdtrik(chance, n, quantile)))
    return found - 1 if found > 0 and bdtr(float(found - 1), n, quantile) >= chance else found


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """The values of `p` adjusted for being several: Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Those
    that could not be told stay so and do not count."""
    told = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    so_far = 0.0
    for place, (p, i) in enumerate(told):
        so_far = max(so_far, min(1.0, p * (len(told) - place)))
        adjusted[i] = so_far
    return adjusted
