"""The tables on improvement, on run and change, and on how often value came. Each is None where there is nothing."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.core.improvement import Interval, Ripple
from mining.report import improve_words as words
from mining.report.formats import count, decimal, many, share
from mining.report.language import t
from mining.report.tabular import Column, Table, Value, table


def led_to_table(analysis: Analysis) -> Table | None:
    """What incidents led to."""
    found = analysis.measures.improvement
    if found is None or not found.led_to:
        return None
    columns = (
        Column("Linked to", "prose"),
        Column("Incidents", "count"),
        Column("Of all", "share"),
        Column("Tickets", "count"),
        Column("In the export", "count"),
        Column("Done", "count"),
        Column("Recurring groups", "count"),
        Column("Of recurring", "share"),
    )
    rows = [
        (
            words.LED_TO[one.kind.value],
            one.incidents,
            share(one.incidents, found.incidents),
            one.tickets,
            one.in_export,
            one.done,
            one.groups,
            share(one.groups, found.recurring),
        )
        for one in found.led_to
    ]
    return table("led-to", "Links from incidents, and to them", columns, rows, words.LED_TO_NOTE)


def effects_table(analysis: Analysis) -> Table | None:
    """Incidents before and after an improvement."""
    found = analysis.measures.improvement
    if found is None or not found.effects:
        return None
    columns = (
        Column("Led to", "prose"),
        Column("Says", "prose"),
        Column("Linked", "count"),
        Column("Dated", "count"),
        Column("Looked at", "count"),
        Column("Before", "count"),
        Column("After", "count"),
        Column("Fewer after", "count"),
    )
    rows = [
        (
            words.LED_TO[one.kind.value],
            words.VERDICTS[one.verdict.value],
            one.linked,
            one.improved,
            *_shown((one.groups, one.before, one.after, one.fewer), one.ratio is not None),
        )
        for one in found.effects
    ]
    note = words.EFFECTS_NOTE.format(days=found.days)
    return table("improve-effects", "Incidents before and after", columns, rows, note)


def compared_table(analysis: Analysis) -> Table | None:
    """What came after an improvement, and what was to be expected."""
    found = analysis.measures.improvement
    shown = [] if found is None else [one for one in found.effects if one.ratio is not None]
    if not shown:
        return None
    columns = (
        Column("Led to", "prose"),
        Column("Compared", "count"),
        Column("With groups", "count"),
        Column("Before", "count"),
        Column("After", "count"),
        Column("Expected", "count"),
        Column("Ratio", "ratio"),
        Column("From", "ratio"),
        Column("To", "ratio", sense="bound"),
        Column("Own", "ratio"),
        Column("Theirs", "ratio"),
    )
    rows = [
        (
            words.LED_TO[one.kind.value],
            *_shown(
                (one.compared, one.comparison, one.compared_before, one.compared_after, one.expected),
                one.expected is not None,
            ),
            *_interval(one.ratio),
            one.own,
            one.others,
        )
        for one in shown
    ]
    return table("improve-compared", "What was to be expected", columns, rows, words.COMPARED_NOTE)


def _shown(values: tuple[Value, ...], there: bool) -> tuple[Value, ...]:
    return values if there else (None,) * len(values)


def _interval(of: Interval | None) -> tuple[Value, Value, Value]:
    return (None, None, None) if of is None else (of.ratio, of.low, of.high)


def ripple_table(analysis: Analysis) -> Table | None:
    """Incidents around changes."""
    found = analysis.measures.improvement
    if found is None or found.ripple is None:
        return None
    one = found.ripple
    columns = (
        Column("Changes", "count"),
        Column("In the export", "count"),
        Column("Alone", "count"),
        Column("Before", "count"),
        Column("Base line", "ratio"),
        Column("After", "count"),
        Column("Any after", "count"),
        Column("More after", "count"),
        Column("Ratio", "ratio"),
        Column("From", "ratio"),
        Column("To", "ratio", sense="bound"),
    )
    shown = one.ratio is not None
    counted: tuple[Value, ...] = (one.before, one.base_line, one.after, one.followed, one.more)
    row = (one.changes, one.in_window, one.alone, *_shown(counted, shown), *_interval(one.ratio))
    note = words.RIPPLE_NOTE.format(before_days=one.days_before, after_days=one.days_after)
    return table("ripple", "Incidents around changes", columns, [row], note)


def ripple_days_table(analysis: Analysis) -> Table | None:
    """Incidents on each day before and after changes; None where the ripple is not shown."""
    found = analysis.measures.improvement
    if found is None or found.ripple is None or found.ripple.band is None:
        return None
    columns = (Column("Day from the change on", "count"), Column("Incidents", "count"))
    note = words.RIPPLE_DAYS_NOTE.format(**ripple_words(found.ripple))
    return table("ripple-days", "Incidents by day around changes", columns, found.ripple.by_day, note)


def ripple_words(one: Ripple) -> dict[str, str]:
    """What is said of the chart and the table by days."""
    low, high = one.band or (0, 0)
    return {
        "alone": many(one.alone, "change"),
        "base": decimal(one.base_day, 1),
        "low": count(low),
        "high": count(high),
    }


def scopes_table(analysis: Analysis) -> Table | None:
    """The split into run and change; without columns on work where the export records none."""
    found = analysis.measures.scopes
    if found is None:
        return None
    work = (Column("Recorded work", "duration"), Column("Share of work", "share")) if found.recorded_work else ()
    columns = (
        Column("Scope", "prose"),
        Column("Streams", "count"),
        Column("Share", "share"),
        Column("Fulfilled", "count"),
        Column("Time before value", "duration"),
        Column("Share of time", "share"),
        *work,
        Column("Median", "duration"),
        Column("85 % within", "duration"),
    )
    rows = [
        (
            words.SCOPES[one.scope],
            one.streams,
            share(one.streams, found.streams),
            one.fulfilled,
            one.elapsed,
            share(one.elapsed, found.elapsed),
            *((one.recorded_work, share(one.recorded_work, found.recorded_work)) if work else ()),
            *((None, None) if one.lead_time is None else (one.lead_time.median, one.lead_time.p85)),
        )
        for one in found.parts
    ]
    note = words.SCOPE_NOTE.format(by=t(found.told_by), work=words.SOME_WORK if work else words.NO_WORK)
    return table("scopes", "Streams, time and work", columns, rows, note)


def value_times_table(analysis: Analysis) -> Table | None:
    """How often value came in a stream."""
    found = analysis.measures.realised
    if found is None or not found.times:
        return None
    columns = (
        Column("Times value was realised", "prose"),
        Column("Streams", "count"),
        Column("Of those with value", "share"),
        Column("Again", "count"),
        Column("Further", "count"),
    )
    rows = [
        (
            words.ONCE_OR_MORE.format(n=one.times) if one.or_more else str(one.times),
            one.streams,
            share(one.streams, found.with_value),
            one.again,
            one.further,
        )
        for one in found.times
    ]
    return table("value-times", "Streams by how often value was realised", columns, rows, words.TIMES_NOTE)
