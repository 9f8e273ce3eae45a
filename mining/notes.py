"""What has to be said of a log as a whole, beside its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mining.core.events import EventTable, MappedLog
    from mining.core.streams import Streams

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
"""Clocks of other zones are ahead by less."""


def notes_of(read: Sequence[EventTable], mapped: MappedLog, streams: Streams, now: datetime) -> tuple[str, ...]:
    """What was noted where exports were read and mapped, then what is known only of the streams; `now` is when this
    analysis runs, with a zone."""
    notes = [*(note for events in read for note in events.notes), *mapped.notes]
    if streams.beyond_cap:
        notes.append(
            f"{streams.beyond_cap:,} of {streams.cases:,} streams are on rarer paths than the "
            f"{len(streams.paths):,} that were looked at (--max-variants); they are in no variant, hand-off, "
            "conformance figure or lead time."
        )
    since = timedelta(microseconds=streams.last_event)
    if streams.cases and since > now - _EPOCH + _AHEAD:
        last = _EPOCH + min(since, datetime.max.replace(tzinfo=UTC) - _EPOCH)  # exports can name later years
        notes.append(
            f"The last event is of {last:%Y-%m-%d}, later than this analysis: up to then open tickets are counted as "
            "open. Where such a time stands for none, name it under missing in the mapping."
        )
    return tuple(notes)
