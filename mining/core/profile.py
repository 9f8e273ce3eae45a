"""What an export looks like from outside, before anybody has said how to read it."""

from __future__ import annotations

from dataclasses import dataclass

TOKENS = ("?", "-", "--", "NULL", "null", "N/A", "n/a", "NA", "#N/A", "NaN", "nan")
"""Texts that exports write where nothing is known."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text of a column with few of them: in how many rows it stands, and in how many of these each of the columns
    with times is filled."""

    text: str
    rows: int
    filled: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A format in which the cells of a column can be read (None: ISO 8601). `zoned` says whether each cell names its
    offset; `sample` is one reading of a cell, to show: the cell and the day that it would be. `language` is that of
    the names of months, where they are not English."""

    format: str | None
    zoned: bool = False
    sample: tuple[str, str] = ("", "")
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column over the whole export. What stands for "nothing is known" (`TOKENS`) is not counted as filled.

    `distinct` counts the texts: exactly where `labels` has them, else about. `labels` are the texts, the most frequent
    first, where they are few and short; none else. `readings` are the time formats that fit, none where the column
    holds no times, two where the order of day and month cannot be told. `typed` says that the file itself calls the
    cells times. `numbered` is the share of cells that look like a ticket's number.
    """

    name: str
    filled: int
    distinct: int
    longest: int
    labels: tuple[Label, ...] = ()
    tokens: tuple[tuple[str, int], ...] = ()
    readings: tuple[Reading, ...] = ()
    typed: bool = False
    whole: bool = False  # every filled cell is a whole number
    lines: bool = False  # some cell holds a line break
    numbered: float = 0.0

    @property
    def is_time(self) -> bool:
        """Whether its cells are times."""
        return self.typed or bool(self.readings)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows by a column that may name their ticket.

    `several` of its `tickets` have more than one row. `varying` says for each column in how many of these it changes,
    `later` in how many of them a column that never changes holds a time later than the ticket's first; `refers` which
    share of a column's cells is the name of a ticket.
    """

    ticket: str
    tickets: int
    several: int
    varying: tuple[tuple[str, int], ...] = ()
    later: tuple[tuple[str, int], ...] = ()
    refers: tuple[tuple[str, float], ...] = ()

    def varies(self, column: str) -> int:
        """In how many tickets with several rows a column changes."""
        return dict(self.varying).get(column, 0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns together: the commonest short texts that stand in one row, with the number of these rows."""

    first: str
    second: str
    texts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be looked at more closely: columns that may name the ticket, the likeliest first, and columns that
    are to be looked at together."""

    tickets: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExportProfile:
    """An export, looked at. `before` holds for pairs of columns with times in how many rows the first is the earlier
    one; `notes` say what was left out. `file` and `format` are those of the first file."""

    file: str
    files: int
    format: str
    rows: int
    columns: tuple[Column, ...]
    groupings: tuple[Grouping, ...] = ()
    before: tuple[tuple[str, str, int], ...] = ()
    pairs: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()
    expand: str | None = None  # JSON: the path of nested lists of which each element was taken for a row

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError where there is none."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def grouping(self, ticket: str) -> Grouping | None:
        """The rows by the column `ticket`, where they were looked at so."""
        return next((grouping for grouping in self.groupings if grouping.ticket == ticket), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)
