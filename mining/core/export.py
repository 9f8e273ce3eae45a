"""How one kind of export is read: the part of a mapping that the sources room needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from mining.core.errors import Problem, RequestError, nearest
from mining.core.facts import FactSpec
from mining.core.links import LinkSpec


class Shape(StrEnum):
    """What a row of an export is."""

    EVENTS = "events"  # one event
    SNAPSHOTS = "snapshots"  # the whole ticket after an update
    TICKETS = "tickets"  # one ticket, with several times; each filled one becomes an event
    CHANGES = "changes"  # one changed field: ticket, time, field, old, new
    LINKS = "links"  # what a ticket is linked with; it makes no event


class Holds(StrEnum):
    """How long what an event says goes on."""

    STATE = "state"  # until the ticket's next event
    POINT = "point"  # the moment only


CREATED = "created"
"""Of `changes`, the label of a row that names no field and no time: a ticket of which nothing has changed yet."""

EVENT, ACTOR, GROUP = "event", "actor", "group"
"""Columns that no file has: of `tickets` and `changes` the event's label, and of `tickets` who and which group, where
that is told for each time apart."""


@dataclass(frozen=True, slots=True)
class TimeSpec:
    """A column that holds times: strptime's `format` or one of `time_forms.NUMBERS` (None: ISO 8601, or found by
    evidence), and the zone of times that name none.

    `zone` is an IANA name or an offset, or None where the mapping names none: UTC is assumed then, and the report says
    so. `zone_column` holds the zone of each row; `zones` that of each file, as pairs of a pattern of its name and a
    zone, the first that fits. `language` (as "de") is that of the names of months.
    """

    column: str
    format: str | None = None
    zone: str | None = None
    language: str | None = None
    zone_column: str | None = None
    zones: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TicketTime:
    """Of a ticket in one row: a column with a time, the label of the event that it makes where it is filled, and the
    columns that say who it was and in which group, where there are such."""

    column: str
    event: str
    actor: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a file the rows are. `records` and `expand` are dotted paths in JSON, to the list of records and to
    nested lists of which each element is a row; `sheet` of a workbook; `objects` the types of OCEL that are tickets."""

    records: str | None = None
    expand: str | None = None
    sheet: str | None = None
    objects: tuple[str, ...] = ()


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

    Of `tickets`, `times` says which columns make events; `event` is EVENT then, and `time` holds for all of them what
    it says of format and zone (its column is the first of them). Of `changes`, `field`, `old` and `new` are columns;
    `event` is EVENT, and its label is the new value where the field `state` changed, else the field's name. `until` is
    the column with an event's end.

    `facts` say what columns tell about a ticket; a file may lack those that are needed for nothing else.

    Of `links`, `used` are the columns of `links`, `event` is empty, and so is the column of `time` where the export
    does not say when a link was set.

    `asked` are those of `used` that the mapping does not read by itself: a run asked for them.
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
    times: tuple[TicketTime, ...] = ()
    field: str | None = None
    old: str | None = None
    new: str | None = None
    state: str | None = None
    until: str | None = None
    layout: Layout = Layout()
    links: tuple[LinkSpec, ...] = ()
    facts: tuple[FactSpec, ...] = ()
    asked: tuple[str, ...] = ()
    reads_links: bool = False  # also those that are told beside the rows

    def with_asked(self, columns: tuple[str, ...], *, may_lack: bool) -> ExportSpec:
        """The same with `columns` carried on as well, because this run asks for them; files that `may_lack` them count
        as having none. No mapping looks at them, so they do not decide which rows are duplicates."""
        optional = (*self.optional, *columns) if may_lack else self.optional
        return replace(self, used=(*self.used, *columns), asked=columns, optional=optional)

    @property
    def with_links(self) -> ExportSpec:
        """The same with the columns of `links` carried on as well; a file may lack them. A table of links, which is
        read for nothing else, carries them anyway, and a file must have them."""
        return replace(self._carrying(self.links), reads_links=any(link.of_objects for link in self.links))

    @property
    def with_same(self) -> ExportSpec:
        """The same with those columns alone carried on that tell of tickets raised again: each ticket is a case."""
        return self._carrying([link for link in self.links if link.same])

    def _carrying(self, links: Iterable[LinkSpec]) -> ExportSpec:
        columns = tuple(dict.fromkeys(name for link in links for name in link.columns if name not in self.used))
        lacked = tuple(name for name in columns if name not in self.needed and name not in self.optional)
        return replace(self, used=(*self.used, *columns), optional=(*self.optional, *lacked))

    @property
    def has_time(self) -> bool:
        """Whether a row says when it happened: all do but those of a table of links that names no time."""
        return self.time.column != ""

    @property
    def made(self) -> tuple[str, ...]:
        """Those of `used` that no file has."""
        made = [EVENT] if self.shape in (Shape.TICKETS, Shape.CHANGES) else []
        made += [ACTOR] if any(time.actor for time in self.times) else []
        made += [GROUP] if any(time.group for time in self.times) else []
        return tuple(made)

    @property
    def all_times(self) -> tuple[TimeSpec, ...]:
        """Every column that holds times, each once, with how it is written."""
        found = [replace(self.time, column=time.column) for time in self.times]
        found = found or ([self.time] if self.has_time else [])
        found += [] if self.until is None else [replace(self.time, column=self.until)]
        found += [] if self.demand is None else [self.demand]
        return tuple(
            {time.column: time for time in reversed(found)}[name] for name in dict.fromkeys(t.column for t in found)
        )

    @property
    def turning(self) -> tuple[str, ...]:
        """The columns of which `MappedLog.turns` tells when they change: group, kept ones and facts."""
        fields = (self.field, self.new) if any(fact.field is not None for fact in self.facts) else ()
        columns = (self.group, *self.keep, *(fact.column for fact in self.facts), *fields)
        return tuple(dict.fromkeys(name for name in columns if name is not None))

    def is_in(self, columns: Collection[str], name: str) -> bool:
        """Whether any of the files with these columns has the column that the mapping calls `name`."""
        return name in self.made or any(each in columns for each in (name, *dict(self.aliases).get(name, ())))

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that is read, in the mapping's own names, without double names."""
        found = [self.ticket, *([self.time.column] if self.has_time else []), *self.order_by]
        found += [] if self.demand is None else [self.demand.column]
        for time in self.times:
            found += [column for column in (time.column, time.actor, time.group) if column is not None]
        found += [time.zone_column for time in self.all_times if time.zone_column is not None]
        found += [column for column in (self.until, self.field, self.old, self.new) if column is not None]
        return tuple(dict.fromkeys((*found, *(name for name in self.used if name not in self.made))))


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
