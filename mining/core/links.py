"""Links between tickets, and the two ways to make one case of several tickets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Strength(StrEnum):
    """How sure a link is, the surest first."""

    EXPLICIT = "explicit"  # a field that holds nothing but the other ticket's number
    PARSED = "parsed"  # a number found in a text


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A column that names other tickets.

    `other` is the type of those. `onwards`: the stream goes from this ticket to the other (`to` in the mapping), else
    from the other to this one (`from`). `pattern` finds the numbers in a text; None where the cell is the number.
    """

    column: str
    other: str
    onwards: bool = True
    because: str | None = None
    pattern: str | None = None

    @property
    def strength(self) -> Strength:
        """Numbers that have to be found in a text are less sure than a field of their own."""
        return Strength.EXPLICIT if self.pattern is None else Strength.PARSED

    @property
    def reason(self) -> str:
        """Why the tickets are linked, in words."""
        return self.because or self.column


class CasesBy(StrEnum):
    """What a stream belongs to."""

    TICKET = "ticket"  # each ticket is a case
    FOLLOW = "follow"  # from each demand ticket along its links onwards; what several reach is in each of their streams
    CONNECTED = "connected"  # all that hangs together


MOST_TICKETS = 100


@dataclass(frozen=True, slots=True)
class CasesSpec:
    """How cases are made. `start` are the types of the tickets at which a stream begins; of `follow` only, and where
    it is empty, each ticket does that no link leads to. `at_most` is how many tickets one case may have."""

    by: CasesBy = CasesBy.TICKET
    start: tuple[str, ...] = ()
    at_most: int = MOST_TICKETS


EACH_TICKET = CasesSpec()
"""Each ticket is a case."""
