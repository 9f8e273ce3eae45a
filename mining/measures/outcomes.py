"""How the tickets ended, and which never reached value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mining.core.activities import End, State
from mining.core.events import MappedLog
from mining.core.streams import Streams
from mining.core.tables import Tables


@dataclass(frozen=True, slots=True)
class Outcomes:
    """`ends` counts streams by how their ticket ended; the other two are streams in which value was never claimed nor
    confirmed, by whether they ended or are open."""

    ends: dict[End, int]
    ended_without_value: int
    without_value_or_end: int


def outcomes(tables: Tables, streams: Streams, mapped: MappedLog) -> Outcomes:
    """Count the ends over all streams, also those beyond the cap on paths."""
    table = streams.table
    grouped = table.group_by(["state", "end", "has_value"]).aggregate(streams=table.count())
    rows = tables.fetch(grouped, limit=2 * len(State) * (len(mapped.ends) + 1)).to_pylist()
    ends: Counter[End] = Counter()
    valueless: Counter[str] = Counter()
    for row in rows:
        if row["end"] is not None:
            ends[mapped.ends[row["end"]]] += row["streams"]
        if not row["has_value"] and streams.can_realise_value:
            valueless[row["state"]] += row["streams"]
    in_order = {end: ends[end] for end in End if ends[end]}
    return Outcomes(in_order, valueless[State.ENDED], valueless[State.OPEN])
