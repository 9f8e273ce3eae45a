"""Analyses broken down by priority and group, with the hours of a week, and with hand-offs in working time."""

from __future__ import annotations

from dataclasses import replace

from desk_builder import FULL, HOSTILE
from report_builders import HOUR, analysis
from time_builders import timed

from mining.core.analysis import Analysis
from mining.core.breakdown import Breakdown, Breakdowns, Dimension, Slice
from mining.core.streams import Quantiles
from mining.core.timing import WorkingHandOff
from mining.core.workload import Week, WeekHours


def slice_(label: str | None, streams: int, delay: int, *, others: int = 0, timed: int | None = None) -> Slice:
    """So many streams, of which `timed` (or else all but ten) have a lead time, with so many hours of delay."""
    n = streams - 10 if timed is None else timed
    times = (7 * HOUR, 31 * HOUR) if n else (None, None)
    return Slice(
        label, others, streams, n, *times, delay * HOUR, n, n - n // 50, streams, n // 40, n // 5, n, n - n // 9
    )


BROKEN = Breakdowns(
    streams=1_000,
    typical=6 * HOUR,
    delay=5_000 * HOUR,
    tells_value=True,
    checked=True,
    by=(
        Breakdown(
            Dimension.PRIORITY,
            3,
            (slice_("3 - Moderate", 700, 3_000), slice_("1 - Critical", 15, 1_900), slice_("4 - Low", 285, 100)),
        ),
        Breakdown(
            Dimension.GROUP,
            12,
            (
                slice_(HOSTILE, 200, 2_500),
                slice_("Second line", 500, 1_500),
                slice_(None, 30, 0, timed=0),
                slice_(None, 270, 1_000, others=9),
            ),
        ),
    ),
)
WEEK = Week(
    WeekHours("Europe/Berlin", tuple(hour % 24 if day < 5 else 1 for day in range(7) for hour in range(24))),
    WeekHours("Europe/Berlin", tuple(7 if (day, hour) == (1, 9) else 0 for day in range(7) for hour in range(24))),
)


def broken_down(base: Analysis | None = None) -> Analysis:
    """With a breakdown by priority and by group, of which one is called hostilely, and with the hours of a week."""
    made = base or analysis()
    desk = replace(FULL, week=WEEK)
    return replace(made, breakdowns=BROKEN, measures=replace(made.measures, service_desk=desk))


def in_working_time() -> Analysis:
    """With a calendar, by whose clock each hand-off takes a third of its elapsed time."""
    made = timed()
    timing = made.measures.timing
    assert timing is not None
    assert timing.working is not None
    streams = made.streams
    handed = tuple(
        WorkingHandOff(one.source, one.source_step, one.target, one.target_step, _third(one.times))
        for one in (*streams.activities, *streams.steps, *streams.step_ends)
        if one.times is not None
    )
    working = replace(timing.working, hand_offs=handed)
    return replace(made, measures=replace(made.measures, timing=replace(timing, working=working)))


def _third(of: Quantiles) -> Quantiles:
    return Quantiles(of.n, of.total // 3, of.median // 3, of.p85 // 3, of.p95 // 3)
