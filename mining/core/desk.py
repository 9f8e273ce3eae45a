"""The figures of a service desk. Each part is None where the export cannot show it.

Everything is counted by tickets, also where streams are made of several. Durations are microseconds of elapsed time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mining.core.streams import Quantiles
from mining.core.workload import Week

WAITING_DAYS = 14
"""From so many days of one wait on, a ticket is on today's list as waiting for long."""

MOST_SHOWN = 20
"""So many groups, or pairs of groups, are named; the others are summed."""

LEAST_ANSWERS = 30
"""With fewer answers to a survey no mean is given."""

REQUESTERS = ("user", "customer", "requester", "employee", "caller", "client")
SUPPLIERS = ("supplier", "vendor", "third party")
"""The words for parties outside the desk, in `waiting` of a mapping's rules."""


@dataclass(frozen=True, slots=True)
class Part:
    """`n` of `of`."""

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group by its name. `name` None is no group; where there are `others`, it stands for the sum of so many."""

    name: str | None
    others: int = 0


@dataclass(frozen=True, slots=True)
class Reassignment:
    """Changes of the group. `tickets` had a group; `by_changes` counts those with 0, 1, 2 and more changes; `changes`
    are all of them. From no group to the first is no change."""

    tickets: int
    by_changes: tuple[int, int, int, int]
    changes: int


@dataclass(frozen=True, slots=True)
class PingPongPair:
    """A group that gave a ticket away and got it back at once from the one that it gave it to. Both are None in the sum
    of the `others` that are not named."""

    group: str | None
    back_from: str | None
    others: int
    occurrences: int
    between: int  # time in which the other group had the ticket, in all


@dataclass(frozen=True, slots=True)
class PingPong:
    """A → B → A: `between` are the times for which B had the ticket. `returned` are tickets that came back to a group
    by whatever way, and `returns` how often; ping-pong is among them. `pairs` are the most frequent ones, then the
    others as one."""

    tickets: Part
    occurrences: int
    between: Quantiles | None
    returned: Part
    returns: int
    pairs: tuple[PingPongPair, ...]


@dataclass(frozen=True, slots=True)
class AtLine:
    """Tickets in which value was first claimed while a group of this `line` had them (children whose value is that of
    their parent are no resolutions, here and in `FirstContact`); of them those that no group of
    another line had had before (`alone`). `line` None: of no known line. `alone` None: the export does not say."""

    line: int | None
    tickets: int
    alone: int | None


@dataclass(frozen=True, slots=True)
class Lines:
    """Push to front: at which line tickets are resolved; `tickets` are those with value and a group."""

    tickets: int
    by_line: tuple[AtLine, ...]


@dataclass(frozen=True, slots=True)
class Reopening:
    """Tickets in which value was claimed, those of them in which it was withdrawn later, and how often that was."""

    reopened: Part
    reopenings: int


@dataclass(frozen=True, slots=True)
class FirstContact:
    """Tickets in which value was claimed (`of`, with a group where groups matter), and of them those

    first_group    in which the first group claimed it, and it was not withdrawn
    without_asking among these, nobody outside the desk was waited on before
    first_line     among these, the first group is of the first line; None where lines are not told
    first_touch    in which the ticket's first row claimed it, and it was not withdrawn
    """

    first_group: Part | None
    without_asking: Part | None
    first_line: Part | None
    first_touch: Part


@dataclass(frozen=True, slots=True)
class WaitOf:
    """Elapsed time before value that fulfilled tickets waited on somebody while `group` had them; `on` is None only in
    the sum of the others."""

    on: str | None
    group: Group
    total: int
    waits: int


@dataclass(frozen=True, slots=True)
class WaitBetween:
    """The same of waits that began when the ticket passed from one group to another; with `others` as in
    `PingPongPair`."""

    source: str | None
    target: str | None
    others: int
    total: int
    waits: int


@dataclass(frozen=True, slots=True)
class Waits:
    """`by_cause` and `by_pair` name the longest totals, then the others as one. `total` and `waits` are of all."""

    total: int
    waits: int
    by_cause: tuple[WaitOf, ...]
    by_pair: tuple[WaitBetween, ...] | None


@dataclass(frozen=True, slots=True)
class WaitIndicators:
    """Waits on one party outside the desk, before value, of fulfilled tickets; what may point to misuse. All are shares
    of those waits.

    resolved  the desk claimed value straight out of the wait
    again     the ticket had waited on the same party before
    short     over within five minutes
    long      longer than the days that were asked for
    late      begun in the last tenth of the time from demand to the target, of those begun before it; None where no
              target is told
    """

    on: str
    waits: int
    tickets: int
    total: int
    resolved: Part
    again: Part
    short: Part
    long: Part
    late: Part | None


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


@dataclass(frozen=True, slots=True)
class Apart:
    """Tickets of a class of their own, and all others: how many, and lead times of the fulfilled ones."""

    tickets: Part
    lead_time: Quantiles | None
    others: Quantiles | None


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    """The figures of the tickets of `types`, `tickets` in all; `listed` are those types of which the export tells only
    how a ticket stands; `left_out` are the types in the export that do not count here. `surveys_sent` are tickets with
    a visit of a step "survey"; None where the mapping has none."""

    types: tuple[str, ...]
    tickets: int
    listed: tuple[str, ...]
    lead_time: Quantiles | None
    reassignment: Reassignment | None
    ping_pong: PingPong | None
    lines: Lines | None
    reopening: Reopening | None
    first_contact: FirstContact | None
    waits: Waits
    indicators: tuple[WaitIndicators, ...]
    priorities: PriorityChanges | None
    flow: Flow
    target_met: TargetMet | None
    target: AgainstTarget | None
    open: OpenTickets | None
    satisfaction: Satisfaction | None
    surveys_sent: Part | None
    monitoring: Apart | None
    major: Apart | None
    knowledge_used: Part | None
    week: Week | None = None  # None where there is no ticket
    left_out: tuple[str, ...] = ()
