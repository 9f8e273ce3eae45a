"""What the tools for a mapping return: how much it covers, why a row became what it did, what its rules do to an
export, and how much hangs on each of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from mining.core.errors import Problem
from mining.core.events import Ledger, RuleUse, VisitLabel


def share_of(part: int, whole: int) -> float | None:
    """`part` of `whole`; None where there is no whole."""
    return part / whole if whole else None


# ----------------------------------------------------------------------------------------------------- coverage


@dataclass(frozen=True, slots=True)
class UnmappedWeight:
    """A label that no rule met: its rows in the event table, the tickets with at least one of them, and how long it
    lasted in all (microseconds, each row until its ticket's next event)."""

    event: str | None
    rows: int
    tickets: int
    time: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an export a mapping covers.

    `tickets` are all in the export; `tickets_with_unmapped` have an event that no rule met, `tickets_mapped` have
    events and none of those. The rest has no event at all: every row was ignored.

    `elapsed` is the time from demand to the last event, over all tickets, in microseconds; `elapsed_unmapped` is the
    part of it that an unmapped event began. `unmapped` are the labels that no rule met, the most rows first;
    `unmapped_left_out` is how many more labels there are.
    """

    mapping: str
    ledger: Ledger
    rule_uses: tuple[RuleUse, ...]
    tickets: int
    tickets_with_unmapped: int
    tickets_mapped: int
    elapsed: int
    elapsed_unmapped: int
    unmapped: tuple[UnmappedWeight, ...]
    unmapped_left_out: int
    notes: tuple[str, ...] = ()

    @property
    def by_events(self) -> float | None:
        """Share of the events that a rule met, be it to ignore them."""
        ledger = self.ledger
        readable = ledger.events_made - ledger.events_rejected
        return share_of(readable - ledger.events_unmapped, readable)

    @property
    def by_tickets(self) -> float | None:
        """Share of the tickets without an unmapped event, of those with any event."""
        return share_of(self.tickets_mapped, self.tickets_mapped + self.tickets_with_unmapped)

    @property
    def by_time(self) -> float | None:
        """Share of the elapsed time that a mapped event began."""
        return share_of(self.elapsed - self.elapsed_unmapped, self.elapsed)


# ------------------------------------------------------------------------------------------------------ explain


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A rule that did not decide a row, and the first of its conditions that failed, with what was found instead."""

    rule: int
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class RowExplained:
    """One row of a ticket, and how it came to what it is.

    `cells` are those that the rules look at, as they may be shown: of people only whether there is one, and of long
    texts only how long. `became` is "mapped", "ignored", "unchanged", "unmapped" or "duplicate"; `outcome` says it in
    full. `rule` is the number of the rule that decided, None where none did; `ruled_out` are the rules before it.
    """

    number: int | None  # place in the ticket, from 0; None of a duplicate
    time: int  # microseconds UTC
    cells: tuple[tuple[str, str], ...]
    became: str
    outcome: str
    rule: int | None
    line: int | None
    because: str
    ruled_out: tuple[RuledOut, ...]


@dataclass(frozen=True, slots=True)
class VisitMade:
    """A visit of the ticket's stream; `end` None where it is not known."""

    label: VisitLabel
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class TicketExplained:
    """A ticket, row by row in order. `demand` is when and as what demand was added before its first row;
    `rows_left_out` how many rows are not shown, since there are too many."""

    ticket: str
    rows: tuple[RowExplained, ...]
    demand: tuple[int, str] | None
    rows_left_out: int
    visits: tuple[VisitMade, ...] = ()
    state: str | None = None


# -------------------------------------------------------------------------------------------------------- check


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What a rule does to the rows of the event table. It held on `held` rows and decided `decided` of them; `taken_by`
    are the earlier rules that decided the others, as (rule, rows), the most rows first."""

    rule: int
    line: int
    text: str
    outcome: str
    held: int
    decided: int
    taken_by: tuple[tuple[int, int], ...]

    @property
    def never_holds(self) -> bool:
        """No row is as it says."""
        return self.held == 0

    @property
    def is_shadowed(self) -> bool:
        """Rows are as it says, and earlier rules take all of them."""
        return self.held > 0 and self.decided == 0


@dataclass(frozen=True, slots=True)
class UnnamedValue:
    """A text in a column that rules compare by text, or in the event's column, which no rule names there."""

    text: str
    rows: int
    tickets: int


@dataclass(frozen=True, slots=True)
class UnnamedValues:
    """Of one column: the texts that no rule names, the most rows first; `different` is how many there are in all."""

    column: str
    values: tuple[UnnamedValue, ...]
    different: int


@dataclass(frozen=True, slots=True)
class DataCheck:
    """A mapping in the light of an export. `lacking` are columns that the export may lack and does; `empty` are there
    and hold nothing in any row."""

    rules: tuple[RuleCheck, ...]
    unnamed: tuple[UnnamedValues, ...]
    lacking: tuple[str, ...]
    empty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingCheck:
    """What is questionable in a mapping; `data` only where an export was given."""

    cautions: tuple[Problem, ...]
    data: DataCheck | None


# -------------------------------------------------------------------------------------------------- sensitivity


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures that a report leads with; None where there is none.

    lead_time   median time from demand to the first value claimed, of fulfilled streams, in microseconds
    fulfilled   share of the streams that ended with value
    conforming  share of the checked streams that are as agreed; only with a reference stream
    flow_upper  the upper bound of flow efficiency
    mapped      share of the events that a rule met
    """

    lead_time: int | None
    fulfilled: float | None
    conforming: float | None
    flow_upper: float | None
    mapped: float | None

    def change_to(self, other: KeyFigures) -> tuple[float, str]:
        """The largest change from these figures to `other`, relative to these, and the figure that changes so.

        A figure that is lost, or that there was none of before, changes by 1: by all of it. So does one that was 0.
        """
        changes = [
            (_relative(getattr(self, field.name), getattr(other, field.name)), field.name) for field in fields(self)
        ]
        return max(changes, key=lambda change: change[0])


def _relative(before: float | None, after: float | None) -> float:
    if before == after:
        return 0.0
    return abs(after - before) / before if before and after is not None else 1.0


@dataclass(frozen=True, slots=True)
class WithoutRule:
    """The headline figures of an analysis without one rule, and their largest change relative to those with it."""

    rule: int
    line: int
    text: str
    outcome: str
    rows: int
    figures: KeyFigures
    change: float
    changed: str  # the field of `KeyFigures` that changes most


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How much hangs on each rule: the analysis repeated without it, the largest change first.

    `left_out` are rules that decided rows and were not tried, since only those with the most rows were asked for.
    """

    mapping: str
    reference: str | None
    figures: KeyFigures
    rules: tuple[WithoutRule, ...]
    left_out: int
    notes: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------------ suggest


@dataclass(frozen=True, slots=True)
class SuggestedRule:
    """A rule for a label that no rule meets: what it would do, as its YAML says it, how sure that is ("sure", "likely",
    "unsure") and why."""

    label: UnmappedWeight
    does: dict[str, Any]
    sure: str
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Rules for what a mapping does not meet, the most rows first, and as `text` to be put into its file.

    `left_out` is how many more labels no rule meets. The rules belong at the end: the first that holds decides, so they
    change nothing of what is mapped already.
    """

    mapping: str
    coverage: Coverage
    rules: tuple[SuggestedRule, ...]
    left_out: int
    text: str
