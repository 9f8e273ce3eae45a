"""Links between tickets, and the two ways to make one case of several tickets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Strength(StrEnum):
    """How sure a link is, the surest first."""

    EXPLICIT = "explicit"  # a field that holds nothing but the other ticket's number
    PARSED = "parsed"  # a number found in a text
    INFERRED = "inferred"  # told by what the tickets have in common


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A column that names other tickets, or what else tells that tickets are linked.

    `other` is the type of those. `onwards`: the stream goes from this ticket to the other (`to` in the mapping), else
    from the other to this one (`from`). `pattern` finds the numbers in a text; None where the cell is the number.

    Of OCEL, `relation` is the qualifier of a relation between objects, `event` the type of events that concern tickets
    of both sides, and `objects` are the types of the objects on the other side; none: those of the other type.

    `field`, of changes: the columns with the name of the changed field and its new value; `column` is then the field
    that names other tickets, and a link was set when that was changed.

    `same` are columns: a ticket that begins after another one was done with, `within` so many microseconds, and with
    the same in all of these, is taken for that one raised again. `column` is then what messages call the link.
    """

    column: str
    other: str
    onwards: bool = True
    because: str | None = None
    pattern: str | None = None
    relation: str | None = None
    event: str | None = None
    objects: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    within: int = 0
    field: tuple[str, str] | None = None

    @property
    def of_objects(self) -> bool:
        """Whether it is told beside the rows, by the relations of a log in OCEL."""
        return self.relation is not None or self.event is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the export that are read for it."""
        return () if self.of_objects else self.same or self.field or (self.column,)

    @property
    def strength(self) -> Strength:
        """Numbers that have to be found in a text are less sure than a field of their own."""
        if self.same:
            return Strength.INFERRED
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
