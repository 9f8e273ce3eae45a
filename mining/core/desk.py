"""The figures of a service desk. Each part is None where the export cannot show it.

Everything is counted by tickets, also where streams are made of several. Durations are microseconds of elapsed time.
The whole is here, its parts in the modules `desk_*.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.desk_answers import LEAST_ANSWERS, MeanDifference, Quartile, Satisfaction
from mining.core.desk_flow import (
    AgainstTarget,
    Flow,
    FlowOf,
    OpenOf,
    OpenTickets,
    Period,
    PriorityChange,
    PriorityChanges,
    TargetMet,
)
from mining.core.desk_groups import (
    MOST_SHOWN,
    AtLine,
    FirstContact,
    Group,
    Lines,
    Part,
    PingPong,
    PingPongPair,
    Reassignment,
    Reopening,
)
from mining.core.desk_waits import REQUESTERS, SUPPLIERS, WAITING_DAYS, WaitBetween, WaitIndicators, WaitOf, Waits
from mining.core.streams import Quantiles
from mining.core.workload import Week

__all__ = [
    "LEAST_ANSWERS",
    "MOST_SHOWN",
    "REQUESTERS",
    "SUPPLIERS",
    "WAITING_DAYS",
    "AgainstTarget",
    "Apart",
    "AtLine",
    "FirstContact",
    "Flow",
    "FlowOf",
    "Group",
    "Lines",
    "MeanDifference",
    "OpenOf",
    "OpenTickets",
    "Part",
    "Period",
    "PingPong",
    "PingPongPair",
    "PriorityChange",
    "PriorityChanges",
    "Quartile",
    "Reassignment",
    "Reopening",
    "Satisfaction",
    "ServiceDesk",
    "TargetMet",
    "WaitBetween",
    "WaitIndicators",
    "WaitOf",
    "Waits",
]


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
