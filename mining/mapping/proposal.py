"""A mapping that is proposed: each part with how sure it is, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from mining.core.export import Shape
from mining.mapping.vocabulary import Meant, Sure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One decision; `others` are what else it may be, the likeliest first."""

    value: T
    sure: Sure
    reason: str
    others: tuple[T, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """A column with times, its format (None: ISO 8601), the zone of times that name none, and the language of the names
    of months where it is not English."""

    column: str
    format: Choice[str | None]
    zone: Choice[str]
    until: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class EventTime:
    """Of a ticket in one row: a column with a time, and the event that it makes."""

    column: str
    event: str
    actor: str | None
    group: str | None
    sure: Sure
    reason: str


@dataclass(frozen=True, slots=True)
class ProposedRule:
    """A rule as its YAML says it, with an example row. `rows` is about how many rows of the export it meets."""

    when: dict[str, Any]
    does: dict[str, Any]
    sure: Sure
    reason: str
    rows: int
    example: dict[str, Any]
    expected: Any
    heading: str | None = None  # a comment above it
    live: bool = True  # else it is written as a comment: its rows stay unmapped until somebody decides


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person has decided already. `meanings` holds by label the name of what it means."""

    shape: Shape | None = None
    ticket: str | None = None
    time: str | None = None
    format: str | None = None
    zone: str | None = None
    event: str | None = None
    meanings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column is what. `times` is only for one row a ticket; `field`, `old`, `new` and the field `state` only for
    one row a change. `kept`, `final` and `links` come with their reasons: column → reason, link → (what, reason)."""

    shape: Choice[Shape]
    ticket: Choice[str]
    ticket_type: Choice[str]
    time: TimeChoice
    time_sure: Choice[str]
    event: Choice[str] | None = None
    is_state: bool = True
    times: tuple[EventTime, ...] = ()
    field: str | None = None
    old: str | None = None
    new: str | None = None
    state: Choice[str] | None = None
    group: Choice[str] | None = None
    actor: Choice[str] | None = None
    order_by: tuple[Choice[str], ...] = ()
    demand: Choice[str] | None = None
    resolution: str | None = None
    status: str | None = None  # of one row a ticket: the state that it has at export
    kept: tuple[tuple[str, str], ...] = ()
    final: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()
    missing: tuple[str, ...] = ("",)
    left_out: tuple[tuple[str, str], ...] = ()  # times that make no event, and why


@dataclass(frozen=True, slots=True)
class Proposal:
    """A whole mapping. `labels` are the texts that were found with what they mean, `checks` what to look at first."""

    name: str
    file: str
    roles: Roles
    rules: tuple[ProposedRule, ...]
    labels: tuple[Meant, ...]
    cannot_show: tuple[str, ...]
    checks: tuple[str, ...]
    notes: tuple[str, ...] = ()
    expand: str | None = None  # JSON: the path of nested lists of which each element is a row


@dataclass(frozen=True, slots=True)
class Recognised:
    """A mapping that fits an export, and why."""

    mapping: str
    reason: str

    def __str__(self) -> str:
        return f"{self.mapping}: {self.reason}"
