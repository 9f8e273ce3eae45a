"""How value came: how often in a stream, to children with their parents, and where columns contradict the time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mining.core.activities import Value
from mining.core.events import MappedLog, VisitLabel
from mining.core.realised import AgainstTime, Children, Realised, TimesRealised
from mining.core.spans import quantiles_by_key
from mining.core.streams import Path, Streams
from mining.core.tables import Tables
from mining.measures.lead_times import claimed_spans

MOST_TIMES = 5
"""Value that came so often or more stands in one line."""


def realised(tables: Tables, streams: Streams, mapped: MappedLog, fulfilled: Sequence[Path]) -> Realised:
    """How value came in these streams. `fulfilled` are the paths of fulfilled streams."""
    return Realised(_times(streams), _children(tables, streams, mapped, fulfilled), _against(tables, streams))


def _marks(path: Path, labels: Sequence[VisitLabel]) -> list[tuple[int, bool, bool]]:
    """Each realisation: what the desk claims counts each time; what the requester confirms counts where no claim stands
    that it could confirm. Its position, whether it comes again after value was withdrawn, and whether it is further
    value, which comes while earlier value stands."""
    found = []
    stands = withdrawn = False
    for position, visit in enumerate(path.visits):
        value = labels[visit].value
        if value is Value.WITHDRAWN:
            withdrawn, stands = withdrawn or stands, False
        elif value is Value.CLAIMED or (value is Value.CONFIRMED and not stands):
            found.append((position, withdrawn and not stands, stands))
            stands = True
    return found


def _times(streams: Streams) -> tuple[TimesRealised, ...]:
    number: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for path in streams.paths:
        marks = _marks(path, streams.labels)
        counts = number[min(len(marks), MOST_TIMES)]
        counts[0] += path.streams
        counts[1] += path.streams * any(again for _, again, _ in marks)
        counts[2] += path.streams * any(further for _, _, further in marks)
    return tuple(TimesRealised(times, times == MOST_TIMES, *number[times]) for times in sorted(number) if times > 0)


def _children(tables: Tables, streams: Streams, mapped: MappedLog, fulfilled: Sequence[Path]) -> Children | None:
    children, table = mapped.children, streams.table
    if children is None:
        return None
    joined = table.inner_join(children, "case_id")
    cascaded = joined.cascaded
    counted = joined.aggregate(
        tickets=joined.count(),
        absent=(~joined.known).sum(),
        cascaded=cascaded.sum(),
        with_value=(cascaded & joined.has_value).sum(),
    )
    found = {name: int(n or 0) for name, n in tables.fetch(counted, limit=1).to_pylist()[0].items()}
    valued = table.filter(table.has_value)
    with_value = int(tables.fetch(valued.aggregate(n=valued.count()), limit=1)["n"][0].as_py())
    of_children = in_order_of_time(streams).table.semi_join(children, "case_id")
    return Children(
        tickets=found["tickets"],
        absent=found["absent"],
        cascaded=found["cascaded"],
        with_value=with_value,
        cascaded_with_value=found["with_value"],
        lead_time=quantiles_by_key(tables, of_children, claimed_spans(fulfilled)).get(0),
    )


def in_order_of_time(streams: Streams) -> Streams:
    """The streams without those whose columns tell value, or an end, before demand: they have no lead time."""
    if streams.against_time is None:
        return streams
    return replace(streams, table=streams.table.anti_join(streams.against_time, "case_id"))


def _against(tables: Tables, streams: Streams) -> AgainstTime:
    if streams.against_time is None:
        return AgainstTime(0, 0, 0)
    against = streams.against_time.semi_join(streams.table, "case_id")
    counted = against.aggregate(streams=against.count(), value=against.value.sum(), end=against.end.sum())
    found = tables.fetch(counted, limit=1).to_pylist()[0]
    return AgainstTime(*(int(found[name] or 0) for name in ("streams", "value", "end")))
