"""How a CSV file is written: its delimiter, its quotes and its header, as given or as its first lines show."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mining.core.errors import InputError, Problem, RequestError
from mining.core.export import CsvSpec
from mining.engine.scans import CsvForm

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 18  # bytes
_ROWS = 200

CELL_LIMIT = 1 << 22
"""A longer cell is no cell but a quote that is never closed."""


@dataclass(frozen=True, slots=True)
class CsvHead:
    """The form of a CSV file and the names of its columns, as they stand there (double names included)."""

    form: CsvForm
    columns: tuple[str, ...]


def head_of(path: Path, encoding: str, spec: CsvSpec, wanted: set[str], name: str) -> CsvHead:
    """Look at the first lines of a UTF-8 file; `wanted` are names that help to recognise the header.

    Raises RequestError where the file is empty or has only a header, or where a given delimiter or quote is none, and
    InputError where the header never ends.
    """
    sample = _sample(path, encoding)
    if not sample.strip("\ufeff \t\r\n\0"):
        raise RequestError(Problem("is empty", file=name, todo="export the tickets again"))
    form = _form(sample, spec, wanted, name)
    rows = _rows(sample, form)
    first = rows[0]
    if form.header and len(rows) == 1:
        if form.quote and sample.count(form.quote) % 2 and any("\n" in cell or "\r" in cell for cell in first):
            todo = "close it, or fetch the file again"
            raise InputError(Problem("a quote is opened in the header and never closed", file=name, line=1, todo=todo))
        raise RequestError(Problem("holds a header and no rows", file=name, todo="export the tickets again"))
    columns = (cell.strip() for cell in first) if form.header else (f"column_{i + 1}" for i in range(len(first)))
    return CsvHead(form, tuple(columns))


def _sample(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        data = file.read(_SAMPLE + 1)
    text = data[:_SAMPLE].decode(encoding, "replace").removeprefix("\ufeff")
    if len(data) > _SAMPLE:  # the last line is cut off
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    return text


def _form(sample: str, spec: CsvSpec, wanted: set[str], name: str) -> CsvForm:
    for what, given in (("delimiter", spec.delimiter), ("quote", spec.quote)):
        if given is not None and (len(given) > 1 or given in ("\r", "\n", "\0")):
            todo = f"name one sign in the mapping (csv: {{{what}: …}})"
            raise RequestError(Problem(f"this cannot be a {what}", file=name, found=repr(given), todo=todo))
    delimiters = DELIMITERS if not spec.delimiter else (spec.delimiter,)
    quotes = _quotes(sample) if spec.quote is None else (spec.quote or None,)
    header = spec.header is not False
    forms = [CsvForm(delimiter, quote, header) for quote in quotes for delimiter in delimiters if delimiter != quote]
    # The first of the best: so "," before ";" and '"' before "'" where nothing else tells them apart.
    return max(forms, key=lambda form: _fit(sample, form, wanted))


def _quotes(sample: str) -> tuple[str | None, ...]:
    """Single quotes only where there are no double ones: those are no text, even where one of them is never closed."""
    return ('"',) if '"' in sample or "'" not in sample else ('"', "'")


def _fit(sample: str, form: CsvForm, wanted: set[str]) -> tuple[int, float, int]:
    """How well a form fits: names of the mapping in the header, rows as wide as the header, columns."""
    try:
        rows = _rows(sample, form)
    except csv.Error:
        return (0, 0.0, 0)
    named = {cell.strip() for cell in rows[0]} - {""}  # nobody wants the column without a name
    known = len(wanted & named) if form.header else 0
    widths = Counter(len(row) for row in rows)
    return (known, widths[len(rows[0])] / len(rows) if len(rows[0]) > 1 else 0.0, len(rows[0]))


def _rows(sample: str, form: CsvForm) -> list[list[str]]:
    rows = []
    for row in reader(io.StringIO(sample, newline=""), form, strict=False):
        if row:
            rows.append(row)
        if len(rows) >= _ROWS:
            break
    return rows


class Rows(Protocol):
    """What Python's csv module reads with."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


def reader(lines: Iterable[str], form: CsvForm, *, strict: bool) -> Rows:
    """Python's reader for that form; `lines` must have been opened with newline=""."""
    csv.field_size_limit(CELL_LIMIT)
    if form.quote is None:
        return csv.reader(lines, delimiter=form.delimiter, quoting=csv.QUOTE_NONE, strict=strict)
    return csv.reader(lines, delimiter=form.delimiter, quotechar=form.quote, doublequote=True, strict=strict)
