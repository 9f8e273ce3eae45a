"""Lead times where not all streams are done: the product-limit estimate of Kaplan and Meier.

E. L. Kaplan, P. Meier: Nonparametric Estimation from Incomplete Observations, JASA 53 (1958), pages 457 to 481. The
variance is Greenwood's, and the intervals are those of log(-log S), which stay between 0 and 1; the intervals of
quantiles are read from them (R. Brookmeyer, J. Crowley, Biometrics 38 (1982), pages 29 to 41).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import exp, inf, log, sqrt
from typing import TYPE_CHECKING

from mining.core.activities import State
from mining.core.streams import Path, Streams
from mining.core.tables import Tables
from mining.core.timing import Survival, SurvivalPoint

if TYPE_CHECKING:
    import ibis.expr.types as ir

_Z = 1.959963984540054  # of the normal distribution, for an interval of 95 %
_SECOND = 1_000_000
_HOUR, _DAY = 3600 * _SECOND, 86_400 * _SECOND
UNITS = (1, _SECOND, 60 * _SECOND, 15 * 60 * _SECOND, _HOUR, _DAY, 30 * _DAY)
"""To whole ones of which durations are rounded up, the finest first that leaves few enough different ones."""

MOST_DURATIONS = 50_000
_MARKS = (_HOUR, 4 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 90 * _DAY, 180 * _DAY, 365 * _DAY)

# What became of a stream.
_DONE, _OPEN, _LEFT = range(3)

Counts = tuple[int, int, int, int]
"""A duration, and how many streams of it are done, open, and left in another way."""


def survival(
    tables: Tables, streams: Streams, when: Callable[[Path], int | None], most: int = MOST_DURATIONS
) -> Survival:
    """The time from demand to the visit at the position that `when` gives for a path, where the stream gets so far.

    Of a stream that is open without it, that is longer than the time until the last event of the export; of one that
    was cancelled, or ended without it, longer than the time until it ended. At most `most` different durations leave
    the engine.
    """
    timed = _durations(tables, streams, when)
    for unit in UNITS:
        rounded = timed.mutate(duration=(timed.duration + (unit - 1)) // unit * unit) if unit > 1 else timed
        grouped = rounded.group_by("duration").aggregate(
            **{name: (rounded.outcome == i).sum() for i, name in enumerate(("done", "open", "left"))}
        )
        if tables.fetch(grouped.aggregate(n=grouped.count()), limit=1)["n"][0].as_py() <= most:
            break
    rows = tables.fetch(grouped.order_by("duration"), limit=most).to_pylist()
    return product_limit([(row["duration"], row["done"], row["open"], row["left"]) for row in rows], unit)


def _durations(tables: Tables, streams: Streams, when: Callable[[Path], int | None]) -> ir.Table:
    """One row a stream on a known path: `duration` (int64), and what became of it as `outcome` (int8)."""
    import ibis
    import pyarrow as pa

    positions = [None if path.state is State.CANCELLED else when(path) for path in streams.paths]
    outcomes = [
        _DONE if at is not None else _OPEN if path.state is State.OPEN else _LEFT
        for path, at in zip(streams.paths, positions, strict=True)
    ]
    of_path = tables.put(
        pa.table(
            {
                "of_path": pa.array([path.id for path in streams.paths], pa.int32()),
                "position": pa.array(positions, pa.int32()),
                "outcome": pa.array(outcomes, pa.int8()),
            }
        ),
        "values",
    )
    joined = streams.table.inner_join(of_path, streams.table.path == of_path.of_path)
    until = ibis.cases(
        (joined.outcome == _DONE, joined.starts[joined.position]),
        (joined.outcome == _OPEN, ibis.literal(streams.last_event, type="int64")),
        else_=joined.ended,
    )
    return joined.select("outcome", duration=until - joined["first"])


def product_limit(rows: Sequence[Counts], unit: int = 1) -> Survival:
    """The estimate from counts by duration, in order. What is done and what is lost from sight at one duration counts
    as done first."""
    done, open_, left = (sum(row[i] for row in rows) for i in (1, 2, 3))
    steps = list(_steps(rows))
    shares = [step.done for step in steps]
    reached = [bisect_left(shares, level / 100) for level in range(1, 101)]
    return Survival(
        streams=done + open_ + left,
        done=done,
        open=open_,
        left=left,
        percentiles=tuple(steps[at].time if at < len(steps) else None for at in (0, *reached)),
        median_interval=_interval(steps, 0.5),
        p85_interval=_interval(steps, 0.85),
        curve=tuple(_curve(steps)),
        marks=tuple(_marks(steps, rows)),
        longest=rows[-1][0] if rows else 0,
        unit=unit,
    )


def _steps(rows: Sequence[Counts]) -> Sequence[SurvivalPoint]:
    """The estimate just after each duration at which a stream is done."""
    steps = []
    at_risk, survive, spread = sum(sum(row[1:]) for row in rows), 1.0, 0.0
    for time, done, open_, left in rows:
        if done:
            staying = at_risk - done
            survive *= staying / at_risk
            spread += done / (at_risk * staying) if staying else inf
            # Products of rounded fractions: a share that is a whole percent must not miss it by a bit.
            share = round(1 - survive, 12) if staying else 1.0
            steps.append(SurvivalPoint(time, share, *_bounds(survive, spread), at_risk))
        at_risk -= done + open_ + left
    return steps


def _bounds(survive: float, spread: float) -> tuple[float | None, float | None]:
    """The interval of the share that is done, from the variance of log(-log S) by Greenwood's sum `spread`."""
    if not 0 < survive < 1:
        return None, None
    width = _Z * sqrt(spread) / abs(log(survive))
    return 1 - survive ** exp(-width), 1 - survive ** exp(width)


def _when(steps: Sequence[SurvivalPoint], reached: Callable[[SurvivalPoint], bool]) -> int | None:
    return next((step.time for step in steps if reached(step)), None)


def _interval(steps: Sequence[SurvivalPoint], level: float) -> tuple[int | None, int | None]:
    """When the upper and the lower bound of the share that is done reach a level."""
    early = _when(steps, lambda step: (step.done if step.high is None else step.high) >= level)
    return early, _when(steps, lambda step: step.low is not None and step.low >= level)


def _curve(steps: Sequence[SurvivalPoint]) -> list[SurvivalPoint]:
    """The first step, the last, and those at which a further percent is reached."""
    kept, percent = [], -1
    for step in steps:
        if int(step.done * 100) > percent:
            kept.append(step)
            percent = int(step.done * 100)
    if steps and kept[-1] != steps[-1]:
        kept.append(steps[-1])
    return kept


def _marks(steps: Sequence[SurvivalPoint], rows: Sequence[Counts]) -> list[SurvivalPoint]:
    """The estimate at times that people think in, as far as any stream was seen."""
    marks = []
    for mark in _MARKS:
        at_risk = sum(sum(row[1:]) for row in rows if row[0] >= mark)
        if not at_risk:
            break
        before = [step for step in steps if step.time <= mark]
        last = before[-1] if before else SurvivalPoint(mark, 0.0, None, None, at_risk)
        marks.append(SurvivalPoint(mark, last.done, last.low, last.high, at_risk))
    return marks
