"""Whether a stream runs the business or changes it, and how streams, time and work are split between the two."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mining.core.streams import Quantiles


class Scope(StrEnum):
    """What a stream is for. Source: S. Danby, "The Service Value Chain in ITIL 4" (2022), in our own words."""

    RUN = "run"  # keeping services going
    CHANGE = "change"  # new or better services


@dataclass(frozen=True, slots=True)
class ScopeShare:
    """The streams of one scope; None are those of which nothing tells it.

    `elapsed` is the elapsed time before value of the `fulfilled` ones, `recorded_work` that part of it which the export
    records as work (both microseconds, borrowed visits left out). `lead_time` runs to the first value claimed.
    """

    scope: Scope | None
    streams: int
    fulfilled: int
    elapsed: int
    recorded_work: int
    lead_time: Quantiles | None


@dataclass(frozen=True, slots=True)
class Scopes:
    """The split. `told_by` says where scopes come from, as one of "mapping", "reference" or "mapping and reference"."""

    parts: tuple[ScopeShare, ...]
    told_by: str

    @property
    def streams(self) -> int:
        """All streams."""
        return sum(part.streams for part in self.parts)

    @property
    def elapsed(self) -> int:
        """Elapsed time before value of all of them, microseconds."""
        return sum(part.elapsed for part in self.parts)

    @property
    def recorded_work(self) -> int:
        """Recorded work of all of them, microseconds."""
        return sum(part.recorded_work for part in self.parts)
