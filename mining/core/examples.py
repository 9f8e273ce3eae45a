"""Single streams that a report shows as they went: a few for a deviation or a variant, with their visits in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.core.activities import State

if TYPE_CHECKING:
    from mining.core.results import DeviationKind

EACH_DEVIATION, DEVIATIONS = 5, 10
"""So many examples of each of so many deviations, those that most streams have."""

EACH_VARIANT, VARIANTS = 3, 5
"""So many examples of each of so many variants, the most frequent."""

MOST_VISITS = 40
"""Of one example: a stream may have thousands, and a report stays small."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a stream differs from its reference stream: at the visit `at`, or, where something is missing, before it
    (`at` is the number of visits where it is missing after the last). `instead_of` as in `StreamDeviation`."""

    kind: DeviationKind
    label: str
    instead_of: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Example:
    """One stream. Times are microseconds UTC.

    `case` is None unless tickets were asked for by their numbers. `visits` are indices into `Streams.labels`; `starts`
    and `stops` say when each began and was over, None where it is not over in the export; of the last visit of a stream
    that has ended, that is its end. `further` visits are left out. `marks` are in the order of the stream.
    """

    case: str | None
    variant: int
    state: State
    visits: tuple[int, ...]
    starts: tuple[int, ...]
    stops: tuple[int | None, ...]
    further: int = 0
    marks: tuple[Mark, ...] = ()
