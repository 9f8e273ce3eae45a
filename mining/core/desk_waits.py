"""On whom the tickets of a service desk wait, and what may point to misuse of waiting."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.desk_groups import Group, Part

WAITING_DAYS = 14
"""From so many days of one wait on, a ticket is on today's list as waiting for long."""

REQUESTERS = ("user", "customer", "requester", "employee", "caller", "client")
SUPPLIERS = ("supplier", "vendor", "third party")
"""The words for parties outside the desk, in `waiting` of a mapping's rules."""


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
