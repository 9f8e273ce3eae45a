"""Working time beside elapsed time: of lead times and visits, and what that says of waiting and of flow efficiency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mining.core.calendars import Calendar, Calendars, holidays_between, working_intervals
from mining.core.passages import Ends, TimedPassages
from mining.core.public_holidays import known_years
from mining.core.results import HAND_OFF, Distribution, VisitTime, Waiting
from mining.core.spans import instants, visits_of
from mining.core.streams import Path, Quantiles, Streams
from mining.core.tables import Tables
from mining.core.timing import CalendarUse, Within, WorkingFlow, WorkingHandOff, WorkingTime
from mining.core.working_clock import WorkingClock, clock_of, with_work
from mining.measures.lead_times import LEAD_TIMES, distributions_of, lead_time_spans
from mining.measures.visit_times import visit_spans

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SHARES = (0.5, 0.85, 0.95)


class Elapsed(NamedTuple):
    """What was measured of elapsed time: over which streams, time in their visits, and waiting."""

    fulfilled: Sequence[Path]
    visits: Sequence[VisitTime]
    waits: Sequence[Waiting]
    passages: TimedPassages | None = None


@dataclass(frozen=True, slots=True)
class _VisitWork:
    """The working times of the visits with one label, and of their sums: `recorded` is work that the export records,
    `most` and `least` are as in `WorkingFlow`."""

    times: Quantiles
    recorded: int
    most: int
    least: int


def working_time(
    tables: Tables,
    streams: Streams,
    elapsed: Elapsed,
    calendars: Calendars,
    turns: ir.Table | None,
    *,
    timed: Streams | None = None,
) -> WorkingTime:
    """Times by the calendars, of the spans that the `elapsed` times are of. `turns` are those of `MappedLog`: at every
    moment the calendar of the group counts that has the ticket then. `timed` are the streams that have lead
    times, where these are not all.

    Raises ValueError where the window of the export is too long for a calendar.
    """
    clock = clock_of(tables, streams, calendars, turns)
    claimed, held, closure, lag = _lead_times(tables, clock, timed or streams, elapsed.fulfilled)
    by_label, between = _visits(tables, clock, streams, elapsed.fulfilled)
    handed = () if elapsed.passages is None else _hand_offs(tables, clock, streams, elapsed.passages)
    labels = {label: by_label[i] for i, label in enumerate(streams.labels) if i in by_label}
    within: Counter[str | None] = Counter()
    for label, work in labels.items():
        within[label.waiting] += work.times.total
    if between is not None:
        within[HAND_OFF] += between.total
    for kept in (clock.table, clock.parts):
        if kept is not None:
            tables.drop(kept)
    calm = [work for label, work in labels.items() if label.waiting is None]
    return WorkingTime(
        calendars=tuple(_uses(tables, calendars, streams, turns)),
        by_group=clock.parts is not None,
        lead_time_claimed=claimed,
        lead_time_held=held,
        closure=closure,
        closure_lag=lag,
        visits=tuple((one.label, labels[one.label].times) for one in elapsed.visits if one.label in labels),
        between=between,
        waiting=tuple(Within(wait.on, wait.total, within[wait.on]) for wait in elapsed.waits),
        flow=WorkingFlow(
            elapsed=sum(wait.total for wait in elapsed.waits),
            within=sum(within.values()),
            calm=within[None],
            most=sum(work.most for work in calm),
            recorded=sum(work.recorded for work in calm),
            least=sum(work.least for work in calm),
        ),
        hand_offs=handed,
    )


def _lead_times(tables: Tables, clock: WorkingClock, streams: Streams, fulfilled: Sequence[Path]) -> list[Distribution]:
    spans = lead_time_spans(fulfilled)
    found: dict[int, Distribution] = {}
    if len(spans.key):
        timed = with_work(clock, instants(tables, streams.table, spans, of_stream=["case_id"]))
        found = distributions_of(tables, timed.select("key", duration=timed.work), len(LEAD_TIMES))
    return [found.get(key, Distribution(0, ())) for key in LEAD_TIMES]


def _visits(
    tables: Tables, clock: WorkingClock, streams: Streams, fulfilled: Sequence[Path]
) -> tuple[dict[int, _VisitWork], Quantiles | None]:
    """By index of the label: the working times of its visits; and those between visits."""
    spans = visit_spans(visits_of(streams, fulfilled), streams)
    overlapping = streams.tells_ends
    between = None
    if spans.between is not None and len(spans.between.key):
        timed = instants(
            tables, streams.table, spans.between, start="lasts", overlapping=overlapping, of_stream=["case_id"]
        )
        of_gaps = _by_key(tables, with_work(clock, timed), 1).get(0)
        between = None if of_gaps is None else of_gaps.times
    if not len(spans.visits.key):
        return {}, between
    worked = ["worked"] if streams.tells_ends else []
    timed = instants(
        tables,
        streams.table,
        spans.visits,
        stop=spans.stop,
        overlapping=overlapping,
        at_start=worked,
        of_stream=["case_id"],
    )
    return _by_key(tables, with_work(clock, timed), len(np.unique(spans.visits.key))), between


def _hand_offs(
    tables: Tables, clock: WorkingClock, streams: Streams, passages: TimedPassages
) -> tuple[WorkingHandOff, ...]:
    """The working times of hand-offs, over all streams, as their elapsed ones are."""
    if not len(passages.spans.key):
        return ()
    timed = instants(
        tables,
        streams.table,
        passages.spans,
        start=passages.start,
        overlapping=streams.tells_ends,
        of_stream=["case_id"],
    )
    timed = with_work(clock, timed)
    by_key = timed.group_by("key").aggregate(
        n=timed.count(), total=timed.work.sum(), ranks=tables.nearest_ranks(timed.work, _SHARES)
    )
    rows = tables.fetch(by_key.order_by("key"), limit=len(passages.places)).to_pylist()
    return tuple(_hand_off(passages.places[row["key"]], row) for row in rows)


def _hand_off(ends: Ends, row: dict[str, Any]) -> WorkingHandOff:
    source, source_step, target, target_step = ends
    times = Quantiles(row["n"], row["total"], *row["ranks"])
    return WorkingHandOff(source, source_step, target, target_step, times)


def _by_key(tables: Tables, timed: ir.Table, keys: int) -> dict[int, _VisitWork]:
    import ibis

    told = ibis.coalesce(timed.worked, 0) if "worked" in timed.columns else ibis.literal(0, type="int64")
    timed = timed.mutate(recorded=told)
    elapsed, work, recorded = timed.end - timed.begin, timed.work, timed.recorded
    by_key = timed.group_by("key").aggregate(
        n=timed.count(),
        total=work.sum(),
        ranks=tables.nearest_ranks(work, _SHARES),
        recorded=recorded.sum(),
        # Of what is recorded nothing says how much lies outside working hours: at most all that does of the visit.
        most=ibis.least(elapsed, work + recorded).sum(),
        least=ibis.greatest(recorded - (elapsed - work), 0).sum(),
    )
    return {
        row["key"]: _VisitWork(
            Quantiles(row["n"], row["total"], *row["ranks"]), row["recorded"], row["most"], row["least"]
        )
        for row in tables.fetch(by_key, limit=keys).to_pylist()
    }


def _uses(tables: Tables, calendars: Calendars, streams: Streams, turns: ir.Table | None) -> list[CalendarUse]:
    tickets: dict[str, int] = {}
    if turns is not None and calendars.groups:
        named = turns.filter(turns.group.isin([name for name, _ in calendars.groups]))
        counted = named.group_by("group").aggregate(n=named.case_id.nunique())
        tickets = {row["group"]: row["n"] for row in tables.fetch(counted, limit=len(calendars.groups)).to_pylist()}
    own = [_use(group, calendar, streams, tickets.get(group, 0)) for group, calendar in calendars.groups]
    return [_use(None, calendars.default, streams, None), *own]


def _use(group: str | None, calendar: Calendar, streams: Streams, tickets: int | None) -> CalendarUse:
    first, last = streams.first_event, streams.last_event
    intervals = working_intervals(calendar, first, last)
    unknown: tuple[int, ...] = ()
    if calendar.country is not None:
        begin, end = (datetime.fromtimestamp(at // 1_000_000, UTC).year for at in (first, last))
        known = known_years(calendar.country)
        unknown = tuple(year for year in range(begin, end + 1) if not known[0] <= year <= known[1])
    return CalendarUse(
        group=group,
        calendar=calendar,
        working=sum(stop - start for start, stop in intervals),
        holidays=len(holidays_between(calendar, first, last)),
        unknown_years=unknown,
        tickets=tickets,
    )
