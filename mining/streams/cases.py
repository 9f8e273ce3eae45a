"""Cases of several tickets: the engine's tables by which events become those of a case.

A stream begins with its demand: what happened to a ticket before the case's first ticket began belongs to no stream
that only reaches it later. A ticket that several cases reach is in the stream of each; its work counts once, in totals,
for the case that began first, and is `borrowed` by the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mining.core.errors import Problem, RequestError
from mining.core.events import MappedLog
from mining.core.linked import Linked
from mining.core.links import CasesBy, CasesSpec, Strength
from mining.core.spans import Bools, Ints
from mining.core.tables import Tables
from mining.streams.account import account
from mining.streams.children import with_children
from mining.streams.graph import Graph, among, graph_of
from mining.streams.reach import Members, beginnings, connected, follow

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Cases:
    """`events` are the events of all streams: those of `MappedLog.table`, with the case in the place of the ticket, and
    with `ticket` (int64, the order of the tickets of a case: `n` of `names`, or -1 where it is a case of its own)
    and `borrowed` (boolean). `names` is that of `Graph`. `closings` has one row a case of
    several tickets: closes (string, the case), closing (int16, the end of the case, -1 where one of its tickets is
    open) and closed (int64, microseconds UTC, when the last of them ended). Both hang on the tables `kept`. `linked` is
    the account; None without weak links, of which nobody asks for one. `against_time` is as in `Streams`, kept."""

    events: ir.Table
    closings: ir.Table
    linked: Linked | None
    names: ir.Table
    kept: tuple[ir.Table, ...]
    against_time: ir.Table | None = None


def make_cases(
    tables: Tables, mapped: MappedLog, spec: CasesSpec, *, weak: bool = True, begins: ir.Table | None = None
) -> Cases:
    """Make cases of linked tickets; without `weak`, by explicit links alone. With `begins` (case_id), only those that
    begin at one of these tickets.

    Raises RequestError where the log has no links, or a type at which streams are to begin is none of this log's.
    """
    _check(mapped, spec)
    graph = graph_of(tables, mapped)
    strong = np.array([each.strength is Strength.EXPLICIT for _, each in mapped.link_specs], dtype=bool)[graph.spec]
    source, target = graph.onwards(mapped, strong | weak)
    members = members_of(graph, spec, source, target, begins=None if begins is None else among(tables, graph, begins))
    members = _not_over(graph, members)
    names = tables.put(_as_table(graph, members), "members")
    closings = tables.put(_closings(graph, members, spec, mapped), "closings")
    return Cases(
        events=_events(mapped, graph, names, spec),
        closings=_named(closings, graph, "case", "closes").drop("case"),
        linked=replace(
            account(tables, mapped, spec, graph, members, onwards=(source, target)),
            events_before=_before(tables, mapped, graph, names),
        )
        if weak
        else None,
        names=graph.names,
        kept=(graph.names, names, closings),
        against_time=_against_time(tables, mapped, graph, names),
    )


def _check(mapped: MappedLog, spec: CasesSpec) -> None:
    if mapped.links is None:
        todo = "name columns of links in the mapping (export: links), or leave --cases out"
        raise RequestError(Problem("there are no links to make cases of", found=f"cases by {spec.by.value}", todo=todo))
    wrong = [each for each in spec.start if each not in mapped.ticket_types]
    if wrong:
        raise RequestError(
            Problem(
                "streams are to begin at a type of ticket that is in no export",
                found=", ".join(wrong),
                expected=", ".join(mapped.ticket_types),
                todo="name types of tickets of this analysis under start, or add the export that holds them",
            )
        )


def members_of(graph: Graph, spec: CasesSpec, source: Ints, target: Ints, *, begins: Bools | None = None) -> Members:
    """The tickets of each case; with `begins` (by ticket), only of cases that begin at one of these."""
    if spec.by is CasesBy.CONNECTED:
        found = connected(source, target, graph.known, spec.at_most)
        wanted = slice(None) if begins is None else begins[found.case]
        return Members(found.case[wanted], found.ticket[wanted], found.cut)
    here = graph.known[source] & graph.known[target]
    source, target = source[here], target[here]
    if spec.start:
        starts = np.array([each in spec.start for each in graph.types], dtype=bool)
        roots = np.flatnonzero(graph.known & starts[graph.type])
    else:
        roots = beginnings(source, target, len(graph.first))
        roots = roots[graph.known[roots]]
    roots = roots if begins is None else roots[begins[roots]]
    return follow(roots, source, target, len(graph.first), spec.at_most)


def _not_over(graph: Graph, members: Members) -> Members:
    """Without the tickets that had ended before their case began: they are reached, and no part of its stream. Of one
    that is open the stream waits for the end, though nothing may have happened to it since."""
    over = (graph.end[members.ticket] >= 0) & (graph.last[members.ticket] < graph.first[members.case])
    return Members(members.case[~over], members.ticket[~over], members.cut)


def _as_table(graph: Graph, members: Members) -> pa.Table:
    """The members: in_case and ticket (int64), borrowed (boolean), begins (int64, when the case does)."""
    import pyarrow as pa

    owner = np.full(len(graph.first), len(graph.first))  # tickets are numbered by when they began, and cases like them
    np.minimum.at(owner, members.ticket, members.case)
    borrowed: Bools = owner[members.ticket] != members.case
    return pa.table(
        {
            "in_case": pa.array(members.case),
            "ticket": pa.array(members.ticket),
            "borrowed": pa.array(borrowed),
            "begins": pa.array(graph.first[members.case]),
        }
    )


def _closings(graph: Graph, members: Members, spec: CasesSpec, mapped: MappedLog) -> pa.Table:
    """How the cases of several tickets ended. One is open while any of its tickets is.

    By `follow` it ended as the ticket did at which it begins. By `connected` as the ticket that ended last, one that
    was not cancelled where there is such.
    """
    import pyarrow as pa

    several = np.bincount(members.case, minlength=1)[members.case] > 1
    case, ticket = members.case[several], members.ticket[several]
    end, last = graph.end[ticket], graph.last[ticket]
    stands = ~np.array([*(kind.cancels for kind in mapped.ends), False], dtype=bool)[end]
    counts = case == ticket if spec.by is CasesBy.FOLLOW else stands
    order = np.lexsort((ticket, last, counts, case))  # the last of each case says how it ended
    says = np.flatnonzero(np.append(np.diff(case[order]) != 0, True)) if len(order) else order
    cases = case[order][says]
    closed = np.zeros(len(graph.first), dtype=np.int64)
    np.maximum.at(closed, case, last)
    closing = np.where(np.isin(cases, case[end < 0]), -1, end[order][says])
    return pa.table({"case": cases, "closing": pa.array(closing, pa.int16()), "closed": closed[cases]})


def _named(table: ir.Table, graph: Graph, number: str, name: str) -> ir.Table:
    """`table` with the name of the ticket whose number stands in the column `number`."""
    names = graph.names.select(n_=graph.names.n, **{name: graph.names.name})
    return table.inner_join(names, table[number] == names.n_).drop("n_")


def _of_members(mapped: MappedLog, graph: Graph, members: ir.Table) -> ir.Table:
    """The events of all tickets that have links, once for every case that they are members of."""
    named = _with_names(graph, members)
    return mapped.table.inner_join(named, mapped.table.case_id == named.of_ticket)


def _with_names(graph: Graph, members: ir.Table) -> ir.Table:
    return _named(_named(members, graph, "ticket", "of_ticket"), graph, "in_case", "of_case")


def _against_time(tables: Tables, mapped: MappedLog, graph: Graph, members: ir.Table) -> ir.Table | None:
    """The cases with a ticket whose columns tell value or an end before its demand; kept."""
    import ibis

    against = mapped.against_time
    if against is None:
        return None
    named = _with_names(graph, members)
    joined = against.inner_join(named, against.case_id == named.of_ticket)
    of_cases = joined.group_by(case_id=joined.of_case).aggregate(value=joined.value.any(), end=joined.end.any())
    alone = against.anti_join(graph.names, against.case_id == graph.names.name)
    return tables.keep(ibis.union(of_cases, alone.select(*of_cases.columns), distinct=False), "cases_against")


def _before(tables: Tables, mapped: MappedLog, graph: Graph, members: ir.Table) -> int:
    """How many events happened to tickets before the demand of the case that began first, and so of any."""
    joined = _of_members(mapped, graph, members)
    early = joined.filter(joined.time < joined.begins, ~joined.borrowed)
    return int(tables.fetch(early.aggregate(n=early.count()), limit=1)["n"][0].as_py())


def _events(mapped: MappedLog, graph: Graph, members: ir.Table, spec: CasesSpec) -> ir.Table:
    """The events of the cases, and those of the tickets that have no link and are cases of their own. Those of a child
    count for its parent, whichever case that is in."""
    import ibis

    if mapped.children is not None:
        mapped = replace(mapped, table=with_children(mapped.table, mapped.children).rename(lent="borrowed"))
    log = mapped.table
    joined = _of_members(mapped, graph, members)
    joined = joined.filter(joined.time >= joined.begins)
    lent = joined.lent if mapped.children is not None else ibis.literal(value=False)
    linked = joined.select(
        *(name for name in log.columns if name not in ("case_id", "lent")),
        "ticket",
        borrowed=joined.borrowed | lent,
        case_id=joined.of_case,
    )
    alone = log.anti_join(graph.names, log.case_id == graph.names.name)
    if spec.start and mapped.ticket_types != spec.start:
        alone = alone.filter(ibis.or_(*(alone.case_id.startswith(mapped.case_of(each, "")) for each in spec.start)))
    lent = alone.lent if mapped.children is not None else ibis.literal(value=False)
    alone = alone.mutate(ticket=ibis.literal(-1, type="int64"), borrowed=lent)
    alone = alone.drop("lent") if mapped.children is not None else alone
    return ibis.union(linked.select(*alone.columns), alone, distinct=False)
