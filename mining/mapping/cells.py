"""What the rules look at, as small numbers.

Texts are looked at once, before the rows are put in order: every question that a rule asks of a cell ("is it Closed or
Resolved?", "does it match /^wait/?") has one bit of a whole number. Ordering ten million rows with a few numbers beside
them takes a fraction of what it takes with their texts.

What cannot be told counts as no. For that, a question is asked with its denial inside ("is there a text, and another
than Closed?"), so that on a missing cell, and on a first row's row before, the bits of both are 0.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from mining.core.events import src
from mining.core.tables import Tables
from mining.mapping.conditions import AllOf, AnyOf, Condition, Differs, Leaf, Matches, Missing, Not, OneOf

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BITS = 62
"""Questions that fit into one int64 without its sign."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A condition without `Not`: a leaf, or its denial."""

    leaf: Leaf
    denied: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a cell is one of some texts, matches a pattern (a str), or is missing (None); or, `denied`, not."""

    column: str
    about: tuple[str, ...] | str | None
    denied: bool

    @classmethod
    def of(cls, bare: Bare) -> Question:
        """What a condition asks of a single cell. It must be one that does."""
        match bare.leaf:
            case OneOf(cell, about) | Matches(cell, about):
                return cls(cell.column, about, bare.denied)
            case Missing(cell):
                return cls(cell.column, None, bare.denied)
        raise TypeError(bare.leaf)


Positive: TypeAlias = "Bare | tuple[str, list[Positive]]"
"""A condition with every denial at its leaves; "and" or "or" over several."""


def positive(condition: Condition, *, denied: bool = False) -> Positive:
    """The condition (or its opposite) with every denial at its leaves."""
    match condition:
        case Not(inner):
            return positive(inner, denied=not denied)
        case AllOf(parts):
            return "or" if denied else "and", [positive(part, denied=denied) for part in parts]
        case AnyOf(parts):
            return "and" if denied else "or", [positive(part, denied=denied) for part in parts]
        case leaf:
            return Bare(leaf, denied)


def bare_conditions(condition: Positive) -> list[Bare]:
    """The leaves of a condition, each with its denial, from left to right."""
    if isinstance(condition, Bare):
        return [condition]
    return [bare for part in condition[1] for bare in bare_conditions(part)]


@dataclass(slots=True)
class Cells:
    """The questions that rules ask of cells, each once, and the columns that they compare with the row before.

    The bits of the questions are in the numbers `asked_0`, `asked_1`, …; `value_0`, … stand for the texts that are
    compared, null where missing. `remembered` names those that are needed of the row before.
    """

    questions: list[Question] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    remembered: list[str] = field(default_factory=list)

    def look(self, condition: Condition) -> None:
        """Take in what a condition asks."""
        for bare in bare_conditions(positive(condition)):
            match bare.leaf:
                case OneOf(cell) | Matches(cell) | Missing(cell):
                    self._ask(Question.of(bare), previous=cell.previous)
                case Differs(column):
                    _add(self.compared, column)
                    _add(self.remembered, self.value_name(column))

    def bit(self, question: Question) -> tuple[str, int]:
        """The name of the number that answers a question, and the bit that says yes."""
        place = self.questions.index(question)
        return f"asked_{place // _BITS}", 1 << (place % _BITS)

    def value_name(self, column: str) -> str:
        """The name of the number that stands for a column's text."""
        return f"value_{self.compared.index(column)}"

    @property
    def asked(self) -> list[str]:
        """The names of the numbers with the answers."""
        return [f"asked_{part}" for part in range(-(-len(self.questions) // _BITS))]

    @property
    def names(self) -> list[str]:
        """The names of all numbers."""
        return [*self.asked, *map(self.value_name, self.compared)]

    def _ask(self, question: Question, *, previous: bool) -> None:
        _add(self.questions, question)
        if previous:
            _add(self.remembered, self.bit(question)[0])


_T = TypeVar("_T")


def _add(items: list[_T], item: _T) -> None:
    if item not in items:
        items.append(item)


class Numbers:
    """The numbers of `cells` for every row of a table, and the tables that were made on the way to them.

    A pattern is tried once on each different text of a column, not on every row; the answers are joined back.
    """

    def __init__(self, tables: Tables, table: ir.Table, cells: Cells) -> None:
        self._tables = tables
        self._cells = cells
        self._kept: list[ir.Table] = []
        self._looked_up = {q.column for q in cells.questions if isinstance(q.about, str)}
        self.table = self._with_numbers(table)

    def drop(self) -> None:
        """Free what was made on the way. Nobody may use `table` afterwards."""
        for kept in self._kept:
            self._tables.drop(kept)

    def _with_numbers(self, table: ir.Table) -> ir.Table:
        columns = list(dict.fromkeys(question.column for question in self._cells.questions))
        for i, column in enumerate(columns):
            suffix = f"_of_{i}"
            if column in self._looked_up:
                table = self._joined(table, column, suffix)
            else:
                table = table.mutate(**self._bits(table[src(column)], column, suffix))
        numbers: dict[str, ir.IntegerValue] = {}
        for name in self._cells.asked:
            parts = [table[f"{name}_of_{i}"] for i in range(len(columns)) if f"{name}_of_{i}" in table.columns]
            numbers[name] = reduce(operator.or_, parts)
        for column in self._cells.compared:
            numbers[self._cells.value_name(column)] = self._value(table[src(column)])
        return table.mutate(**numbers)

    def _joined(self, table: ir.Table, column: str, suffix: str) -> ir.Table:
        """`table` with the answers of a column, found once for each of its texts. A missing cell meets none of them."""
        texts = table.select(text=table[src(column)]).distinct()
        answers = self._tables.keep(texts.mutate(**self._bits(texts.text, column, suffix)), "answers")
        self._kept.append(answers)
        joined = table.left_join(answers, table[src(column)] == answers.text).drop("text")
        missing = {name: joined[name].fill_null(0) for name in answers.columns if name != "text"}
        for question in self._cells.questions:
            if question == Question(column, None, denied=False):
                name, bit = self._cells.bit(question)
                missing[name + suffix] = joined[name + suffix].fill_null(bit)
        return joined.mutate(**missing)

    def _bits(self, text: ir.StringValue, column: str, suffix: str) -> dict[str, ir.IntegerValue]:
        """The numbers of one column. A cell meets one text at most, so all that is asked of it is one look-up."""
        import ibis

        asked: dict[str, list[tuple[Question, int]]] = {}
        for question in self._cells.questions:
            if question.column == column:
                name, bit = self._cells.bit(question)
                asked.setdefault(name + suffix, []).append((question, bit))
        numbers: dict[str, ir.IntegerValue] = {}
        for name, questions in asked.items():
            parts = [_by_text(text, [(q, bit) for q, bit in questions if not isinstance(q.about, str)])]
            for question, bit in questions:
                if isinstance(question.about, str):
                    found = self._tables.matches(text, question.about)
                    parts.append(ibis.ifelse(~found if question.denied else found, bit, 0))
            numbers[name] = reduce(operator.or_, parts).cast("int64")
        return numbers

    def _value(self, text: ir.StringValue) -> ir.IntegerValue:
        import ibis

        return ibis.ifelse(text.isnull(), ibis.null("int64"), self._tables.fingerprint(text))


def _by_text(text: ir.StringValue, questions: Sequence[tuple[Question, int]]) -> ir.IntegerValue:
    """The bits of the questions that a cell answers with yes; none of them is about a pattern."""
    import ibis

    def number(cell: str | None) -> int:
        return sum(bit for question, bit in questions if _says_yes(question, cell))

    texts = list(dict.fromkeys(each for question, _ in questions for each in question.about or ()))
    missing, another = number(None), number("".join(texts) + "x")  # a text that is none of them
    other = ibis.literal(another) if missing == another else ibis.ifelse(text.isnull(), missing, another)
    found: ir.IntegerValue = text.cases(*((each, number(each)) for each in texts), else_=other) if texts else other
    return found


def _says_yes(question: Question, cell: str | None) -> bool:
    if question.about is None:
        return (cell is None) is not question.denied
    return cell is not None and (cell in question.about) is not question.denied
