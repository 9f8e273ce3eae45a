"""Conditions: what a rule's `when` looks at.

A condition holds, does not hold, or cannot be told, as in SQL: on a missing cell nothing can be told (save by
`missing`, and by `differs: {null: true}`), nor on the row before where there is none. A rule decides only where all of
its conditions hold.

Each condition says itself `in_words`; `denied` asks for the words of its opposite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the row, or of the row before it of the same ticket."""

    column: str
    previous: bool = False

    def __str__(self) -> str:
        return f"previous {self.column}" if self.previous else self.column


@dataclass(frozen=True, slots=True)
class OneOf:
    """The cell is one of these texts."""

    cell: Cell
    texts: tuple[str, ...]

    def in_words(self, *, denied: bool = False) -> str:
        """'incident_state is "Closed"'."""
        texts = (" nor " if denied else " or ").join(f'"{text}"' for text in self.texts)
        return f"{self.cell} is {'not ' if denied else ''}{texts}"


@dataclass(frozen=True, slots=True)
class Matches:
    """The pattern is found in the cell."""

    cell: Cell
    pattern: str

    def in_words(self, *, denied: bool = False) -> str:
        """'status matches /^wait/'."""
        return f"{self.cell} {'does not match' if denied else 'matches'} /{self.pattern}/"


@dataclass(frozen=True, slots=True)
class Missing:
    """The cell is missing."""

    cell: Cell

    def in_words(self, *, denied: bool = False) -> str:
        """'vendor is missing'."""
        return f"{self.cell} is {'not ' if denied else ''}missing"


@dataclass(frozen=True, slots=True)
class Differs:
    """The cell differs from that of the row before; with `null`, missing counts as a value."""

    column: str
    null: bool = False

    def in_words(self, *, denied: bool = False) -> str:
        """'group differs from the row before'."""
        verb = "is the same as in" if denied else "differs from"
        return f"{self.column} {verb} the row before{' (missing is a value)' if self.null else ''}"


@dataclass(frozen=True, slots=True)
class First:
    """The row is the first of its ticket."""

    def in_words(self, *, denied: bool = False) -> str:
        """'it is the first row'."""
        return f"it is {'not ' if denied else ''}the first row"


@dataclass(frozen=True, slots=True)
class Last:
    """The row is the last of its ticket."""

    def in_words(self, *, denied: bool = False) -> str:
        """'it is the last row'."""
        return f"it is {'not ' if denied else ''}the last row"


@dataclass(frozen=True, slots=True)
class Constant:
    """Known without looking at any row, such as a condition on the ticket type."""

    holds: bool

    def in_words(self, *, denied: bool = False) -> str:
        """'always' or 'never'."""
        return "always" if self.holds is not denied else "never"


@dataclass(frozen=True, slots=True)
class Not:
    """The other does not hold (where it cannot be told, nor can this)."""

    condition: Condition

    def in_words(self, *, denied: bool = False) -> str:
        """The words of the opposite."""
        return self.condition.in_words(denied=not denied)


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of them hold."""

    conditions: tuple[Condition, ...]

    def in_words(self, *, denied: bool = False) -> str:
        """The parts with "and" between them."""
        return _joined(self.conditions, " or " if denied else " and ", denied=denied)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    conditions: tuple[Condition, ...]

    def in_words(self, *, denied: bool = False) -> str:
        """The parts with "or" between them."""
        return _joined(self.conditions, " and " if denied else " or ", denied=denied)


Leaf: TypeAlias = OneOf | Matches | Missing | Differs | First | Last | Constant
Condition: TypeAlias = Leaf | Not | AllOf | AnyOf


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The conditions that look at the data themselves, from left to right."""
    match condition:
        case Not(inner):
            yield from leaves(inner)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case leaf:
            yield leaf


def columns_of(condition: Condition) -> tuple[str, ...]:
    """The columns that a condition looks at, each once, in the order in which it names them."""
    found: dict[str, None] = {}
    for leaf in leaves(condition):
        match leaf:
            case OneOf(cell) | Matches(cell) | Missing(cell):
                found[cell.column] = None
            case Differs(column):
                found[column] = None
    return tuple(found)


def _joined(parts: tuple[Condition, ...], word: str, *, denied: bool) -> str:
    return word.join(
        f"({words})" if isinstance(part, AllOf | AnyOf) and len(part.conditions) > 1 and len(parts) > 1 else words
        for part in parts
        for words in [part.in_words(denied=denied)]
    )
