"""A reference stream as a tree: what its YAML file says, before anything is merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mining.core.activities import Activity

DEMAND = "demand"
"""What opens every stream: a limit may count from there."""

VALUE = "value"
"""The name of the mark that stands where value is claimed or confirmed. It is no visit, so it never merges."""


@dataclass(frozen=True, slots=True)
class Named:
    """A visit (`engage`, `engage:confirm`) or a value mark (`value`)."""

    name: str
    line: int

    @property
    def is_mark(self) -> bool:
        """Whether this is value, not a visit."""
        return self.name == VALUE


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Optional:
    """A part that may be left out."""

    part: Node
    line: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part that comes several times; `at_most` None means without end."""

    part: Node
    at_least: int
    at_most: int | None
    line: int


@dataclass(frozen=True, slots=True)
class OneOf:
    """Exactly one of several parts."""

    parts: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class InAnyOrder:
    """All parts, side by side: each keeps its own order, and they may interleave."""

    parts: tuple[Node, ...]
    line: int


Node: TypeAlias = Named | Sequence | Optional | Repeat | OneOf | InAnyOrder


@dataclass(frozen=True, slots=True)
class Limit:
    """From each `source` (a name, or `DEMAND`) the next `target` comes within so many microseconds of elapsed time;
    `said` is how the file tells them. Where it tells working time, `working` is its unit ("minute", "hour", "day",
    "week"), and what a day or a week of it is, the calendar says."""

    source: str
    target: str
    within: int
    said: str
    line: int
    working: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """Fields that have to be filled when work passes from one activity to another."""

    source: Activity
    target: Activity
    fields: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The agreed stream. `file` is where it was read from; `scope` says whether it runs or changes the business."""

    name: str
    demand: str
    scope: Literal["run", "change"]
    note: str | None
    stream: Node
    file: str
    limits: tuple[Limit, ...] = ()
    applies_to: tuple[tuple[str, tuple[str, ...]], ...] = ()  # attributes of the tickets that it is for, with values
    needs: tuple[Need, ...] = ()


def children(node: Node) -> tuple[Node, ...]:
    """The parts that `node` is made of, in reading order."""
    match node:
        case Sequence() | OneOf() | InAnyOrder():
            return node.parts
        case Optional() | Repeat():
            return (node.part,)
        case Named():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything in it, in reading order."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(node: Node) -> tuple[str, ...]:
    """The names that `node` uses, each once, in reading order."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Named)))


def split_name(name: str) -> tuple[Activity, str | None]:
    """The activity and the step of a visit's name."""
    activity, _, step = name.partition(":")
    return Activity(activity), step or None


def display(name: str) -> str:
    """A name as people read it: "Engage (confirm)"; the mark is "value"."""
    if name == VALUE:
        return VALUE
    activity, step = split_name(name)
    return activity.display if step is None else f"{activity.display} ({step})"
