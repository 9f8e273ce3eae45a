"""Deviations that somebody has accepted, for a reason and until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mining.core.results import Rates


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A deviation that is accepted in the streams that it covers, up to and including the day `until`.

    `deviation` is the key of a deviation (`Deviation.key`), `reference` the name of the reference stream that it
    deviates from. `where` are attributes of the ticket with the values of which it must have one; `tickets` the only
    ones that are covered, all where empty. `line` is where it stands in its file.
    """

    deviation: str
    reference: str
    owner: str
    reason: str
    until: date
    accepted: date | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tickets: tuple[str, ...] = ()
    line: int | None = None

    @property
    def scope(self) -> str:
        """What it covers, in words."""
        parts = [f"{name}: {' or '.join(values)}" for name, values in self.where]
        if self.tickets:
            parts.append(f"{len(self.tickets)} ticket{'' if len(self.tickets) == 1 else 's'}")
        return "; ".join(parts) or "all streams"


class Standing(StrEnum):
    """What an acceptance does in an analysis."""

    IN_FORCE = "in force"
    EXPIRED = "expired"  # so its deviation counts again
    NOT_MET = "not met"  # no checked stream that it covers has the deviation
    CANNOT_TELL = "cannot be judged"  # the export does not show an attribute that its scope asks for


@dataclass(frozen=True, slots=True)
class AcceptanceUse:
    """An acceptance in an analysis: `streams` have its deviation and lie in its scope, expired or not. `sentence` is
    that of the deviation, None where no stream has it."""

    acceptance: Acceptance
    standing: Standing
    streams: int
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the acceptances of one reference stream come to on the day `as_of`.

    `rates` and `rates_mapped` are as those of `Conformance`, but what is accepted does not count as a deviation: those
    of `Conformance` are what is left if all acceptances lapsed. `by_deviation` says in how many streams each deviation
    (by its key) is accepted wherever it occurs there; keys without any are left out.
    """

    as_of: date
    uses: tuple[AcceptanceUse, ...]
    rates: Rates
    rates_mapped: Rates
    by_deviation: tuple[tuple[str, int], ...]
