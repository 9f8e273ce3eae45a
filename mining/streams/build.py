"""From the mapped events to the streams, their paths and variants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.core.activities import State
from mining.core.events import MappedLog
from mining.core.export import Holds
from mining.core.links import EACH_TICKET, CasesBy, CasesSpec
from mining.core.spans import path_visits
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.streams.cases import Cases, make_cases
from mining.streams.children import with_children
from mining.streams.ends import with_ends
from mining.streams.hand_offs import activity_hand_offs, step_end_hand_offs, step_hand_offs
from mining.streams.lists import BORROWED, END_BITS, VISIT_BITS, in_lists, linked_events
from mining.streams.paths import ObservedPaths, paths_and_variants

if TYPE_CHECKING:
    import ibis.expr.types as ir


_AT_A_TIME = 6_000_000
"""Events of which the lists are gathered at a time: they stay in memory meanwhile. With twenty million at once, 1.6 GB
were not enough."""


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


def kept_cases(tables: Tables, mapped: MappedLog, cases_of: Cases | None, *, by_ticket: bool = False) -> ir.Table:
    """One row a case: its visits as arrays, its state, its first and last event. Kept.

    Lists have to fit into memory while they are gathered, so of a large log a part of the cases is taken at a time.
    """
    parts = max(1, mapped.ledger.events_made * (1 if cases_of is None else 2) // _AT_A_TIME)
    kept = _part_of_cases(tables, mapped, cases_of, (0, parts), None, by_ticket=by_ticket)
    for part in range(1, parts):
        _part_of_cases(tables, mapped, cases_of, (part, parts), kept, by_ticket=by_ticket)
    return kept


def _part_of_cases(
    tables: Tables,
    mapped: MappedLog,
    cases_of: Cases | None,
    part: tuple[int, int],
    kept: ir.Table | None,
    *,
    by_ticket: bool,
) -> ir.Table:
    """One `part` of so many of the cases, kept, or added to what is `kept`.

    Named step by step: a lambda over a list that is itself an expression is computed anew for every element.
    """
    if cases_of is None:
        log = replace(mapped, table=_taken(tables, mapped.table, part))
        events = _events_of_cases(log)
    else:
        some = replace(cases_of, events=_taken(tables, cases_of.events, part))
        events = linked_events(mapped, some, by_ticket=by_ticket)
    every = tables.named(events, "every")
    seen = tables.named(_seen(every, mapped), "seen")
    visits = tables.named(_visits(seen, mapped, by_ticket=by_ticket), "visits")
    cases = _cases(visits, mapped, by_ticket=by_ticket)
    try:
        if kept is None:
            return tables.keep(cases, "cases")
        tables.extend(kept, cases, "cases")
        return kept
    finally:
        for step in (visits, seen, every):
            tables.drop(step)


def _taken(tables: Tables, events: ir.Table, part: tuple[int, int]) -> ir.Table:
    number, parts = part
    return events if parts == 1 else events.filter(tables.fingerprint(events.case_id) % parts == number)


def _events_of_cases(mapped: MappedLog) -> ir.Table:
    """One row a case: its events as one list in their order. One aggregate is a third of the time of eight."""
    events = with_ends(mapped.table) if mapped.tells_ends else mapped.table
    if mapped.children is None:
        return in_lists(events, mapped, {"q": events.sequence}, events.visit)
    events = with_children(events, mapped.children)
    visit = events.visit + events.borrowed.ifelse(len(mapped.visits), 0)
    return in_lists(events, mapped, {"q": events.sequence}, visit)


def _seen(cases: ir.Table, mapped: MappedLog) -> ir.Table:
    """The visible events of a case, and what holds of all of them."""
    import ibis

    every = cases.every
    latest = every[every.length() - 1]
    end, last = ((latest["is"] >> VISIT_BITS) & (2**END_BITS - 1)) - 1, latest["upto" if mapped.tells_ends else "t"]
    lent = ibis.literal(0, type="int64")
    if "closing" in cases.columns:  # of several tickets the last event does not say how it ended
        end, last = ibis.coalesce(cases.closing.cast("int32"), end), ibis.coalesce(cases.closed, last)
    if "closing" in cases.columns or mapped.children is not None:
        lent = every.filter(lambda e: e["is"] >= BORROWED).length()
    return cases.select(
        "case_id",
        seen=every.filter(lambda e: _visit(e) > 0),
        first=every[0].t,
        last=latest.t,
        end=end,
        closed=last,
        lent=lent,
        events=every.length(),
        unmapped=every.filter(lambda e: (e["is"] & (BORROWED - 1)) == 0).length().cast("int32"),
    )


def _visit(event: ir.StructValue) -> ir.IntegerValue:
    """The index of an event's visit, and 1."""
    return event["is"] & (2**VISIT_BITS - 1)


def _visits(cases: ir.Table, mapped: MappedLog, *, by_ticket: bool) -> ir.Table:
    """Of each run of events with one label the first and, where events are mere points, the last; and `by_ticket` of
    each run with one label and ticket the first."""
    seen = cases.seen
    runs = {"opens": seen.filter(lambda e, i: (i == 0) | (_visit(e) != _visit(seen[i - 1])))}
    if mapped.holds is Holds.POINT and not mapped.tells_ends:
        runs["closes"] = seen.filter(lambda e, i: (i == seen.length() - 1) | (_visit(e) != _visit(seen[i + 1])))
    if by_ticket:
        runs["at_tickets"] = seen.filter(
            lambda e, i: (i == 0) | (_visit(e) != _visit(seen[i - 1])) | (e.k != seen[i - 1].k)
        )
    return cases.mutate(**runs).drop("seen")


def _cases(cases: ir.Table, mapped: MappedLog, *, by_ticket: bool) -> ir.Table:
    """One row a case, as `Streams.table` with the visits in the place of the path."""
    import ibis

    arrays = {
        "visits": cases.opens.map(lambda e: (_visit(e) - 1).cast("int16")),
        "starts": cases.opens.map(lambda e: e.t),
    }
    if mapped.tells_ends:
        arrays |= {"lasts": cases.opens.map(lambda e: e.upto), "worked": cases.opens.map(lambda e: e.worked)}
    elif mapped.holds is Holds.POINT:
        arrays["lasts"] = cases.closes.map(lambda e: e.t)
    if by_ticket:
        at = cases.at_tickets
        arrays["at_tickets"] = at.map(lambda e, i: _piece(e, (i == 0) | (_visit(e) != _visit(at[i - 1]))))
    ended = cases.end >= 0
    marks = [i + 1 for i, label in enumerate(mapped.visits) if label.realises]
    realises = [*marks, *(mark + len(mapped.visits) for mark in marks)]
    has_value = ibis.literal(False)
    if realises:
        has_value = cases.opens.filter(lambda e: _visit(e).isin(realises)).length() > 0
    return cases.select(
        "case_id",
        "first",
        "last",
        "events",
        "unmapped",
        **arrays,
        has_value=has_value,
        state=_state(ended, cases.end, mapped),
        end=ended.ifelse(cases.end, ibis.null("int32")).cast("int16"),
        ended=ended.ifelse(cases.closed, ibis.null("int64")),
        lent="lent",
    )


def _piece(event: ir.StructValue, opens: ir.BooleanValue) -> ir.StructValue:
    """The first event of a part of a visit with one ticket, as in `Streams.table`."""
    import ibis

    worked = {"worked": event.worked_piece} if "worked_piece" in event.names else {}
    return ibis.struct({"at": event.t, "ticket": event.k, "opens": opens, **worked})


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
