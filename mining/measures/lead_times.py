"""Lead time: from demand to value, and to formal closure, which is told apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mining.core.activities import Value
from mining.core.results import Distribution
from mining.core.spans import NONE, Ints, Spans, durations, quantiles_by_key, quantiles_of, visits_of
from mining.core.streams import Path, Quantiles, Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

LEAD_TIMES = _CLAIMED, _HELD, _CLOSURE, _LAG = range(4)
LAST = 4


def closure_and_lead_times(
    tables: Tables, streams: Streams, fulfilled: Sequence[Path]
) -> tuple[Distribution, Distribution, Distribution, Distribution, Distribution]:
    """Distributions of five durations: demand to the first value claimed, demand to the first value held, demand to
    formal closure, the first value held to formal closure, and demand to the last value, of those whose value held."""
    found = distributions(tables, streams, all_lead_time_spans(streams, fulfilled))
    nothing = Distribution(0, ())
    claimed, held, closure, lag, last = (found.get(key, nothing) for key in (*LEAD_TIMES, LAST))
    return claimed, held, closure, lag, last


def all_lead_time_spans(streams: Streams, fulfilled: Sequence[Path]) -> Spans:
    """The spans of the lead times, by the keys of `LEAD_TIMES` and `LAST`."""
    both = zip(lead_time_spans(fulfilled), _spans_to_last(streams, fulfilled), strict=True)
    return Spans(*(np.concatenate(pair) for pair in both))


def lead_time_spans(fulfilled: Sequence[Path]) -> Spans:
    """The spans of the lead times, by the keys of `LEAD_TIMES`."""
    ids, claimed_at, held_at = _columns(fulfilled)
    value, stays = claimed_at != NONE, held_at != NONE
    parts = (
        _spans(ids, _CLOSURE, NONE, NONE),
        _spans(ids[value], _CLAIMED, NONE, claimed_at[value]),
        _spans(ids[stays], _HELD, NONE, held_at[stays]),
        _spans(ids[stays], _LAG, held_at[stays], NONE),
    )
    return Spans(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _spans_to_last(streams: Streams, fulfilled: Sequence[Path]) -> Spans:
    """The spans from demand to the last value, of paths whose value held. A confirmation of a claim that stands is
    no further value."""
    visits = visits_of(streams, [path for path in fulfilled if path.held_at is not None])
    claims, confirms = (
        np.array([label.value is value for label in streams.labels], dtype=bool)[visits.label]
        for value in (Value.CLAIMED, Value.CONFIRMED)
    )
    realising = claims | (confirms & ~visits.before)
    path, position = visits.path[realising], visits.position[realising]
    last = np.append(path[1:] != path[:-1], True) if len(path) else path.astype(bool)
    return _spans(path[last], LAST, NONE, position[last])


def claimed_spans(fulfilled: Sequence[Path]) -> Spans:
    """The spans from demand to the first value claimed, all by the key 0."""
    ids, claimed_at, _ = _columns(fulfilled)
    value = claimed_at != NONE
    return _spans(ids[value], 0, NONE, claimed_at[value])


def _columns(paths: Sequence[Path]) -> tuple[Ints, Ints, Ints]:
    """Of each path its id, where value is claimed and where it is held; `NONE` where it is not."""
    rows = [
        (path.id, NONE if path.value_at is None else path.value_at, NONE if path.held_at is None else path.held_at)
        for path in paths
    ]
    ids, claimed, held = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return ids, claimed, held


def _spans(path: Ints, key: int | Ints, start: int | Ints, stop: int | Ints) -> Spans:
    return Spans(path, *(np.broadcast_to(each, path.shape) for each in (key, start, stop)))


def lead_time_to_claimed(tables: Tables, streams: Streams, fulfilled: Sequence[Path]) -> Quantiles | None:
    """The quantiles of lead time to the first value claimed; None where none was."""
    return quantiles_by_key(tables, streams.table, claimed_spans(fulfilled)).get(0)


def lead_time(tables: Tables, streams: ir.Table, fulfilled: Collection[tuple[str, bool]]) -> Quantiles | None:
    """The quantiles of `lead` over the streams within the cap whose state and value are among `fulfilled`; None where
    none has it."""
    import ibis

    wanted = [(streams.state == state) & (streams.has_value == value) for state, value in sorted(fulfilled)]
    if not wanted:
        return None
    timed = streams.filter(streams.within_cap, streams.lead.notnull(), ibis.or_(*wanted))
    found = tables.fetch(quantiles_of(tables, timed, timed.lead), limit=1).to_pylist()[0]
    return Quantiles(found["n"], found["total"], *found["ranks"]) if found["n"] else None


def variant_lead_times(tables: Tables, streams: Streams, fulfilled: Sequence[Path]) -> dict[int, Quantiles]:
    """By variant: the quantiles of lead time to the first value held."""
    return quantiles_by_key(tables, streams.table, variant_spans(fulfilled))


def variant_spans(fulfilled: Sequence[Path]) -> Spans:
    """The spans from demand to the first value held, by variant."""
    holding = [path for path in fulfilled if path.held_at is not None]
    ids, _, held = _columns(holding)
    variant = np.array([path.variant for path in holding], dtype=np.int64)
    return _spans(ids, variant, NONE, held)


def distributions(tables: Tables, streams: Streams, spans: Spans) -> dict[int, Distribution]:
    """The percentiles 0 to 100 of the spans' durations by key, each the nearest rank: the smallest duration that at
    least that share of the durations do not exceed."""
    if not len(spans.key):
        return {}
    return distributions_of(tables, durations(tables, streams.table, spans), len(np.unique(spans.key)))


def distributions_of(tables: Tables, timed: ir.Table, keys: int) -> dict[int, Distribution]:
    """The same of the column `duration` of `timed` by its column `key`, which has at most `keys` values."""
    import ibis

    # Many durations are equal, since tools record minutes or seconds: counting first leaves little to sort.
    equal = timed.group_by(["key", "duration"]).aggregate(times=timed.count())
    all_of_key = ibis.window(group_by="key")
    so_far = ibis.window(group_by="key", order_by="duration", preceding=None, following=0)
    ranked = equal.mutate(upto=equal.times.sum().over(so_far), n=equal.times.sum().over(all_of_key))
    before = ranked.upto - ranked.times
    holds_a_percentile = (before == 0) | (ranked.upto * 100 // ranked.n > before * 100 // ranked.n)
    kept = ranked.filter(holds_a_percentile).select("key", "duration", "upto", "n").order_by(["key", "duration"])
    rows = tables.fetch(kept, limit=keys * 102).to_pylist()
    found: dict[int, tuple[int, list[int]]] = {}
    for row in rows:
        n, percentiles = found.setdefault(row["key"], (row["n"], []))
        while len(percentiles) <= 100 and max(1, -(-n * len(percentiles) // 100)) <= row["upto"]:
            percentiles.append(row["duration"])
    return {key: Distribution(n, tuple(percentiles)) for key, (n, percentiles) in found.items()}
