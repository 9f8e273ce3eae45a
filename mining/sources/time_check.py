"""How the times of a file are written and which zone they are of; and if that is not clear, what to write where."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mining.core.errors import RequestError
from mining.core.export import TimeSpec
from mining.core.time_forms import carries_offset, has_short_years
from mining.sources import time_words, time_zones
from mining.sources.time_evidence import Form, Weighed, candidates, weigh

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.sources.opened import Opened, Visit
    from mining.sources.rows import Cells

_SAMPLE = 2_000
_OFFSET = re.compile(r"(?:[Zz]|UTC|[+-]\d\d(?::?\d\d)?(?::\d\d)?)\s*$")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column with times: as the mapping names it, its zone in this file, and what was seen of it.

    `sample` are the first cells; None where the file itself says what they are. `weighed` is what was found out of the
    format, where that was needed.
    """

    time: TimeSpec
    zoned: TimeSpec
    form: Form
    table: ir.Table  # one column: text
    sample: tuple[str, ...] | None = None
    weighed: Weighed | None = None

    @property
    def is_open(self) -> bool:
        """Whether its cells do not show by themselves how they are written."""
        return self.weighed is not None and len(self.weighed.fitting) > 1


def check_times(visit: Visit, opened: Opened, cells: Cells) -> tuple[str, ...]:
    """Find out how the times of a file are written and settle it in `cells`. Notes for the report.

    Looks at the first times, and at all of them where the mapping names no format and they are not in ISO 8601. Raises
    RequestError where they cannot be read, with what the format may be, or where day and month may be either way.
    """
    times = [time for time in visit.spec.all_times if cells.raw(time.column) is not None]
    columns = sorted((_look(visit, cells, time) for time in times), key=lambda column: column.is_open)
    settled: dict[TimeSpec, TimeSpec] = {}
    notes: list[str] = []
    for column in columns:  # those that show by themselves first: they may tell about the others
        form, said = _decide(visit, opened, cells, column)
        written = column.time.format if cells.is_iso(column.time) else form.format
        settled[column.time] = replace(column.zoned, format=written, language=form.language)
        notes += said
        if column.sample is not None and has_short_years(form.format or ""):
            notes.append(time_words.century(visit.name, column.time.column))
        if not _needs_no_zone(cells, column, form) and (column.zoned.zone, column.zoned.zone_column) == (None, None):
            where = f'{visit.name}: times in column "{column.time.column}"'
            notes.append(f"{where} name no zone, and the mapping names none: UTC was assumed")
    names = {time.zone_column for time in settled.values() if time.zone_column is not None}
    cells.settle(settled, {name: time_zones.of_rows(visit, cells, name) for name in sorted(names)})
    return tuple(notes)


def _look(visit: Visit, cells: Cells, time: TimeSpec) -> _Column:
    """The first cells, and all of them where those do not show how they are written."""
    table = cells.scan.select(text=cells.text(time.column))
    zoned = time_zones.for_file(visit, time)
    form = Form(cells.format(time), time.language)
    if cells.is_typed_time(time):
        return _Column(time, zoned, form, table)
    rows = cells.scan.select(text=cells.text(time.column), read=cells.read(time, "UTC"))
    found = visit.engine.fetch(rows.filter(rows.text.notnull()).limit(_SAMPLE), limit=_SAMPLE).to_pydict()
    sample: tuple[str, ...] = tuple(found["text"])
    column = _Column(time, zoned, form, table, sample)
    unread = sum(read is None for read in found["read"])
    if form.format is not None or cells.is_iso(time):
        if sample and unread == len(sample):
            weighed = weigh(visit.engine, table, candidates(visit.engine, table, sample, time.language))
            raise RequestError(time_words.unreadable(visit, time, form, sample, weighed))
        return column
    if not unread:
        return column
    visit.times.weighed += 1
    weighed = weigh(visit.engine, table, candidates(visit.engine, table, sample, time.language))
    if not weighed.fitting and weighed.is_iso_with_bad_cells:
        return column
    if not weighed.fitting:
        raise RequestError(time_words.unreadable(visit, time, form, sample, weighed))
    return replace(column, weighed=weighed)


def _decide(visit: Visit, opened: Opened, cells: Cells, column: _Column) -> tuple[Form, list[str]]:
    """The form of a column, and what is to be said about it."""
    name, weighed = column.time.column, column.weighed
    if weighed is None:
        if column.sample and column.time.format is None and not cells.is_iso(column.time):
            visit.times.remember(visit.name, name, column.form)
        return column.form, []
    if not column.is_open:
        visit.times.remember(visit.name, name, weighed.fitting[0])
        return weighed.fitting[0], [time_words.found_out(visit.name, name, weighed)]
    witness = visit.times.witness(weighed.fitting)
    if witness is not None:
        return witness[0], [time_words.as_elsewhere(visit.name, name, *witness)]
    error = RequestError(time_words.either_way(visit, opened, column.table, name, weighed))
    visit.times.leave_open(weighed.fitting, error)
    if not visit.more:
        visit.times.conclude()
    return weighed.fitting[0], []


def _needs_no_zone(cells: Cells, column: _Column, form: Form) -> bool:
    """Whether the times say themselves which moment they are."""
    if column.sample is None:
        return cells.is_zoned(column.time)
    if form.format is not None:
        return carries_offset(form.format)
    return all(_OFFSET.search(text[10:]) for text in column.sample)
