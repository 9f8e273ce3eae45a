"""What comes in at a service desk and goes out: priorities, arrivals and backlog, targets, and what is open today."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mining.core.desk_groups import Group, Part
from mining.core.streams import Quantiles


@dataclass(frozen=True, slots=True)
class PriorityChange:
    """So many changes from one priority to another. `up` None: they have no order."""

    source: str
    target: str
    changes: int
    up: bool | None


@dataclass(frozen=True, slots=True)
class PriorityChanges:
    """`changed` tickets, of those whose priority is told from their first row on. `up`, `down` and `unordered` add up
    to all changes; `most` are the most frequent ones."""

    changed: Part
    up: int
    down: int
    unordered: int
    most: tuple[PriorityChange, ...]


class Period(StrEnum):
    """How long the parts are into which the window is divided."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class FlowOf:
    """A period (`starts`: microseconds UTC): tickets that arrived and that were done in it, and how many were on hand
    at its end."""

    starts: int
    arrived: int
    done: int
    backlog: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Arrivals and backlog over time. `not_shown` says why there are none; where the end of a ticket cannot be told,
    `backlog_told` is False, and only arrivals are shown."""

    period: Period
    periods: tuple[FlowOf, ...]
    backlog_told: bool
    not_shown: str | None


@dataclass(frozen=True, slots=True)
class TargetMet:
    """What the export itself says on the target, of ended tickets of which it says anything. `by_priority` likewise
    (None: a ticket without), and `other_priorities` those that are not named; empty where priorities are not told."""

    met: Part
    by_priority: tuple[tuple[str | None, Part], ...]
    other_priorities: Part | None = None


@dataclass(frozen=True, slots=True)
class AgainstTarget:
    """The first value claimed against the target. `told` tickets have value and a target; of those whose target could
    be read as a time (`met.of`), `met.n` claimed value at or before it. `left` and `overrun`: how long before and
    after."""

    told: int
    met: Part
    left: Quantiles | None
    overrun: Quantiles | None


@dataclass(frozen=True, slots=True)
class OpenOf:
    """Open tickets of a group, or that wait on somebody: all, those older than the 85th percentile of lead time, those
    that wait for long; and ages."""

    tickets: int
    beyond: int | None
    long: int
    median_age: int
    oldest: int


@dataclass(frozen=True, slots=True)
class OpenTickets:
    """Today's list: tickets without value that holds and without an end, at the export's last event (`at`).

    `limit` is the 85th percentile of lead time, None where there is none. `by_waiting` are by the party that they wait
    on (None: on nobody), `by_group` by the group that has them, those with most first, then the others as one.
    """

    at: int
    limit: int | None
    days: int
    all: OpenOf | None
    by_waiting: tuple[tuple[str | None, OpenOf], ...]
    by_group: tuple[tuple[Group, OpenOf], ...]
