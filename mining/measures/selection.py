"""By what an export was selected: that decides what may be concluded from it."""

from __future__ import annotations

from mining.core.activities import State
from mining.core.results import Selection
from mining.core.streams import Streams
from mining.core.tables import Tables

_DAY = 86_400_000_000
_LAST_DAYS = 31
_CLUSTER = 0.5
"""From this share of streams on whose last event lies in the last month of a window of three months or more, the ends
cluster: an export that was not selected by completion has its last events all over the window."""

NOT_SHOWN = ("arrivals", "backlog", "trends by when demand arose")


def selection(tables: Tables, streams: Streams) -> Selection:
    """Judge whether the export holds completed tickets only."""
    if not streams.cases:
        return Selection(None, "There are no streams.", (), None, None)
    window = streams.last_event - streams.first_event
    table = streams.table
    late = table.filter(table["last"] > streams.last_event - _LAST_DAYS * _DAY)
    late_share = tables.fetch(late.aggregate(n=late.count()), limit=1)["n"][0].as_py() / streams.cases
    clusters = window > 3 * _LAST_DAYS * _DAY and late_share >= _CLUSTER
    ended = streams.states.get(State.ENDED, 0) + streams.cancelled
    ended_share = ended / streams.cases if streams.can_end else None
    if ended_share == 1.0:
        reason = "Every stream in the export has ended, so it was selected by completion."
    elif clusters:
        days = round(window / _DAY)
        reason = (
            f"{late_share * 100:.0f} % of the streams have their last event in the last {_LAST_DAYS} of {days:,} days, "
            "so the export was selected by completion."
        )
    elif ended_share is None:
        return Selection(None, "The mapping ends no ticket, so this cannot be told.", (), None, late_share)
    elif not ended:
        return Selection(False, "No stream has ended: all are open.", (), ended_share, late_share)
    else:
        reason = f"{(1 - ended_share) * 100:.1f} % of the streams are open and the ends are spread over the window."
        return Selection(False, reason, (), ended_share, late_share)
    return Selection(True, reason, NOT_SHOWN, ended_share, late_share)
