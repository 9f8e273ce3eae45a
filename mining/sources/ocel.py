"""Logs in OCEL 2.0, whose events concern several objects: a row is an event of one object.

The columns are `ocel:eid`, `ocel:activity`, `ocel:timestamp`, `ocel:oid`, `ocel:type` (of the object), the events'
attributes by their names, and the objects' as `object:NAME`, with the value that was the latest at the event's time.
Events and objects are held in memory until the file is read: about 1.5 kB for each event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from mining.core.errors import InputError, Problem, RequestError, nearest
from mining.core.events import RejectedRow
from mining.engine.times import check_zone
from mining.sources.ocel_links import links_of
from mining.sources.opened import Opened, Visit
from mining.sources.text_rows import TextRows, opened_rows

OF_OBJECT = "object:"
EVENT_ID, ACTIVITY, TIME, OBJECT_ID, OBJECT_TYPE = _OWN = (
    "ocel:eid",
    "ocel:activity",
    "ocel:timestamp",
    "ocel:oid",
    "ocel:type",
)
_SHOWN = 200


@dataclass(slots=True)
class Event:
    """An event as the file has it; None where the file says nothing."""

    id: str | None
    type: str | None
    time: str | None
    attributes: dict[str, str | None] = field(default_factory=dict)
    objects: list[str | None] = field(default_factory=list)


@dataclass(slots=True)
class Object:
    """An object: its type, and for each attribute its values, each with the time from which it holds."""

    type: str | None
    attributes: dict[str, list[tuple[str | None, str | None]]] = field(default_factory=dict)


@dataclass
class Log:
    """What was read of a file. `event_types` and `object_types` are the declared ones; None where none are declared."""

    events: list[Event] = field(default_factory=list)
    objects: dict[str, Object] = field(default_factory=dict)
    event_types: set[str] | None = None
    object_types: set[str] | None = None
    columns: set[str] = field(default_factory=set)  # of attributes, also of those without a value
    relations: list[tuple[str | None, str | None, str | None]] = field(default_factory=list)
    """Between objects: from which, to which, and its qualifier."""

    def add_object(self, key: str | None, thing: Object, file: str) -> None:
        """Take an object. Raises InputError where it has no id, or that of another one."""
        if not key or key in self.objects:
            text = "there are two objects of one id" if key else "there is an object without an id"
            todo = "have the log exported again: its objects cannot be told apart"
            raise InputError(Problem(text, file=file, found=key, todo=todo))
        self.objects[key] = thing


def opened(visit: Visit, log: Log, format: str) -> Opened:
    """The rows of a log, ready to be scanned, with its links where they are asked for.

    Raises RequestError where the mapping names a type of objects or events, or a relation, that is none.
    """
    types = {thing.type for thing in log.objects.values() if thing.type} | (log.object_types or set())
    chosen = visit.spec.layout.objects
    unknown = [kind for kind in chosen if kind not in types]
    if unknown:
        raise RequestError(*(_no_such_type(visit.name, kind, types) for kind in unknown))
    if not log.events:
        raise RequestError(Problem("holds no events", file=visit.name, todo="export the log again"))
    wanted = sorted(visit.wanted)
    with TextRows(visit.engine.new_path(".parquet"), len(wanted)) as rows:
        reading = _Reading(visit, log, rows)
        for event in log.events:
            reading.take(event)
    known = {*_OWN, *log.columns}
    known |= {name for event in log.events for name in event.attributes}
    known |= {OF_OBJECT + name for thing in log.objects.values() for name in thing.attributes}
    relations, said = None, reading.notes()
    if visit.spec.reads_links:
        zone = _zone(visit.spec.time.zone)
        relations, no_links = links_of(visit, log, types, lambda time: _moment(time, zone))
        said += no_links
    found = opened_rows(
        visit,
        rows.path,
        wanted,
        known,
        format=format,
        iso=frozenset({TIME}),
        misfits=reading.misfits,
        notes=said,
    )
    return replace(found, relations=relations)


class _Reading:
    """Makes rows of events; what breaks the log's own rules goes to `misfits`."""

    def __init__(self, visit: Visit, log: Log, rows: TextRows) -> None:
        self.misfits: list[RejectedRow] = []
        self._visit, self._log, self._rows = visit, log, rows
        self._wanted = sorted(visit.wanted)
        self._of_objects = [name for name in self._wanted if name.startswith(OF_OBJECT)]
        self._chosen = set(visit.spec.layout.objects)
        self._zone = _zone(visit.spec.time.zone)
        self._histories: dict[str, dict[str, list[tuple[datetime, str | None]]]] = {}
        self._ids: set[str] = set()
        self._counted: Counter[str] = Counter()

    def take(self, event: Event) -> None:
        """The rows of an event: one for each of its objects that is a ticket."""
        wrong = self._wrong(event)
        if wrong:
            return self._set_aside(ACTIVITY if wrong.endswith("type") else EVENT_ID, event.id, wrong)
        assert event.id is not None  # noqa: S101  _wrong has seen to it
        self._ids.add(event.id)
        if self._log.event_types is not None and event.type not in self._log.event_types:
            self._counted["are of a type that the log does not declare"] += 1
        if not event.objects:
            self._counted["concern no object, and so are no rows"] += 1
        tickets = list(self._tickets(event))
        if event.objects and not tickets:
            self._counted[f"concern no object of the types {', '.join(sorted(self._chosen))}, and so are no rows"] += 1
        for key in tickets:
            thing = self._log.objects.get(key or "")
            if thing is None or key is None:
                self._set_aside(OBJECT_ID, key, "the event concerns an object that the log does not have")
            else:
                self._rows.add(self._row(event, key, thing))
        return None

    def notes(self) -> list[str]:
        """What the report has to say of the events that are counted here."""
        return [f"{self._visit.name}: {count:,} events {what}" for what, count in sorted(self._counted.items())]

    def _wrong(self, event: Event) -> str | None:
        if not event.id:
            return "the event has no id"
        if not event.type:
            return "the event has no type"
        return "there is another event of this id before it" if event.id in self._ids else None

    def _tickets(self, event: Event) -> Iterator[str | None]:
        for key in dict.fromkeys(event.objects):
            thing = self._log.objects.get(key or "")
            if thing is None or not self._chosen or thing.type in self._chosen:
                yield key

    def _row(self, event: Event, key: str, thing: Object) -> list[str | None]:
        own = dict(zip(_OWN, (event.id, event.type, event.time, key, thing.type), strict=True))
        if self._of_objects:
            own |= self._latest(event, key, thing)
        return [own[name] if name in own else event.attributes.get(name) for name in self._wanted]

    def _latest(self, event: Event, key: str, thing: Object) -> dict[str, str | None]:
        """The values of an object's attributes at an event's time."""
        moment = _moment(event.time, self._zone)
        if key not in self._histories:
            self._histories[key] = {name: self._history(key, name, thing) for name in self._of_objects}
        found: dict[str, str | None] = {}
        for name, history in self._histories[key].items():
            held = [value for since, value in history if moment is not None and since <= moment]
            found[name] = held[-1] if held else None
        return found

    def _history(self, key: str, name: str, thing: Object) -> list[tuple[datetime, str | None]]:
        found = []
        for time, value in thing.attributes.get(name.removeprefix(OF_OBJECT), ()):
            since = _moment(time, self._zone) if time else datetime.min.replace(tzinfo=ZoneInfo("UTC"))
            if since is None:
                text = f'the time of a value of the object "{key}" cannot be read'
                expected = "ISO 8601, as 2024-03-31T14:05:00+02:00"
                problem = Problem(text, file=self._visit.name, column=name, found=time, expected=expected)
                raise InputError(problem)
            found.append((since, value))
        return sorted(found, key=lambda entry: entry[0])

    def _set_aside(self, column: str, found: str | None, reason: str) -> None:
        number = self._rows.count + len(self.misfits) + 1
        self.misfits.append(RejectedRow(self._visit.name, number, column, found and found[:_SHOWN], reason))


def _moment(time: str | None, zone: tzinfo) -> datetime | None:
    """ISO 8601 as a time that can be compared; None where it cannot be read."""
    try:
        read = datetime.fromisoformat((time or "").strip())
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        return None


def _zone(name: str | None) -> tzinfo:
    check_zone(name or "UTC")
    return ZoneInfo(name or "UTC")


def _no_such_type(file: str, kind: str, types: set[str]) -> Problem:
    near = ", ".join(nearest(kind, types))
    return Problem(
        f'there is no object type "{kind}"',
        file=file,
        found=near or None,
        expected="one of " + ", ".join(sorted(types)[:20]),
        todo="mend export.objects in the mapping",
    )
