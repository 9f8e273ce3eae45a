"""When in the week something happens."""

from __future__ import annotations

from dataclasses import dataclass

DAYS, HOURS = 7, 24


@dataclass(frozen=True, slots=True)
class WeekHours:
    """How often something happens in each hour of the week, on the clocks of `zone`: `counts` are of Monday 0 to 1
    o'clock first, of Sunday 23 to 24 last."""

    zone: str
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """In all."""
        return sum(self.counts)

    @property
    def days(self) -> tuple[tuple[int, ...], ...]:
        """The hours of each day, Monday first."""
        return tuple(self.counts[day * HOURS : (day + 1) * HOURS] for day in range(DAYS))

    @property
    def tells_hours(self) -> bool:
        """Whether times differ within the day: where an export tells days alone, all is in one hour."""
        return sum(any(day[hour] for day in self.days) for hour in range(HOURS)) > 1


@dataclass(frozen=True, slots=True)
class Week:
    """When in the week tickets arrive (None where the export was selected by completion, so that arrivals are not
    shown), and when their visits begin: somebody took a ticket up, passed it on, set it waiting or resolved it."""

    arrivals: WeekHours | None
    visits: WeekHours
