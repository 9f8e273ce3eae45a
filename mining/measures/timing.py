"""Time beyond elapsed durations: by a calendar, of streams that are not done yet, and at the edges of the window."""

from __future__ import annotations

from mining.core.calendars import DAY, Calendars
from mining.core.events import MappedLog
from mining.core.results import Selection
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.core.timing import Timing, WorkingTime
from mining.measures.realised import in_order_of_time
from mining.measures.survival import survival
from mining.measures.window import window_cut
from mining.measures.working_time import Elapsed, working_time

NO_CALENDAR = "The mapping has no calendar, so all times are elapsed times: nights, weekends and holidays count."
TOO_LONG = "The events of this export span {days:,} days. One of them has a wrong date, so no calendar was used."
NO_ENDS = "The mapping ends no ticket, so it cannot be told which streams are still open."
NO_VALUE = "No rule of the mapping claims or confirms value, so there are no lead times to estimate."
NONE_DONE = "No stream has come to value yet, so there is nothing to estimate lead times from."
NONE_OPEN = "No stream is open, so none was cut off by the end of the export."


def timing(
    tables: Tables,
    streams: Streams,
    elapsed: Elapsed,
    selected: Selection,
    *,
    calendars: Calendars | None,
    mapped: MappedLog,
) -> Timing:
    """All that is known of time beyond the `elapsed` durations."""
    timed = in_order_of_time(streams)
    working: WorkingTime | None = None
    without = NO_CALENDAR if calendars is None else ""
    if calendars is not None:
        try:
            working = working_time(tables, streams, elapsed, calendars, mapped.turns, timed=timed)
        except ValueError:
            without = TOO_LONG.format(days=(streams.last_event - streams.first_event) // DAY)
    why_not = _no_survival(streams, selected)
    claimed, held = (
        None if why_not else survival(tables, timed, when)
        for when in (lambda path: path.value_at, lambda path: path.held_at)
    )
    if claimed is not None and not claimed.done:
        claimed, held, why_not = None, None, NONE_DONE
    return Timing(
        working=working,
        without=without,
        claimed=claimed,
        held=held,
        not_survival=why_not,
        window=window_cut(tables, streams, demand_known=mapped.ledger.demand_events > 0),
    )


def _no_survival(streams: Streams, selected: Selection) -> str:
    """Why no lead times are estimated from streams that are not done; empty where they are."""
    if not streams.can_end:
        return NO_ENDS
    if not streams.can_realise_value:
        return NO_VALUE
    if not streams.open:
        return NONE_OPEN
    if selected.by_completion:
        return (
            f"{selected.reason} The streams that were open are mostly not in it, so those that are say nothing of how "
            "long the others take."
        )
    return ""
