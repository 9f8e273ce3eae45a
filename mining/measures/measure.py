"""The one door: all measures of one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.activities import State
from mining.core.calendars import Calendars
from mining.core.events import MappedLog
from mining.core.linked import Headline
from mining.core.passages import TimedPassages
from mining.core.results import Measures, Selection
from mining.core.scope import Scope
from mining.core.streams import Path, Streams, is_fulfilled
from mining.core.tables import Tables
from mining.measures.doubling_back import doubling_back
from mining.measures.improve import improvement
from mining.measures.lead_times import closure_and_lead_times, lead_time, variant_lead_times
from mining.measures.outcomes import outcomes
from mining.measures.realised import in_order_of_time, realised
from mining.measures.reopening import reopening
from mining.measures.rework import rework
from mining.measures.scope import scopes
from mining.measures.selection import selection
from mining.measures.timing import timing
from mining.measures.visit_times import flow_efficiency, recorded_work, time_by_activity, visit_times, waiting
from mining.measures.working_time import Elapsed

if TYPE_CHECKING:
    import ibis.expr.types as ir


def measure(
    tables: Tables,
    streams: Streams,
    mapped: MappedLog,
    *,
    selected: Selection | None = None,
    calendars: Calendars | None = None,
    reference_scope: Scope | None = None,
    passages: TimedPassages | None = None,
) -> Measures:
    """Measure the streams; with `calendars` in working time too. Lead times and visit times are over fulfilled streams
    on a known path; rework over all streams on a known path; ends over all streams. `selected` is what `selection`
    found, where it has been asked; `reference_scope` is that of the reference stream, which holds for streams of which
    the mapping tells none; `passages` are the hand-offs to be timed by the calendars."""
    fulfilled = [path for path in streams.paths if _counts(path, streams)]
    timed = in_order_of_time(streams)
    claimed, held, closure, lag, last = closure_and_lead_times(tables, timed, fulfilled)
    visits, hand_off_time = visit_times(tables, streams, fulfilled)
    waits = waiting(visits, hand_off_time, fulfilled, streams)
    flow = flow_efficiency(waits, recorded_work(tables, streams, fulfilled))
    ended = outcomes(tables, streams, mapped)
    selected = selected or selection(tables, streams)
    elapsed = Elapsed(fulfilled, visits, waits, passages)
    return Measures(
        fulfilled=sum(path.streams for path in fulfilled),
        lead_time_claimed=claimed,
        lead_time_held=held,
        closure=closure,
        closure_lag=lag,
        visit_times=visits,
        waiting=waits,
        flow_efficiency=flow,
        rework=rework(streams),
        ends=ended.ends,
        ended_without_value=ended.ended_without_value,
        without_value_or_end=ended.without_value_or_end,
        selection=selected,
        variant_lead_time=variant_lead_times(tables, timed, fulfilled),
        time_by_activity=time_by_activity(visits),
        doubling_back=doubling_back(tables, streams, mapped),
        lead_time_last=last,
        realised=realised(tables, streams, mapped, fulfilled),
        scopes=scopes(
            tables,
            streams,
            mapped,
            fulfilled,
            reference=reference_scope,
            whole=(flow.elapsed, flow.recorded_work),
        ),
        improvement=improvement(tables, streams, mapped, selected),
        timing=timing(tables, streams, elapsed, selected, calendars=calendars, mapped=mapped),
        reopening=reopening(tables, mapped),
    )


def headline(tables: Tables, streams: ir.Table, *, can_realise_value: bool) -> Headline:
    """The figures that are shown with and without weak links, of the streams of `streams.explicit_streams`. As in all
    measures, streams beyond the cap on paths are in no figure but their number."""
    counted = streams.group_by(["state", "has_value", "within_cap"]).aggregate(streams=streams.count())
    rows = tables.fetch(counted, limit=4 * len(State)).to_pylist()
    fulfilled = [
        row
        for row in rows
        if row["within_cap"]
        and is_fulfilled(State(row["state"]), row["has_value"], can_realise_value=can_realise_value)
    ]
    return Headline(
        streams=sum(row["streams"] for row in rows),
        fulfilled=sum(row["streams"] for row in fulfilled),
        lead_time=lead_time(tables, streams, {(row["state"], row["has_value"]) for row in fulfilled}),
    )


def _counts(path: Path, streams: Streams) -> bool:
    return is_fulfilled(path.state, path.value_at is not None, can_realise_value=streams.can_realise_value)
