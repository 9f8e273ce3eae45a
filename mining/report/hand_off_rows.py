"""How hand-offs and quantiles of times stand in the rows of tables."""

from __future__ import annotations

from mining.core.streams import HandOff, Quantiles
from mining.report import words
from mining.report.names import place
from mining.report.tabular import Column, Value

TIMES = (Column("Median", "duration"), Column("85 % within", "duration"), Column("95 % within", "duration"))

HAND_OFF = (
    Column("From"),
    Column("To"),
    Column("Passages", "count"),
    Column("Streams", "count"),
    Column("After value", "count"),
    *TIMES,
)


def times_cells(of: Quantiles | None) -> tuple[Value, Value, Value]:
    """Quantiles of durations under `TIMES`, in microseconds; empty where there is none."""
    return (None, None, None) if of is None else (of.median, of.p85, of.p95)


def hand_off_cells(one: HandOff) -> tuple[Value, ...]:
    """A hand-off under `HAND_OFF`, demand and value by their names."""
    source = place(one.source, one.source_step, otherwise=words.DEMAND)
    target = place(one.target, one.target_step, otherwise=words.VALUE)
    return (source, target, one.count, one.streams, one.after_value, *times_cells(one.times))
