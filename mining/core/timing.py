"""What is known of time beyond elapsed durations: working time by a calendar, streams that are not done yet, and
streams that the window of the export cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.core.activities import Activity
from mining.core.calendars import Calendar

if TYPE_CHECKING:
    from mining.core.events import VisitLabel
    from mining.core.results import Distribution
    from mining.core.streams import Quantiles

WARN_FROM = 0.05
"""From this share of all streams on the report warns that the window of the export cuts streams."""


@dataclass(frozen=True, slots=True)
class CalendarUse:
    """A calendar as it was used; `group` None is the one of all who have none of their own. `working` is its working
    time within the window of the export, `holidays` the public holidays in there on which its hours would have been
    worked. `unknown_years` are years of the window whose public holidays are not known: none was taken out there.
    `tickets` that the group ever had; None for the default."""

    group: str | None
    calendar: Calendar
    working: int
    holidays: int
    unknown_years: tuple[int, ...]
    tickets: int | None


@dataclass(frozen=True, slots=True)
class Within:
    """Elapsed time before value by on whom it was waited, split by the calendar. `on` is as in `Waiting.on`."""

    on: str | None
    total: int
    within: int

    @property
    def outside(self) -> int:
        """What lies outside working hours."""
        return self.total - self.within


@dataclass(frozen=True, slots=True)
class WorkingFlow:
    """Bounds on the share of the time before value in which somebody worked, knowing the calendar.

    elapsed    all elapsed time before value
    within     of that, within working hours
    calm       of `within`, what is not waiting
    most       the most that can have been worked: `calm`, and what the export records as work outside working hours
    recorded   what the export records as work, at whatever hour
    least      the least of `recorded` that lies within working hours

    Of elapsed time the bounds are `recorded` and `most`, of working time `least` and `calm`.
    """

    elapsed: int
    within: int
    calm: int
    most: int
    recorded: int
    least: int

    @property
    def of_elapsed(self) -> tuple[float, float] | None:
        """The lower and the upper bound over elapsed time; None where there was none."""
        return (self.recorded / self.elapsed, self.most / self.elapsed) if self.elapsed else None

    @property
    def of_working(self) -> tuple[float, float] | None:
        """The lower and the upper bound over working time; None where there was none."""
        return (self.least / self.within, self.calm / self.within) if self.within else None


@dataclass(frozen=True, slots=True)
class WorkingHandOff:
    """The working times of a hand-off, which is named as `HandOff` is; the steps are None between activities."""

    source: Activity | None
    source_step: str | None
    target: Activity | None
    target_step: str | None
    times: Quantiles


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Times by the calendar, of the same streams, visits and gaps as the elapsed ones of `Measures`.

    `by_group`: at every moment the calendar of the group counted that had the ticket then; else the first counted
    throughout, for want of groups with calendars or of rows that tell them. In streams of several tickets it is the
    ticket of the visit at that moment. `visits` hold the working
    times of the visits by their label, longest elapsed total first; `between` those between visits, where an event is a
    mere point. `hand_offs` are those between activities, then those between steps, with demand and value.
    """

    calendars: tuple[CalendarUse, ...]
    by_group: bool
    lead_time_claimed: Distribution
    lead_time_held: Distribution
    closure: Distribution
    closure_lag: Distribution
    visits: tuple[tuple[VisitLabel, Quantiles], ...]
    between: Quantiles | None
    waiting: tuple[Within, ...]
    flow: WorkingFlow
    hand_offs: tuple[WorkingHandOff, ...] = ()


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """The share of streams that are done within `time`, with the bounds of its 95 % interval (None where there is
    none: before the first is done, and once all are), and how many were still looked at just before."""

    time: int
    done: float
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class Survival:
    """Lead times by the product-limit estimate, in which streams that are not done yet count as long as they were seen.

    `streams` = `done` + `open` + `left`: those in which value was realised, those that are open without it (seen until
    the last event of the export), and those that ended without it or were cancelled (seen until then).
    `percentiles` holds 101 times, as `Distribution` does, None where the estimate does not come so far; `median` and
    `p85` with the bounds of their 95 % intervals. `curve` are the points at which a further percent is reached, `marks`
    the points at times that people think in. Times were rounded up to whole `unit`s, microseconds.
    """

    streams: int
    done: int
    open: int
    left: int
    percentiles: tuple[int | None, ...]
    median_interval: tuple[int | None, int | None]
    p85_interval: tuple[int | None, int | None]
    curve: tuple[SurvivalPoint, ...]
    marks: tuple[SurvivalPoint, ...]
    longest: int
    unit: int

    @property
    def median(self) -> int | None:
        """Half of the streams are done within this time, were all seen to their end."""
        return self.percentiles[50]

    @property
    def p85(self) -> int | None:
        """The same for 85 of 100."""
        return self.percentiles[85]


@dataclass(frozen=True, slots=True)
class WindowCut:
    """Streams that the window of the export cuts.

    `open` are those that had not ended when it closed; None where the mapping ends no ticket. `early` streams appear in
    the first quarter of the window, or are the first quarter of all. At least `begun_before` of them began before the
    window: so many more than among the `later` ones appear with a visit with which streams seldom begin, or with none.
    None where too few appear later to say so, or where the export tells when demand arose.
    """

    streams: int
    open: int | None
    early: int
    later: int
    begun_before: int | None


@dataclass(frozen=True, slots=True)
class Timing:
    """All of the above. `working` None: without a calendar, or where `without` says why it could not be used.
    `survival` to the first value claimed and to the first held; None where `not_survival` says why."""

    working: WorkingTime | None
    without: str
    claimed: Survival | None
    held: Survival | None
    not_survival: str
    window: WindowCut
