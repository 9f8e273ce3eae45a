"""What an owner needs to know of a deviation beside how often it occurs: what it costs, since when, for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mining.core.activities import Activity
from mining.core.examples import Example
from mining.core.streams import Quantiles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONFIDENCE = 0.95
"""Of the intervals, and of the tests (1 − 0.95 is the share of false alarms that is put up with)."""


@dataclass(frozen=True, slots=True)
class Incidence:
    """Which checked variant has which deviations, as arrays of one length: the variant's id, the index of the deviation
    in `Conformance.deviations`, and how often it occurs in one stream of that variant."""

    variant: NDArray[np.int64]
    deviation: NDArray[np.int64]
    times: NDArray[np.int64]

    def __eq__(self, other: object) -> bool:
        import numpy as np

        if not isinstance(other, Incidence):
            return NotImplemented
        mine, theirs = (self.variant, self.deviation, self.times), (other.variant, other.deviation, other.times)
        return all(np.array_equal(one, two) for one, two in zip(mine, theirs, strict=True))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Interval:
    """A median in microseconds over `n` streams, nearest rank, with its confidence interval by order statistics (H. A.
    David, H. N. Nagaraja, "Order Statistics", 2003, 7.1); the bounds are None where there are too few streams."""

    n: int
    median: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Lead time (demand to the first value held) of the streams with a deviation and of the checked ones without it.

    `difference` is that of the medians; `low` and `high` bound it with 95 % confidence at least: both medians lie in
    their own 97.5 % intervals, so that the extremes of the two hold together (Bonferroni). A difference is no proof
    that the deviation is its cause.
    """

    with_it: Interval
    without_it: Interval

    @property
    def difference(self) -> int | None:
        """Median with it less median without it."""
        one, two = self.with_it.median, self.without_it.median
        return None if one is None or two is None else one - two

    @property
    def low(self) -> int | None:
        """The least that the difference of the medians may be."""
        one, two = self.with_it.low, self.without_it.high
        return None if one is None or two is None else one - two

    @property
    def high(self) -> int | None:
        """The most that the difference of the medians may be."""
        one, two = self.with_it.high, self.without_it.low
        return None if one is None or two is None else one - two


@dataclass(frozen=True, slots=True)
class Period:
    """One period: the checked streams that ended in it, and those of them with the deviation."""

    checked: int
    streams: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A deviation by period of the streams' ends, one entry for each of `Evidence.periods`.

    `slope` is by how much the share changes a period (least squares, weighted by streams), `p` that of the
    Cochran-Armitage test for trend (P. Armitage, Biometrics 11, 1955) after correction for all deviations that were
    tested (Benjamini and Hochberg); both None where there is but one period, or no variation.
    """

    periods: tuple[Period, ...]
    slope: float | None
    p: float | None

    @property
    def direction(self) -> str:
        """In a word: "rising" and "falling" only where the test says so."""
        if self.slope is None or self.p is None:
            return "cannot be told"
        if self.p >= 1 - CONFIDENCE:
            return "no trend"
        return "rising" if self.slope > 0 else "falling"


@dataclass(frozen=True, slots=True)
class OverRepresented:
    """A value of a ticket's attribute that streams with a deviation have more often than the other checked ones.

    `streams` of `deviating` streams with the deviation have it, and `others` of `without` ones. `p` is Fisher's exact
    test, one-sided, after correction for all values of all attributes of all deviations (Benjamini and Hochberg, 1995).
    """

    attribute: str
    value: str
    streams: int
    deviating: int
    others: int
    without: int
    p: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the streams with one deviation. `examples` are cases, those that ended last; empty unless asked
    for. `first` and `last` are the ends (microseconds UTC) of the first and the last stream that has it."""

    effect: Effect
    trend: Trend
    first: int | None
    last: int | None
    over_represented: tuple[OverRepresented, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """Of the streams that no reference stream is for: those that come nearest to `reference`, `conforming` of them
    without a deviation, and how many costly moves they have."""

    reference: str
    streams: int
    conforming: int
    total_cost: int


@dataclass(frozen=True, slots=True)
class NoReference:
    """The streams that no reference stream of the analysis is for; those that can be aligned by the nearest one."""

    streams: int
    nearest: tuple[Nearest, ...]


@dataclass(frozen=True, slots=True)
class FieldAtHandOff:
    """Of the `passages` from one activity to another in checked streams: at how many `field` was filled when the taking
    visit began. The reference stream asks for it. Not `observable`: the export does not tell it."""

    source: Activity
    target: Activity
    field: str
    observable: bool
    passages: int
    filled: int


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """A limit of the reference stream on the time between two of its parts, over the checked streams.

    `within` are microseconds, of working time where it is `working`, else elapsed; `times` are those of the passages
    that it holds for, of which `late` are too slow, in `late_streams` streams. Not `observable`: no rule of the mapping
    can show both parts.

    Open streams stand apart: in `open_running` of them the limit runs at the export's last event, and in
    `open_overdue` of those it has passed already; `open_late_streams` are those and the ones in which a passage was too
    slow before.
    """

    sentence: str
    source: str
    target: str
    within: int
    observable: bool
    times: Quantiles | None
    late: int
    late_streams: int
    working: bool = False
    open_running: int = 0
    open_overdue: int = 0
    open_late_streams: int = 0


@dataclass(frozen=True, slots=True)
class Cases:
    """What was found by looking at the cases, not at the variants alone.

    `evidence` is by the index of the deviation, of the `looked_at` most frequent ones. `begins` are the starts of the
    periods (microseconds UTC), each `unit` long: a day, week, month, quarter or year. `tested` counts the tests of
    over-represented values, `attributes` names what was looked at. `examples` are streams to look at, of the few most
    frequent ones, by the index of the deviation.
    """

    evidence: dict[int, Evidence]
    looked_at: int
    unit: str
    begins: tuple[int, ...]
    attributes: tuple[str, ...] = ()
    tested: int = 0
    notes: tuple[str, ...] = field(default=())
    examples: dict[int, tuple[Example, ...]] = field(default_factory=dict)
