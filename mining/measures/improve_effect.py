"""Before and after: incidents of improved groups, against groups that recurred as much in the same days.

Whoever chooses what recurs chooses, in part, groups in a bad month; the next month is better by itself (regression to
the mean). So what came after is never held against what was before alone, but against groups chosen by the same rule,
in the same days, that were not improved: their incidents fall by themselves as well.

For an improved group i with B incidents in the days before and A after, and its comparison groups c, those with about
as many before (the same doubling of the least number):

    expected of i  =  B × Σ A(c) ÷ Σ B(c)            ratio  =  Σ A(i) ÷ Σ expected(i)

The interval is that of the logarithm of the ratio, by the jackknife over groups, improved and comparison ones apart,
with Student's t for the number of improved groups. Sources: B. Efron and R. Tibshirani, "An Introduction to the
Bootstrap" (1993), chapter 11, for the jackknife of two samples; F. Galton, "Regression towards mediocrity" (1886);
J. Angrist and J.-S. Pischke, "Mostly Harmless Econometrics" (2009), chapter 5, for comparing differences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mining.core.improvement import Interval
from mining.core.spans import Bools, Ints

LEAST = 5
"""So many incidents within `WINDOW` days, and a group recurs."""

WINDOW = 28
"""Days before, and after: whole weeks, so that each weekday is in both as often."""

LEAST_CONTROLS = 5
"""So many comparison groups an improved group needs, to count as compared."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Daily:
    """Incidents by group and day: `upto[g, d]` came to group g before day d of the export, whose first day is 0."""

    upto: Ints
    days: int

    @classmethod
    def of(cls, groups: int, days: int, counts: tuple[Ints, Ints, Ints]) -> Daily:
        """From rows of (group, day of the export, incidents)."""
        each = np.zeros((groups, days + 1), dtype=np.int32)
        np.add.at(each, (counts[0], counts[1] + 1), counts[2])
        return cls(each.cumsum(axis=1, dtype=np.int64), days)

    def between(self, start: Ints, stop: Ints) -> Ints:
        """For each pair of days (from, up to and without): the incidents of every group, a row a pair."""
        found: Ints = (self.upto[:, stop] - self.upto[:, start]).T
        return found

    def recurring(self, least: int, window: int) -> Bools:
        """Which groups had `least` incidents or more within some `window` days."""
        width = min(window, self.days)
        most: Bools = (self.upto[:, width:] - self.upto[:, : self.days + 1 - width]).max(axis=1, initial=0) >= least
        return most


@dataclass(frozen=True, slots=True)
class Looked:
    """The improved groups that could be looked at, as arrays of one length: incidents before and after, and which of
    all groups compare with each (a row each), with their incidents in the same days."""

    before: Ints
    after: Ints
    compares: Bools
    others_before: Ints
    others_after: Ints

    @property
    def compared(self) -> Bools:
        """Which have enough comparison groups."""
        enough: Bools = self.compares.sum(axis=1) >= LEAST_CONTROLS
        return enough


def look(daily: Daily, since: Ints, clean: Bools) -> Looked:
    """Look at the groups that are improved from the day `since` on (-1: never). The day itself counts on neither side,
    and the windows keep clear of the first and the last day of the export, which are not whole.

    `clean` groups may compare: those that recur and led to nothing of which the day is not known.
    """
    improved = np.flatnonzero((since > WINDOW) & (since + 1 + WINDOW < daily.days))
    at = since[improved]
    before, after = daily.between(at - WINDOW, at), daily.between(at + 1, at + 1 + WINDOW)
    row = np.arange(len(improved))
    own_before, own_after = before[row, improved], after[row, improved]
    recurs = own_before >= LEAST
    improved, at, before, after = improved[recurs], at[recurs], before[recurs], after[recurs]
    untouched = clean[None, :] & ((since[None, :] < 0) | (since[None, :] > at[:, None] + WINDOW))
    alike = (before >= LEAST) & (_doubling(before) == _doubling(own_before[recurs])[:, None])
    return Looked(own_before[recurs], own_after[recurs], untouched & alike, before, after)


def _doubling(before: Ints) -> Ints:
    """0 from the least number on, 1 from its double on, and so forth."""
    found: Ints = np.floor(np.log2(np.maximum(before, 1) / LEAST)).astype(np.int64)
    return found


def expected(looked: Looked) -> Floats:
    """For each improved group: the incidents to be expected after, as its comparison groups go."""
    compares = looked.compares
    before, after = (compares * looked.others_before).sum(axis=1), (compares * looked.others_after).sum(axis=1)
    found: Floats = looked.before * after / np.maximum(before, 1)
    return found


def compared_ratio(looked: Looked) -> tuple[float, Interval]:
    """What was to be expected after in all improved groups, and how what came lies to that. All must be compared."""
    of_each = expected(looked)
    whole = float(of_each.sum())
    centre = _log_ratio(float(looked.after.sum()), whole)
    left_out = [
        _log_ratio(float(looked.after.sum() - after), whole - one)
        for after, one in zip(looked.after.tolist(), of_each.tolist(), strict=True)
    ]
    controls = np.flatnonzero(looked.compares.any(axis=0))
    without = _without_each(looked, controls)
    after = float(looked.after.sum())
    variance = _jackknife(left_out) + _jackknife([_log_ratio(after, one) for one in without])
    return whole, _interval(centre, variance, after, len(looked.after))


def _without_each(looked: Looked, controls: Ints) -> list[float]:
    """The sum of `expected` without each of the comparison groups, worked out from the sums of all of them."""
    compares = looked.compares
    before, after = compares * looked.others_before, compares * looked.others_after
    sums = before.sum(axis=1)[:, None], after.sum(axis=1)[:, None]
    found = []
    for one in controls.tolist():
        rest_before, rest_after = sums[0][:, 0] - before[:, one], sums[1][:, 0] - after[:, one]
        found.append(float((looked.before * rest_after / np.maximum(rest_before, 1)).sum()))
    return found


def plain_ratio(looked: Looked) -> Interval:
    """After over before, without any comparison."""
    before, after = float(looked.before.sum()), float(looked.after.sum())
    pairs = zip(looked.after.tolist(), looked.before.tolist(), strict=True)
    left_out = [_log_ratio(after - one, before - other) for one, other in pairs]
    return _interval(_log_ratio(after, before), _jackknife(left_out), after, len(looked.after))


def _log_ratio(after: float, before: float) -> float:
    """Half an incident stands where none came, so that there is a logarithm."""
    return float(np.log(max(after, 0.5) / max(before, 0.5)))


def _jackknife(left_out: list[float]) -> float:
    """The variance from estimates that each leave one group out."""
    n = len(left_out)
    if n < 2:
        return 0.0
    values = np.array(left_out)
    return float((n - 1) / n * ((values - values.mean()) ** 2).sum())


def _interval(centre: float, variance: float, after: float, groups: int) -> Interval:
    """The ratio with its interval, never narrower than chance alone (Poisson) makes it."""
    from scipy.special import stdtrit

    spread = float(np.sqrt(max(variance, 1 / max(after, 0.5))))
    reach = float(stdtrit(max(groups - 1, 1), 0.975)) * spread
    return Interval(float(np.exp(centre)), float(np.exp(centre - reach)), float(np.exp(centre + reach)))
