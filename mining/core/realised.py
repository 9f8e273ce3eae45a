"""How value came in the streams: how often, on whose account, and where the times of a ticket contradict it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mining.core.streams import Quantiles


@dataclass(frozen=True, slots=True)
class TimesRealised:
    """Streams in which value was realised `times` times; `or_more` where the number stands for all above it too.

    `again`: in so many of them value was realised once more after it had been withdrawn; `further`: in so many further
    value came while earlier value stood. A stream may be in both.
    """

    times: int
    or_more: bool
    streams: int
    again: int
    further: int


@dataclass(frozen=True, slots=True)
class Children:
    """Tickets that name another one of their type as their parent.

    `absent` have a parent that is in no export, and count as any ticket. Of the others, work counts for the parent.
    `cascaded` reached value, or ended without any, together with their parent: nobody resolved them. `with_value` are
    all streams with value, those of children among them, so that `resolutions` is what somebody resolved. `lead_time`
    is that of the fulfilled streams of children, to the first value claimed.
    """

    tickets: int
    absent: int
    cascaded: int
    with_value: int
    cascaded_with_value: int
    lead_time: Quantiles | None

    @property
    def resolutions(self) -> int:
        """Streams with value that is not merely that of the parent."""
        return self.with_value - self.cascaded_with_value


@dataclass(frozen=True, slots=True)
class AgainstTime:
    """Streams whose columns contradict the order of time: `value` of them tell value before demand, `end` an end before
    it; `streams` at least one of the two. They are in no lead time."""

    streams: int
    value: int
    end: int


@dataclass(frozen=True, slots=True)
class Realised:
    """`times` by how often, rising; over all streams on a known path with value. `children` is None where no ticket
    names a parent."""

    times: tuple[TimesRealised, ...]
    children: Children | None
    against_time: AgainstTime

    @property
    def with_value(self) -> int:
        """Streams on a known path in which value came."""
        return sum(one.streams for one in self.times)
