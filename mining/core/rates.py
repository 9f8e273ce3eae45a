"""What an hour of work costs, and amounts of money as exact whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mining.core.activities import Activity
from mining.core.events import VisitLabel

PER_UNIT = 1_000_000
"""Rates are whole millionths of the currency's unit, an hour."""

_HOUR = 3_600_000_000  # microseconds
PER_HUNDREDTH = PER_UNIT // 100 * _HOUR
"""Amounts are a rate times microseconds: so many make a hundredth of the currency's unit."""


@dataclass(frozen=True, slots=True)
class RateCard:
    """What an hour costs in `currency`: by the group that has the ticket, else by step, else by activity, else
    `default`; None where nothing says it."""

    currency: str
    activities: dict[Activity, int] = field(default_factory=dict)
    steps: dict[tuple[Activity, str], int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    default: int | None = None

    def rate(self, label: VisitLabel) -> int | None:
        """The rate of a visit's hour, in millionths of the currency's unit, where no group has one."""
        by_activity = self.activities.get(label.activity, self.default)
        return by_activity if label.step is None else self.steps.get((label.activity, label.step), by_activity)


def hundredths(amount: int, among: int = 1) -> int:
    """An amount (a rate times microseconds, added up), divided among so many, in whole hundredths of the currency's
    unit, half to even. Amounts are divided and rounded here and in `hundredths_of_parts` alone."""
    size = PER_HUNDREDTH * among
    whole, rest = divmod(amount, size)
    return whole + (rest * 2 > size or (rest * 2 == size and whole % 2 == 1))


def hundredths_of_parts(amounts: Sequence[int]) -> list[int]:
    """The parts of a whole in whole hundredths of the currency's unit, which add up to the hundredths of their sum.

    Each is rounded down, and what is left over goes to those that lost most by it, the first of equals first (the
    method of the largest remainder): no part is further from its amount than a hundredth, and none of nothing gets one.
    """
    parts = [amount // PER_HUNDREDTH for amount in amounts]
    left = hundredths(sum(amounts)) - sum(parts)
    for i in sorted(range(len(parts)), key=lambda i: (-(amounts[i] % PER_HUNDREDTH), i))[:left]:
        parts[i] += 1
    return parts
