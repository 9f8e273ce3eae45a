"""Whether the times of a file can be read as the mapping says; and if not, what to write into the mapping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
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
    for time in visit.spec.all_times:
        if cells.raw(time.column) is None:
            continue
        if cells.is_typed_time(time):
            zoned = getattr(cells.raw(time.column).type(), "timezone", None) is not None  # type: ignore[union-attr]
        else:
            zoned = _check(visit, cells, time)
        if not zoned and time.zone is None:
            where = f'{visit.name}: times in column "{time.column}"'
            notes.append(f"{where} name no zone, and the mapping names none: UTC was assumed")
    return tuple(notes)


def _check(visit: Visit, cells: Cells, time: TimeSpec) -> bool:
    """Whether all of the first times carry their own offset."""
    rows = cells.scan.select(text=cells.text(time.column), read=cells.time(time))
    sample = visit.engine.fetch(rows.filter(rows.text.notnull()).limit(_SAMPLE), limit=_SAMPLE).to_pydict()
    texts: list[str] = sample["text"]
    form = cells.format(time)
    if texts and all(read is None for read in sample["read"]):
        raise RequestError(_no_such_format(visit.name, time, form, texts))
    if form is not None:
        return "%z" in form or "%Z" in form
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
_PARTS = re.compile(
    r"(?P<date>.+?)"
    r"(?:(?P<between>T|,? +)(?P<time>\d{1,2}(?:(?::\d\d){1,2}|(?:\.\d\d){1,2}))(?P<fraction>[.,]\d{1,6})?"
    r"(?P<noon> ?[AaPp][Mm])?(?P<zone> ?(?:Z|[+-]\d\d:?\d\d))?)?"
)


def readings(texts: Sequence[str]) -> list[str]:
    """The formats that every one of `texts` fits: none, one, or a day-first and a month-first one."""
    first = texts[0].strip()
    parts = _PARTS.fullmatch(first)
    if parts is None:
        return []
    formats = [date + _time_format(parts) for date in _DATES]
    for text in dict.fromkeys(texts):
        formats = [form for form in formats if _fits(text.strip(), form)]
    # %b and %B both read "May", and %b is what is written mostly.
    return [form for form in formats if form.replace("%B", "%b") == form or form.replace("%B", "%b") not in formats]


def _time_format(parts: re.Match[str]) -> str:
    if parts["time"] is None:
        return ""
    mark = ":" if ":" in parts["time"] else "."
    hours = "%I" if parts["noon"] else "%H"
    time = mark.join((hours, "%M", "%S")[: parts["time"].count(mark) + 1])
    fraction = f"{parts['fraction'][0]}%f" if parts["fraction"] else ""
    noon = parts["noon"].upper().replace("AM", "%p").replace("PM", "%p") if parts["noon"] else ""
    zone = " %z" if (parts["zone"] or "").startswith(" ") else "%z" if parts["zone"] else ""
    return parts["between"] + time + fraction + noon + zone


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  only whether it fits is asked
    except ValueError:
        return False
    return True
