"""How one kind of export is read: the part of a mapping that the sources room needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mining.core.errors import Problem, RequestError, nearest


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
    `group`, `actor` and the rules look at, and `keep`. All names here are the mapping's own; `columns_in` says what a
    file calls them. `aliases` holds, for a name, the other names that files use for the same column, the best first.
    `optional` are columns that a file may lack: they are missing in all of its rows then.
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
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that is read, in the mapping's own names, without double names."""
        demand = () if self.demand is None else (self.demand.column,)
        return tuple(dict.fromkeys((self.ticket, self.time.column, *self.order_by, *demand, *self.used)))


def columns_in(spec: ExportSpec, present: Iterable[str], file: str) -> dict[str, str | None]:
    """What a file calls each column that `spec` needs: mapping's name → file's name, None where the file may lack it.

    `present` are the columns of the file, `file` its name for the messages. The mapping's own name wins over its
    aliases, and those stand in order. Raises RequestError with one problem for each column that is not there, with
    the file's columns that look most like it.
    """
    here = list(present)
    aliases = dict(spec.aliases)
    found: dict[str, str | None] = {}
    problems = []
    for name in spec.needed:
        names = (name, *aliases.get(name, ()))
        found[name] = next((n for n in names if n in here), None)
        if found[name] is None and name not in spec.optional:
            problems.append(_no_such_column(names, here, file))
    if problems:
        raise RequestError(*problems)
    return found


def _no_such_column(names: tuple[str, ...], present: list[str], file: str) -> Problem:
    near = list(dict.fromkeys(n for name in names for n in nearest(name, present)))[:3]
    return Problem(
        "there is no such column",
        file=file,
        column=names[0],
        found=", ".join(near or present[:20]) + ("" if near or len(present) <= 20 else ", …"),
        expected=" or ".join(names),
        todo="name the column as the file does, or choose the mapping that fits this export",
    )
