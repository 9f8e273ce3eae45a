"""From the mapped events to the streams, their paths and variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.core.activities import State
from mining.core.events import MappedLog
from mining.core.export import Holds
from mining.core.spans import path_visits
from mining.core.streams import Path, Streams
from mining.core.tables import Tables
from mining.streams.hand_offs import activity_hand_offs, step_hand_offs
from mining.streams.paths import ObservedPath, paths_and_variants

if TYPE_CHECKING:
    import ibis.expr.types as ir

_END_BITS = 6
"""`sequence` and `end` share one number, so that one maximum finds how the last event ended the ticket."""


def build_streams(tables: Tables, mapped: MappedLog, *, max_paths: int) -> Streams:
    """Build the streams of a mapped log.

    At most `max_paths` paths leave the engine, the most frequent first; streams on others are counted in
    `Streams.beyond_cap` and have no path. Raises what the engine raises.
    """
    # Kept in between: a lambda over a list that is itself an expression is computed anew for every element.
    ordered = tables.keep(_sorted_events(mapped), "ordered")
    cases = tables.keep(_cases(ordered, mapped), "cases")
    tables.drop(ordered)
    totals = _totals(tables, cases)
    observed, beyond_cap = _observed_paths(tables, cases, max_paths)
    paths, variants = paths_and_variants(observed, mapped.visits)
    table = tables.keep(_with_path(tables, cases, paths), "streams")
    tables.drop(cases)
    visits = path_visits(paths, mapped.visits)
    states = {State(name): int(n) for name, n in totals["states"].items()}
    return Streams(
        table=table,
        labels=mapped.visits,
        paths=paths,
        variants=variants,
        steps=step_hand_offs(tables, table, visits, mapped.visits, mapped.holds),
        activities=activity_hand_offs(tables, table, visits, mapped.visits, mapped.holds),
        holds=mapped.holds,
        cases=totals["cases"],
        events=totals["events"],
        visits=totals["visits"],
        states=states,
        beyond_cap=beyond_cap,
        can_end=bool(mapped.ends),
        can_realise_value=any(label.realises for label in mapped.visits),
        first_event=totals["first"],
        last_event=totals["last"],
    )


def _sorted_events(mapped: MappedLog) -> ir.Table:
    """One row a case: its visible events as one list in their order, and what holds of all its events."""
    import ibis

    events = mapped.table
    seen = ibis.struct({"q": events.sequence, "v": events.visit, "t": events.time})
    value_labels = [i for i, label in enumerate(mapped.visits) if label.realises]
    nowhere = [-1]  # no visit, for a mapping without value
    grouped = events.group_by("case_id").aggregate(
        seen=seen.collect(where=events.visit.notnull()),
        first=events.time.min(),
        last=events.time.max(),
        events=events.count(),
        unmapped=events.unmapped.cast("int32").sum().cast("int32"),
        has_value=events.visit.isin(value_labels or nowhere).any(),
        last_sequence=events.sequence.max(),
        end_key=((events.sequence << _END_BITS) | events.end.cast("int64")).max(where=events.end.notnull()),
    )
    return grouped.mutate(seen=grouped.seen.sort(), has_value=grouped.has_value.fill_null(False))


def _cases(ordered: ir.Table, mapped: MappedLog) -> ir.Table:
    """One row a case: its visits as arrays, its state, its first and last event."""
    import ibis

    seen = ordered.seen
    opens = seen.filter(lambda e, i: (i == 0) | (e.v != seen[i - 1].v))
    arrays = {"visits": opens.map(lambda e: e.v), "starts": opens.map(lambda e: e.t)}
    if mapped.holds is Holds.POINT:
        closes = seen.filter(lambda e, i: (i == seen.length() - 1) | (e.v != seen[i + 1].v))
        arrays["lasts"] = closes.map(lambda e: e.t)
    ended = ((ordered.end_key >> _END_BITS) == ordered.last_sequence).fill_null(False)
    end = (ordered.end_key & (2**_END_BITS - 1)).cast("int16")
    nothing = {"visits": ibis.literal([], type="array<int16>")}
    return ordered.select(
        "case_id",
        "first",
        "last",
        "events",
        "unmapped",
        "has_value",
        **{
            name: array.fill_null(nothing.get(name, ibis.literal([], type="array<int64>")))
            for name, array in arrays.items()
        },
        state=_state(ended, end, mapped),
        end=ended.ifelse(end, ibis.null("int16")),
        ended=ended.ifelse(ordered["last"], ibis.null("int64")),
    )


def _state(ended: ir.BooleanValue, end: ir.IntegerValue, mapped: MappedLog) -> ir.StringValue:
    """The state of a case; unknown throughout where the mapping cannot end a ticket."""
    import ibis

    if not mapped.ends:
        return ibis.literal(State.UNKNOWN.value)
    cancels = [i for i, kind in enumerate(mapped.ends) if kind.cancels]
    return ibis.cases(
        (~ended, State.OPEN.value),
        (end.isin(cancels) if cancels else ibis.literal(value=False), State.CANCELLED.value),
        else_=State.ENDED.value,
    )


def _totals(tables: Tables, cases: ir.Table) -> dict[str, Any]:
    by_state = cases.group_by("state").aggregate(
        cases=cases.count(),
        events=cases.events.sum(),
        visits=cases.visits.length().sum(),
        first=cases["first"].min(),
        last=cases["last"].max(),
    )
    rows = tables.fetch(by_state.order_by("state"), limit=len(State)).to_pylist()
    return {
        "states": {row["state"]: row["cases"] for row in rows},
        "cases": sum(row["cases"] for row in rows),
        "events": sum(row["events"] for row in rows),
        "visits": sum(row["visits"] or 0 for row in rows),
        "first": min((row["first"] for row in rows), default=0),
        "last": max((row["last"] for row in rows), default=0),
    }


def _observed_paths(tables: Tables, cases: ir.Table, max_paths: int) -> tuple[list[ObservedPath], int]:
    """The most frequent paths, and how many streams are on none of them."""
    import ibis

    grouped = cases.group_by(["visits", "state"]).aggregate(
        streams=cases.count(),
        with_unmapped=(cases.unmapped > 0).cast("int64").sum(),
    )
    # Equally frequent paths at the cap: the shorter, then the smaller, so that every run keeps the same ones.
    top = grouped.order_by([ibis.desc("streams"), grouped.visits.length(), "visits", "state"]).limit(max_paths)
    rows = tables.fetch(top, limit=max_paths)
    observed = [
        ObservedPath(tuple(visits), State(state), streams, unmapped)
        for visits, state, streams, unmapped in zip(
            rows["visits"].to_pylist(),
            rows["state"].to_pylist(),
            rows["streams"].to_pylist(),
            rows["with_unmapped"].to_pylist(),
            strict=True,
        )
    ]
    if len(observed) < max_paths:
        return observed, 0
    total = tables.fetch(cases.aggregate(n=cases.count()), limit=1)["n"][0].as_py()
    return observed, total - sum(path.streams for path in observed)


def _with_path(tables: Tables, cases: ir.Table, paths: tuple[Path, ...]) -> ir.Table:
    """The cases with the id of their path in the place of the visits."""
    import pyarrow as pa

    known = tables.put(
        pa.table(
            {
                "path": pa.array([path.id for path in paths], pa.int32()),
                "path_visits": pa.array([path.visits for path in paths], pa.list_(pa.int16())),
                "path_state": pa.array([path.state.value for path in paths], pa.string()),
            }
        ),
        "paths",
    )
    joined = cases.left_join(known, [cases.visits == known.path_visits, cases.state == known.path_state])
    return joined.drop("visits", "path_visits", "path_state")
