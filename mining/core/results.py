"""What discovery, conformance and measures return. What conformance does is written in `deviations.py`."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.activities import Activity, End
from mining.core.desk import ServiceDesk
from mining.core.deviations import (
    Conformance,
    Deviation,
    DeviationKind,
    Move,
    MoveKind,
    Rates,
    StreamDeviation,
    VariantCheck,
)
from mining.core.doubling import NOTHING_CAME_BACK, DoublingBack
from mining.core.events import VisitLabel
from mining.core.improvement import Improvement
from mining.core.linked import Reopening
from mining.core.realised import Realised
from mining.core.scope import Scopes
from mining.core.streams import Quantiles
from mining.core.timing import Timing

__all__ = [
    "HAND_OFF",
    "Conformance",
    "Deviation",
    "DeviationKind",
    "Discovery",
    "Distribution",
    "FlowEfficiency",
    "Measures",
    "Move",
    "MoveKind",
    "Rates",
    "Rework",
    "Selection",
    "StreamDeviation",
    "VariantCheck",
    "VisitTime",
    "Waiting",
]

# ---------------------------------------------------------------------------------------------------- discovery


@dataclass(frozen=True, slots=True)
class Discovery:
    """Models of the variants, found by pm4py.

    `tree` is pm4py's notation of the process tree that the inductive miner found with `noise_threshold`; `bpmn` and
    `pnml` are whole XML documents with reproducible identifiers. `streams_used` says how many streams the models rest
    on, of `streams_all`; `notes` say in sentences what was left out.
    """

    noise_threshold: float
    tree: str
    bpmn: str
    pnml: str
    places: int
    transitions: int
    arcs: int
    variants_used: int
    streams_used: int
    streams_all: int
    notes: tuple[str, ...] = ()
    precision: float | None = None  # both over the streams used: see `discovery.quality`
    generalisation: float | None = None


# ----------------------------------------------------------------------------------------------------- measures


@dataclass(frozen=True, slots=True)
class Distribution:
    """`n` durations in microseconds. `percentiles` holds 101 of them, from the smallest (0) to the largest (100), each
    the nearest rank; empty where n is 0."""

    n: int
    percentiles: tuple[int, ...]

    @property
    def median(self) -> int | None:
        """Half of the durations are at most this long."""
        return self.percentiles[50] if self.n else None

    @property
    def p85(self) -> int | None:
        """85 % of the durations are at most this long."""
        return self.percentiles[85] if self.n else None

    @property
    def p95(self) -> int | None:
        """95 % of the durations are at most this long."""
        return self.percentiles[95] if self.n else None


@dataclass(frozen=True, slots=True)
class VisitTime:
    """Time in the visits with one label, before value, over fulfilled streams. `visits` counts all visits of those
    streams, `after_value` those that began once value was realised (they are not timed)."""

    label: VisitLabel
    visits: int
    streams: int
    after_value: int
    times: Quantiles | None


HAND_OFF = "hand-off"
"""`Waiting.on` for the time between two visits, where an event holds for its moment only: an export cannot show whether
that is waiting or work."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Elapsed time before value that fulfilled streams spent waiting on somebody. `on` None is not waiting."""

    on: str | None
    total: int
    visits: int
    streams: int


@dataclass(frozen=True, slots=True)
class FlowEfficiency:
    """Bounds on the share of elapsed time before value in which somebody worked.

    lower: only work that the export records as such: of events of which it tells the end, the time until then
    upper: everything that is not waiting
    None where there was no time before value.
    """

    lower: float | None
    upper: float | None
    elapsed: int
    not_waiting: int
    recorded_work: int


@dataclass(frozen=True, slots=True)
class Rework:
    """Doubling back: streams that come back to an activity (or to a step) they had left before, and re-opening."""

    streams: int  # the denominator: all streams within the cap
    back_to_activity: int
    back_to_step: int
    reopened: int
    reopenings: int


@dataclass(frozen=True, slots=True)
class Selection:
    """By what the export was selected, as far as it shows.

    by_completion is True where every stream has ended or the last events cluster at the end of the window. Arrivals,
    backlog and trends are not shown then, and `reason` says why. None: the mapping knows no ends, so it cannot be told.
    """

    by_completion: bool | None
    reason: str
    not_shown: tuple[str, ...]
    ended_share: float | None
    last_month_share: float | None  # streams whose last event lies in the last 31 days of the window


@dataclass(frozen=True, slots=True)
class Measures:
    """The times and counts. Durations are microseconds, elapsed time."""

    fulfilled: int
    lead_time_claimed: Distribution
    lead_time_held: Distribution
    closure: Distribution  # demand to formal closure
    closure_lag: Distribution  # value held to formal closure
    visit_times: tuple[VisitTime, ...]
    waiting: tuple[Waiting, ...]
    flow_efficiency: FlowEfficiency
    rework: Rework
    ends: dict[End, int]
    ended_without_value: int
    without_value_or_end: int
    selection: Selection
    variant_lead_time: dict[int, Quantiles]  # by variant id, to the first value held
    time_by_activity: dict[Activity, int]  # elapsed before value, of fulfilled streams
    lead_time_last: Distribution = Distribution(0, ())  # demand to the last value, of streams whose value held
    realised: Realised | None = None
    scopes: Scopes | None = None  # None where nothing tells the scope of any stream
    improvement: Improvement | None = None  # None where no ticket could lead to an improvement
    service_desk: ServiceDesk | None = None  # by tickets; None where it was not measured
    doubling_back: DoublingBack = NOTHING_CAME_BACK
    timing: Timing | None = None
    reopening: Reopening | None = None  # None: the mapping has no rule for tickets raised again
