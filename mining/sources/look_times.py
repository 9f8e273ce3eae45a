"""Which columns of an export hold times, and in which format: by evidence over all of their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import permutations
from typing import TYPE_CHECKING, Any

from mining.core.profile import Reading
from mining.sources.look_table import Gathered
from mining.sources.time_check import readings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

_SAMPLE = 2_000
_FEW = 5
_ENOUGH = 0.95  # of the cells must be readable, or it is no column of times
_LONGEST = 45
_MOST_PAIRED = 12
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d|$)|\d{8}T\d")
_OFFSET = re.compile(r"(?:[Zz]|UTC|[+-]\d\d(?::?\d\d)?(?::\d\d)?)\s*$")


class Times:
    """The columns with times. `columns` are their numbers, once `readings` was asked for all."""

    def __init__(self, engine: Engine, table: ir.Table, gathered: Gathered) -> None:
        self._engine, self._table, self._gathered = engine, table, gathered
        self._formats: dict[int, str | None] = {}
        self._head: dict[int, list[str]] = {}

    @property
    def columns(self) -> tuple[int, ...]:
        """The numbers of the columns with times."""
        return tuple(self._formats)

    def readings(self, i: int, filled: int) -> tuple[Reading, ...]:
        """The formats in which column `i` can be read; two where day and month cannot be told apart."""
        if not filled:
            return ()
        cell = self._table[f"c{i}"]
        texts = self._head.get(i) or self._first_of(cell)
        formats = _candidates(texts)
        if not formats:
            return ()
        asked = {f"f{n}": self._read(cell, form).count() for n, form in enumerate(formats)}
        found: dict[str, Any] = self._engine.fetch(self._table.aggregate(**asked), limit=1).to_pylist()[0]
        read = {form: found[f"f{n}"] for n, form in enumerate(formats)}
        most = max(read.values())
        if most < _ENOUGH * filled:
            return ()
        best = [form for form in formats if read[form] == most]
        self._formats[i] = best[0]
        return tuple(_reading(form, texts) for form in best)

    def sample(self) -> None:
        """Take the first rows, to try formats on."""
        head = self._engine.fetch(self._table.limit(_SAMPLE), limit=_SAMPLE).to_pydict()
        cells = (head[f"c{i}"] for i in range(len(self._gathered.columns)))
        self._head = {i: [text for text in column if text is not None] for i, column in enumerate(cells)}

    def _first_of(self, cell: ir.StringValue) -> list[str]:
        rows = self._table.filter(cell.notnull()).select(t=cell).limit(_SAMPLE)
        texts: list[str] = self._engine.fetch(rows, limit=_SAMPLE)["t"].to_pylist()
        return texts

    def read(self, text: ir.StringValue, i: int) -> ir.IntegerValue:
        """A cell of column `i` as microseconds; as if in UTC, since only the order is asked."""
        return self._read(text, self._formats[i])

    def before(self) -> tuple[tuple[str, str, int], ...]:
        """In how many rows one time is earlier than another, for each two columns."""
        some = list(self._formats)[:_MOST_PAIRED]
        read = {i: self.read(self._table[f"c{i}"], i) for i in some}
        asked = {
            f"b{a}_{b}": (read[a] < read[b]).fill_null(False).cast("int64").sum() for a, b in permutations(some, 2)
        }
        if not asked:
            return ()
        found = self._engine.fetch(self._table.aggregate(**asked), limit=1).to_pylist()[0]
        names = self._gathered.columns
        return tuple((names[a], names[b], found[f"b{a}_{b}"] or 0) for a, b in permutations(some, 2))

    def _read(self, text: ir.StringValue, format: str | None) -> ir.IntegerValue:
        return self._engine.parse_time(text, format, "UTC")


def _candidates(texts: Sequence[str]) -> list[str | None]:
    """Formats that are worth trying. A few cells that fit none must not hide the format of all others."""
    some = [text for text in texts if len(text) <= _LONGEST and any(c.isdigit() for c in text)]
    if len(some) < _ENOUGH * len(texts) or not some:
        return []
    if sum(_ISO.match(text) is not None for text in some) >= _ENOUGH * len(some):
        return [None]
    found = readings(some)
    for text in list(dict.fromkeys(some))[:_FEW] if not found else ():
        found += readings([text])
    return list(dict.fromkeys(found))


def _reading(format: str | None, texts: Sequence[str]) -> Reading:
    if format is None:
        return Reading(None, zoned=all(_OFFSET.search(text[10:]) for text in texts))
    zoned = "%z" in format or "%Z" in format
    for text in texts:
        try:
            day = datetime.strptime(text.strip(), format)  # noqa: DTZ007  only the day is shown
        except ValueError:
            continue
        return Reading(format, zoned, (text, f"{day.day} {day:%B %Y}"))
    return Reading(format, zoned)
