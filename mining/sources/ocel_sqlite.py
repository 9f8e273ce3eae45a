"""OCEL 2.0 as an SQLite database: one table for each type of event and object, and tables that tie them together.

The file is opened read-only and as one that nobody changes, so that SQLite makes no file beside it. It is somebody
else's database: only plain tables are read, since a view may compute without end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mining.core.errors import InputError, Problem, RequestError
from mining.sources import ocel
from mining.sources.ocel import Event, Log, Object
from mining.sources.opened import Opened, Visit

NAME = "OCEL 2.0 (SQLite)"
SUFFIXES = (".sqlite", ".sqlite3", ".db")
_MARK = b"SQLite format 3\0"
_TABLES = {
    "event": ("ocel_id", "ocel_type"),
    "object": ("ocel_id", "ocel_type"),
    "event_object": ("ocel_event_id", "ocel_object_id"),
    "event_map_type": ("ocel_type", "ocel_type_map"),
    "object_map_type": ("ocel_type", "ocel_type_map"),
}
_RELATIONS = ("object_object", ("ocel_source_id", "ocel_target_id", "ocel_qualifier"))
"""Of objects with each other: a log that knows none of them may lack the table."""
_ID, _TIME, _CHANGED = "ocel_id", "ocel_time", "ocel_changed_field"
_TELL_EVERY = 50_000

_DAMAGED = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What SQLite says of a damaged file may be no text either, and a damaged length asks for more memory than there is."""


def fits(name: str, head: bytes) -> bool:
    """SQLite begins with its own mark."""
    return head.startswith(_MARK) or name.lower().endswith(".sqlite")


def open_file(visit: Visit) -> Opened:
    """Read the whole log, and write its rows."""
    name, path = visit.name, visit.plain.path
    _refuse_journal(path, visit)
    try:
        with closing(_connection(path)) as database:
            log = _Reader(database, visit).log()
    except _DAMAGED as error:
        text, todo = "is damaged, or breaks off: it cannot be read as SQLite", "fetch or export the file again"
        found = str(error)[:200] or "a value that is larger than memory"
        raise InputError(Problem(text, file=name, found=found, todo=todo)) from error
    return ocel.opened(visit, log, NAME)


def _connection(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
        database.execute(f"PRAGMA {setting}")
    return database


def _refuse_journal(path: Path, visit: Visit) -> None:
    """A journal beside the file holds what is not yet in it, and we do not look there."""
    for end in ("-wal", "-journal"):
        journal = path.with_name(path.name + end)
        if journal.exists() and journal.stat().st_size:
            todo = "close the program that writes it, and try again"
            raise RequestError(Problem("is being written: there is a journal beside it", file=visit.name, todo=todo))


class _Reader:
    """Reads the tables of one database."""

    def __init__(self, database: sqlite3.Connection, visit: Visit) -> None:
        self._database, self._visit = database, visit
        kinds = database.execute("SELECT name, type, sql FROM sqlite_master").fetchall()
        texts = ((name, kind, sql) for name, kind, sql in kinds if isinstance(name, str) and isinstance(sql, str))
        self._tables = {name for name, kind, sql in texts if kind == "table" and not _is_virtual(sql)}

    def log(self) -> Log:
        """The whole log. Raises RequestError where tables or columns of it are missing."""
        self._refuse_others()
        events, objects = self._types("event"), self._types("object")
        log = Log(event_types=set(events), object_types=set(objects))
        for key, kind in self._rows("object", _TABLES["object"]):
            log.add_object(key, Object(kind), self._visit.name)
        found: list[Event] = []
        by_id: dict[str | None, Event] = {}
        for key, kind in self._rows("event", _TABLES["event"]):
            found.append(Event(key, kind, None))
            by_id.setdefault(key, found[-1])
        log.events = found
        self._relate(by_id, log)
        for kind, end in events.items():
            self._tell_events(by_id, kind, f"event_{end}", log)
        for kind, end in objects.items():
            self._tell_objects(kind, f"object_{end}", log)
        table, columns = _RELATIONS
        if table in self._tables:
            missing = self._missing(table, columns)
            if missing:
                raise RequestError(*missing)
            log.relations = [(source, target, kind) for source, target, kind in self._rows(table, columns)]
        return log

    def _refuse_others(self) -> None:
        problems = []
        for table, columns in _TABLES.items():
            if table not in self._tables:
                there = ", ".join(sorted(self._tables)[:12])
                text = f'is SQLite, but no OCEL 2.0: it has no table "{table}"'
                problems.append(Problem(text, file=self._visit.name, found=there or None))
            else:
                problems += self._missing(table, columns)
        if problems:
            raise RequestError(*problems)

    def _missing(self, table: str, columns: Sequence[str]) -> list[Problem]:
        there = self._columns(table)
        text = f'the table "{table}" has no column'
        return [
            Problem(f"{text} {column}", file=self._visit.name, found=", ".join(there))
            for column in columns
            if column not in there
        ]

    def _types(self, what: str) -> dict[str, str]:
        """Of events or objects: each type, and how the name of its table ends."""
        table = f"{what}_map_type"
        return {kind or "": end or "" for kind, end in self._rows(table, _TABLES[table])}

    def _relate(self, by_id: dict[str | None, Event], log: Log) -> None:
        for event_id, object_id in self._rows("event_object", _TABLES["event_object"]):
            event = by_id.get(event_id)
            if event is None:  # its time is nowhere: one row that is set aside, with the event's id
                event = by_id[event_id] = Event(event_id, None, None)
                log.events.append(event)
            event.objects.append(object_id)

    def _tell_events(self, by_id: dict[str | None, Event], kind: str, table: str, log: Log) -> None:
        attributes = self._attributes(table, (_ID, _TIME), kind)
        log.columns |= set(attributes)
        for key, time, *values in self._rows(table, (_ID, _TIME, *attributes)):
            event = by_id.get(key)
            if event is None:
                event = by_id[key] = Event(key, None, None)
                log.events.append(event)
            event.time = time
            event.attributes = dict(zip(attributes, values, strict=True))

    def _tell_objects(self, kind: str, table: str, log: Log) -> None:
        attributes = self._attributes(table, (_ID, _TIME), kind)
        log.columns |= {ocel.OF_OBJECT + name for name in attributes}
        changed = [_CHANGED] if _CHANGED in self._columns(table) else []
        for key, time, *values in self._rows(table, (_ID, _TIME, *attributes, *changed)):
            thing = log.objects.get(key or "")
            if thing is None:
                text, todo = f'the table "{table}" holds an object that the log does not have', "export the log again"
                raise InputError(Problem(text, file=self._visit.name, found=key, todo=todo))
            only = values.pop() if changed else None
            for name, value in zip(attributes, values, strict=True):
                # A row without a changed field holds all values; else it holds the one that changed.
                if only in (None, "", name) and (value is not None or only == name):
                    thing.attributes.setdefault(name, []).append((time, value))

    def _attributes(self, table: str, needed: Sequence[str], kind: str) -> list[str]:
        if table not in self._tables:
            text = f'is no whole OCEL 2.0: the type "{kind}" has no table "{table}"'
            raise InputError(Problem(text, file=self._visit.name, todo="export the log again"))
        missing = self._missing(table, needed)
        if missing:
            raise RequestError(*missing)
        return [column for column in self._columns(table) if column not in (_ID, _TIME, _CHANGED)]

    def _columns(self, table: str) -> list[str]:
        return [row[1] for row in self._database.execute(f"PRAGMA table_info({_quoted(table)})")]

    def _rows(self, table: str, columns: Sequence[str]) -> Iterator[list[str | None]]:
        """The rows of a table in the order in which they were written, as text."""
        names = ", ".join(map(_quoted, columns))
        for number, row in enumerate(self._database.execute(f"SELECT {names} FROM {_quoted(table)}")):  # noqa: S608  quoted
            if number % _TELL_EVERY == 0:
                self._visit.progress(f"reading {self._visit.name}", None)
            yield [_text(value) for value in row]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_virtual(sql: str) -> bool:
    return sql.lstrip().upper().startswith("CREATE VIRTUAL")
