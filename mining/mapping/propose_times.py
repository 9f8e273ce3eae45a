"""Which times of an export tell when something happened, and how they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mining.core.errors import Problem, RequestError
from mining.core.profile import Column, ExportProfile, Grouping
from mining.mapping.proposal import Choice, Chosen, EventTime, TimeChoice
from mining.mapping.propose_columns import no_event, time_event, within
from mining.mapping.vocabulary import Sure, plain, role_words, speaks_for

_TOLD = 0.6  # how much a name must speak for an event, to be taken for it

_PAIRS = (("start", "end"), ("start", "complete"), ("started", "completed"), ("begin", "end"), ("started", "finished"))


def of_rows(profile: ExportProfile, grouping: Grouping | None, chosen: Chosen) -> tuple[Choice[str], TimeChoice]:
    """The time of what happened in a row. Raises RequestError where no column holds times."""
    times = _times(profile)
    varies = {column.name: grouping.varies(column.name) if grouping is not None else 0 for column in times}
    most = max(varies.values(), default=0)

    def score(column: Column) -> float:
        named = speaks_for(column.name, role_words("time"))
        moves = 0.0 if not most else varies[column.name] / most
        inside = 1.0 if within(profile.expand, column.name) else 0.0
        return inside + named + 1.5 * moves + column.filled / profile.rows - (0.5 if _is_plan(column.name) else 0.0)

    ranked = sorted(times, key=lambda column: -score(column))
    first = ranked[0]
    if chosen.time is not None:
        first = profile.column(chosen.time)
    others = tuple(column.name for column in ranked if column is not first)
    named = speaks_for(first.name, role_words("time")) >= 0.6
    if chosen.time is not None:
        choice = Choice(first.name, Sure.SURE, "as you said", others)
    elif len(times) == 1:
        choice = Choice(first.name, Sure.SURE, "the only column with times")
    elif named and varies[first.name]:
        sure = Sure.SURE if varies[first.name] == most else Sure.LIKELY
        choice = Choice(first.name, sure, "changes within a ticket, and is called so", others)
    else:
        reason = "changes within a ticket" if varies[first.name] else "several columns hold times"
        choice = Choice(first.name, Sure.LIKELY if varies[first.name] else Sure.UNSURE, reason, others)
    start, until = _span(first, times)
    if until is not None and chosen.time is None:
        choice = Choice(start.name, choice.sure, f"{choice.reason}; {until} says when it ended", others)
        first = start
    form = format_of([first], chosen)
    return choice, TimeChoice(first.name, form, _zone([first], chosen), until, _language([first], form))


def of_tickets(profile: ExportProfile, chosen: Chosen) -> tuple[list[EventTime], TimeChoice, list[tuple[str, str]]]:
    """The times of a ticket that make events, in their natural order; how they are written; the others, with why."""
    times, out = [], []
    for column in _times(profile):
        if no_event(column.name) and time_event(column.name)[2] < _TOLD:
            out.append((column.name, "a plan, a promise or the last update, not something that happened"))
        else:
            times.append(column)
    told = [column for column in times if time_event(column.name)[2] >= _TOLD]
    if told:  # a date of which nobody knows what happened then makes no event beside those that are known
        out += [
            (column.name, "what happened then is not known from its name") for column in times if column not in told
        ]
        times = told
    if not times:  # better a doubtful event than none
        times, out = _times(profile), []
    form = format_of(times, chosen)
    fitting = [c for c in times if c.typed or any(r.format == form.value for r in c.readings)]
    out += [(c.name, "its times are written in another way") for c in times if c not in fitting]
    best: dict[str, tuple[float, Column]] = {}
    for column in fitting:
        _, event, score = time_event(column.name)
        if score >= _TOLD and score > best.get(event, (0.0, column))[0]:
            best[event] = (score, column)
    events: list[EventTime] = []
    for column in _in_order(profile, fitting):
        _, event, score = time_event(column.name)
        told_by = best[event][1] if score >= _TOLD else column
        if told_by is not column:
            out.append((column.name, f"tells the same as {told_by.name}"))
            continue
        name = event if score >= _TOLD else _label(column.name)
        while any(known.event == name for known in events):
            name += " again"
        sure = Sure.SURE if score >= 0.7 else Sure.LIKELY if score >= _TOLD else Sure.UNSURE
        reason = f"tells when it was {event}" if score >= _TOLD else "what happened then is not known from its name"
        events.append(EventTime(column.name, name, _by(profile, column.name), None, sure, reason))
    language = _language(fitting, form)
    return events, TimeChoice(events[0].column, form, _zone(fitting, chosen), None, language), out


def format_of(columns: Sequence[Column], chosen: Chosen) -> Choice[str | None]:
    """How the times of these columns are written: the format that fits in most of them."""
    if chosen.format is not None:
        return Choice(chosen.format, Sure.SURE, "as you said")
    fits = Counter(r.format for column in columns for r in column.readings)
    if not fits:
        return Choice(None, Sure.SURE, "the file itself says that they are times")
    most = max(fits.values())
    best = [form for form, n in fits.items() if n == most]
    if len(best) == 1:
        text = "ISO 8601" if best[0] is None else "every cell that was looked at can be read so"
        return Choice(best[0], Sure.SURE, text if len(fits) == 1 else "the only reading that fits all of these columns")
    if all(len(column.readings) < 2 for column in columns):
        first = next(column for column in columns if column.readings).readings[0].format
        return Choice(first, Sure.LIKELY, "other columns are written in other ways, and are left out", tuple(best))
    samples = {r.format: r.sample for column in columns for r in column.readings}
    shown = " or ".join(f"{samples[form][1]} as {form}" for form in best)
    reason = f"day and month cannot be told apart: {samples[best[0]][0]} is {shown}"
    return Choice(best[0], Sure.UNSURE, reason, tuple(best[1:]))


def _language(columns: Sequence[Column], form: Choice[str | None]) -> str | None:
    return next((r.language for column in columns for r in column.readings if r.format == form.value), None)


def _zone(columns: Sequence[Column], chosen: Chosen) -> Choice[str]:
    if chosen.zone is not None:
        return Choice(chosen.zone, Sure.SURE, "as you said")
    zoned = all(column.readings and all(r.zoned for r in column.readings) for column in columns)
    if zoned:
        return Choice("UTC", Sure.SURE, "every time names its own offset, so this is not used")
    return Choice("UTC", Sure.UNSURE, "the times name no zone: write the one that the tool exports in")


def _times(profile: ExportProfile) -> list[Column]:
    found = [column for column in profile.columns if column.is_time and column.filled]
    if not found:
        raise RequestError(
            Problem(
                "no column of this export holds times that can be read, so no order of events can be told",
                file=profile.file,
                found=", ".join(profile.names[:12]),
                expected="a column with dates, such as 2024-03-01 09:30:00",
                todo="export the tickets with the times of their changes, or write the mapping by hand",
            )
        )
    return found


def _is_plan(column: str) -> bool:
    words = ("due", "planned", "expected", "target", "deadline", "sla", "estimated", "follow up")
    return any(f" {word} " in f" {plain(column)} " for word in words)


def _span(first: Column, times: Sequence[Column]) -> tuple[Column, str | None]:
    """Where the export tells start and end of an event in two columns: these two."""
    by_name = {plain(column.name): column for column in times}
    for begin, end in _PAIRS:
        for name, column in by_name.items():
            words = name.split()
            other = by_name.get(" ".join(end if word == begin else word for word in words))
            if begin in words and other is not None and other is not column and first in (column, other):
                return column, other.name
    return first, None


def _in_order(profile: ExportProfile, columns: list[Column]) -> list[Column]:
    """By what their names tell; what these do not tell comes where most of the rows have it."""
    earlier = {(a, b): n for a, b, n in profile.before}

    def comes_before(a: Column, b: Column) -> bool:
        (place_a, event_a, _), (place_b, event_b, _) = time_event(a.name), time_event(b.name)
        if event_a and event_b:
            return place_a < place_b
        return earlier.get((a.name, b.name), 0) > earlier.get((b.name, a.name), 0)

    ordered: list[Column] = []
    for column in sorted(columns, key=lambda c: (not time_event(c.name)[1], time_event(c.name)[0])):
        at = next((i for i, known in enumerate(ordered) if comes_before(column, known)), len(ordered))
        ordered.insert(at, column)
    return ordered


def _by(profile: ExportProfile, column: str) -> str | None:
    """The column that says who it was: resolved_by beside resolved_at."""
    words = plain(column).split()
    stem = " ".join(words[:-1]) if words[-1] in ("at", "on", "date", "time") else " ".join(words)
    return next((c.name for c in profile.columns if plain(c.name) == f"{stem} by" and c.filled), None)


def _label(column: str) -> str:
    words = plain(column).split()
    if len(words) > 1 and words[-1] in ("at", "on", "date", "time"):
        words = words[:-1]
    return " ".join(words) or column
