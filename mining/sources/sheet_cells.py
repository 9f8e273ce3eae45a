"""What stands in a workbook, as text: the sheet with the needed columns, its header, and the cells below it.

Runs in a process of its own, see `workbook`. Calamine holds one sheet at a time, whole and as a full rectangle: about
100 bytes for each cell of it, so 1,000,000 rows of 20 columns take some 2 GB.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import python_calamine

from mining.sources.text_rows import TextRows

HEADER_WITHIN = 20
"""The header is one of so many first rows; above it a title, a date or a logo may stand."""

_EXACT = 10**15
"""Whole numbers below this are exact in a workbook, which holds every number as a double."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which cells of a workbook are wanted. `required` are columns that there must be, each under one of its names;
    `wanted` all names of columns that are kept; `sheet` None stands for the first that has the required ones."""

    path: str
    target: str
    sheet: str | None
    required: list[list[str]]
    wanted: list[str]


@dataclass(slots=True)
class Taken:
    """What was taken: the columns that the sheet has, those with cells that are dates, and its name. Where no sheet
    was found, `headers` says what each one has in its header."""

    sheet: str | None = None
    sheets: int = 0
    columns: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    rows: int = 0
    headers: dict[str, list[str]] = field(default_factory=dict)


def take(wish: Wish) -> Taken:
    """Write the wanted cells to `wish.target`, a Parquet file with the columns c0… for `wish.wanted`.

    Raises what calamine raises.
    """
    with Path(wish.path).open("rb") as file, python_calamine.CalamineWorkbook.from_object(file) as book:
        names = [name for name in book.sheet_names if wish.sheet in (None, name)]
        headers: dict[str, list[str]] = {}
        for name in names or book.sheet_names:
            sheet = _sheet(book, name)
            at, header, whole = _header(sheet, wish)
            headers[name] = [cell for cell in header if cell]
            if names and header and (whole or len(names) == 1):
                return _taken(sheet, at, header, wish, Taken(name, len(book.sheet_names)))
        if not names or wish.required or not any(headers.values()):
            return Taken(headers=headers)
        # Nobody has said yet which columns matter: so the widest sheet is looked at.
        name = max(headers, key=lambda name: len(headers[name]))
        sheet = _sheet(book, name)
        at, header, _ = _header(sheet, wish)
        return _taken(sheet, at, header, wish, Taken(name, len(book.sheet_names)))


def text_of(value: Any) -> str | None:
    """A cell as text: dates in ISO 8601, whole numbers without ".0"; None where it is empty or an error (#N/A)."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):  # [h]:mm:ss
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return str(value)


def _sheet(book: python_calamine.CalamineWorkbook, name: str) -> python_calamine.CalamineSheet | None:
    """The sheet; None where it holds a chart or a macro, and no cells."""
    kind = next(data.typ for data in book.sheets_metadata if data.name == name)
    return book.get_sheet_by_name(name) if kind == python_calamine.SheetTypeEnum.WorkSheet else None


def _header(sheet: python_calamine.CalamineSheet | None, wish: Wish) -> tuple[int, list[str], bool]:
    """The row with the most required columns: its number from 0, its cells, and whether all of them are there."""
    best: tuple[int, int, list[str]] = (-1, 0, [])
    for at, row in enumerate(_rows(sheet)):
        if at >= HEADER_WITHIN:
            break
        header = [(text_of(cell) or "").strip() for cell in row]
        known = sum(any(name in header for name in names) for names in wish.required)
        # Where no column is known, the first row of several cells is called the header; where none is asked for, the
        # first of the widest.
        filled = sum(map(bool, header))
        score = 2 * known + (filled > 1) if wish.required else filled
        if score > best[0] and any(header):
            best = (score, at, header)
    score, at, header = best
    return at, header, bool(wish.required) and score // 2 == len(wish.required)


def _taken(
    sheet: python_calamine.CalamineSheet | None, at: int, header: Sequence[str], wish: Wish, taken: Taken
) -> Taken:
    places = [header.index(column) if column in header else -1 for column in wish.wanted]
    dates: set[int] = set()
    with TextRows(Path(wish.target), len(places)) as out:
        for number, row in enumerate(_rows(sheet)):
            if number <= at or not any(cell != "" for cell in row):
                continue
            out.add([text_of(row[place]) if place >= 0 else None for place in places])
            dates.update(place for place in places if place >= 0 and isinstance(row[place], dt.date))
    taken.columns = [cell for cell in header if cell]
    taken.dates, taken.rows = [header[place] for place in sorted(dates)], out.count
    return taken


def _rows(sheet: python_calamine.CalamineSheet | None) -> Iterator[list[Any]]:
    return iter(()) if sheet is None else sheet.iter_rows()
