"""OCEL 2.0 as JSON, from a document that is parsed already."""

from __future__ import annotations

from typing import Any

from mining.core.errors import InputError, Problem, RequestError
from mining.sources import ocel
from mining.sources.json_text import Value, cell
from mining.sources.ocel import Event, Log, Object
from mining.sources.opened import Opened, Visit

NAME = "OCEL 2.0 (JSON)"


def is_log(document: Value) -> bool:
    """Whether a document is such a log: it declares types of events and objects, or is of the older standard."""
    if not isinstance(document, dict):
        return False
    return {"eventTypes", "objectTypes"} <= document.keys() or "ocel:events" in document


def opened(visit: Visit, document: dict[str, Value]) -> Opened:
    """The log's rows. Raises InputError where it is not built as OCEL 2.0 says."""
    if "ocel:events" in document:
        todo = "convert it to OCEL 2.0, or export it so"
        raise RequestError(Problem("is OCEL 1.0, which is not read", file=visit.name, todo=todo))
    try:
        log = _log(visit.name, document)
        return ocel.opened(visit, log, NAME)
    except RecursionError as error:
        raise InputError(Problem("is nested too deeply", file=visit.name)) from error


def _log(name: str, document: dict[str, Value]) -> Log:
    log = Log(event_types=set(), object_types=set())
    for section, types, prefix in (
        ("eventTypes", log.event_types, ""),
        ("objectTypes", log.object_types, ocel.OF_OBJECT),
    ):
        for kind in _objects(name, section, document[section]):
            assert types is not None  # noqa: S101  both are sets, see above
            types.add(cell(kind.get("name")) or "")
            attributes = _objects(name, f"{section}: attributes", kind.get("attributes"))
            log.columns |= {prefix + (cell(attribute.get("name")) or "") for attribute in attributes}
    for thing in _objects(name, "objects", _needed(name, document, "objects")):
        key = cell(thing.get("id"))
        log.add_object(key, _object(name, thing), name)
        log.relations += [
            (key, cell(relation.get("objectId")), cell(relation.get("qualifier")))
            for relation in _objects(name, "objects: relationships", thing.get("relationships"))
        ]
    for event in _objects(name, "events", _needed(name, document, "events")):
        relations = _objects(name, "events: relationships", event.get("relationships"))
        attributes = _objects(name, "events: attributes", event.get("attributes"))
        log.events.append(
            Event(
                cell(event.get("id")),
                cell(event.get("type")),
                cell(event.get("time")),
                {cell(one.get("name")) or "": cell(one.get("value")) for one in attributes},
                [cell(relation.get("objectId")) for relation in relations],
            )
        )
    return log


def _object(name: str, thing: dict[str, Any]) -> Object:
    found = Object(cell(thing.get("type")))
    for one in _objects(name, "objects: attributes", thing.get("attributes")):
        values = found.attributes.setdefault(cell(one.get("name")) or "", [])
        values.append((cell(one.get("time")), cell(one.get("value"))))
    return found


def _needed(name: str, document: dict[str, Value], key: str) -> Value:
    if key not in document:
        raise InputError(Problem(f'is no whole OCEL 2.0: it has no "{key}"', file=name, found=", ".join(document)))
    return document[key]


def _objects(name: str, place: str, value: Value) -> list[dict[str, Value]]:
    """The objects of a list that may be left out. Raises InputError where it is no list of objects."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        found = (cell(value) or "")[:80]
        expected = f'a list of objects under "{place}"'
        raise InputError(Problem("is not built as OCEL 2.0 says", file=name, found=found, expected=expected))
    return value
