"""From the mapped events to the streams, their paths and variants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.core.activities import State
from mining.core.events import MappedLog
from mining.core.links import EACH_TICKET, CasesBy, CasesSpec
from mining.core.spans import path_visits
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.streams.cases import make_cases
from mining.streams.gathered import kept_cases
from mining.streams.hand_offs import activity_hand_offs, step_end_hand_offs, step_hand_offs
from mining.streams.paths import ObservedPaths, paths_and_variants

if TYPE_CHECKING:
    import ibis.expr.types as ir


def build_streams(
    tables: Tables,
    mapped: MappedLog,
    *,
    max_paths: int,
    spec: CasesSpec = EACH_TICKET,
    begins: ir.Table | None = None,
    by_ticket: bool = False,
    hand_offs: bool = True,
) -> Streams:
    """Build the streams of a mapped log: of its tickets, or of cases of linked tickets as `spec` says; with
    `begins` (case_id), of those cases that begin at one of these tickets.

    At most `max_paths` paths leave the engine, the most frequent first; streams on others are counted in
    `Streams.beyond_cap` and have no path. `by_ticket`: streams of several tickets tell which ticket they are at.
    Without `hand_offs` none are counted, nor timed. Raises what the engine raises, and RequestError where there are no
    links, or streams are to begin at a type of ticket that the log does not have.
    """
    labels, cases_of = mapped.visits, None
    if spec.by is not CasesBy.TICKET:
        labels += tuple(replace(label, borrowed=True) for label in mapped.visits)
        cases_of = make_cases(tables, mapped, spec, begins=begins)
    elif mapped.children is not None:  # their work counts for their parents
        labels += tuple(replace(label, borrowed=True) for label in mapped.visits)
    tickets = cases_of.names if cases_of is not None and by_ticket else None
    cases = kept_cases(tables, mapped, cases_of, by_ticket=tickets is not None)
    for kept in cases_of.kept if cases_of is not None else ():
        if kept is not tickets:
            tables.drop(kept)
    totals = _totals(tables, cases, len(mapped.visits) if len(labels) > len(mapped.visits) else None)
    observed, beyond_cap = _observed_paths(tables, cases, max_paths)
    paths, of_variants = paths_and_variants(observed, labels)
    table = tables.keep(_with_path(tables, cases, observed), "streams")
    tables.drop(cases)
    visits = path_visits(paths, labels)
    states = {State(name): int(n) for name, n in totals["states"].items()}
    return Streams(
        table=table,
        labels=labels,
        paths=paths,
        variants=of_variants.of,
        steps=step_hand_offs(tables, table, visits, labels, mapped) if hand_offs else (),
        activities=activity_hand_offs(tables, table, visits, labels, mapped) if hand_offs else (),
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
        tells_ends=mapped.tells_ends,
        linked=None if cases_of is None else cases_of.linked,
        step_ends=step_end_hand_offs(tables, table, visits, labels, mapped) if hand_offs else (),
        path_visits=visits,
        tickets=tickets,
        variant_visits=of_variants,
        against_time=mapped.against_time if cases_of is None else cases_of.against_time,
    )


def _totals(tables: Tables, cases: ir.Table, own: int | None) -> dict[str, Any]:
    """Counts by state, and over all. Visits from the index `own` on are borrowed, where it is given, as is `lent`."""
    visits = cases.visits if own is None else cases.visits.filter(lambda visit: visit < own)
    by_state = cases.group_by("state").aggregate(
        cases=cases.count(),
        events=(cases.events - cases.lent).sum(),
        visits=visits.length().sum(),
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


def _observed_paths(tables: Tables, cases: ir.Table, max_paths: int) -> tuple[ObservedPaths, int]:
    """The most frequent paths, and how many streams are on none of them."""
    rows = tables.fetch(top_paths(cases, max_paths), limit=max_paths)
    visits = rows["visits"].combine_chunks()
    observed = ObservedPaths(
        visits=visits.flatten().to_numpy().astype(np.int64),
        lengths=visits.value_lengths().to_numpy().astype(np.int64),
        states=rows["state"].to_pylist(),
        streams=rows["streams"].to_numpy(),
        with_unmapped=rows["with_unmapped"].to_numpy(),
    )
    if len(observed) < max_paths:
        return observed, 0
    total = tables.fetch(cases.aggregate(n=cases.count()), limit=1)["n"][0].as_py()
    return observed, total - int(observed.streams.sum())


def top_paths(cases: ir.Table, most: int) -> ir.Table:
    """The most frequent sequences of visits, by state: visits, state, streams and with_unmapped."""
    import ibis

    grouped = cases.group_by(["visits", "state"]).aggregate(
        streams=cases.count(),
        with_unmapped=(cases.unmapped > 0).cast("int64").sum(),
    )
    # Equally frequent paths at the cap: the shorter, then the smaller, so that every run keeps the same ones.
    return grouped.order_by([ibis.desc("streams"), grouped.visits.length(), "visits", "state"]).limit(most)


def _with_path(tables: Tables, cases: ir.Table, paths: ObservedPaths) -> ir.Table:
    """The cases with the id of their path in the place of the visits."""
    import pyarrow as pa

    ends = np.append(0, np.cumsum(paths.lengths))
    known = tables.put(
        pa.table(
            {
                "path": pa.array(np.arange(len(paths)), pa.int32()),
                "path_visits": pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(paths.visits, pa.int16())),
                "path_state": pa.array(paths.states, pa.string()),
            }
        ),
        "paths",
    )
    joined = cases.left_join(known, [cases.visits == known.path_visits, cases.state == known.path_state])
    return joined.drop("visits", "path_visits", "path_state")
