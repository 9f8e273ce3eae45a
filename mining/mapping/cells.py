"""What the rules look at, as small numbers.

Texts are looked at once, before the rows are put in order: for each column, one whole number has a bit for every
question that a rule asks of its cells ("is Closed or Resolved", "matches /^wait/"). Ordering ten million rows with a
few numbers beside them takes a fraction of what it takes with their texts.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from mining.core.events import src
from mining.core.tables import Tables
from mining.mapping.conditions import Condition, Differs, Matches, Missing, OneOf, leaves

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BITS = 62
"""Questions that fit into one int64 without its sign."""

_T = TypeVar("_T")

Question = tuple[str, ...] | str
"""The texts that a cell may be one of, or the pattern that it may match."""


@dataclass(slots=True)
class Cells:
    """The columns that rules look at, and the numbers that stand for them.

    `questions` holds what is asked of each column's cells; `compared` are the columns that are compared with the row
    before; `remembered` the names of numbers that are needed of the row before.
    """

    questions: dict[str, list[Question]] = field(default_factory=dict)
    compared: list[str] = field(default_factory=list)
    remembered: list[str] = field(default_factory=list)

    def look(self, condition: Condition) -> None:
        """Take in what a condition asks."""
        for leaf in leaves(condition):
            match leaf:
                case OneOf(cell, texts):
                    self._ask(cell.column, cell.previous, texts)
                case Matches(cell, pattern):
                    self._ask(cell.column, cell.previous, pattern)
                case Missing(cell):
                    self._ask(cell.column, cell.previous, None)
                case Differs(column):
                    _append(self.compared, column)
                    _append(self.remembered, self.value_name(column))

    def bit(self, column: str, question: Question) -> tuple[str, int]:
        """The name of the number that answers a question of a column, and the bit that says yes."""
        place = self.questions[column].index(question)
        return self.bits_name(column, place // _BITS), 1 << (place % _BITS)

    def bits_name(self, column: str, part: int = 0) -> str:
        """The name of the number with the answers of a column; it is null where the cell is missing."""
        return f"bits_{list(self.questions).index(column)}_{part}"

    def value_name(self, column: str) -> str:
        """The name of the number that stands for the text itself; it is null where the cell is missing."""
        return f"value_{self.compared.index(column)}"

    @property
    def names(self) -> list[str]:
        """The names of all numbers."""
        bits = [
            self.bits_name(column, part)
            for column, asked in self.questions.items()
            for part in range(max(1, -(-len(asked) // _BITS)))
        ]
        return [*bits, *map(self.value_name, self.compared)]

    def _ask(self, column: str, previous: bool, question: Question | None) -> None:
        asked = self.questions.setdefault(column, [])
        if question is not None:
            _append(asked, question)
        if previous:
            place = asked.index(question) if question is not None else 0
            _append(self.remembered, self.bits_name(column, place // _BITS))


def _append(items: list[_T], item: _T) -> None:
    if item not in items:
        items.append(item)


class Numbers:
    """The numbers of `cells` for every row of a table, with the tables that were made on the way to them.

    A pattern is tried once on each different text of a column, not on every row; the answers are joined back.
    """

    def __init__(self, tables: Tables, table: ir.Table, cells: Cells) -> None:
        self._tables = tables
        self._kept: list[ir.Table] = []
        for column, asked in cells.questions.items():
            if any(isinstance(question, str) for question in asked):
                table = self._looked_up(table, column, cells)
            else:
                table = table.mutate(**self._bits(table[src(column)], column, cells))
        self.table = table.mutate(
            **{cells.value_name(column): self._value(table[src(column)]) for column in cells.compared}
        )

    def drop(self) -> None:
        """Free what was made on the way. Nobody may use `table` afterwards."""
        for kept in self._kept:
            self._tables.drop(kept)

    def _looked_up(self, table: ir.Table, column: str, cells: Cells) -> ir.Table:
        texts = table.select(text=table[src(column)]).distinct()
        answers = self._tables.keep(texts.mutate(**self._bits(texts.text, column, cells)), "answers")
        self._kept.append(answers)
        return table.left_join(answers, table[src(column)] == answers.text).drop("text")

    def _bits(self, text: ir.StringValue, column: str, cells: Cells) -> dict[str, ir.IntegerValue]:
        import ibis

        asked = cells.questions[column]
        numbers = {}
        for part in range(max(1, -(-len(asked) // _BITS))):
            some = asked[part * _BITS : (part + 1) * _BITS]
            answers = [ibis.ifelse(self._answer(text, question), 1 << i, 0) for i, question in enumerate(some)]
            bits = reduce(operator.or_, answers, ibis.literal(0))
            width = "int16" if len(some) < 15 else "int64"
            numbers[cells.bits_name(column, part)] = ibis.ifelse(text.isnull(), ibis.null(), bits).cast(width)
        return numbers

    def _answer(self, text: ir.StringValue, question: Question) -> ir.BooleanValue:
        if isinstance(question, str):
            return self._tables.matches(text, question)
        return text == question[0] if len(question) == 1 else text.isin(question)

    def _value(self, text: ir.StringValue) -> ir.IntegerValue:
        import ibis

        return ibis.ifelse(text.isnull(), ibis.null("int64"), self._tables.fingerprint(text))
