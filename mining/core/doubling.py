"""Doubling back: streams that come back to an activity, or to a step, that they had left."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.activities import Activity
from mining.core.streams import Quantiles


@dataclass(frozen=True, slots=True)
class Depth:
    """How deep returns go: how many stays elsewhere lie between leaving and coming back. Nearest rank, at least 1."""

    median: int
    p85: int
    most: int


@dataclass(frozen=True, slots=True)
class Returns:
    """The returns of one kind to one place, in how many streams, how deep, and what they cost in elapsed time.

    `away` is the time from leaving to coming back, `again` the time of the stay that is made again, both of returns.
    Neither counts time after value is realised, nor time on tickets that count for another stream. Returns of which
    nothing is left so, or whose end is not known, are not timed: `Quantiles.n` says how many are.
    """

    returns: int
    streams: int
    depth: Depth | None
    away: Quantiles | None
    again: Quantiles | None


NO_RETURNS = Returns(0, 0, None, None, None)


@dataclass(frozen=True, slots=True)
class ComesBack:
    """What comes back to one place: an activity (`step` None, although it may have steps), or a step.

    A stay is a run of neighbouring visits of a stream at one place. A return is a stay that is not the stream's first
    one there. `visited` are the streams that visit the place, `streams` those of them that come back to it.
    """

    activity: Activity
    step: str | None
    visited: int
    streams: int
    iteration: Returns
    rework: Returns

    @property
    def returns(self) -> int:
        """All returns, whatever their kind."""
        return self.iteration.returns + self.rework.returns


@dataclass(frozen=True, slots=True)
class DoublingBack:
    """Doubling back, over all `streams` on a known path.

    `activities` and `steps` hold those that any stream comes back to, the most returns first; steps are there only of
    activities with several of them. `back` are the streams that come back to any activity, `rework` those of them with
    a return that is rework. `rework_after` are the steps (or whole activities, with the step None) that the mapping
    names as rejection or failure. Where it names none and no rule withdraws value, `tells_rework` is False: then
    nothing could be told apart, and all is counted as iteration.
    """

    streams: int
    back: int
    rework: int
    activities: tuple[ComesBack, ...]
    steps: tuple[ComesBack, ...]
    rework_after: tuple[tuple[Activity, str | None], ...]
    tells_rework: bool

    @property
    def returns(self) -> int:
        """The returns to all activities."""
        return sum(one.returns for one in self.activities)

    @property
    def rework_returns(self) -> int:
        """Those of them that are rework."""
        return sum(one.rework.returns for one in self.activities)


NOTHING_CAME_BACK = DoublingBack(0, 0, 0, (), (), (), tells_rework=False)
