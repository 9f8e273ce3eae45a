"""What came of linking tickets to cases."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.links import CasesSpec, Strength
from mining.core.streams import Quantiles


@dataclass(frozen=True, slots=True)
class LinkUse:
    """What one column of links holds. `links` are distinct pairs of tickets, `absent` those of them whose other ticket
    is in no export, `to_itself` those of a ticket with itself, which say nothing. `tickets` have at least one."""

    source: str  # the type of the ticket that has the column
    other: str
    column: str
    reason: str
    strength: Strength
    onwards: bool
    links: int
    tickets: int
    absent: int
    to_itself: int


@dataclass(frozen=True, slots=True)
class Orphans:
    """Of the tickets of a type, how many have no link with a ticket of another type that is in the export, although
    links between the two types are told and both are in the export. With how many each of the others is linked is the
    fan-out: `links` pairs in all, at most `most`, and `median` by nearest rank; 0 where all are without."""

    type: str
    other: str
    tickets: int
    without: int
    links: int = 0
    median: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class RaisedAgain:
    """A rule by which a new ticket is inferred to be an earlier one raised again: the same in all columns of `same`,
    begun no more than `within` microseconds after the earlier one was done with. `reason` says it in words."""

    reason: str
    same: tuple[str, ...]
    within: int


@dataclass(frozen=True, slots=True)
class Reopening:
    """How many of the `tickets` of these `types` were re-opened, as a range.

    At least `reopened`: value was withdrawn, by their own events. At most `either`: those, and the ones that by one of
    the `rules` a new ticket seems to raise again, which are `raised_again`.
    """

    types: tuple[str, ...]
    rules: tuple[RaisedAgain, ...]
    tickets: int
    reopened: int
    raised_again: int
    either: int


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures that are shown with and without weak links. The lead time is to the first value claimed."""

    streams: int
    fulfilled: int
    lead_time: Quantiles | None


@dataclass(frozen=True, slots=True)
class Linked:
    """How tickets were made into cases.

    `by_type` are the tickets in the export; `in_no_stream` of them are reached from no ticket at which a stream begins,
    or had ended before the demand of every stream that reaches them.
    `several` are streams of more than one ticket, `largest` and `median_size` the tickets of those (nearest rank).
    `shared` tickets are in more than one stream. `events_before` are events of tickets in streams that happened before
    the demand of every stream that reaches them: they are in none. `in_circles` are tickets whose links lead back to
    them. Of the `cut_streams` at least `cut_tickets` were left out, since they have more than `CasesSpec.at_most`;
    `cut` names the largest of them. `weak` are the links that are not explicit; `without_weak` is the headline without
    those.
    """

    spec: CasesSpec
    in_no_stream: tuple[tuple[str, int], ...]
    several: int
    largest: int
    median_size: int
    shared: int
    in_circles: int
    cut_streams: int
    cut_tickets: int
    cut: tuple[tuple[str, int], ...]
    uses: tuple[LinkUse, ...]
    orphans: tuple[Orphans, ...]
    weak: int = 0
    without_weak: Headline | None = None
    events_before: int = 0
    by_type: tuple[tuple[str, int], ...] = ()

    @property
    def tickets(self) -> int:
        """All tickets in the export."""
        return sum(tickets for _, tickets in self.by_type)
