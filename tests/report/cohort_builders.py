"""Cohorts made by hand, as the measures room would hand them over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from report_builders import HOUR, NAMES, analysis

from mining.core.analysis import Analysis
from mining.core.cohorts import (
    Cohort,
    CohortKind,
    Cohorts,
    Comparison,
    ConditionMet,
    Effect,
    Figure,
    Filtered,
    Rank,
    Share,
    Split,
)

NOTHING = Share(0, 0, None, None)


def cohort(label: str | None, streams: int, hours: int, kind: CohortKind = CohortKind.VALUE) -> Cohort:
    return Cohort(
        kind=kind,
        label=label,
        streams=streams,
        fulfilled=Share(streams - 1, streams, 0.91, 0.97),
        lead_n=streams - 1,
        median=Rank(hours * HOUR, (hours - 1) * HOUR, (hours + 2) * HOUR),
        p85=Rank(5 * hours * HOUR, None, None),
        conforming=Share(streams // 2, streams - 1, 0.4, 0.6),
        waiting=Share(7 * HOUR * streams, 10 * HOUR * streams, 0.65, 0.74),
        doubling_back=Share(streams // 5, streams, 0.1, 0.3),
        reopened=Share(0, streams, 0.0, 0.02),
    )


LEAD = Comparison(Figure.LEAD_TIME, 0, 1, 0.62, 0.55, 0.69, Effect.CLIFFS_DELTA, 0.24, 0.0004, 0.0024)
WAITING = Comparison(Figure.WAITING, 0, 1, -0.031, -0.08, 0.018, Effect.COHENS_H, -0.07, 0.22, 0.44)
REOPENED = Comparison(Figure.REOPENED, 0, 1, 0.0, None, None, Effect.COHENS_H, 0.0, None, None)
FOUND = Cohorts(
    split=Split("priority"),
    cohorts=(
        cohort("3 - Moderate", 12_000, 30),
        cohort("1 - Critical", 270, 70),
        replace(cohort(None, 12, 9, CohortKind.MISSING), p85=Rank(None, None, None)),
        cohort(None, 300, 20, CohortKind.OTHERS),
    ),
    values=11,
    pair=(0, 1),
    side_by_side=(LEAD, WAITING, REOPENED),
    against_rest=(replace(LEAD, second=None), replace(LEAD, first=1, second=None, estimate=0.31, effect_size=-0.38)),
    step=60_000_000,
)
CHOSEN = Filtered(
    (ConditionMet("category=Network", 24_918, 12_582), ConditionMet("group!=", 24_918, 24_000)), 24_918, 12_582
)


def split(**more: Any) -> Analysis:
    return analysis(cohorts=replace(FOUND, **more), filtered=CHOSEN)


def split_by_what_was_planted() -> Analysis:
    named = tuple(cohort(text, 100 + n, 3 + n) for n, text in enumerate(NAMES))
    chosen = Filtered((ConditionMet(f"team={NAMES[0]}", 10, 5),), 10, 5)
    return analysis(cohorts=replace(FOUND, split=Split(NAMES[1]), cohorts=named), filtered=chosen)
