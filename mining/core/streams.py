"""Streams, their paths and variants, and the hand-offs between visits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mining.core.activities import Activity, State
from mining.core.events import Symbol, VisitLabel
from mining.core.export import Holds

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.linked import Linked
    from mining.core.spans import PathVisits
    from mining.core.variant_visits import VariantVisits


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Nearest-rank quantiles of durations in microseconds, over `n` of them, and their sum."""

    n: int
    total: int
    median: int
    p85: int
    p95: int


@dataclass(frozen=True, slots=True)
class Path:
    """A sequence of visits that streams took, waiting included; finer than a variant.

    `visits` are indices into `Streams.labels`. `value_at` and `held_at` are the positions in `visits` of the first
    value claimed or confirmed, and of the first that was not withdrawn later; None where there is none.
    """

    id: int
    variant: int
    visits: tuple[int, ...]
    state: State
    streams: int
    value_at: int | None
    held_at: int | None


@dataclass(frozen=True, slots=True)
class Variant:
    """Streams with the same sequence of (activity, step, value mark) and the same state. Ids count from 0, the most
    frequent first; equally frequent ones stand in the order of their symbols."""

    id: int
    symbols: tuple[Symbol, ...]
    state: State
    streams: int
    streams_with_unmapped: int


@dataclass(frozen=True, slots=True)
class HandOff:
    """The passage from one place to the next, over all streams that made it.

    `source` None is demand, `target` None is value. `times`: with `Holds.STATE` from the start of the giving visit to
    the start of the taking one, with `Holds.POINT` from the end of the giving visit; None where nothing could be
    timed. `after_value` counts how many of the passages happened after value had been realised; those are not timed.
    """

    source: Activity | None
    source_step: str | None
    target: Activity | None
    target_step: str | None
    count: int
    streams: int
    after_value: int
    times: Quantiles | None


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams, kept in the engine, and the small tables about them.

    Columns of `table` (one row a stream):
      case_id    string
      path       int32   `Path.id`; null where the path is beyond the cap on paths
      state      string  a `State`
      starts     array<int64>  the start of each visit, microseconds UTC
      lasts      array<int64>  the last event of each visit, or the latest end of its events; only with `Holds.POINT`
      worked     array<int64>  how long the events of each visit went on, up to the next event at most; only where
                 `tells_ends`
      first      int64   demand: the first event
      last       int64   the last event
      ended      int64   when the ticket ended, and with it the visit that ended it; null where it has not
      end        int16   index into `MappedLog.ends`; null where it has not ended
      has_value  boolean value was claimed or confirmed at least once
      unmapped   int32   number of unmapped events
      events     int64   number of events
      at_tickets array<struct>  the visits, each cut where the ticket changes: at (int64, microseconds UTC), ticket
                 (int64, `n` of `Streams.tickets`, or -1 where the case is the ticket), opens (boolean, whether a visit
                 begins here) and, where `tells_ends`, worked (int64); only with `Streams.tickets`

    `tells_ends`: the export tells when events end, and they are points apart from that. Visits may overlap then.
    `steps` are the hand-offs between (activity, step), `step_ends` those from demand to (activity, step) and from there
    to value; `activities` are those between activities, with demand and value.
    Streams beyond the cap are counted in `beyond_cap` and are in no path, variant or hand-off.
    `path_visits` are the visits of all paths in arrays, worked out once for `spans.visits_of`; `variant_visits` those
    of the variants that it names. `linked` says how cases were made of several tickets; None where each ticket is a
    case. `tickets`, where they were asked for, has n and name: what `MappedLog.table` calls them. `against_time` is
    as in `MappedLog`, by case: a stream is against the order of time where one of its tickets is. `events`, `visits`
    and the counts and totals of hand-offs leave out what is borrowed: they count each event once.
    """

    table: ir.Table
    labels: tuple[VisitLabel, ...]
    paths: tuple[Path, ...]
    variants: tuple[Variant, ...]
    steps: tuple[HandOff, ...]
    activities: tuple[HandOff, ...]
    holds: Holds
    cases: int
    events: int
    visits: int
    states: dict[State, int]
    beyond_cap: int
    can_end: bool  # the mapping has a rule that ends a ticket
    can_realise_value: bool  # the mapping has a rule that claims or confirms value
    first_event: int  # microseconds UTC, over all streams
    last_event: int
    tells_ends: bool = False
    linked: Linked | None = None
    step_ends: tuple[HandOff, ...] = ()
    path_visits: PathVisits | None = field(default=None, repr=False, compare=False)
    tickets: ir.Table | None = field(default=None, repr=False, compare=False)
    variant_visits: VariantVisits | None = field(default=None, repr=False, compare=False)
    against_time: ir.Table | None = field(default=None, repr=False, compare=False)

    @property
    def open(self) -> int:
        """Streams that had not ended when the export was made."""
        return self.states.get(State.OPEN, 0)

    @property
    def cancelled(self) -> int:
        """Streams that were withdrawn, rejected or duplicates."""
        return self.states.get(State.CANCELLED, 0)


def is_fulfilled(state: State, has_value: bool, *, can_realise_value: bool) -> bool:
    """Whether a stream counts in lead times and conformance.

    Ended, and value claimed or confirmed at least once, where the mapping can say so. Where the mapping cannot end a
    ticket, every stream is `State.UNKNOWN` and is checked in full.
    """
    if state is State.UNKNOWN:
        return True
    return state is State.ENDED and (has_value or not can_realise_value)
