"""What an audit says of one run: gates, what changed, and why. The report shows it, `result.json` and the history
hold it.

Figures are plain numbers as in `result.json`: shares between 0 and 1, durations in microseconds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """What a figure of `result.json` is counted in; its name there tells it."""

    SHARE = "share"
    DURATION = "us"
    NUMBER = "number"


class Severity(StrEnum):
    """What it means where a gate is not held: only `fail` makes the run fail."""

    WARN = "warn"
    FAIL = "fail"


class GateStatus(StrEnum):
    """What became of a gate in one run."""

    HELD = "held"
    MISSED = "missed"
    IN_GRACE = "in grace"  # missed, but not yet more often in a row than the gate allows
    TOO_FEW_RUNS = "too few runs"  # a gate against history that has no history yet
    NOT_COMPARABLE = "not comparable"  # the history was counted over something else
    NO_FIGURE = "no figure"  # result.json does not have it, or it is null


class CauseKind(StrEnum):
    """Why figures are not what they were."""

    PROCESS = "the process changed"
    MAPPING = "the mapping changed"
    REFERENCE = "the reference stream changed"
    DATA = "the data changed"
    OPTIONS = "the options changed"
    PROGRAM = "the program changed"
    NOTHING = "nothing changed beyond what chance explains"
    UNKNOWN = "it cannot be told apart"
    FIRST = "there is no run before this one"


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate in one run. `sentence` is the gate in words, `said` what was found; `misses` counts the runs in a row,
    this one included, in which it was missed. `limit` is the bound that held this time, `basis` what it was made
    of."""

    name: str
    figure: str
    unit: Unit
    severity: Severity
    status: GateStatus
    value: float | None
    limit: float | None
    basis: str
    misses: int
    sentence: str
    said: str

    @property
    def fails(self) -> bool:
        """Whether the run fails by it."""
        return self.severity is Severity.FAIL and self.is_missed

    @property
    def is_missed(self) -> bool:
        """Whether it is known, or must be feared, that it does not hold."""
        return self.status in (GateStatus.MISSED, GateStatus.NOT_COMPARABLE, GateStatus.NO_FIGURE)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure now, in the run before, and in the base line; None where it was not there. `unchanged_setup` is what
    it would be with the mapping, the reference stream and the options of the run before: None where these are the
    same."""

    figure: str
    unit: Unit
    now: float | None
    before: float | None
    base: float | None
    unchanged_setup: float | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why figures changed: a sentence, and what shows it."""

    kind: CauseKind
    sentence: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VariantChange:
    """A variant that is new, gone, or has a share that chance does not explain. Shares are of all streams of the
    run."""

    what: str  # new, gone, grown, shrunk
    symbols: tuple[str, ...]
    state: str
    streams: int
    streams_before: int
    share: float | None
    share_before: float | None


@dataclass(frozen=True, slots=True)
class DeviationChange:
    """A deviation that is new or gone."""

    what: str  # new, gone
    sentence: str
    streams: int
    streams_before: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Whether streams take other variants than before: chi-square test of the counts of two runs, and its effect size.

    `effect` is Cramér's V, from 0 (as before) to 1. `variants` is the number of rows that were compared; rare ones are
    together in one of them. `growing`: the export holds all that the run before read, and `streams` are those
    that ended since.
    """

    streams_before: int
    streams: int
    variants: int
    statistic: float
    degrees: int
    p_value: float
    effect: float
    growing: bool = False


@dataclass(frozen=True, slots=True)
class AuditRun:
    """One run of an audit, as its report, its result and its alerts tell it.

    `head` is the hash of the newest record of the history, `records` their number: with both at hand any change,
    insertion or removal in the history shows. `before` and `base` are the numbers of the records compared with.
    """

    audit: str
    record: int
    records: int
    head: str
    run: int
    before: int | None
    base: int | None
    verdict: str
    gates: tuple[GateResult, ...]
    causes: tuple[Cause, ...]
    changes: tuple[Change, ...]
    variants: tuple[VariantChange, ...]
    deviations: tuple[DeviationChange, ...]
    drift: Drift | None
    drift_from_base: Drift | None
    notes: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether no gate fails the run."""
        return not any(gate.fails for gate in self.gates)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "held": self.held}
