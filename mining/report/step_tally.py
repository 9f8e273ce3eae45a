"""What the map on steps shows: the steps with their figures, the hand-offs between them, and when it is shown first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.spans import once_a_path, visits_of
from mining.core.streams import HandOff, Streams
from mining.report.formats import share
from mining.report.geometry import DEMAND, VALUE, Box, Node
from mining.report.once import once
from mining.report.step_places import Step, node_of, placed
from mining.report.tally import FIRST_DRAWN, MOST_DRAWN, activity_counts, by_frequency, elapsed_time

ONE_HOLDS = 0.6  # of the time before value: an activity that holds so much of it makes six boxes say little


@dataclass(frozen=True, slots=True)
class StepCount:
    """A step that the mapping can show. `visits` are neighbouring visits of it taken as one; `time` is elapsed time
    before value, microseconds; `box` is its place on the map, None where there is no room for it."""

    step: Step
    streams: int
    visits: int
    time: int
    time_share: float | None
    box: Box | None


@dataclass(frozen=True, slots=True)
class StepMap:
    """The map on steps. `drawable` are the hand-offs that the figure holds, the most frequent first, with demand and
    value; `all` counts those that there are, and `roomless` those of them to or from a step without a box."""

    steps: tuple[StepCount, ...]
    drawable: tuple[HandOff, ...]
    all: int
    roomless: int

    @property
    def drawn(self) -> int:
        """How many hand-offs are drawn at first."""
        return min(FIRST_DRAWN, len(self.drawable))


@dataclass(frozen=True, slots=True)
class First:
    """Which map is shown first, and by what: `holder` is the activity with most of the time before value, `held` its
    share, `seen` how many activities were seen at all."""

    steps: bool
    holder: Activity | None
    held: float | None
    seen: int

    @property
    def one_holds(self) -> bool:
        """Whether one activity holds most of the time."""
        return (self.held or 0) >= ONE_HOLDS


@once
def step_map(analysis: Analysis) -> StepMap | None:
    """The steps and hand-offs of the map; None where the mapping knows no steps, or no stream made a visit."""
    streams = analysis.streams
    steps = _in_order(streams)
    hand_offs = by_frequency((*streams.steps, *streams.step_ends))
    if not hand_offs or all(name is None for _, name in steps):
        return None
    through, visits = _through_and_visits(streams, steps)
    times, elapsed = _times(analysis), elapsed_time(analysis)
    boxes, _ = placed(steps, visits)
    counts = tuple(
        StepCount(one, through[one], visits[one], times.get(one, 0), share(times.get(one, 0), elapsed), boxes.get(one))
        for one in steps
    )
    known: set[Node] = {*map(node_of, boxes), DEMAND, VALUE}
    drawable = [one for one in hand_offs if known.issuperset(ends(one))]
    return StepMap(counts, tuple(drawable[:MOST_DRAWN]), len(hand_offs), len(hand_offs) - len(drawable))


def _in_order(streams: Streams) -> tuple[Step, ...]:
    """The steps that the mapping can show, in the order of its rules; those that can realise value last."""
    found: dict[Step, bool] = {}
    for label in streams.labels:
        step = (label.activity, label.step)
        found[step] = found.get(step, False) or label.realises
    return tuple(sorted(found, key=lambda step: found[step]))


def ends(one: HandOff) -> tuple[Node, Node]:
    """The two nodes of a hand-off between steps."""
    source = DEMAND if one.source is None else node_of((one.source, one.source_step))
    target = VALUE if one.target is None else node_of((one.target, one.target_step))
    return source, target


def first_map(analysis: Analysis) -> First:
    """Whether the map on steps is shown first: where one activity holds most of the time before value, or where no
    more than two were seen, so that six boxes say little; and where the activity with most time has several steps."""
    counts = activity_counts(analysis)
    largest = max(counts, key=lambda one: one.time)
    holder = largest.activity if largest.time else None
    seen = sum(one.streams > 0 for one in counts)
    says_little = (largest.time_share or 0) >= ONE_HOLDS or seen <= 2
    shown = step_map(analysis)
    several = shown is not None and sum(one.streams > 0 and one.step[0] == holder for one in shown.steps) > 1
    return First(says_little and several, holder, largest.time_share if holder else None, seen)


def _through_and_visits(streams: Streams, steps: tuple[Step, ...]) -> tuple[dict[Step, int], dict[Step, int]]:
    """By step: the streams that visit it, and its visits. Visits that are all borrowed count for another stream."""
    through, visits = dict.fromkeys(steps, 0), dict.fromkeys(steps, 0)
    every = visits_of(streams)
    if not len(every.label):
        return through, visits
    number = {step: at for at, step in enumerate(steps)}
    at = np.array([number[label.activity, label.step] for label in streams.labels])[every.label]
    begins = np.flatnonzero(every.first | (at != np.roll(at, 1)))
    own = np.logical_or.reduceat(~every.borrowed, begins)
    counted = np.bincount(at[begins], every.streams[begins] * own, len(steps))
    once = once_a_path(at, every.path)
    reached = np.bincount(at[once], every.streams[once], len(steps))
    return (
        {step: int(reached[i]) for step, i in number.items()},
        {step: int(counted[i]) for step, i in number.items()},
    )


def _times(analysis: Analysis) -> dict[Step, int]:
    found: dict[Step, int] = {}
    for one in analysis.measures.visit_times:
        if one.times is not None:
            step = (one.label.activity, one.label.step)
            found[step] = found.get(step, 0) + one.times.total
    return found
