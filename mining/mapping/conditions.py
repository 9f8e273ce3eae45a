"""Conditions: what a rule's `when` looks at.

A condition holds, does not hold, or cannot be told, as in SQL: on a missing cell nothing can be told (save by
`missing`, and by `differs: {null: true}`), nor on the row before where there is none. A rule decides only where all of
its conditions hold.

Each condition says itself: `worded` has the words apart from the names; `denied` asks for those of its opposite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from mining.core.wording import Wording

PREVIOUS = "previous {0}"
IS, IS_NOT, OR, NOR = "{0} is {1}", "{0} is not {1}", "{0} or {1}", "{0} nor {1}"
MATCHES, NO_MATCH = "{0} matches /{1}/", "{0} does not match /{1}/"
MISSING, THERE = "{0} is missing", "{0} is not missing"
DIFFERS, SAME = "{0} differs from the row before", "{0} is the same as in the row before"
WITH_NULL = "{0} (missing is a value)"
FIRST, NOT_FIRST = "it is the first row", "it is not the first row"
LAST, NOT_LAST = "it is the last row", "it is not the last row"
ALWAYS, NEVER, OTHERWISE = "always", "never", "otherwise"
AND, IN_BRACKETS = "{0} and {1}", "({0})"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the row, or of the row before it of the same ticket."""

    column: str
    previous: bool = False

    @property
    def worded(self) -> str | Wording:
        """'previous incident_state'."""
        return Wording(PREVIOUS, (self.column,)) if self.previous else self.column


@dataclass(frozen=True, slots=True)
class OneOf:
    """The cell is one of these texts."""

    cell: Cell
    texts: tuple[str, ...]

    def worded(self, *, denied: bool = False) -> Wording:
        """'incident_state is "Closed"'."""
        texts = _joined(tuple(f'"{text}"' for text in self.texts), NOR if denied else OR)
        return Wording(IS_NOT if denied else IS, (self.cell.worded, texts))


@dataclass(frozen=True, slots=True)
class Matches:
    """The pattern is found in the cell."""

    cell: Cell
    pattern: str

    def worded(self, *, denied: bool = False) -> Wording:
        """'status matches /^wait/'."""
        return Wording(NO_MATCH if denied else MATCHES, (self.cell.worded, self.pattern))


@dataclass(frozen=True, slots=True)
class Missing:
    """The cell is missing."""

    cell: Cell

    def worded(self, *, denied: bool = False) -> Wording:
        """'vendor is missing'."""
        return Wording(THERE if denied else MISSING, (self.cell.worded,))


@dataclass(frozen=True, slots=True)
class Differs:
    """The cell differs from that of the row before; with `null`, missing counts as a value."""

    column: str
    null: bool = False

    def worded(self, *, denied: bool = False) -> Wording:
        """'group differs from the row before'."""
        said = Wording(SAME if denied else DIFFERS, (self.column,))
        return Wording(WITH_NULL, (said,)) if self.null else said


@dataclass(frozen=True, slots=True)
class First:
    """The row is the first of its ticket."""

    def worded(self, *, denied: bool = False) -> Wording:
        """'it is the first row'."""
        return Wording(NOT_FIRST if denied else FIRST)


@dataclass(frozen=True, slots=True)
class Last:
    """The row is the last of its ticket."""

    def worded(self, *, denied: bool = False) -> Wording:
        """'it is the last row'."""
        return Wording(NOT_LAST if denied else LAST)


@dataclass(frozen=True, slots=True)
class Constant:
    """Known without looking at any row, such as a condition on the ticket type."""

    holds: bool

    def worded(self, *, denied: bool = False) -> Wording:
        """'always' or 'never'."""
        return Wording(ALWAYS if self.holds is not denied else NEVER)


@dataclass(frozen=True, slots=True)
class Not:
    """The other does not hold (where it cannot be told, nor can this)."""

    condition: Condition

    def worded(self, *, denied: bool = False) -> Wording:
        """The words of the opposite."""
        return self.condition.worded(denied=not denied)


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of them hold."""

    conditions: tuple[Condition, ...]

    def worded(self, *, denied: bool = False) -> Wording:
        """The parts with "and" between them."""
        return _parts(self.conditions, OR if denied else AND, denied=denied)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    conditions: tuple[Condition, ...]

    def worded(self, *, denied: bool = False) -> Wording:
        """The parts with "or" between them."""
        return _parts(self.conditions, AND if denied else OR, denied=denied)


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


def _parts(parts: tuple[Condition, ...], template: str, *, denied: bool) -> Wording:
    said = [
        Wording(IN_BRACKETS, (words,))
        if isinstance(part, AllOf | AnyOf) and len(part.conditions) > 1 and len(parts) > 1
        else words
        for part in parts
        for words in [part.worded(denied=denied)]
    ]
    joined = _joined(tuple(said), template)
    return joined if isinstance(joined, Wording) else Wording(joined)


def _joined(parts: tuple[str | Wording, ...], template: str) -> str | Wording:
    """All of them by what joins two."""
    if not parts:
        return ""
    return reduce(lambda before, part: Wording(template, (before, part)), parts)
