"""Limits on the time between two parts of a reference stream: which passages they hold for, and which are too slow.

A limit holds from the last FROM before each TO: of several TO after one FROM the first is timed, and a FROM that comes
again starts the clock anew. Both are timed when their visit begins, value when the visit begins that claims or confirms
it, demand at the first event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mining.conformance.spans_of_time import working_length
from mining.conformance.tree import DEMAND, VALUE, Limit, Reference, display, names
from mining.conformance.view import producible, visible_name
from mining.core.activities import State
from mining.core.calendars import Calendars
from mining.core.conformance import LimitCheck
from mining.core.errors import Problem, RequestError
from mining.core.events import VisitLabel
from mining.core.results import Conformance, Deviation, DeviationKind
from mining.core.spans import NONE, Spans, instants, quantiles_of
from mining.core.streams import Path, Quantiles, Streams
from mining.core.tables import Tables
from mining.core.working_clock import WorkingClock, clock_of, with_work

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Late:
    """The late passages, a row a stream and limit: case_id, deviation (int32), times (int64)."""

    table: ir.Table


def check_limits(  # noqa: PLR0917 - what the corridor hands over
    tables: Tables,
    streams: Streams,
    reference: Reference,
    found: Conformance,
    paths: Sequence[Path],
    working: Working | None = None,
) -> tuple[Conformance, Late | None]:
    """`found` with a deviation for each limit that a stream on one of `paths` exceeds, and which streams those are;
    None where none is. The rates are left as they are: they depend on the cases. Open streams are counted apart, and
    make no deviation. `working` is needed where a limit is told in working time.

    Raises RequestError where the window of the export is too long for a calendar.
    """
    if not reference.limits:
        return found, None
    named = frozenset(names(reference.stream))
    seen = producible([label.symbol for label in streams.labels], named) | {DEMAND}
    clock = _Clock(tables, streams, reference, working)
    spans = _spans(reference.limits, paths, streams.labels, named, _passages)
    passages = tables.keep(clock.passages(spans), "passages")
    by_key = quantiles_of(tables, passages, passages.duration, by="key")
    times = {
        row["key"]: Quantiles(row["n"], row["total"], *row["ranks"])
        for row in tables.fetch(by_key, limit=len(reference.limits)).to_pylist()
    }
    late = tables.keep(_late(tables, passages, clock.within), "late")
    counted = late.group_by("limit").aggregate(streams=late.count(), times=late.times.sum())
    rows = {row["limit"]: row for row in tables.fetch(counted, limit=len(reference.limits)).to_pylist()}
    of_open = _of_open(tables, clock, reference.limits, _open_paths(streams, found), named)
    checks = tuple(
        LimitCheck(
            sentence=sentence(limit),
            source=limit.source,
            target=limit.target,
            within=clock.within[i],
            observable={limit.source, limit.target} <= seen,
            times=times.get(i),
            late=int(rows[i]["times"]) if i in rows else 0,
            late_streams=int(rows[i]["streams"]) if i in rows else 0,
            working=limit.working is not None,
            open_running=of_open[i][0],
            open_overdue=of_open[i][1],
            open_late_streams=of_open[i][2],
        )
        for i, limit in enumerate(reference.limits)
    )
    tables.drop(passages)
    clock.drop()
    slow = {i: _deviation(reference.limits[i], check) for i, check in enumerate(checks) if check.late}
    found, number = _with_deviations(replace(found, limits=checks), slow)
    return (found, Late(_renumbered(tables, late, number))) if slow else (found, None)


def sentence(limit: Limit) -> str:
    """What was agreed, in words: "Engage (confirm) within 2 days of value"."""
    target = display(limit.target)
    return f"{target[:1].upper()}{target[1:]} within {limit.said} of {_place(limit.source)}"


def _place(name: str) -> str:
    return DEMAND if name == DEMAND else display(name)


def _deviation(limit: Limit, check: LimitCheck) -> Deviation:
    target = display(limit.target)
    return Deviation(
        kind=DeviationKind.TOO_SLOW,
        label=limit.target,
        instead_of=None,
        sentence=f"{target[:1].upper()}{target[1:]} comes later than {limit.said} after {_place(limit.source)}",
        streams=check.late_streams,
        occurrences=check.late,
        moves=0,
        variants=(),
        key=f"too-slow/{limit.target}/after/{limit.source}",
    )


def _with_deviations(found: Conformance, slow: dict[int, Deviation]) -> tuple[Conformance, dict[int, int]]:
    """`found` with the deviations `slow` among its own, in their order; and what number each of `slow` has."""
    everything = [*enumerate(found.deviations), *((len(found.deviations) + i, one) for i, one in slow.items())]
    order = sorted(everything, key=lambda item: (-item[1].streams, item[1].sentence, item[1].kind, item[1].label))
    at = {old: new for new, (old, _) in enumerate(order)}
    incidence = found.incidence
    if incidence is not None and len(incidence.deviation):
        renumber = np.array([at[old] for old in range(len(found.deviations))], dtype=np.int64)
        incidence = replace(incidence, deviation=renumber[incidence.deviation])
    moved = replace(found, deviations=tuple(one for _, one in order), incidence=incidence)
    return moved, {i: at[len(found.deviations) + i] for i in slow}


def _renumbered(tables: Tables, late: ir.Table, number: dict[int, int]) -> ir.Table:
    import pyarrow as pa

    columns = {"of_limit": pa.array(number.keys(), pa.int32()), "deviation": pa.array(number.values(), pa.int32())}
    numbers = tables.put(pa.table(columns), "too_slow")
    return late.inner_join(numbers, late["limit"] == numbers.of_limit).select("case_id", "deviation", "times")


# ------------------------------------------------------------------------------------------------------- passages


@dataclass(frozen=True, slots=True)
class Working:
    """When people work; `turns` are those of `MappedLog`."""

    calendars: Calendars
    turns: ir.Table | None


class _Clock:
    """Times passages, each in elapsed or in working time as its limit says. `within` are the limits in microseconds."""

    def __init__(self, tables: Tables, streams: Streams, reference: Reference, working: Working | None) -> None:
        self._tables, self._limits = tables, reference.limits
        self.streams = streams
        self._clock: WorkingClock | None = None
        if working is None and any(limit.working for limit in reference.limits):
            raise RequestError(Problem("a limit in working time needs a calendar", file=reference.file))
        if working is not None and any(limit.working for limit in reference.limits):
            try:
                self._clock = clock_of(tables, streams, working.calendars, working.turns)
            except ValueError as error:
                todo = "look for a wrong date in the export, or tell the limit in elapsed time"
                problem = Problem("the export spans too long for a limit in working time", reference.file, todo=todo)
                raise RequestError(problem) from error
        self.within = tuple(
            limit.within
            if limit.working is None or working is None
            else working_length(limit.within, limit.working, working.calendars.default)
            for limit in reference.limits
        )

    def passages(self, spans: Spans, *, until: int | None = None) -> ir.Table:
        """One row a passage and stream: key (int32, the number of the limit), case_id, duration (int64). With `until`
        passages end at that moment instead of where they say."""
        import ibis

        working = np.array([limit.working is not None for limit in self._limits])[spans.key]
        parts = []
        for is_working in (False, True):
            some = Spans(*(column[working == is_working] for column in spans))
            timed = instants(self._tables, self.streams.table, some, of_stream=["case_id"])
            if until is not None:
                timed = timed.mutate(end=ibis.literal(until, type="int64"))
            if is_working and self._clock is not None:
                timed = with_work(self._clock, timed)
                parts.append(timed.select("key", "case_id", duration=timed.work))
            elif not is_working:
                parts.append(timed.select("key", "case_id", duration=timed.end - timed.begin))
        return parts[0] if len(parts) == 1 else parts[0].union(parts[1])

    def drop(self) -> None:
        """Let the tables go."""
        for kept in () if self._clock is None else (self._clock.table, self._clock.parts):
            if kept is not None:
                self._tables.drop(kept)


_Find = Callable[[Limit, Sequence[tuple[str, int]]], Iterable[tuple[int, int]]]
"""Where a limit holds among the moments of a path: from which position to which."""


def _spans(
    limits: Sequence[Limit], paths: Sequence[Path], labels: Sequence[VisitLabel], named: frozenset[str], find: _Find
) -> Spans:
    """What is found of each limit on each path; the key is the number of the limit."""
    visible = [visible_name(label.symbol, named) for label in labels]
    rows = []
    for path in paths:
        moments = list(_moments(path, labels, visible))
        for i, limit in enumerate(limits):
            rows += [(path.id, i, start, stop) for start, stop in find(limit, moments)]
    return Spans(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)


def _moments(path: Path, labels: Sequence[VisitLabel], visible: Sequence[str]) -> Iterator[tuple[str, int]]:
    """What happens on a path, as the reference stream sees it: a name, and the position of the visit."""
    yield DEMAND, NONE
    before: str | None = None
    for position, visit in enumerate(path.visits):
        if visible[visit] != before:
            yield visible[visit], position
        label = labels[visit]
        before = visible[visit] if label.value is None else None  # a mark keeps visits apart
        if label.realises:
            yield VALUE, position


def _passages(limit: Limit, moments: Sequence[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """The passages that a limit holds for."""
    start: int | None = None
    for name, position in moments:
        if name == limit.target and start is not None:
            yield start, position
            start = None
        if name == limit.source:
            start = position


def _late(tables: Tables, passages: ir.Table, within: Sequence[int]) -> ir.Table:
    """A row a stream and limit that it exceeds: case_id, limit, times (how often)."""
    import pyarrow as pa

    limits = tables.put(
        pa.table({"limit": pa.array(range(len(within)), pa.int32()), "within": pa.array(within, pa.int64())}), "limits"
    )
    joined = passages.inner_join(limits, passages.key == limits["limit"])
    slow = joined.filter(joined.duration > joined.within)
    return slow.group_by("case_id", "limit").aggregate(times=slow.count())


# ---------------------------------------------------------------------------------------------------- open streams


def _open_paths(streams: Streams, found: Conformance) -> list[Path]:
    aligned = {one.variant for one in found.checks}
    return [path for path in streams.paths if path.state is State.OPEN and path.variant in aligned]


def _of_open(
    tables: Tables, clock: _Clock, limits: Sequence[Limit], paths: Sequence[Path], named: frozenset[str]
) -> list[tuple[int, int, int]]:
    """Of each limit: the open streams in which it runs, in which it has passed, and which are too slow already."""
    labels = clock.streams.labels
    running = _spans(limits, paths, labels, named, _running)
    waiting = tables.keep(clock.passages(running, until=clock.streams.last_event), "running")
    overdue = _late(tables, waiting, clock.within)
    before = _late(tables, clock.passages(_spans(limits, paths, labels, named, _passages)), clock.within)
    either = overdue.union(before).select("case_id", "limit").distinct()

    def streams(table: ir.Table, key: str) -> dict[int, int]:
        counted = table.group_by(key).aggregate(n=table.case_id.nunique())
        return {row[key]: row["n"] for row in tables.fetch(counted, limit=len(limits)).to_pylist()}

    counts = streams(waiting, "key"), streams(overdue, "limit"), streams(either, "limit")
    tables.drop(waiting)
    return [(counts[0].get(i, 0), counts[1].get(i, 0), counts[2].get(i, 0)) for i in range(len(limits))]


def _running(limit: Limit, moments: Sequence[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """Where a limit began to run that its target has not ended; the end of the span says nothing."""
    start: int | None = None
    for name, position in moments:
        if name == limit.target:
            start = None
        if name == limit.source:
            start = position
    if start is not None:
        yield start, 0
