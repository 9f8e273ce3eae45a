"""Which columns of an export hold times, and in which format: by evidence over all of their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import TYPE_CHECKING

import pyarrow as pa

from mining.core.profile import Reading
from mining.core.time_forms import EXCEL, carries_offset
from mining.sources.look_table import Gathered
from mining.sources.time_evidence import ENOUGH, ISO, Form, candidates, weigh

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

_SAMPLE = 2_000
_ENOUGH = 0.95  # of the cells must be readable, or it is no column of times
_LONGEST = 45
_MOST_PAIRED = 12
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d|$)|\d{8}T\d")
_OFFSET = re.compile(r"(?:[Zz]|UTC|[+-]\d\d(?::?\d\d)?(?::\d\d)?)\s*$")


class Times:
    """The columns with times. `columns` are their numbers, once `readings` was asked for all."""

    def __init__(self, engine: Engine, table: ir.Table, gathered: Gathered) -> None:
        self._engine, self._table, self._gathered = engine, table, gathered
        self._formats: dict[int, Form] = {}
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
        if not _may_be_times(texts):
            return ()
        column = self._table.select(text=cell)
        weighed = weigh(self._engine, column, self._forms(column, texts))
        if not weighed.fitting:
            return ()
        self._formats[i] = weighed.fitting[0]
        return tuple(_reading(self._engine, form, texts) for form in weighed.fitting)

    def _forms(self, column: ir.Table, texts: Sequence[str]) -> tuple[Form, ...]:
        """What is worth trying. Whole numbers of any size are more often something else than days since 1900."""
        if sum(_ISO.match(text) is not None for text in texts) >= ENOUGH * len(texts):
            return (ISO,)
        return tuple(form for form in candidates(self._engine, column, texts, None) if form.format != EXCEL)

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

    def _read(self, text: ir.StringValue, form: Form) -> ir.IntegerValue:
        return self._engine.parse_time(text, form.format, "UTC", form.language)


def _may_be_times(texts: Sequence[str]) -> bool:
    """Whether nearly all of these are short and hold a figure: what is a time does."""
    some = sum(len(text) <= _LONGEST and any(c.isdigit() for c in text) for text in texts)
    return some > 0 and some >= _ENOUGH * len(texts)


def _reading(engine: Engine, form: Form, texts: Sequence[str]) -> Reading:
    if form.format is None:
        return Reading(None, zoned=all(_OFFSET.search(text[10:]) for text in texts))
    table = engine.put(pa.table({"text": pa.array(texts, pa.string())}), "sample")
    read = table.mutate(read=engine.parse_time(table.text, form.format, "UTC", form.language))
    found = engine.fetch(read.filter(read.read.notnull()).limit(1), limit=1).to_pylist()
    engine.drop(table)
    sample = (found[0]["text"], _day(found[0]["read"])) if found else ("", "")
    return Reading(form.format, carries_offset(form.format), sample, form.language)


def _day(micros: int) -> str:
    day = datetime.fromtimestamp(micros / 1_000_000, UTC)
    return f"{day.day} {day:%B %Y}"
