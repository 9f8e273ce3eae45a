"""Sums over the paths and labels, for display: which activity was visited by how many streams, and the like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import attrgetter

import numpy as np

from mining.core.activities import Activity, State, Value
from mining.core.analysis import Analysis
from mining.core.results import Deviation, VariantCheck, Waiting
from mining.core.spans import once_a_path, visits_of
from mining.core.streams import HandOff, Streams, Variant
from mining.report.formats import share
from mining.report.once import once

TOP_VARIANTS = 25
MOST_DEVIATING = 15
FIRST_DRAWN = 25  # hand-offs that a map shows at first
MOST_DRAWN = 80  # hand-offs that a map can show


@dataclass(frozen=True, slots=True)
class ActivityCount:
    """One of the six activities: `observable` if a rule of the mapping can show it at all.

    `visits` are neighbouring visits of the activity taken as one; `time` is elapsed time before value, microseconds.
    """

    activity: Activity
    observable: bool
    streams: int
    visits: int
    time: int
    time_share: float | None


@once
def activity_counts(analysis: Analysis) -> tuple[ActivityCount, ...]:
    """All six activities, in the order of the value chain's own list."""
    streams, times = analysis.streams, analysis.measures.time_by_activity
    through, visits = _through_and_visits(streams)
    observable, elapsed = {label.activity for label in streams.labels}, sum(times.values())
    return tuple(
        ActivityCount(
            one, one in observable, through[one], visits[one], times.get(one, 0), share(times.get(one, 0), elapsed)
        )
        for one in Activity
    )


def _through_and_visits(streams: Streams) -> tuple[dict[Activity, int], dict[Activity, int]]:
    """By activity: the streams that visit it, and its visits. Visits that are all borrowed count for another stream."""
    through, visits = dict.fromkeys(Activity, 0), dict.fromkeys(Activity, 0)
    every = visits_of(streams)
    if not len(every.label):
        return through, visits
    names = list(Activity)
    at = np.array([names.index(label.activity) for label in streams.labels])[every.label]
    begins = np.flatnonzero(every.first | (at != np.roll(at, 1)))
    own = np.logical_or.reduceat(~every.borrowed, begins)
    counted = np.bincount(at[begins], every.streams[begins] * own, len(names))
    once = once_a_path(at, every.path)
    reached = np.bincount(at[once], every.streams[once], len(names))
    for i, activity in enumerate(names):
        through[activity], visits[activity] = int(reached[i]), int(counted[i])
    return through, visits


def confirmed_streams(streams: Streams) -> int | None:
    """How many streams hold an act of confirmation; None where no rule of the mapping can show one."""
    confirming = {number for number, label in enumerate(streams.labels) if label.value is Value.CONFIRMED}
    if not confirming:
        return None
    return sum(path.streams for path in streams.paths if not confirming.isdisjoint(path.visits))


def by_frequency(hand_offs: Iterable[HandOff]) -> list[HandOff]:
    """The most frequent first; equally frequent ones by name."""
    return sorted(hand_offs, key=lambda one: (-one.count, *map(str, ends_of(one))))


def ends_of(one: HandOff) -> tuple[str, str, str, str]:
    """The four names of a hand-off, as one key."""
    return (one.source or "", one.source_step or "", one.target or "", one.target_step or "")


def drawable(analysis: Analysis) -> list[HandOff]:
    """The hand-offs between activities that the map can draw, the most frequent first."""
    return by_frequency(analysis.streams.activities)[:MOST_DRAWN]


def drawn(analysis: Analysis) -> tuple[list[HandOff], int]:
    """The hand-offs between activities that the map draws at first, and how many rarer ones it leaves out."""
    kept = drawable(analysis)[:FIRST_DRAWN]
    return kept, len(analysis.streams.activities) - len(kept)


def top_variants(streams: Streams) -> tuple[Variant, ...]:
    """The variants that the report shows."""
    return tuple(sorted(streams.variants, key=attrgetter("id"))[:TOP_VARIANTS])


def further_deviating(analysis: Analysis) -> tuple[Variant, ...]:
    """The most frequent variants that deviate and are not among the first; open ones left out."""
    checks = checks_by_variant(analysis)
    beyond = (
        one
        for one in sorted(analysis.streams.variants, key=attrgetter("id"))[TOP_VARIANTS:]
        if one.id in checks and not checks[one.id].conforms and one.state is not State.OPEN
    )
    return tuple(islice(beyond, MOST_DEVIATING))


def checks_by_variant(analysis: Analysis) -> dict[int, VariantCheck]:
    """The outcome of the conformance check, by variant id; empty where nothing was checked."""
    return {} if analysis.conformance is None else {check.variant: check for check in analysis.conformance.checks}


def waiting_time(analysis: Analysis) -> int:
    """Elapsed time before value that was spent waiting, microseconds."""
    return sum(one.total for one in analysis.measures.waiting if one.on is not None)


def elapsed_time(analysis: Analysis) -> int:
    """All elapsed time before value, microseconds."""
    return sum(one.total for one in analysis.measures.waiting)


@lru_cache(maxsize=4)
def _rejected(rejected: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str | None, int], ...]:
    counts: dict[tuple[str, str | None], int] = {}
    for key in rejected:
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        (reason, column, n) for (reason, column), n in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    )


def rejected_reasons(analysis: Analysis) -> tuple[tuple[str, str | None, int], ...]:
    """Reasons for which rows were set aside: reason, column, number of rows. What stood in the rows stays out."""
    return _rejected(tuple((one.reason, one.column) for one in analysis.rejected))


def what_ends(analysis: Analysis) -> str:
    """What the ends are counted of: a stream of several tickets has one end."""
    return "ticket" if analysis.streams.linked is None else "stream"


def waits(analysis: Analysis) -> list[Waiting]:
    """What was waited on, the longest first."""
    found = [one for one in analysis.measures.waiting if one.on is not None and one.total > 0]
    return sorted(found, key=lambda one: (-one.total, one.on or ""))


def commonest(deviations: tuple[Deviation, ...]) -> list[Deviation]:
    """The deviation that most streams have first."""
    return sorted(deviations, key=lambda one: (-one.streams, -one.moves, one.sentence))


def reached_value(streams: Streams) -> int:
    """How many streams reached value, whether it held or not."""
    return sum(path.streams for path in streams.paths if path.value_at is not None)
