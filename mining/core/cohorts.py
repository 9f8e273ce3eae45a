"""Cohorts: which tickets an analysis is about, and groups of streams beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PERIOD = "period"
"""What conditions and splits call the time at which demand arose."""

TICKET_TYPE = "ticket_type"

FEW = 30
"""Fulfilled streams of a cohort: below, a median and a share say little."""

CONFIDENCE = 0.95
"""Of every interval."""

MOST_COHORTS = 8
"""So many cohorts stand apart, the largest ones; the streams of all others are one more."""


# ------------------------------------------------------------------------------------------------- what is asked for


class Unit(StrEnum):
    """How long a period is by which streams are split."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Dates:
    """From the beginning of the day `start` up to the beginning of the day `stop`; None is without a bound."""

    start: date | None
    stop: date | None


@dataclass(frozen=True, slots=True)
class Where:
    """One condition on tickets: `text` as it was asked. A ticket meets it where the value last known of it in `column`
    is one of `values` (None: it is not known), or where its demand arose in one of `dates`; `denied`: where not."""

    text: str
    column: str
    values: tuple[str | None, ...] = ()
    dates: tuple[Dates, ...] = ()
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """By what streams are split: a column, or, with `unit`, the period in which their demand arose; with `ranges`, in
    which of these it arose, each with what it is called."""

    column: str
    unit: Unit | None = None
    ranges: tuple[tuple[str, Dates], ...] = ()

    @property
    def name(self) -> str:
        """As it was asked for."""
        return self.column if self.unit is None else f"{self.column}:{self.unit.value}"


# ------------------------------------------------------------------------------------------------- what was left out


@dataclass(frozen=True, slots=True)
class ConditionMet:
    """A condition, and how many of the `tickets` that it could be asked of met it, whatever the others said."""

    text: str
    tickets: int
    met: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """What `--where` left of the tickets; the ledger counts the rows of the others. With `reached`, streams were chosen
    by the ticket at which they begin, and what they reach along links was kept with them. It `may_name_people` where
    that was allowed."""

    conditions: tuple[ConditionMet, ...]
    tickets: int
    kept: int
    reached: bool = False
    may_name_people: bool = False


# ------------------------------------------------------------------------------------------------------ what came out


class CohortKind(StrEnum):
    """What the streams of a cohort have in common."""

    VALUE = "value"  # a value, or a period
    MISSING = "missing"  # their ticket has no value
    NOT_TOLD = "not told"  # their export has no such column
    OTHERS = "others"  # any other value


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with an interval. Where `whole` is 0 there is neither share nor interval."""

    part: int
    whole: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """`part` ÷ `whole`."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Rank:
    """A quantile of durations, nearest rank, microseconds, with the order statistics between which it lies; those are
    None where there are too few durations to say."""

    value: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """The streams that have one thing in common.

    `lead_n` fulfilled streams have a lead time (demand to the first value claimed), of which `median` and `p85` are.
    `conforming` is of the checked streams, None where nothing was checked; `waiting` of the elapsed time before value,
    in microseconds; `fulfilled`, `doubling_back` and `reopened` of the streams on a known path: those on rarer ones
    than were looked at are in `streams` alone.
    """

    kind: CohortKind
    label: str | None
    streams: int
    fulfilled: Share
    lead_n: int
    median: Rank
    p85: Rank
    conforming: Share | None
    waiting: Share
    doubling_back: Share
    reopened: Share

    @property
    def few(self) -> bool:
        """Whether it has so few fulfilled streams that its figures are hints."""
        return self.fulfilled.part < FEW


class Figure(StrEnum):
    """A figure in which two cohorts are compared."""

    LEAD_TIME = "lead time"
    FULFILLED = "fulfilled"
    CONFORMING = "conforming"
    WAITING = "waiting"
    DOUBLING_BACK = "doubling back"
    REOPENED = "re-opened"


class Effect(StrEnum):
    """How the size of a difference is measured."""

    CLIFFS_DELTA = "Cliff's delta"
    COHENS_H = "Cohen's h"


class Size(StrEnum):
    """The size of an effect in a word."""

    NEGLIGIBLE = "negligible"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of two cohorts against each other, `first` and `second` being their places in `Cohorts.cohorts`; a
    `second` of None stands for all other streams.

    Of lead times `estimate` is the probability that a stream of the first takes less time than one of the second, ties
    counting half; of shares it is the share of the first minus that of the second. `low` and `high` are its interval.
    `p` is how often chance alone would make a difference as large; `p_adjusted` after Holm, over the comparisons that
    were made together. Any of them is None where it cannot be told.
    """

    figure: Figure
    first: int
    second: int | None
    estimate: float | None
    low: float | None
    high: float | None
    effect: Effect
    effect_size: float | None
    p: float | None
    p_adjusted: float | None

    @property
    def size(self) -> Size | None:
        """The effect in a word; the bounds are those of Romano (2006) for delta and of Cohen (1988) for h."""
        if self.effect_size is None:
            return None
        bounds = (0.147, 0.33, 0.474) if self.effect is Effect.CLIFFS_DELTA else (0.2, 0.5, 0.8)
        sizes = (Size.NEGLIGIBLE, Size.SMALL, Size.MEDIUM, Size.LARGE)
        return sizes[sum(abs(self.effect_size) >= bound for bound in bounds)]

    @property
    def by_chance(self) -> bool | None:
        """Whether chance alone can explain the difference; None where that cannot be told."""
        return None if self.p_adjusted is None else self.p_adjusted >= 1 - CONFIDENCE


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The streams split by something: each stream is in exactly one of `cohorts`.

    `values` is how many different values there are, shown or not. `pair` are the places of the two cohorts that stand
    side by side, in `side_by_side`; None where there are no two. `against_rest` sets the lead time of each cohort
    against that of all other streams. Lead times were compared in steps of `step` microseconds. Labels
    `may_name_people` where that was allowed.
    """

    split: Split
    cohorts: tuple[Cohort, ...]
    values: int
    pair: tuple[int, int] | None
    side_by_side: tuple[Comparison, ...]
    against_rest: tuple[Comparison, ...]
    step: int
    may_name_people: bool = False
