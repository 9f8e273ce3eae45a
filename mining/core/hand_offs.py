"""How hand-offs go, beside how often and how long: what comes straight back, what no description knows."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.activities import Activity

QUICK = 3_600_000_000
"""Microseconds: what comes straight back within an hour is taken for sent to the wrong place, or sent too early."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """The passages from one (activity, step) to another: of `passages`, so many came straight back (`returned`: the
    next visit is at the giving place again), and so many of these within `QUICK` of their arrival (`quick`)."""

    source: Activity
    source_step: str | None
    target: Activity
    target_step: str | None
    passages: int
    returned: int
    quick: int


@dataclass(frozen=True, slots=True)
class HandOffChecks:
    """Hand-offs against the description of the value chain.

    `undocumented` are observed pairs (source, target, passages) for which nothing is documented to pass, which forbids
    nothing. `never` are documented pairs that no stream makes although both activities are seen; None where streams are
    of single tickets, since what passes between tickets cannot be seen there.
    """

    bounces: tuple[Bounce, ...]
    undocumented: tuple[tuple[Activity, Activity, int], ...]
    never: tuple[tuple[Activity, Activity], ...] | None
