"""Whether improvement followed: from incidents that recur to problems and changes, and to fewer incidents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mining.core.facts import Fact


class Kind(StrEnum):
    """What an incident is linked to, or both of the first two."""

    PROBLEM = "problem"
    CHANGE = "change"
    CAUSE = "cause"  # a change that the incident says it came from: no improvement
    ANY = "problem or change"


class Verdict(StrEnum):
    """What may be said of a figure on before and after."""

    COMPARED = "compared"  # against groups that recurred as much and were not improved
    ASSOCIATION = "association"  # it came with an improvement; whether it came of it, cannot be told
    NOT_SHOWN = "not shown"  # too little, or the export does not allow it


@dataclass(frozen=True, slots=True)
class Interval:
    """A rate ratio with its 95 % interval. Where nothing came before, there is neither a ratio nor an upper bound."""

    ratio: float | None
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class LedTo:
    """Links of one kind. `incidents` are linked to `tickets` different ones, of which `in_export` are in this analysis
    and `done` of those reached value. `groups` of the recurring ones hold such an incident. A change counts also where
    the incident's problem led to it."""

    kind: Kind
    incidents: int
    tickets: int
    in_export: int
    done: int
    groups: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Incidents of recurring groups in the days before and after an improvement.

    `linked` recurring groups led to one; `improved` of them have a day from which it holds; `groups` of those could be
    looked at: they recurred in the days before, and both windows lie in the export. `before` and `after` are their
    incidents, `fewer` have fewer after. Where there is a comparison, `compared` of `groups` have one, `comparison`
    different groups serve for it, `compared_before` and `compared_after` are the incidents of the compared, `expected`
    would have come after at the rate of their comparison groups, and `comparison_fewer` is the share of comparison
    groups that had fewer. `ratio` is after ÷ expected, or after ÷ before where `verdict` is an association that has no
    comparison. `reason` says why a verdict is not `compared`; or, where links have no dates, by which days it is.
    """

    kind: Kind
    verdict: Verdict
    reason: str
    linked: int
    improved: int
    groups: int
    before: int
    after: int
    fewer: int
    compared: int
    comparison: int
    compared_before: int
    compared_after: int
    expected: float | None
    comparison_fewer: float | None
    ratio: Interval | None

    @property
    def own(self) -> float | None:
        """After ÷ before, of the compared groups; of all that were looked at where none is compared."""
        before, after = (self.compared_before, self.compared_after) if self.compared else (self.before, self.after)
        return after / before if before else None

    @property
    def others(self) -> float | None:
        """After ÷ before, as the comparison groups went: what was to be expected of the compared ones."""
        return None if self.expected is None or not self.compared_before else self.expected / self.compared_before


@dataclass(frozen=True, slots=True)
class Ripple:
    """Incidents on the configuration item of a change, in the days after it, against the mean of the days before.

    `changes` reached value and tell their item; `in_window` of them have both windows in the export; `alone` of those
    have no other change on their item that could have a part in it. The other figures are of these: `before` and
    `after` incidents, `followed` changes with any incident after, `more` with more than their own base line.

    `daily` are the incidents of each of the days, from the first one before on; each day begins at the hour of the
    change. Where the ratio is told, nineteen in twenty days would lie within `band` if the base line went on and chance
    alone made the days differ (Poisson); at its ends it holds a little more, since incidents are whole.
    """

    verdict: Verdict
    reason: str
    days_before: int
    days_after: int
    changes: int
    in_window: int
    alone: int
    before: int
    after: int
    followed: int
    more: int
    ratio: Interval | None
    daily: tuple[int, ...] = ()
    band: tuple[int, int] | None = None

    @property
    def base_line(self) -> float | None:
        """Incidents before, a change, for as many days as are looked at after."""
        return self.before * self.days_after / self.days_before / self.alone if self.alone else None

    @property
    def after_each(self) -> float | None:
        """Incidents after, a change."""
        return self.after / self.alone if self.alone else None

    @property
    def base_day(self) -> float:
        """Incidents a day before, of all these changes together."""
        return self.before / self.days_before

    @property
    def by_day(self) -> tuple[tuple[int, int], ...]:
        """The day, from the change on (before it less than 0), and its incidents."""
        return tuple((number - self.days_before, incidents) for number, incidents in enumerate(self.daily))


@dataclass(frozen=True, slots=True)
class Improvement:
    """The improve loop of one analysis.

    `incidents` are the tickets of `types`; `telling` of them tell `fact`, by which they are grouped into `groups`. A
    group recurs where `least` incidents or more fall into some `days` days; `recurring` do, with `in_recurring`
    incidents. Of the groups with `least` incidents or more in all, the largest were `looked_at`, and `beyond` were not.
    By `fact` None, no column tells any; then there are no groups.
    """

    types: tuple[str, ...]
    fact: Fact | None
    least: int
    days: int
    incidents: int
    telling: int
    groups: int
    recurring: int
    in_recurring: int
    looked_at: int
    beyond: int
    led_to: tuple[LedTo, ...]
    effects: tuple[Effect, ...]
    ripple: Ripple | None
