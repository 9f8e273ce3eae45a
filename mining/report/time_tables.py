"""The tables on working time and on streams that are not done yet."""

from __future__ import annotations

from collections.abc import Iterator

from mining.core.analysis import Analysis
from mining.core.results import Distribution
from mining.core.timing import Survival, WorkingTime
from mining.report import time_words as words
from mining.report.evidence import MOST_ROWS, more
from mining.report.formats import share
from mining.report.language import t
from mining.report.names import place, waiting_on
from mining.report.tabular import Column, Table, Value, table


def time_tables(analysis: Analysis) -> tuple[Table | None, ...]:
    """All of them; None for those of what was not measured."""
    return (
        lead_times_working_table(analysis),
        within_table(analysis),
        visits_working_table(analysis),
        survival_table(analysis),
        marks_table(analysis),
    )


def _working(analysis: Analysis) -> WorkingTime | None:
    timing = analysis.measures.timing
    return None if timing is None else timing.working


def lead_times_working_table(analysis: Analysis) -> Table | None:
    """Lead times elapsed and in working time, side by side."""
    working, measures = _working(analysis), analysis.measures
    if working is None:
        return None
    columns = (
        Column("From and to"),
        Column("Streams", "count"),
        Column("Median", "duration"),
        Column("Median, working", "work"),
        Column("85 % within", "duration"),
        Column("85 %, working", "work"),
    )
    kinds: tuple[tuple[str, Distribution, Distribution], ...] = (
        (t("Demand to the first value claimed"), measures.lead_time_claimed, working.lead_time_claimed),
        (t("Demand to the first value held"), measures.lead_time_held, working.lead_time_held),
        (t("Demand to formal closure"), measures.closure, working.closure),
        (t("Value held to formal closure"), measures.closure_lag, working.closure_lag),
    )
    rows = [(name, of.n, of.median, work.median, of.p85, work.p85) for name, of, work in kinds]
    return table("lead-times-working", "Lead times, elapsed and in working hours", columns, rows)


def within_table(analysis: Analysis) -> Table | None:
    """Time before value by on whom it waits, within and outside working hours."""
    working = _working(analysis)
    if working is None or not working.flow.elapsed:
        return None
    columns = (
        Column("Waiting"),
        Column("Total time", "duration"),
        Column("Within working hours", "work"),
        Column("Outside working hours", "duration"),
        Column("Outside, of its total", "share"),
        Column("Within, of all working time", "share"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            waiting_on(one.on),
            one.total,
            one.within,
            one.outside,
            share(one.outside, one.total),
            share(one.within, working.flow.within),
        )
        for one in working.waiting
    ]
    elapsed, within = working.flow.elapsed, working.flow.within
    whole = (elapsed, within, elapsed - within, share(elapsed - within, elapsed), share(within, within))
    rows.append((t("all time before value"), *whole))
    return table("waiting-working", "Time before value, within and outside working hours", columns, rows)


def visits_working_table(analysis: Analysis) -> Table | None:
    """The visits' times, elapsed and in working time, side by side."""
    working = _working(analysis)
    if working is None or not working.visits:
        return None
    columns = (
        Column("Activity and step"),
        Column("Waiting"),
        Column("Visits timed", "count"),
        Column("Total", "duration"),
        Column("Total, working", "work"),
        Column("Median", "duration"),
        Column("Median, working", "work"),
        Column("85 % within", "duration"),
        Column("85 %, working", "work"),
    )
    elapsed = {one.label: one.times for one in analysis.measures.visit_times}
    rows = []
    for label, work in working.visits[:MOST_ROWS]:
        times = elapsed[label]
        if times is not None:
            name = (place(label.activity, label.step), waiting_on(label.waiting))
            rows.append((*name, work.n, times.total, work.total, times.median, work.median, times.p85, work.p85))
    note = more(MOST_ROWS, len(working.visits), "kinds of visits")
    return table("visit-times-working", "Visits, elapsed and in working hours", columns, rows, note)


def _survivals(analysis: Analysis) -> Iterator[tuple[str, Survival, Distribution]]:
    timing, measures = analysis.measures.timing, analysis.measures
    if timing is not None and timing.claimed is not None:
        yield words.TO["claimed"], timing.claimed, measures.lead_time_claimed
    if timing is not None and timing.held is not None:
        yield words.TO["held"], timing.held, measures.lead_time_held


def survival_table(analysis: Analysis) -> Table | None:
    """Lead times of fulfilled streams beside those that were estimated with all streams."""
    columns = (
        Column("To", sense="bound"),
        Column("How many"),
        Column("Fulfilled alone", "duration"),
        Column("Estimate", "duration"),
        Column("from", "duration"),
        Column("to", "duration"),
        Column("Streams", "count"),
        Column("Done", "count"),
        Column("Open", "count"),
        Column("Left", "count"),
    )
    rows: list[tuple[Value, ...]] = []
    for name, of, plain in _survivals(analysis):
        counts = (of.streams, of.done, of.open, of.left)
        rows.append((name, words.HALF, plain.median, of.median, *of.median_interval, *counts))
        rows.append((name, words.MOST, plain.p85, of.p85, *of.p85_interval, *counts))
    note = words.SURVIVAL_NOTE
    return table("survival", "Lead times with the streams that are not done yet", columns, rows, note) if rows else None


def marks_table(analysis: Analysis) -> Table | None:
    """The share of all streams that is done within times that people think in."""
    columns = (
        Column("To", sense="bound"),
        Column("Within", "duration"),
        Column("Done", "share"),
        Column("from", "share"),
        Column("to", "share"),
        Column("Still seen", "count"),
    )
    rows = [
        (name, point.time, point.done, point.low, point.high, point.at_risk)
        for name, of, _ in _survivals(analysis)
        for point in of.marks
    ]
    if not rows:
        return None
    return table("survival-marks", "How many are done within a time", columns, rows, words.MARKS_NOTE)
