"""What discovery, conformance and measures return."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mining.core.activities import Activity, End
from mining.core.conformance import Cases, FieldAtHandOff, Incidence, LimitCheck
from mining.core.desk import ServiceDesk
from mining.core.doubling import NOTHING_CAME_BACK, DoublingBack
from mining.core.events import VisitLabel
from mining.core.improvement import Improvement
from mining.core.linked import Reopening
from mining.core.passages import AgreedPassage
from mining.core.realised import Realised
from mining.core.scope import Scopes
from mining.core.streams import Quantiles, Streams
from mining.core.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from mining.core.acceptances import Accepted

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


# -------------------------------------------------------------------------------------------------- conformance


class MoveKind(StrEnum):
    """A move of an alignment."""

    MATCH = "match"
    UNEXPECTED = "unexpected"  # in the stream, not in the reference stream here
    MISSING = "missing"  # in the reference stream, not in the stream


class DeviationKind(StrEnum):
    """How a stream differs from its reference stream."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    REPEATED = "repeated"
    OUT_OF_ORDER = "out of order"
    WRONG_CHOICE = "wrong choice"
    WRONG_START = "wrong start"
    WRONG_END = "wrong end"
    TOO_SLOW = "too slow"


@dataclass(frozen=True, slots=True)
class Move:
    """One move. `label` is the reference's name of the thing ("engage", "engage:confirm", "value"); `position` is
    where in the merged stream it stands (for a missing one: before which position)."""

    kind: MoveKind
    label: str
    position: int


@dataclass(frozen=True, slots=True)
class StreamDeviation:
    """One deviation of one variant; `moves` is how many costly moves of the alignment it accounts for."""

    kind: DeviationKind
    label: str
    instead_of: str | None
    position: int
    moves: int


@dataclass(frozen=True, slots=True)
class VariantCheck:
    """How one variant lies against the reference stream. `merged` is the stream as the reference sees it."""

    variant: int
    merged: tuple[str, ...]
    cost: int
    moves: Sequence[Move]
    deviations: tuple[StreamDeviation, ...]

    @property
    def conforms(self) -> bool:
        """No deviation at all."""
        return self.cost == 0


@dataclass(frozen=True, slots=True)
class Deviation:
    """One kind of deviation over all checked streams. `sentence` says it in words; `variants` names the most frequent
    variants that have it (at most five)."""

    kind: DeviationKind
    label: str
    instead_of: str | None
    sentence: str
    streams: int
    occurrences: int
    moves: int
    variants: tuple[int, ...]
    key: str = ""  # names it in a file of acceptances: see `conformance.sentences.key`


@dataclass(frozen=True, slots=True)
class Rates:
    """The two conformance rates and fitness over one set of streams, with what they are made of.

    streams   conforming ÷ checked
    moves     matched visible moves ÷ visible moves (value marks excluded), weighted by streams
    fitness   1 − Σ cost ÷ Σ (visible visits and marks + the reference's shortest path); for open streams without the
              shortest path, since nothing need have happened yet
    Each is None where nothing was checked.
    """

    checked: int
    conforming: int
    visible_moves: int
    matched_moves: int
    total_cost: int
    worst_cost: int

    @property
    def streams(self) -> float | None:
        """Share of checked streams without a deviation."""
        return self.conforming / self.checked if self.checked else None

    @property
    def moves(self) -> float | None:
        """Share of visible moves that match."""
        return self.matched_moves / self.visible_moves if self.visible_moves else None

    @property
    def fitness(self) -> float | None:
        """1 − Σ cost ÷ Σ worst cost."""
        return 1 - self.total_cost / self.worst_cost if self.worst_cost else None


@dataclass(frozen=True, slots=True)
class Conformance:
    """The streams against one reference stream.

    `rates` are over the fulfilled streams that could be checked; `rates_mapped` over those of them without unmapped
    events. Open streams were aligned to a prefix: `open_rates` stands apart and never counts. `not_observable` are
    parts of the reference that no rule of the mapping can show; they cost nothing. `not_checked` says how many streams
    were not checked, by reason. `checks` holds the checked variants and the open ones, in the order of their ids;
    `deviations` are over the checked ones only. `incidence` says which variant has which of them; `cases` is what
    looking at the cases found, None where nobody did. Where the reference stream has `limits`, `conforming` leaves out
    the streams that exceed one. `accepted` is what acceptances come to, None where none were given; nothing else here
    takes account of them. `streams` are those that it was checked on, where they are not all of the analysis; `late`
    has the cases (case_id) that exceed a limit, None where none does.
    """

    reference: str
    reference_demand: str
    scope: str
    shortest_path: int
    rates: Rates
    rates_mapped: Rates
    open_rates: Rates
    not_observable: tuple[str, ...]
    not_checked: dict[str, int]
    checks: Sequence[VariantCheck]
    deviations: tuple[Deviation, ...]
    reference_outline: tuple[str, ...]
    notes: tuple[str, ...] = ()
    incidence: Incidence | None = None
    cases: Cases | None = None
    limits: tuple[LimitCheck, ...] = ()
    accepted: Accepted | None = None
    fields: tuple[FieldAtHandOff, ...] = ()
    passages: tuple[AgreedPassage, ...] | None = None  # between activities; None where they are too many to tell
    streams: Streams | None = field(default=None, repr=False, compare=False)
    late: ir.Table | None = field(default=None, repr=False, compare=False)

    @property
    def checked(self) -> int:
        """Streams that were checked."""
        return self.rates.checked

    @property
    def conforming(self) -> int:
        """Checked streams without a deviation."""
        return self.rates.conforming

    @property
    def total_cost(self) -> int:
        """Costly moves over all checked streams."""
        return self.rates.total_cost

    @property
    def fitness(self) -> float | None:
        """See `Rates`."""
        return self.rates.fitness


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
