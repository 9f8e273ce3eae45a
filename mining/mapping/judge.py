"""Rules judged row by row, to tell why one did not decide.

The expression in `rows` decides an export; this says of a single row in words what failed. `ticket` compares the two.
What cannot be told counts as no, as there: see `cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mining.mapping.cells import Bare, Positive
from mining.mapping.conditions import Constant, Differs, First, Last, Matches, Missing, OneOf
from mining.mapping.shown import Shown

Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and of the row before it in its ticket (None: it is the first), by column."""

    cells: Cells
    before: Cells | None
    last: bool

    def cell(self, column: str, *, previous: bool) -> str | None:
        """The text of a cell; None where it is missing, or there is no row before."""
        cells = self.before if previous else self.cells
        return None if cells is None else cells[column]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges conditions. `matches` says whether a pattern is found in a text: the engine's word, since patterns are
    its own language."""

    matches: Callable[[str, str], bool]
    shown: Shown

    def holds(self, condition: Positive, row: Row) -> bool:
        """Whether a condition holds for a row."""
        if isinstance(condition, Bare):
            return self._leaf_holds(condition, row)
        word, parts = condition
        return (all if word == "and" else any)(self.holds(part, row) for part in parts)

    def failure(self, condition: Positive, row: Row) -> str:
        """Of a condition that does not hold the first part that failed, and what was found instead."""
        if isinstance(condition, Bare):
            words = str(condition.leaf.worded(denied=condition.denied))
            found = self._found(condition, row)
            return words if found is None else f"{words}, found {found}"
        word, parts = condition
        failed = [part for part in parts if not self.holds(part, row)]
        if word == "and" or len(failed) == 1:
            return self.failure(failed[0], row)
        return "none of these: " + "; ".join(self.failure(part, row) for part in failed)

    def _leaf_holds(self, bare: Bare, row: Row) -> bool:
        truth = self._truth(bare, row)
        return truth is not None and truth is not bare.denied

    def _truth(self, bare: Bare, row: Row) -> bool | None:
        """Whether the leaf itself is so, its denial apart; None where it cannot be told."""
        truth: bool | None
        match bare.leaf:
            case OneOf(cell, about) | Matches(cell, about):
                text = row.cell(cell.column, previous=cell.previous)
                truth = None if text is None else self.matches(about, text) if isinstance(about, str) else text in about
            case Missing(cell):
                nowhere = cell.previous and row.before is None
                truth = None if nowhere else row.cell(cell.column, previous=cell.previous) is None
            case Differs():
                truth = _differs(bare.leaf, row)
            case First():
                truth = row.before is None
            case Last():
                truth = row.last
            case Constant(holds):
                truth = holds
        return truth

    def _found(self, bare: Bare, row: Row) -> str | None:
        """What there was instead; None where the words of the condition say it already."""
        found: str | None = None
        match bare.leaf:
            case OneOf(cell) | Matches(cell) | Missing(cell):
                found = self._shown(cell.column, row.before if cell.previous else row.cells)
            case Differs(column):
                found = self._shown(column, row.before)
                if row.before is not None:
                    same = row.before[column] == row.cells[column]
                    found += " in both" if same else f", then {self._shown(column, row.cells)}"
            case First():
                found = f"{'no' if row.before is None else 'a'} row before it"
            case Last():
                found = f"{'no' if row.last else 'a'} row after it"
        return found

    def _shown(self, column: str, cells: Cells | None) -> str:
        return "no row before" if cells is None else self.shown.cell(column, cells[column])


def _differs(leaf: Differs, row: Row) -> bool | None:
    if row.before is None:
        return None
    now, then = row.cells[leaf.column], row.before[leaf.column]
    if not leaf.null and (now is None or then is None):
        return None
    return now != then
