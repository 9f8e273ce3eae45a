"""Slices: the streams taken apart by a few things at a time, so that a page can show each part by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mining.core.cohorts import FEW, CohortKind
from mining.core.differing import Differences
from mining.core.results import Conformance, Measures
from mining.core.streams import Streams

MOST_SLICES = 12
"""So many parts does a dimension have at most; all that is beyond the largest of them is one."""


class Along(StrEnum):
    """What streams are taken apart by."""

    PERIOD = "period"  # when their demand arose
    TYPE = "type"  # the type of the ticket at which they begin
    SCOPE = "scope"  # whether they run or change the business
    COHORT = "cohort"  # what was asked for by --split-by


@dataclass(frozen=True, slots=True)
class Slice:
    """The streams of one part, as they would stand in an analysis of them alone.

    `streams` has those paths, variants and hand-offs that occur in it, with their ids in the whole. `measures` has the
    times before value, lead times, ends and doubling back; what is not worked out by part is empty. `conformance` has
    rates and deviations, the most frequent routes of the latter being those of the whole; None where nothing was
    checked. `further_conformance` are those of the other reference streams, where there are several.
    """

    kind: CohortKind
    label: str | None
    streams: Streams
    measures: Measures
    conformance: Conformance | None
    further_conformance: tuple[Conformance, ...] = ()

    @property
    def few(self) -> bool:
        """Whether it has so few fulfilled streams that its figures are hints."""
        return self.measures.fulfilled < FEW


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing by which the streams are taken apart: each stream is in exactly one of `slices`. `name` is as it would
    be asked for ("period:month", "ticket_type", "priority")."""

    along: Along
    name: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Slices:
    """All of them. `no_period` says why streams are not taken apart by period though nobody asked for anything else;
    empty where they are."""

    dimensions: tuple[Dimension, ...]
    no_period: str = ""
    differences: Differences | None = None  # of the two cohorts that stand side by side
