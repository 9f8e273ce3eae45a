"""The format of a column of times, by evidence: what each reading that comes into question makes of every cell.

The whole column is asked in one pass of the engine. A reading is taken where it reads at least `ENOUGH` of the cells
and no other reading does that, or those that do read the same times. One bad cell decides nothing, therefore: a few
cells that only one of two readings can read are fewer than may be bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from mining.core.languages import USUAL, names_of, plain
from mining.core.time_forms import NUMBERS, directives
from mining.sources.time_shapes import formats_like

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

ENOUGH = 0.99
_MOST_FORMS = 8
_PLAUSIBLE = (631_152_000_000_000, 4_102_444_800_000_000)  # 1990 to 2100: numbers that are no times are mostly outside
_MOST_WORDS = 5_000


@dataclass(frozen=True, slots=True)
class Form:
    """A way to read times; `format` None is ISO 8601."""

    format: str | None
    language: str | None = None

    @property
    def order(self) -> str | None:
        """Of a date in numbers with the year at its end: "day-first" or "month-first"."""
        signs = [] if self.format is None else [sign for sign, _ in _parts(self.format)]
        at = {sign: i for i, sign in enumerate(signs)}
        if "d" not in at or "m" not in at or max(at["d"], at["m"]) > max(at.get("Y", 0), at.get("y", 0)):
            return None
        return "day-first" if at["d"] < at["m"] else "month-first"

    @property
    def swapped(self) -> Form | None:
        """The same with day and month the other way round."""
        if self.order is None or self.format is None:
            return None
        return Form(self.format.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m"), self.language)

    def __str__(self) -> str:
        if self.format is None:
            return "ISO 8601"
        return f'"{self.format}"' if self.language is None else f'"{self.format}" in the language {self.language}'


ISO = Form(None)


@dataclass(frozen=True)
class Weighed:
    """What the readings made of the cells of a column that are not missing."""

    forms: tuple[Form, ...]
    found: dict[str, Any]

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(self.found["cells"])

    def reads(self, form: Form) -> int:
        """How many of them `form` reads."""
        return int(self.found[f"reads_{self.forms.index(form)}"])

    def only(self, form: Form, other: Form) -> tuple[int, str | None]:
        """How many cells `form` reads and `other` does not; one of them."""
        at = f"{self.forms.index(form)}_{self.forms.index(other)}"
        return int(self.found[f"only_{at}"] or 0), self.found[f"such_{at}"]

    def agree(self, form: Form, other: Form) -> bool:
        """Whether no cell is read differently by the two."""
        return form == other or not self.found[f"differ_{self.forms.index(form)}_{self.forms.index(other)}"]

    @property
    def is_iso_with_bad_cells(self) -> bool:
        """Whether what ISO 8601 does not read, no other form reads either."""
        return self.reads(ISO) > 0 and all(form == ISO or not self.only(form, ISO)[0] for form in self.forms)

    @cached_property
    def fitting(self) -> tuple[Form, ...]:
        """The readings of which one has to be taken, the one that reads most first; those that agree with it left out.
        One is an answer, none and several are not."""
        enough = [form for form in self.forms if self.reads(form) and self.reads(form) >= ENOUGH * self.cells]
        enough.sort(key=self.reads, reverse=True)  # stable: the plainer form stands first
        fitting: list[Form] = []
        for form in enough:
            if not any(self.agree(form, other) for other in fitting):
                fitting.append(form)
        return tuple(fitting)


def candidates(engine: Engine, column: ir.Table, sample: Sequence[str], language: str | None) -> tuple[Form, ...]:
    """The readings that come into question for a column: ISO 8601, and those that read at least half of the sample.

    `column` is a table with one column, `text`. `language` is the mapping's, if it names one.
    """
    formats = formats_like(sample)
    forms = [Form(each) for each in formats]
    worded = [each for each in formats if any(sign and sign in "aAbBp" for sign, _ in _parts(each))]
    if worded:
        languages = [language] if language is not None else _languages(engine, column)
        forms += [Form(each, language) for each in worded for language in languages]
    table = engine.put(pa.table({"text": pa.array(sample, pa.string())}), "sample")
    counts = dict(zip(forms, _counted(engine, table, forms), strict=True)) if forms else {}
    engine.drop(table)
    half = sorted((form for form in forms if 2 * counts[form] >= len(sample)), key=lambda form: -counts[form])
    half = half[:_MOST_FORMS]
    return tuple(dict.fromkeys((ISO, *half, *(form.swapped for form in half if form.swapped is not None))))


def weigh(engine: Engine, column: ir.Table, forms: tuple[Form, ...]) -> Weighed:
    """Let every one of `forms` read the whole of `column` (a table with one column, `text`), and count what each reads
    and where two of them differ."""
    read = _read(engine, column, forms)
    looks: dict[str, Any] = {"cells": read.text.count()}
    for i in range(len(forms)):
        looks[f"reads_{i}"] = read[f"read_{i}"].count()
        for j in range(len(forms)):
            if i != j:
                mine, other = read[f"read_{i}"], read[f"read_{j}"]
                looks[f"differ_{i}_{j}"] = (mine != other).any()
                only = mine.notnull() & other.isnull()
                looks[f"only_{i}_{j}"] = only.sum()
                looks[f"such_{i}_{j}"] = read.text.max(where=only)
    found = engine.fetch(read.aggregate(**looks), limit=1).to_pylist()[0]
    engine.drop(read)
    return Weighed(forms, found)


def rows_apart(engine: Engine, column: ir.Table, forms: tuple[Form, Form], limit: int) -> list[dict[str, Any]]:
    """The first rows that two forms read differently: `at` (position from 0), `text`, `read_0`, `read_1`."""
    read = _read(engine, column.mutate(at=ibis.row_number()), forms)
    rows = read.filter(read.read_0 != read.read_1).order_by("at").limit(limit)
    found: list[dict[str, Any]] = engine.fetch(rows, limit=limit).to_pylist()
    engine.drop(read)
    return found


def _read(engine: Engine, column: ir.Table, forms: Sequence[Form]) -> ir.Table:
    return engine.named(
        column.mutate(**{f"read_{i}": _times(engine, column, form) for i, form in enumerate(forms)}), "readings"
    )


def _times(engine: Engine, column: ir.Table, form: Form) -> ir.IntegerValue:
    read = engine.parse_time(column.text, form.format, "UTC", form.language)
    if form.format not in NUMBERS:
        return read
    likely: ir.IntegerValue = read.between(*_PLAUSIBLE).ifelse(read, ibis.null("int64"))
    return likely


def _counted(engine: Engine, column: ir.Table, forms: Sequence[Form]) -> list[int]:
    counts = {f"reads_{i}": _times(engine, column, form).count() for i, form in enumerate(forms)}
    found = engine.fetch(column.aggregate(**counts), limit=1).to_pylist()[0]
    return [int(found[f"reads_{i}"]) for i in range(len(forms))]


def _languages(engine: Engine, column: ir.Table) -> list[str]:
    """The languages that know most of the words of a column, one of those that understand them alike."""
    words = column.select(words=column.text.lower().re_replace(r"[^\p{L}\p{M}.]+", " ")).distinct().limit(_MOST_WORDS)
    found = {
        plain(word)
        for row in engine.fetch(words, limit=_MOST_WORDS)["words"].to_pylist()
        for word in (row or "").split()
    }
    known = {language: found & names_of(language).all for language in USUAL}
    most = max(len(words) for words in known.values())
    alike: dict[tuple[tuple[str, str], ...], str] = {}
    for language, understood in known.items():
        if understood and len(understood) == most:
            names = names_of(language)
            meaning = ((word, str(names.months.get(word, word in names.pm))) for word in sorted(understood))
            alike.setdefault(tuple(meaning), language)
    return list(alike.values())


def _parts(format: str) -> list[tuple[str, str]]:
    return [] if format in NUMBERS else directives(format)
