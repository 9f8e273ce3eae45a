"""Which of two groups takes less time, from how often each duration occurs in them."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt
from typing import NamedTuple

import numpy as np

from mining.core.cohorts import CONFIDENCE
from mining.core.spans import Ints


class Superiority(NamedTuple):
    """The probability that a duration of the first group is shorter than one of the second, ties counting half, with
    its interval; and how often chance alone would put it as far from a half. None where that cannot be told."""

    probability: float | None
    low: float | None
    high: float | None
    p: float | None

    @property
    def delta(self) -> float | None:
        """Cliff's delta: how much more often the first is the shorter one than the longer. Cliff (1993), Psychological
        Bulletin 114, 494-509."""
        return None if self.probability is None else 2 * self.probability - 1


LEAST = 10
"""Durations of each group from which on the distribution of the test is near enough to the one that it is taken for; by
its authors."""

UNTOLD = Superiority(None, None, None, None)


def superiority(first: Ints, second: Ints) -> Superiority:
    """Compare two groups; `first` and `second` count, for each of the same ascending durations, how often it occurs.

    The test is that of Brunner and Munzel (2000), Biometrical Journal 42, 17-25, which asks neither for equal spreads
    nor for a distribution; the interval is theirs on the scale of log odds, so that it stays between 0 and 1. Where all
    of one group are shorter than all of the other it cannot be used: the interval is then by the chance that as many
    independent pairs agree, and the test that of all orders of the durations, which is exact. Groups of fewer than
    `LEAST` have a probability only.
    """
    n, m = int(first.sum()), int(second.sum())
    if not n or not m:
        return UNTOLD
    # For each duration, twice how many of the other group are longer or, for the second, shorter; ties count once.
    longer = 2 * (m - np.cumsum(second)) + second
    shorter = 2 * np.cumsum(first) - first
    probability = int((first * longer).sum()) / (2 * n * m)
    if min(n, m) < LEAST:
        return Superiority(probability, None, None, None)
    if probability in (0.0, 1.0):
        return _separated(probability, n, m)
    variances = _variance(first, longer / (2 * m), n) / n, _variance(second, shorter / (2 * n), m) / m
    spread = sqrt(sum(variances))
    if not spread:  # all durations are equal
        return Superiority(probability, None, None, 1.0)
    return _brunner_munzel(probability, spread, variances, (n, m))


def _variance(times: Ints, value: np.ndarray, n: int) -> float:
    mean = float((times * value).sum()) / n
    return float((times * (value - mean) ** 2).sum()) / (n - 1)


def _brunner_munzel(
    probability: float, spread: float, variances: tuple[float, float], sizes: tuple[int, int]
) -> Superiority:
    from scipy.special import stdtr, stdtrit

    squares = sum(variance**2 / (size - 1) for variance, size in zip(variances, sizes, strict=True))
    freedom = sum(variances) ** 2 / squares
    p = float(2 * stdtr(freedom, -abs(probability - 0.5) / spread))
    odds = log(probability / (1 - probability))
    reach = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * spread / (probability * (1 - probability))
    return Superiority(probability, _share(odds - reach), _share(odds + reach), p)


def _share(odds: float) -> float:
    """From log odds; written so that neither end overflows."""
    return 1 / (1 + exp(-odds)) if odds > 0 else exp(odds) / (1 + exp(odds)) if odds > -700 else 0.0


def _separated(probability: float, n: int, m: int) -> Superiority:
    bound = ((1 - CONFIDENCE) / 2) ** (1 / min(n, m))
    low, high = (bound, 1.0) if probability == 1 else (0.0, 1 - bound)
    orders = lgamma(n + m + 1) - lgamma(n + 1) - lgamma(m + 1)  # the logarithm of how many there are
    return Superiority(probability, low, high, min(1.0, 2 * exp(-orders)))
