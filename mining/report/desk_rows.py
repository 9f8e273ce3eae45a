"""How groups, pairs of groups and parts of tickets stand in the rows of the tables on the service desk."""

from __future__ import annotations

from mining.core.desk import Group, Part
from mining.report import desk_words as words
from mining.report.formats import count, share
from mining.report.tabular import Value

Row = tuple[Value, ...]


def group_name(group: Group) -> str:
    """A group by its name; that there is none, or how many others it stands for."""
    if group.others:
        return words.OTHERS.format(n=count(group.others))
    return words.NO_GROUP if group.name is None else group.name


def pair_cells(one: str | None, other: str | None, others: int) -> tuple[Value, Value]:
    """Two groups, a cell each; where the row stands for `others`, how many pairs they are."""
    return (words.OTHER_PAIRS.format(n=count(others)), "") if others else (one, other)


def part_cells(part: Part) -> Row:
    """How many, of how many, and the share."""
    return (part.n, part.of, share(part.n, part.of))
