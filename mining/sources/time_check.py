"""Whether the times of a file can be read as the mapping says; and if not, what to write into the mapping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING

from mining.core.errors import Problem, RequestError
from mining.core.export import TimeSpec
from mining.sources.rejects import expectation

if TYPE_CHECKING:
    from mining.sources.opened import Visit
    from mining.sources.rows import Cells

_SAMPLE = 2_000
_SHOWN = 3
_OFFSET = re.compile(r"(?:[Zz]|UTC|[+-]\d\d(?::?\d\d)?(?::\d\d)?)\s*$")


def check_times(visit: Visit, cells: Cells) -> tuple[str, ...]:
    """Look at the first times of a file. Notes for the report; among them that a zone had to be assumed.

    Raises RequestError where not one of them can be read, with what the format may be.
    """
    notes = []
    for time in (visit.spec.time, *((visit.spec.demand,) if visit.spec.demand is not None else ())):
        if cells.raw(time.column) is None:
            continue
        if cells.is_typed_time(time):
            zoned = getattr(cells.raw(time.column).type(), "timezone", None) is not None  # type: ignore[union-attr]
        else:
            zoned = _check(visit, cells, time)
        if not zoned and time.zone is None:
            notes.append(
                f'{visit.name}: times in column "{time.column}" name no zone, and the mapping names none: UTC was assumed'
            )
    return tuple(notes)


def _check(visit: Visit, cells: Cells, time: TimeSpec) -> bool:
    """Whether all of the first times carry their own offset."""
    rows = cells.scan.select(text=cells.text(time.column), read=cells.time(time))
    sample = visit.engine.fetch(rows.filter(rows.text.notnull()).limit(_SAMPLE), limit=_SAMPLE).to_pydict()
    texts: list[str] = sample["text"]
    if texts and all(read is None for read in sample["read"]):
        raise RequestError(_no_such_format(visit.name, time, cells.format(time), texts))
    format = cells.format(time)
    if format is not None:
        return "%z" in format or "%Z" in format
    return all(_OFFSET.search(text[10:]) for text in texts)


def _no_such_format(name: str, time: TimeSpec, format: str | None, texts: Sequence[str]) -> Problem:
    fitting = readings(texts)
    shown = list(dict.fromkeys(texts))[:_SHOWN]
    found = "; ".join(shown)
    todo = "give the format in the mapping, with strptime's signs, as {column: …, format: '%d/%m/%Y %H:%M'}"
    text = "no time in this column can be read"
    if len(fitting) == 1:
        todo = f"if that is what is meant, write into the mapping: format: {fitting[0]!r}"
    elif fitting:
        text += ", and its format is not clear: nothing is guessed here"
        found = "; ".join(f"{cell} ({_both(cell, fitting)})" for cell in shown)
        todo = "choose one and write it into the mapping: " + " or ".join(f"format: {one!r}" for one in fitting)
    return Problem(text, file=name, column=time.column, found=found, expected=expectation(format), todo=todo)


def _both(cell: str, formats: Sequence[str]) -> str:
    days = ((datetime.strptime(cell, form), form) for form in formats)  # noqa: DTZ007  only the day is shown
    return ", or ".join(f"{day.day} {day:%B %Y} as {form!r}" for day, form in days)


_DATES = (
    *(f"%d{mark}%m{mark}{year}" for year in ("%Y", "%y") for mark in "/.-"),
    *(f"%m{mark}%d{mark}{year}" for year in ("%Y", "%y") for mark in "/.-"),
    *("%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d", "%Y%m%d"),
    *(f"%d{mark}{month}{mark}{year}" for year in ("%Y", "%y") for month in ("%b", "%B") for mark in "/- "),
    *("%b %d, %Y", "%B %d, %Y", "%d. %B %Y"),
)
_TIMES = ("", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%H.%M", "%H.%M.%S", "%H%M%S")
_BETWEEN = (" ", "T", ", ", "  ")
_ZONES = ("", " %z", "%z")


def readings(texts: Sequence[str]) -> list[str]:
    """The formats that every one of `texts` fits: none, one, or a day-first and a month-first one."""
    formats = dict.fromkeys(
        date + (between + time + zone if time else "")
        for date, time, between, zone in product(_DATES, _TIMES, _BETWEEN, _ZONES)
    )
    for text in dict.fromkeys(texts):
        formats = dict.fromkeys(form for form in formats if _fits(text, form))
    return [form for form in formats if "%b" not in form or form.replace("%b", "%B") not in formats]


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  only whether it fits is asked
    except ValueError:
        return False
    return True
