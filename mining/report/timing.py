"""What the report says of time beyond elapsed durations, beside charts and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from mining.core.analysis import Analysis
from mining.core.calendars import Calendar, Hours
from mining.core.timing import WARN_FROM, CalendarUse, Survival, Timing, WorkingTime
from mining.report import time_words as words
from mining.report.formats import count, duration, harmless, hours, many, percent, share
from mining.report.language import t, told

_WHOLE_DAY = ((0, 24 * 60),)


@dataclass(frozen=True, slots=True)
class TimeFacts:
    """The sentences on time. `working` and `flow` are empty without a calendar, `survival` without an estimate."""

    working: str
    calendars: tuple[str, ...]
    without: str
    flow: str
    assumed: tuple[str, ...]
    survival: tuple[str, ...]
    not_survival: str
    cut: tuple[str, ...]


def time_facts(analysis: Analysis) -> TimeFacts | None:
    """All sentences on time; None where nothing but elapsed durations was measured."""
    timing = analysis.measures.timing
    if timing is None:
        return None
    return TimeFacts(
        working=_working(timing.working),
        calendars=tuple(_calendars(timing.working, linked=analysis.streams.linked is not None)),
        without=told(timing.without),
        flow=_flow(timing.working),
        assumed=assumptions(analysis),
        survival=tuple(_survival(timing)),
        not_survival=words.NOT_DONE.format(why=told(timing.not_survival)) if timing.not_survival else "",
        cut=cut_sentences(analysis),
    )


def assumptions(analysis: Analysis) -> tuple[str, ...]:
    """What the bounds of flow efficiency rest on."""
    streams, timing = analysis.streams, analysis.measures.timing
    known = timing is not None and timing.working is not None
    keys = (
        streams.holds.value,
        "ends" if streams.tells_ends else "no ends",
        "upper",
        "calendar" if known else "no calendar",
        *(["recorded outside"] if known and streams.tells_ends else []),
        "value",
    )
    return tuple(words.ASSUMED[key] for key in keys)


def cut_sentences(analysis: Analysis) -> tuple[str, ...]:
    """The warnings where the window of the export cuts streams: from `WARN_FROM` of them on."""
    timing = analysis.measures.timing
    return () if timing is None else tuple(_cut(analysis, timing))


def _cut(analysis: Analysis, timing: Timing) -> Iterator[str]:
    window = timing.window
    of_open = share(window.open or 0, window.streams)
    if of_open is not None and of_open >= WARN_FROM:
        yield words.OPEN_CUT.format(n=count(window.open), all=many(window.streams, "stream"), share=percent(of_open))
    of_early = share(window.begun_before or 0, window.early)
    if of_early is not None and of_early >= WARN_FROM:
        yield words.BEGUN_CUT.format(
            n=count(window.begun_before), early=many(window.early, "stream"), share=percent(of_early)
        )
    if analysis.measures.selection.by_completion:
        yield words.COMPLETED_CUT


# ------------------------------------------------------------------------------------------------------ calendars


def week_in_words(calendar: Calendar) -> str:
    """The hours of a week: "Mon–Fri 08:00–17:00, Sat 09:00–12:00"."""
    if all(of_day == _WHOLE_DAY for of_day in calendar.week):
        return words.ALL_WEEK
    parts = []
    for of_day, days in groupby(range(7), key=lambda day: calendar.week[day]):
        in_row = list(days)
        if of_day:
            names = [words.DAYS[day] for day in in_row]
            name = names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
            parts.append(f"{name} {t(' and ').join(hours_in_words(of_day))}")
    return ", ".join(parts)


def hours_in_words(of_day: Hours) -> list[str]:
    """The hours of a day, each as "08:00–17:00"."""
    return ["–".join(f"{at // 60:02}:{at % 60:02}" for at in pair) for pair in of_day]


def country_in_words(calendar: Calendar) -> str:
    """The country with its part: "DE-BY"."""
    parts = (calendar.country, calendar.subdivision)
    return "-".join(part for part in parts if part is not None)


def _calendar(use: CalendarUse) -> str:
    calendar = use.calendar
    country = country_in_words(calendar)
    return words.CALENDAR.format(
        hours=week_in_words(calendar),
        zone=harmless(calendar.zone),
        holidays=words.HOLIDAYS.format(country=country, n=count(use.holidays)) if country else words.NO_HOLIDAYS,
        free=words.FREE.format(n=many(len(calendar.free), "day")) if calendar.free else "",
    )


def _calendars(working: WorkingTime | None, *, linked: bool) -> Iterator[str]:
    if working is None:
        return
    first, *own = working.calendars
    yield f"{_calendar(first)}."
    yield from (f"{_of_group(use)}" for use in own)
    if own:
        by_group = words.BY_GROUP_OF_VISIT if linked else words.BY_GROUP
        yield by_group if working.by_group else words.NOT_BY_GROUP
    for use in working.calendars:
        if not use.working and use.tickets != 0:
            of_group = "" if use.group is None else f" ({harmless(use.group)})"
            yield words.NONE_IN_WINDOW.format(of_group=of_group)
        if use.unknown_years:
            years = t("{low} to {high}", low=use.unknown_years[0], high=use.unknown_years[-1])
            yield words.UNKNOWN_YEARS.format(country=country_in_words(use.calendar), years=years)


def _of_group(use: CalendarUse) -> str:
    group = harmless(use.group or "")
    if not use.tickets:
        return words.NO_TICKETS.format(group=group)
    return words.OF_GROUP.format(group=group, tickets=many(use.tickets, "ticket"), calendar=_calendar(use))


# --------------------------------------------------------------------------------------------------- working time


def _working(working: WorkingTime | None) -> str:
    if working is None or not working.flow.elapsed:
        return ""
    flow = working.flow
    return words.WITHIN.format(
        elapsed=duration(flow.elapsed),
        all_hours=hours(flow.elapsed),
        within=hours(flow.within),
        within_share=percent(share(flow.within, flow.elapsed)),
        outside=hours(flow.elapsed - flow.within),
        outside_share=percent(share(flow.elapsed - flow.within, flow.elapsed)),
    )


def _flow(working: WorkingTime | None) -> str:
    bounds = None if working is None else working.flow.of_elapsed
    if working is None or bounds is None:
        return ""
    low, high = map(percent, bounds)
    of_working = working.flow.of_working
    if of_working is None:
        return words.FLOW_NONE.format(low=low, high=high)
    work_low, work_high = map(percent, of_working)
    return words.FLOW.format(low=low, high=high, work_low=work_low, work_high=work_high)


# ------------------------------------------------------------------------------------------------------- survival


def _survival(timing: Timing) -> Iterator[str]:
    found: Survival | None = timing.claimed
    if found is None:
        return
    yield words.SURVIVAL.format(open=count(found.open), streams=many(found.streams, "stream"))
    yield words.SURVIVAL_DONE.format(left=many(found.left, "stream"))
    if found.unit > 1:
        yield words.SURVIVAL_ROUNDED.format(unit=duration(found.unit))
