"""In what two cohorts differ: places, hand-offs, routes and deviations, each against what chance explains."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mining.core.activities import Activity
from mining.core.cohorts import CONFIDENCE, Share

if TYPE_CHECKING:
    from mining.core.spans import Ints


class Of(StrEnum):
    """What is compared."""

    PLACE = "place"  # streams that come to a step
    HAND_OFF = "hand-off"  # streams that pass from one step to another
    WAIT = "wait"  # how long that takes
    VARIANT = "variant"  # streams that take a route
    DEVIATION = "deviation"  # checked streams that have it


Ends = tuple[Activity | None, str | None, Activity | None, str | None]
"""Source, its step, target, its step; None is demand as a source, value as a target."""


@dataclass(frozen=True, slots=True)
class Passed:
    """How often each duration of a hand-off occurs in two parts: arrays over the same ascending durations."""

    first: Ints
    second: Ints


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two cohorts are compared.

    `place` is set of places (its last two entries are None), hand-offs and waits, `variant` of routes (the id in the
    whole), `deviation` of deviations (its key). Of streams, `first` and `second` are the shares of the two that
    have it, and `estimate` is the first minus the second; of waits these are medians in microseconds, and `estimate`
    is the probability that the first takes less time, ties counting half. `low` and `high` bound the estimate.
    `p_adjusted` is after Benjamini and Hochberg over all that was compared of these two. Any of the latter is None
    where it cannot be told.
    """

    of: Of
    place: Ends | None
    variant: int | None
    deviation: str | None
    first: Share | None
    second: Share | None
    medians: tuple[int | None, int | None] | None
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None = None

    @property
    def by_chance(self) -> bool | None:
        """Whether chance can explain it; None where that cannot be told."""
        return None if self.p_adjusted is None else self.p_adjusted >= 1 - CONFIDENCE

    @property
    def towards(self) -> int:
        """1 where the first has it more often, or takes longer; −1 where the second does; 0 where it may be chance."""
        if self.by_chance is not False or self.estimate is None:
            return 0
        if self.of is Of.WAIT:
            return 1 if self.estimate < 0.5 else -1
        return 1 if self.estimate > 0 else -1


@dataclass(frozen=True, slots=True)
class Differences:
    """All that was compared of two cohorts; `first` and `second` are their places in `Cohorts.cohorts`."""

    first: int
    second: int
    found: tuple[Difference, ...]
