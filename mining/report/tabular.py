"""A table as the page shows it: columns with a kind, rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from mining.report.formats import HOUR, NOTHING, count, cut, duration, harmless, hours, money, percent, rate
from mining.report.language import local, meant, t

Kind = Literal["text", "prose", "count", "share", "ratio", "duration", "work", "money", "rate", "hours"]
Value = str | int | float | None

_UNITS = {"share": "share", "duration": "h", "work": "h", "money": "hundredths", "rate": "millionths", "hours": "h"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and what its values are.

    "text" is a name of the log, which is cut where it is too long; "prose" is a text of ours. Durations are
    microseconds, and so are "work", which is working time, and "hours"; a "share" is read as a percentage, a "ratio"
    as it is. "money" is hundredths of a currency's unit, a "rate" millionths of it.
    `sense` tells headings of several meanings apart for whoever translates them.
    """

    title: str
    kind: Kind = "text"
    sense: str = ""

    @property
    def unit(self) -> str | None:
        """The unit that the CSV of the table gives its figures in; None for texts and counts."""
        return _UNITS.get(self.kind)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown. `raw` is the plain figure, None for texts; `title` the whole text where it was cut."""

    text: str
    kind: Kind
    raw: int | float | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page. `name` is its id and the name of its CSV, `marks` are classes of its rows."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    marks: tuple[str, ...] = ()


def table(
    name: str,
    caption: str,
    columns: Iterable[Column],
    rows: Iterable[Iterable[Value]],
    note: str = "",
    *,
    marks: tuple[str, ...] = (),
) -> Table:
    """A table of plain values, each formatted by the kind of its column. `name` is its anchor in the page; `marks`
    are a class for each row."""
    kept = tuple(columns)
    titled = tuple(replace(one, title=meant(one.sense, one.title) if one.sense else t(one.title)) for one in kept)
    return Table(name, t(caption), titled, tuple(tuple(map(_cell, row, kept)) for row in rows), note, marks)


def _cell(value: Value, column: Column) -> Cell:
    if value is None:
        return Cell(NOTHING, column.kind)
    if isinstance(value, str):
        whole = harmless(value)
        shown = whole if column.kind == "prose" else cut(whole)
        return Cell(shown, "text", title=None if shown == whole else whole)
    return Cell(_figure(value, column.kind), column.kind, raw=value)


def _figure(value: float, kind: Kind) -> str:
    if kind == "share":
        return percent(value)
    if kind in ("money", "rate"):
        return money(int(value)) if kind == "money" else rate(int(value))
    if kind == "ratio":
        return local(f"{value:.3f}")
    if kind == "hours":
        return local(f"{value / HOUR:,.0f} h") if value >= HOUR else duration(int(value))
    if kind == "work":
        return hours(int(value))
    return duration(int(value)) if kind == "duration" else count(int(value))
