"""What requesters answer to the survey of a service desk, beside how long it took."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.desk_groups import Part

LEAST_ANSWERS = 30
"""With fewer answers to a survey no mean is given."""


@dataclass(frozen=True, slots=True)
class Quartile:
    """Tickets with value whose lead time is in this quarter, up to `until`; those of them that were answered for, and
    the sum of the answers in thousandths. None where there are fewer than LEAST_ANSWERS."""

    quarter: int
    until: int
    tickets: int
    answered: int
    sum_of_thousandths: int | None

    @property
    def mean(self) -> float | None:
        """The mean of the answers."""
        return _mean(self.sum_of_thousandths, self.answered)


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """The mean of the answers in the slowest quarter minus that in the fastest, with its 95 % interval (Welch)."""

    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Answers to the survey, as numbers, of tickets with value; `unread` answers are no numbers. A survey that was sent
    and not answered is none. `slowest_to_fastest` is None where one of these quarters has too few answers."""

    answered: Part
    unread: int
    sum_of_thousandths: int | None
    quartiles: tuple[Quartile, ...]
    slowest_to_fastest: MeanDifference | None = None

    @property
    def mean(self) -> float | None:
        """The mean of all answers."""
        return _mean(self.sum_of_thousandths, self.answered.n)


def _mean(thousandths: int | None, n: int) -> float | None:
    return None if thousandths is None or not n else thousandths / (1000 * n)
