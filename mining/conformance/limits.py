"""Limits on the time between two parts of a reference stream: which passages they hold for, and which are too slow.

A limit holds from the last FROM before each TO: of several TO after one FROM the first is timed, and a FROM that comes
again starts the clock anew. Both are timed when their visit begins, value when the visit begins that claims or confirms
it, demand at the first event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mining.conformance.tree import DEMAND, VALUE, Limit, Reference, display, names
from mining.conformance.view import producible, visible_name
from mining.core.conformance import LimitCheck
from mining.core.events import VisitLabel
from mining.core.results import Conformance, Deviation, DeviationKind
from mining.core.spans import NONE, Spans, quantiles_by_key
from mining.core.streams import Path, Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Late:
    """The late passages, a row a stream and limit: case_id, deviation (int32), times (int64)."""

    table: ir.Table


def check_limits(
    tables: Tables, streams: Streams, reference: Reference, found: Conformance, paths: Sequence[Path]
) -> tuple[Conformance, Late | None]:
    """`found` with a deviation for each limit that a stream on one of `paths` exceeds, and which streams those are;
    None where none is. The rates are left as they are: they depend on the cases."""
    if not reference.limits:
        return found, None
    named = frozenset(names(reference.stream))
    seen = producible([label.symbol for label in streams.labels], named) | {DEMAND}
    spans = _spans(reference.limits, paths, streams.labels, named)
    times = quantiles_by_key(tables, streams.table, spans)
    late = tables.keep(_late(tables, streams, reference.limits, spans), "late")
    counted = late.group_by("limit").aggregate(streams=late.count(), times=late.times.sum())
    rows = {row["limit"]: row for row in tables.fetch(counted, limit=len(reference.limits)).to_pylist()}
    checks = tuple(
        LimitCheck(
            sentence=sentence(limit),
            source=limit.source,
            target=limit.target,
            within=limit.within,
            observable={limit.source, limit.target} <= seen,
            times=times.get(i),
            late=int(rows[i]["times"]) if i in rows else 0,
            late_streams=int(rows[i]["streams"]) if i in rows else 0,
        )
        for i, limit in enumerate(reference.limits)
    )
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


def _spans(
    limits: Sequence[Limit], paths: Sequence[Path], labels: Sequence[VisitLabel], named: frozenset[str]
) -> Spans:
    """The passages of all paths that a limit holds for; the key is the number of the limit."""
    visible = [visible_name(label.symbol, named) for label in labels]
    rows = []
    for path in paths:
        moments = list(_moments(path, labels, visible))
        for i, limit in enumerate(limits):
            rows += [(path.id, i, start, stop) for start, stop in _passages(limit, moments)]
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
    start: int | None = None
    for name, position in moments:
        if name == limit.target and start is not None:
            yield start, position
            start = None
        if name == limit.source:
            start = position


def _late(tables: Tables, streams: Streams, limits: Sequence[Limit], spans: Spans) -> ir.Table:
    """A row a stream and limit that it exceeds: case_id, limit, times (how often)."""
    import ibis
    import pyarrow as pa

    of_path = tables.put(
        pa.table(
            {
                "of_path": pa.array(spans.path, pa.int32()),
                "limit": pa.array(spans.key, pa.int32()),
                "from_visit": pa.array(spans.start, pa.int32(), mask=spans.start == NONE),
                "to_visit": pa.array(spans.stop, pa.int32()),
                "within": pa.array([limits[key].within for key in spans.key.tolist()], pa.int64()),
            }
        ),
        "limited",
    )
    joined = streams.table.inner_join(of_path, streams.table.path == of_path.of_path)
    begin = ibis.ifelse(joined.from_visit.isnull(), joined["first"], joined.starts[joined.from_visit])
    slow = joined.filter(joined.starts[joined.to_visit] - begin > joined.within)
    return slow.group_by("case_id", "limit").aggregate(times=slow.count())
