"""What the trend page shows: figures over the runs of an audit, with limits and signals."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.audit import Drift, Unit


@dataclass(frozen=True, slots=True)
class Point:
    """One run. `signals` are the numbers of the rules by which it stands out; `report` is a relative link, None where
    the report is no longer kept. `segment` counts the set-ups: points of different ones cannot be compared."""

    run: int
    at: str
    value: float | None
    segment: int
    signals: tuple[int, ...]
    report: str | None
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a figure does by itself in one segment: mean ± 2.66 times the mean moving range of its first `runs` runs."""

    segment: int
    first_run: int
    last_run: int
    runs: int
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class GateLine:
    """A bound of a gate, as a line."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class TrendChart:
    """One figure over the runs."""

    figure: str
    unit: Unit
    points: tuple[Point, ...]
    limits: tuple[Limits, ...]
    gates: tuple[GateLine, ...]


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """How far the variants of a run are from those of the run before, and of the base line."""

    run: int
    at: str
    before: Drift | None
    base: Drift | None
    report: str | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The whole page. `head` and `records` are those of the history when it was written."""

    audit: str
    runs: int
    first: str
    last: str
    verdict: str
    charts: tuple[TrendChart, ...]
    drift: tuple[DriftPoint, ...]
    rules: tuple[str, ...]
    records: int
    head: str
    version: str
