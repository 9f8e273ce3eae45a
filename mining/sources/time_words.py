"""What is said about the format of times: in notes for the report, and in errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mining.core.errors import Problem
from mining.core.export import TimeSpec
from mining.sources.rejects import expectation, row_numbers
from mining.sources.time_evidence import Form, Weighed, rows_apart

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.sources.opened import Opened, Visit
    from mining.sources.time_memory import Seen

_SHOWN = 3
_NO_YEAR = re.compile(r"\b000[01]\b")
"""What some tools write where there is no time: 0000-00-00 or 0001-01-01."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def century(file: str, column: str) -> str:
    """The note on years of two digits."""
    return (
        f'{file}: years of two digits in column "{column}" were read as POSIX has it: 00 to 68 as 2000 to 2068, 69 to '
        "99 as 1969 to 1999"
    )


def found_out(file: str, column: str, weighed: Weighed) -> str:
    """The note on a format that the cells themselves showed, and what showed it."""
    form = weighed.fitting[0]
    read, cells = weighed.reads(form), weighed.cells
    note = f'{file}: the mapping names no format for column "{column}", and its times were read as {form}: '
    swapped = form.swapped
    if swapped is not None and swapped in weighed.forms:
        only, such = weighed.only(form, swapped)
        if only:
            shown = f"{only:,} of {cells:,} cells can only be {form.order}, for example {such}"
            against = weighed.only(swapped, form)[0]
            return note + shown + (f"; {against:,} can only be {swapped.order} and were set aside" if against else "")
        return note + "in every cell the day has the number of the month"
    fit = f"all {cells:,} cells fit" if read == cells else f"{read:,} of {cells:,} cells fit"
    return f"{note}{fit}, and no other form that is known here does"


def as_elsewhere(file: str, column: str, form: Form, seen: Seen) -> str:
    """The note on a format that another column or file showed."""
    return (
        f'{file}: the mapping names no format for column "{column}", and its times were read as {form}: they could be '
        f"the other way round as well, but those in {seen} can only be {form.order}"
    )


def unreadable(visit: Visit, time: TimeSpec, form: Form, sample: Sequence[str], weighed: Weighed) -> Problem:
    """The problem of a column of which not one time, or none of the formats that come into question, can be read."""
    text, found = "no time in this column can be read", "; ".join(list(dict.fromkeys(sample))[:_SHOWN])
    todo = "give the format in the mapping, with strptime's signs, as {column: …, format: '%d/%m/%Y %H:%M'}"
    best = max(weighed.forms, key=weighed.reads)
    if weighed.reads(best):
        alike = [best, *(each for each in (best.swapped,) if each and weighed.reads(each) == weighed.reads(best))]
        todo = f"if that is what is meant, write into the mapping: {' or '.join(map(_line, alike))}"
        if best.format is None:
            todo = "take the format out of the mapping: these times are in ISO 8601"
        if form.format is None:
            text = "no format fits the times in this column"
            found += f"; {best} fits most, {weighed.reads(best):,} of {weighed.cells:,}"
    if sample and all(map(_NO_YEAR.search, sample)):
        todo = f"if that stands for no time, name it in the mapping, under export: missing: ['', '{sample[0]}']"
    return Problem(text, file=visit.name, column=time.column, found=found, expected=expectation(form.format), todo=todo)


def either_way(visit: Visit, opened: Opened, table: ir.Table, column: str, weighed: Weighed) -> Problem:
    """Two readings fit: three rows in both, and the two lines of which one has to be written into the mapping."""
    one, other = weighed.fitting[:2]
    rows = rows_apart(visit.engine, table, (one, other), _SHOWN)
    numbers = row_numbers([row["at"] for row in rows], [misfit.row for misfit in opened.misfits])
    lines = [
        f"row {number:,}: {row['text']} is {_day(row['read_0'])}, or {_day(row['read_1'])}"
        for number, row in zip(numbers, rows, strict=True)
    ]
    text = "the format of these times is not clear, and nothing is guessed here: "
    if one.order is not None and one.swapped == other:
        text += "the day may come first, or the month"
    else:
        text += f"they may be {one}, or {other}"
    few = [weighed.only(*pair)[0] for pair in ((one, other), (other, one))]
    if any(few):
        text += f" ({few[0]:,} and {few[1]:,} of {weighed.cells:,} cells fit only one, too few to decide it)"
    return Problem(
        text,
        file=visit.name,
        column=column,
        found="".join(f"\n    {line}" for line in lines),
        todo="write one of these two lines into the mapping, under time:"
        + "".join(f"\n    {_line(form)}  # {_day(rows[0][f'read_{i}'])}" for i, form in enumerate((one, other))),
    )


def _line(form: Form) -> str:
    """The line of a mapping file that says how times are written."""
    return f"format: '{form.format}'" + (f", language: {form.language}" if form.language else "")


def _day(micros: int) -> str:
    day = _EPOCH + timedelta(microseconds=micros)
    return f"{day.day} {day:%B %Y}"
