"""The streams against a reference stream: moves of alignments, deviations, rates, and conformance as a whole.

What an owner needs to know of a deviation beside these is in `conformance.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mining.core.conformance import Cases, FieldAtHandOff, Incidence, LimitCheck
from mining.core.passages import AgreedPassage
from mining.core.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from mining.core.acceptances import Accepted


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
