"""OCEL 2.0 as JSON: tickets are the objects, and each event is related to its ticket.

Object types are the types of tickets, event types are "activity:step". All values of attributes are texts, as the
standard's own schema asks. Events are called e1, e2, … in the order of cases and of the events within each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mining.exchange.batches import KEPT_PIECES, rows_of
from mining.exchange.told import DETAILS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.tables import Tables

_MOST_TYPES = 100_000
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_ocel(tables: Tables, log: ir.Table, path: Path) -> None:
    """Write a kept log (see `told`) to `path`."""
    details = [name for name in DETAILS if name in log.columns]
    attributes = [{"name": name, "type": "time" if name == "until" else "string"} for name in details]
    objects = tables.keep(log.select("ticket", "ticket_type").distinct().order_by("ticket", "ticket_type"), "tickets")
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write("{")
            _write_list(file, "objectTypes", (_type(name, []) for name in _names(tables, log, "ticket_type")))
            file.write(",")
            _write_list(file, "eventTypes", (_type(name, attributes) for name in _names(tables, log, "event")))
            file.write(",")
            _write_list(file, "objects", _objects(tables, objects))
            file.write(",")
            _write_list(file, "events", _events(tables, log, details))
            file.write("}\n")
    finally:
        tables.drop(objects)


def _names(tables: Tables, log: ir.Table, column: str) -> list[str]:
    names = log.select(column).distinct().order_by(column)
    found: list[str] = tables.fetch(names, limit=_MOST_TYPES)[column].to_pylist()
    return found


def _type(name: str, attributes: list[dict[str, str]]) -> str:
    return _json({"name": name, "attributes": attributes})


def _objects(tables: Tables, tickets: ir.Table) -> Iterable[str]:
    for ticket, kind in rows_of(tables, tickets, ("ticket", "ticket_type")):
        yield _json({"id": ticket, "type": kind, "attributes": [], "relationships": []})


def _events(tables: Tables, log: ir.Table, details: list[str]) -> Iterable[str]:
    said = lru_cache(KEPT_PIECES)(lambda *cells: _said(details, *cells))
    rows = rows_of(tables, log, ("time", "ticket", "event", *details))
    for number, (time, ticket, *cells) in enumerate(rows, 1):
        relations = f'[{{"objectId":{_json(ticket)},"qualifier":"ticket"}}]'
        yield f'{{"id":"e{number}","time":"{time}",{said(*cells)},"relationships":{relations}}}'


def _said(details: list[str], event: str, *cells: str | int | None) -> str:
    """What an event says beside its time and ticket: members of its object."""
    said = zip(details, cells, strict=True)
    attributes = [{"name": name, "value": str(cell)} for name, cell in said if cell is not None]
    return f'"type":{_json(event)},"attributes":{_json(attributes)}'


def _write_list(file: IO[str], key: str, items: Iterable[str]) -> None:
    """A list, an item a line."""
    file.write(f'\n"{key}": [')
    between = "\n"
    for item in items:
        file.write(between + item)
        between = ",\n"
    file.write("\n]")
