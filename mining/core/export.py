"""How one kind of export is read: the part of a mapping that the sources room needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a row of an export is."""

    EVENTS = "events"  # one event
    SNAPSHOTS = "snapshots"  # the whole ticket after an update


class Holds(StrEnum):
    """How long what an event says goes on."""

    STATE = "state"  # until the ticket's next event
    POINT = "point"  # the moment only


@dataclass(frozen=True, slots=True)
class TimeSpec:
    """A column that holds times: strptime's `format` (None: ISO 8601) and the zone of times that name none.

    `zone` is an IANA name, or None where the mapping names none: UTC is assumed then, and the report says so.
    """

    column: str
    format: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class CsvSpec:
    """What the mapping fixes of a CSV file; whatever is None is sniffed."""

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    header: bool | None = None


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """Columns and their roles, fixed once for the whole run.

    `used` are all columns that events carry on for the rules and for `keep`, without double names: those that `event`,
    `group`, `actor` and the rules look at, and `keep`.
    """

    shape: Shape
    ticket: str
    time: TimeSpec
    event: str
    used: tuple[str, ...]
    ticket_type: str = "ticket"
    order_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("",)
    holds: Holds = Holds.STATE
    actor: str | None = None
    group: str | None = None
    keep: tuple[str, ...] = ()
    final: tuple[str, ...] = ()
    demand: TimeSpec | None = None
    csv: CsvSpec = CsvSpec()
