"""The account of linking: what each column of links held, who has none, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mining.core.events import MappedLog
from mining.core.linked import Linked, LinkUse, Orphans
from mining.core.links import CasesSpec, Strength
from mining.core.spans import Ints
from mining.core.tables import Tables
from mining.streams.graph import Graph
from mining.streams.reach import Members, in_circles

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_NAMED = 5


def account(
    tables: Tables, mapped: MappedLog, spec: CasesSpec, graph: Graph, members: Members, *, onwards: tuple[Ints, Ints]
) -> Linked:
    """What came of the links; `onwards` are the links that were followed, from and to."""
    of_case = np.bincount(members.case, minlength=1)
    sizes = np.sort(of_case[of_case > 1])
    strong = np.array([each.strength is Strength.EXPLICIT for _, each in mapped.link_specs], dtype=bool)
    tickets = _tickets_by_type(tables, mapped)
    return Linked(
        spec=spec,
        in_no_stream=_in_no_stream(tickets, graph, members, spec),
        several=len(sizes),
        largest=int(sizes[-1]) if len(sizes) else 0,
        median_size=int(sizes[(len(sizes) - 1) // 2]) if len(sizes) else 0,
        shared=int((np.bincount(members.ticket, minlength=1) > 1).sum()),
        in_circles=int((in_circles(*onwards, len(graph.first)) & graph.known).sum()),
        cut_streams=len(members.cut),
        cut_tickets=sum(left for _, left in members.cut),
        cut=_cut_names(tables, graph, members),
        uses=_uses(graph, mapped),
        orphans=_orphans(tickets, graph, mapped),
        weak=int((~strong[graph.spec]).sum()),
        by_type=tuple(tickets.items()),
    )


def _tickets_by_type(tables: Tables, mapped: MappedLog) -> dict[str, int]:
    """How many tickets of each type the log has."""
    tickets = mapped.table.select("case_id").distinct()
    counts = {str(i): _is_of(tickets, mapped, each).sum() for i, each in enumerate(mapped.ticket_types)}
    found = tables.fetch(tickets.aggregate(**counts), limit=1).to_pylist()[0]
    return {each: int(found[str(i)] or 0) for i, each in enumerate(mapped.ticket_types)}


def _is_of(tickets: ir.Table, mapped: MappedLog, ticket_type: str) -> ir.BooleanValue:
    prefix = mapped.case_of(ticket_type, "")
    found: ir.BooleanValue = tickets.case_id.startswith(prefix) if prefix else tickets.case_id.notnull()
    return found


def _in_no_stream(
    tickets: dict[str, int], graph: Graph, members: Members, spec: CasesSpec
) -> tuple[tuple[str, int], ...]:
    """By type, the tickets that no stream holds. None is lost unless the mapping says where streams begin."""
    held = np.zeros(len(graph.first), dtype=bool)
    held[members.ticket] = True
    lost = []
    for type_, number in tickets.items():
        of_type = graph.known & (graph.type == graph.types.index(type_)) if type_ in graph.types else held & False
        linked, left_out = int(of_type.sum()), int((of_type & ~held).sum())
        alone = number - linked if spec.start and type_ not in spec.start else 0
        if left_out + alone:
            lost.append((type_, left_out + alone))
    return tuple(lost)


def _cut_names(tables: Tables, graph: Graph, members: Members) -> tuple[tuple[str, int], ...]:
    """The cases that were cut most, by the ticket at which they begin."""
    worst = sorted(members.cut, key=lambda each: (-each[1], each[0]))[:_MOST_NAMED]
    names = graph.names.filter(graph.names.n.isin([case for case, _ in worst] or [-1]))
    called = {row["n"]: row["name"] for row in tables.fetch(names.select("n", "name"), limit=_MOST_NAMED).to_pylist()}
    return tuple((called[case], left) for case, left in worst)


def _uses(graph: Graph, mapped: MappedLog) -> tuple[LinkUse, ...]:
    found = []
    for i, (own, spec) in enumerate(mapped.link_specs):
        of_spec = graph.spec == i
        source, target = graph.source[of_spec], graph.target[of_spec]
        found.append(
            LinkUse(
                source=own,
                other=spec.other,
                column=spec.column,
                reason=spec.reason,
                strength=spec.strength,
                onwards=spec.onwards,
                links=len(source),
                tickets=len(np.unique(source)),
                absent=int((~graph.known[target]).sum()),
                to_itself=int((source == target).sum()),
            )
        )
    return tuple(found)


def _orphans(tickets: dict[str, int], graph: Graph, mapped: MappedLog) -> tuple[Orphans, ...]:
    """For each two types between which links are told, where both are in the log: who has no link with the other, and
    with how many the others have."""
    pairs = dict.fromkeys(
        pair
        for own, spec in mapped.link_specs
        for pair in ((own, spec.other), (spec.other, own))
        if own != spec.other and own in tickets and spec.other in tickets
    )
    present = graph.known[graph.source] & graph.known[graph.target]
    ends = np.concatenate([graph.source[present], graph.target[present]])
    others = np.concatenate([graph.target[present], graph.source[present]])
    found = []
    for type_, other in pairs:
        between = (graph.type[ends] == graph.types.index(type_)) & (graph.type[others] == graph.types.index(other))
        each = np.unique(ends[between] * len(graph.first) + others[between]) // max(len(graph.first), 1)
        fan = np.sort(np.unique(each, return_counts=True)[1])
        median, most = (int(fan[(len(fan) - 1) // 2]), int(fan[-1])) if len(fan) else (0, 0)
        found.append(Orphans(type_, other, tickets[type_], tickets[type_] - len(fan), len(each), median, most))
    return tuple(found)
