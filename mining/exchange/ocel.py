"""OCEL 2.0 as JSON: tickets are the objects, and each event is related to its ticket.

Object types are the types of tickets, event types are "activity:step". All values of attributes are texts, as the
standard's own schema asks. Events are called e1, e2, … in the order of cases and of the events within each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mining.exchange.batches import rows_of
from mining.exchange.told import DETAILS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.tables import Tables

_MOST_TYPES = 100_000


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


def _type(name: str, attributes: list[dict[str, str]]) -> dict[str, Any]:
    return {"name": name, "attributes": attributes}


def _objects(tables: Tables, tickets: ir.Table) -> Iterable[dict[str, Any]]:
    for ticket, kind in rows_of(tables, tickets, ("ticket", "ticket_type")):
        yield {"id": ticket, "type": kind, "attributes": [], "relationships": []}


def _events(tables: Tables, log: ir.Table, details: list[str]) -> Iterable[dict[str, Any]]:
    rows = rows_of(tables, log, ("time", "event", "ticket", *details))
    for number, (time, event, ticket, *cells) in enumerate(rows, 1):
        said = zip(details, cells, strict=True)
        yield {
            "id": f"e{number}",
            "type": event,
            "time": time,
            "attributes": [{"name": name, "value": str(cell)} for name, cell in said if cell is not None],
            "relationships": [{"objectId": ticket, "qualifier": "ticket"}],
        }


def _write_list(file: IO[str], key: str, items: Iterable[dict[str, Any]]) -> None:
    """A list, an item a line."""
    file.write(f'\n"{key}": [')
    between = "\n"
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for item in items:
        file.write(between + encode(item))
        between = ",\n"
    file.write("\n]")
