"""The streams by what their tickets tell: by service, category, priority, group, customer and type of ticket."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_VALUES = 8
"""So many values of each dimension stand apart, those with the most delay; the streams of all others are one more."""

FEW = 30
"""Streams with a lead time: below, a median and a share say little."""


class Dimension(StrEnum):
    """What streams are broken down by, in the order in which an owner asks for it. Never a person."""

    SERVICE = "service"
    CATEGORY = "category"
    PRIORITY = "priority"
    GROUP = "group"
    CUSTOMER = "customer"
    TICKET_TYPE = "ticket_type"


@dataclass(frozen=True, slots=True)
class Slice:
    """The streams with one value. `label` None: their ticket has none; where there are `others`, it stands for all
    streams of so many further values.

    `lead_n` fulfilled streams have a lead time (demand to the first value claimed), of which `median` and `p85` are.
    `delay` is what their lead times exceed `Breakdowns.typical` by, in all. `held` is of the `not_open` ones, in which
    value was realised and not withdrawn later; `reopened` and `doubling_back` are of the `known` ones, on a path that
    was looked at; `conforming` of the `checked` ones. Durations are microseconds.
    """

    label: str | None
    others: int
    streams: int
    lead_n: int
    median: int | None
    p85: int | None
    delay: int
    not_open: int
    held: int
    known: int
    reopened: int
    doubling_back: int
    checked: int
    conforming: int

    @property
    def few(self) -> bool:
        """Whether so few streams have a lead time that the figures are hints."""
        return self.lead_n < FEW


@dataclass(frozen=True, slots=True)
class Breakdown:
    """All streams by one dimension, those values first that have most delay, the others last; `values` is how many
    different ones there are."""

    by: Dimension
    values: int
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Breakdowns:
    """`streams` in all, each in one slice of every breakdown; `delay` is that of all of them, above `typical`, the
    median lead time (None: there is no lead time). `tells_value`: the mapping says when value is realised. `checked`:
    streams were checked, each against the reference stream that is for it."""

    streams: int
    typical: int | None
    delay: int
    tells_value: bool
    checked: bool
    by: tuple[Breakdown, ...]
