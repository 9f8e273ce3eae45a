"""What a log in OCEL 2.0 tells of links between tickets: relations between objects, and events that concern both.

Which of them count, the mapping says: each link names the qualifier of a relation, or a type of events, and the types
of the objects on the other side. Whatever is no link is counted, and the notes of the report say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from mining.core.errors import Problem, RequestError, nearest
from mining.core.links import LinkSpec
from mining.sources.opened import Visit

if TYPE_CHECKING:
    from mining.sources.ocel import Event, Log

Moment = Callable[[str | None], datetime | None]
"""From a time as the log writes it to that time; None where it cannot be read."""

_SCHEMA = pa.schema([("source", pa.string()), ("target", pa.string()), ("link", pa.int16()), ("since", pa.int64())])
_MOST_PAIRS = 10_000
_SHOWN = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Link = tuple[str, str, int, int | None]


def links_of(visit: Visit, log: Log, types: set[str], moment: Moment) -> tuple[pa.Table, list[str]]:
    """The links of a log, as `EventTable.relations` has them, and what has to be said of those that are none.

    `types` are those of its objects. Raises RequestError where a link of the mapping names a relation, a type of events
    or of objects that the log does not have; a relation or type of events that is listed under `optional` may lack.
    """
    links = [(i, link) for i, link in enumerate(visit.spec.links) if link.of_objects]
    _check(visit, log, links, types)
    told = _Told(visit, log, [(i, link, _others(visit, link, types)) for i, link in links])
    told.by_relations()
    told.by_events(moment)
    rows = list(dict.fromkeys(told.rows))
    columns = list(zip(*rows, strict=True)) or [()] * len(_SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA), told.notes()


def _others(visit: Visit, link: LinkSpec, types: set[str]) -> frozenset[str]:
    """The types of the objects on the other side of a link."""
    if link.objects:
        return frozenset(link.objects)
    if link.other == visit.spec.ticket_type:
        return frozenset(visit.spec.layout.objects or types)
    return frozenset({link.other})


class _Told:
    """Gathers the links, and counts what is none."""

    def __init__(self, visit: Visit, log: Log, links: list[tuple[int, LinkSpec, frozenset[str]]]) -> None:
        self.rows: list[_Link] = []
        self._name, self._log, self._links = visit.name, log, links
        self._chosen = set(visit.spec.layout.objects)
        self._counted: Counter[str] = Counter()

    def by_relations(self) -> None:
        """Of each relation between two objects what it is."""
        named = {link.relation for _, link, _ in self._links if link.relation is not None}
        for source, target, given in self._log.relations if named else ():
            qualifier = given or ""
            if qualifier not in named:
                self._counted["of qualifiers that the mapping does not name"] += 1
            elif not source or not target or not {source, target} <= self._log.objects.keys():
                self._counted["with an object that the log does not have"] += 1
            elif not self._is_ticket(source):
                self._counted["that start at objects which are no tickets here"] += 1
            else:
                self._relate(source, target, qualifier)

    def _relate(self, source: str, target: str, qualifier: str) -> None:
        type_ = self._log.objects[target].type
        found = [i for i, link, others in self._links if link.relation == qualifier and type_ in others]
        self.rows += [(source, target, i, None) for i in found]
        if not found:
            self._counted["that lead to objects of no type that the mapping links"] += 1

    def by_events(self, moment: Moment) -> None:
        """The links by events that concern tickets of both sides, since the event."""
        by_type: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for i, link, others in self._links:
            if link.event is not None:
                by_type.setdefault(link.event, []).append((i, others))
        for event in self._log.events if by_type else ():
            if event.id and event.type in by_type:
                for i, others in by_type[event.type]:
                    self._by_event(event, i, others, moment)

    def _by_event(self, event: Event, i: int, others: frozenset[str], moment: Moment) -> None:
        concerned = [key for key in dict.fromkeys(event.objects) if key and key in self._log.objects]
        there = [key for key in concerned if self._log.objects[key].type in others]
        here = [key for key in concerned if self._log.objects[key].type not in others and self._is_ticket(key)]
        if len(here) * len(there) > _MOST_PAIRS:
            self._counted[f"of events that concern more than {_MOST_PAIRS:,} pairs of tickets"] += 1
            return
        at = moment(event.time)
        since = None if at is None else (at - _EPOCH) // timedelta(microseconds=1)
        self.rows += [(key, other, i, since) for key in here for other in there]

    def _is_ticket(self, key: str) -> bool:
        return not self._chosen or self._log.objects[key].type in self._chosen

    def notes(self) -> list[str]:
        """What the report has to say of what is no link."""
        return [
            f"{self._name}: {count:,} relations {what} are no links" for what, count in sorted(self._counted.items())
        ]


def _check(visit: Visit, log: Log, links: list[tuple[int, LinkSpec]], types: set[str]) -> None:
    relations = {given or "" for _, _, given in log.relations}
    events = {event.type for event in log.events if event.type} | (log.event_types or set())
    problems = []
    for _, link in links:
        what, name, known = "event", link.event, events
        if link.event is None:
            what, name, known = "relation", link.relation, relations
        if name not in known and link.column not in visit.spec.optional:
            problems.append(_none_such(visit.name, what, name or "", known))
        problems += [_none_such(visit.name, "object", kind, types) for kind in _others(visit, link, types) - types]
    if problems:
        raise RequestError(*dict.fromkeys(problems))


def _none_such(file: str, what: str, name: str, known: Iterable[str]) -> Problem:
    said = {"relation": "relation between objects", "event": "type of events", "object": "type of objects"}[what]
    key = {"relation": "relation", "event": "event", "object": "objects (or to, from)"}[what]
    here = sorted(known)
    shown = ", ".join(each or '""' for each in here[:_SHOWN])
    return Problem(
        f'there is no {said} "{name}"',
        file=file,
        found=", ".join(nearest(name, here)) or None,
        expected=f"one of {shown}" if here else None,
        todo=f"mend {key} under export: links in the mapping"
        + ("" if what == "object" else ", or list it under optional, if the log may lack it"),
    )
