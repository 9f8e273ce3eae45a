"""What the streams cost, by the rates that a mapping gives.

Amounts are exact whole numbers: a rate (millionths of the currency's unit, an hour) times microseconds, added up.
`core.rates` divides and rounds them, once, where they are shown; the parts of a whole so that they add up to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mining.core.activities import Activity
from mining.core.rates import RateCard
from mining.core.results import DeviationKind

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Basis(StrEnum):
    """Which time is priced."""

    RECORDED = "recorded work"  # the export tells when events end: how long those went on that do not wait
    NOT_WAITING = "not waiting"  # before value, all elapsed time in visits that do not wait: the most it can be


@dataclass(frozen=True, slots=True)
class Amounts:
    """Nearest-rank quantiles of the amounts of `n` streams, their sum, and that of the dearest."""

    n: int
    total: int
    median: int
    p85: int
    p95: int
    dearest: int


@dataclass(frozen=True, slots=True)
class CostOfPlace:
    """What the visits of an activity and step cost together: the time that counts, times the rate. `group` is the group
    whose rate it is; None where the rate is not that of a group."""

    activity: Activity
    step: str | None
    group: str | None
    rate: int
    time: int

    @property
    def amount(self) -> int:
        """The rate times the time."""
        return self.rate * self.time


@dataclass(frozen=True, slots=True)
class CostOfVariant:
    """What the streams of a variant cost together."""

    variant: int
    streams: int
    amount: int


@dataclass(frozen=True, slots=True)
class CostOfDeviation:
    """What the visits cost that are in a stream and should not be there: `visits` of them, in `streams`.

    A deviation is all those of `Conformance.deviations`, of whichever reference stream, with this kind, label and
    `instead_of`, wherever in the stream it stands. What is missing has no visit, so it is not here.
    """

    kind: DeviationKind
    label: str
    instead_of: str | None
    streams: int
    occurrences: int
    time: int
    amount: int


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs over fulfilled streams. `other_streams` is the amount of all others on a known path, as far as they came.

    On the basis of recorded work, `at_most` is the amount on the other basis, as an upper bound. On that other basis it
    is None, since all amounts are upper bounds then, and the lower bound is 0. `unpriced` is time that would count and
    for which no rate is given. `deviations` is None where no reference stream was named. What counts for another
    stream is left out everywhere, so that shared tickets cost once. `by_stream` is what each stream costs, in the
    engine: see `measures.stream_costs`.
    """

    rates: RateCard
    basis: Basis
    per_stream: Amounts | None
    at_most: int | None
    unpriced: int
    other_streams: int
    places: tuple[CostOfPlace, ...]
    variants: tuple[CostOfVariant, ...]
    deviations: tuple[CostOfDeviation, ...] | None
    without_groups: bool = False  # groups have rates, and streams do not tell of which ticket a visit is
    by_stream: ir.Table | None = field(default=None, repr=False, compare=False)

    @property
    def total(self) -> int:
        """Over all fulfilled streams."""
        return self.per_stream.total if self.per_stream else 0
