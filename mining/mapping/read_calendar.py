"""The working calendar of a mapping file, or in a file of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from mining.core.calendars import DAY_NAMES, Calendar, Calendars, Hours
from mining.core.errors import ConfigError, Problem, RequestError, nearest, shown
from mining.core.export import ExportSpec
from mining.core.facts import Fact
from mining.core.public_holidays import countries, countries_near
from mining.core.yamlio import At, YamlFile, read_yaml
from mining.mapping.model import Mapping
from mining.mapping.reader import Reader, shortly
from mining.mapping.schema_calendar import CalendarPart, HoursPart
from mining.mapping.structure import read_model
from mining.mapping.times import check_zone

_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")
_MIDNIGHT = 24 * 60
_OVER_MIDNIGHT = 'hours over midnight are two: "22:00-24:00", and "00:00-06:00" on the next day'
_AS = '"08:00-17:00", or a list of several'

_Week = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]


def load_calendar(path: Path, mappings: Sequence[Mapping]) -> Calendars:
    """The calendar in a file of its own, for an analysis by these mappings. Raises RequestError where the file cannot
    be read, ConfigError where it is wrong, or has groups and no mapping tells which group has a ticket."""
    yaml = read_yaml(path)
    reader = Reader(YamlFile(shown(path), yaml.data, yaml.lines))
    part = read_model(reader, CalendarPart)
    read = None if part is None else read_calendars(reader, (), part)
    if read is not None and read.groups and not any(_tells_groups(mapping.export) for mapping in mappings):
        read_by = ", ".join(mapping.info.file for mapping in mappings)
        todo = "name the column with the group under export there, or leave groups out of this file"
        reader.complain(("groups",), "no mapping tells which group has a ticket", found=read_by, todo=todo)
    if reader.problems or read is None:
        raise ConfigError(*reader.in_order())
    return read


def calendars_of(mappings: Sequence[Mapping], file: Path | None = None) -> Calendars | None:
    """When people work: as a file of its own says, else as those of these mappings do that have a calendar; None where
    nothing does.

    Raises RequestError where the mappings have different ones (a stream can be of tickets of all of them), and what
    `load_calendar` raises.
    """
    if file is not None:
        return load_calendar(file, mappings)
    having = [mapping for mapping in mappings if mapping.calendars is not None]
    different = {(mapping.calendars.default, mapping.calendars.groups) for mapping in having if mapping.calendars}
    if len(different) > 1:
        first, other = having[0], next(m for m in having if _differ(m, having[0]))
        raise RequestError(
            Problem(
                "mappings of one analysis must agree on the calendar",
                file=other.info.file,
                line=other.lines.get("calendar"),
                expected=f"that of {first.info.file}",
                todo="leave it out of all but one of them, or give one for all with --calendar FILE",
            )
        )
    return having[0].calendars if having else None


def check_groups(reader: Reader, calendars: Calendars | None, export: ExportSpec | None) -> None:
    """Note where groups have calendars and the export does not tell which group has a ticket."""
    if calendars is not None and calendars.groups and export is not None and not _tells_groups(export):
        todo = "name the column with the group under export, or leave the groups out"
        reader.complain(("calendar", "groups"), "the export does not tell which group has a ticket", todo=todo)


def _tells_groups(export: ExportSpec) -> bool:
    return export.group is not None or any(spec.fact is Fact.GROUP for spec in export.facts)


def _differ(one: Mapping, other: Mapping) -> bool:
    mine, theirs = one.calendars, other.calendars
    return mine is not None and theirs is not None and (mine.default, mine.groups) != (theirs.default, theirs.groups)


def read_calendars(reader: Reader, at: At, part: CalendarPart) -> Calendars | None:
    """The calendars of the part at `at`. Problems are noted in `reader`; None where there are any."""
    before = len(reader.problems)
    default = _read(reader, at, part, None)
    groups = [(name, _read(reader, (*at, "groups", name), own, part)) for name, own in part.groups.items()]
    if len(reader.problems) > before or default is None:
        return None
    kept = tuple((name, calendar) for name, calendar in groups if calendar is not None)
    return Calendars(default, kept, reader.yaml.name)


def _read(reader: Reader, at: At, part: HoursPart, around: HoursPart | None) -> Calendar | None:
    """A calendar; what it does not say is as in the one `around` it."""
    zone = part.zone or (around.zone if around else None)
    if zone is None:
        reader.complain(
            at, 'a calendar needs "zone": on whose clocks its hours are read', expected="zone: Europe/Berlin"
        )
    elif part.zone is not None:
        check_zone(reader, (*at, "zone"), zone)
    week = None
    if part.hours is not None:
        week = _week(reader, (*at, "hours"), part.hours)
    elif around is None:
        reader.complain(at, "a calendar without working hours", todo='name them: hours: {mon-fri: "08:00-17:00"}')
    elif around.hours is not None:
        week = _week(Reader(reader.yaml), (), around.hours)  # its problems are told where it stands
    country, subdivision = part.holidays, part.subdivision
    if country is None and around is not None:
        country, subdivision = around.holidays, subdivision or around.subdivision
    _check_country(reader, at, part, country, subdivision)
    if around is None or "free" in part.model_fields_set:
        free = _free(reader, (*at, "free"), part.free)
    else:
        free = _free(Reader(reader.yaml), (), around.free)
    return None if zone is None or week is None else Calendar(zone, week, country, subdivision, free)


def _free(reader: Reader, at: At, days: Sequence[Any]) -> tuple[date, ...]:
    """Further free days, in order; those that are in quotes too."""
    found = set()
    for i, day in enumerate(days):
        try:
            found.add(day if type(day) is date else date.fromisoformat(day))
        except (TypeError, ValueError):
            reader.complain((*at, i), "this is no day", found=shortly(day), expected="year, month and day: 2024-12-24")
    return tuple(sorted(found))


def _check_country(reader: Reader, at: At, part: HoursPart, country: str | None, subdivision: str | None) -> None:
    if country is None:
        if subdivision is not None:
            text = "a subdivision without a country: its public holidays are not known"
            reader.complain((*at, "subdivision"), text, todo="name the country as well: holidays: DE")
        return
    if country not in countries():
        if part.holidays is not None:
            near = countries_near(country)
            todo = f'did you mean "{near[0]}"?' if near else None
            expected = "the two letters of a country, as DE"
            reader.complain((*at, "holidays"), "unknown country", found=shortly(country), expected=expected, todo=todo)
        return
    parts = countries()[country]
    if subdivision is not None and subdivision not in parts:
        where = "subdivision" if part.subdivision is not None else "holidays"
        text, known = f"unknown subdivision of {country}", nearest(subdivision, parts) or parts
        expected = ", ".join(known) if parts else "none: its public holidays are the same everywhere"
        reader.complain((*at, where), text, found=shortly(subdivision), expected=expected)


def _week(reader: Reader, at: At, data: Any) -> _Week | None:
    """The hours of the seven days."""
    if not isinstance(data, dict):
        expected = 'days with their hours, as {mon-fri: "08:00-17:00"}'
        reader.complain(at, "this is not what is expected here", found=shortly(data), expected=expected)
        return None
    before = len(reader.problems)
    found: list[list[tuple[int, int, At]]] = [[] for _ in DAY_NAMES]
    for key, hours in data.items():
        days = list(_days(reader, (*at, key), key))
        for place, (start, stop) in _intervals(reader, (*at, key), hours):
            for day in days:
                found[day].append((start, stop, place))
    for hours_of_day in found:
        hours_of_day.sort(key=lambda hours: hours[:2])
    any(_check_overlap(reader, day, hours_of_day) for day, hours_of_day in enumerate(found))  # one is enough
    if len(reader.problems) == before and not any(found):
        reader.complain(at, "a calendar without working hours", todo='name them: hours: {mon-fri: "08:00-17:00"}')
    if len(reader.problems) > before:
        return None
    mon, tue, wed, thu, fri, sat, sun = (tuple((start, stop) for start, stop, _ in hours) for hours in found)
    return mon, tue, wed, thu, fri, sat, sun


def _days(reader: Reader, at: At, key: Any) -> Iterator[int]:
    """The days that a key names, from 0 for Monday: `mon`, `mon-fri`, `sat,sun`."""
    for part in str(key).lower().split(","):
        names = [_day(name.strip()) for name in part.split("-", 1)]
        if None in names:
            text, expected = "unknown day", f"{', '.join(DAY_NAMES)}; several as mon-fri or sat,sun"
            reader.complain(at, text, found=shortly(key), expected=expected)
            return
        first, last = (name for name in (names[0], names[-1]) if name is not None)
        if first > last:
            text, todo = "days the wrong way round", "name them from monday on, or one by one: sun,mon"
            reader.complain(at, text, found=shortly(key), todo=todo)
            return
        yield from range(first, last + 1)


def _day(name: str) -> int | None:
    """A day by its short name or its whole one."""
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return next((i for i, whole in enumerate(full) if name in (whole, DAY_NAMES[i])), None)


def _intervals(reader: Reader, at: At, data: Any) -> Iterator[tuple[At, tuple[int, int]]]:
    """The hours of a day, each with its place in the file, in minutes after midnight."""
    each = [((*at, i), one) for i, one in enumerate(data)] if isinstance(data, list) else [(at, data)]
    for place, text in each:
        read = _HOURS.fullmatch(text.strip()) if isinstance(text, str) else None
        if read is None:
            reader.complain(place, "these are no working hours", found=shortly(text), expected=_AS)
            continue
        start, stop = int(read[1]) * 60 + int(read[2]), int(read[3]) * 60 + int(read[4])
        if max(int(read[2]), int(read[4])) > 59 or max(start, stop) > _MIDNIGHT:
            text_, expected = "there is no such time of day", "00:00 to 24:00"
            reader.complain(place, text_, found=text, expected=expected)
        elif start >= stop:
            reader.complain(place, "these working hours go backwards", found=text, expected=_AS, todo=_OVER_MIDNIGHT)
        else:
            yield place, (start, stop)


def _check_overlap(reader: Reader, day: int, hours: Sequence[tuple[int, int, At]]) -> bool:
    for (_, stop, _), (start, end, place) in pairwise(hours):
        if start < stop:
            found = f"{DAY_NAMES[day]} {_clock(start)}-{_clock(end)}, though others go on until {_clock(stop)}"
            reader.complain(place, "working hours overlap", found=found, todo="name each hour of a day once")
            return True
    return False


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
