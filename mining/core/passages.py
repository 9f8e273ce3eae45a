"""The passages between activities that an agreed stream allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.core.activities import Activity

if TYPE_CHECKING:
    from mining.core.spans import Moments, Spans


@dataclass(frozen=True, slots=True)
class AgreedPassage:
    """A passage that some stream allowed by the reference makes. `source` None is demand, `target` None is value.

    `whole`: it is in the reference stream as it was agreed. `visible`: it is in what is left of the reference when
    the names that no rule of the mapping can show are passed over. What is `whole` and not `visible` this export
    cannot show; what is `visible` and not `whole` arises where something between was passed over.
    """

    source: Activity | None
    target: Activity | None
    whole: bool
    visible: bool


Ends = tuple[Activity | None, str | None, Activity | None, str | None]
"""The ends of a hand-off: source, its step, target, its step, None as in `HandOff`."""


@dataclass(frozen=True, slots=True)
class TimedPassages:
    """Where on each path a stream passes from one place to the next, before value.

    `places` says which hand-offs are meant; `spans` are on the paths, keyed by the place in `places`, from
    the `start` of the giving visit to the beginning of the taking one.
    """

    places: tuple[Ends, ...]
    spans: Spans
    start: Moments
