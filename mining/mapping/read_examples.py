"""From the YAML of `examples` to made-up rows."""

from __future__ import annotations

from typing import Any

from mining.core.yamlio import At
from mining.mapping.conditions import Cell
from mining.mapping.model import Example
from mining.mapping.read_outcome import read_expected
from mining.mapping.read_when import WhenReader


def read_example(when: WhenReader, number: int, data: Any, looked_at: tuple[str, ...]) -> Example | None:
    """One example; None where it is wrong, with the problems noted. `looked_at` are the columns that rules look at.

    Without a cell of the row before (`previous.COLUMN`) it is its ticket's first row, and it is the last one, unless
    `first` and `last` say otherwise. Cells that it does not name are missing.
    """
    at: At = ("examples", number - 1)
    if not isinstance(data, dict) or not isinstance(data.get("event"), dict):
        return None  # the structure is told already
    reader, event = when.reader, data["event"]
    place = {key: reader.truth((*at, "event", key), event[key]) for key in ("first", "last") if key in event}
    cells = {
        cell: text
        for key, value in event.items()
        if key not in place
        for cell, text in _read_cell(when, (*at, "event", key), key, value, looked_at)
    }
    before = {cell.column: text for cell, text in cells.items() if cell.previous}
    first = place.get("first", not before)
    if first and before:
        reader.complain((*at, "event"), "the first row of a ticket has no row before it")
    expected = read_expected(reader, (*at, "is"), data.get("is"))
    if expected is None or first is None:
        return None
    now = {cell.column: text for cell, text in cells.items() if not cell.previous}
    return Example(number, reader.yaml.line(at), now, before, first, place.get("last") is not False, expected)


def _read_cell(
    when: WhenReader, at: At, key: Any, value: Any, looked_at: tuple[str, ...]
) -> list[tuple[Cell, str | None]]:
    """The cell with its text, or nothing where it is wrong."""
    cell = when.cell(at, key)
    if cell is None:
        return []
    if looked_at and cell.column not in looked_at:
        when.reader.unknown(at, f'no rule looks at "{cell.column}"', cell.column, looked_at)
    if value is None or value in when.roles.missing:
        return [(cell, None)]
    text = when.reader.text(at, value)
    return [] if text is None else [(cell, text)]
