"""Process behaviour charts (XmR): what a figure does by itself, and which runs stand out.

Wheeler, "Understanding Variation", 2000: limits at the mean ± 2.66 times the mean moving range.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

FEWEST = 6
"""Runs below which no limits are drawn."""

SETTLED = 20
"""Runs from which limits are worked out; they stay then, so that later runs are judged and not absorbed."""

RULES = (
    "A run lies outside the limits.",
    "Eight runs in a row lie on the same side of the mean.",
    "Three of four runs in a row lie nearer to the same limit than to the mean.",
)


def limits(values: Sequence[float]) -> tuple[float, float, float] | None:
    """Mean, lower and upper limit of the first `SETTLED` values; None where there are fewer than `FEWEST`."""
    used = values[:SETTLED]
    if len(used) < FEWEST:
        return None
    mean = sum(used) / len(used)
    ranges = [abs(b - a) for a, b in pairwise(used)]
    reach = 2.66 * sum(ranges) / len(ranges)
    return mean, mean - reach, mean + reach


def signals(values: Sequence[float], mean: float, lower: float, upper: float) -> list[tuple[int, ...]]:
    """For each value the numbers (from 1) of the `RULES` that it completes, by the mean and the limits of `limits`."""
    sides = [(value > mean) - (value < mean) for value in values]
    halves = [_half(value, mean, lower, upper) for value in values]
    found = []
    for i, value in enumerate(values):
        rules = []
        if value < lower or value > upper:
            rules.append(1)
        if i >= 7 and sides[i] and len(set(sides[i - 7 : i + 1])) == 1:
            rules.append(2)
        last = halves[max(0, i - 3) : i + 1]
        if halves[i] and last.count(halves[i]) >= 3:
            rules.append(3)
        found.append(tuple(rules))
    return found


def _half(value: float, mean: float, lower: float, upper: float) -> int:
    """1 where nearer to the upper limit than to the mean, -1 where nearer to the lower, else 0."""
    if value > (mean + upper) / 2:
        return 1
    return -1 if value < (mean + lower) / 2 else 0
