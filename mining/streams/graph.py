"""The links of a log as a graph of numbers: what leaves the engine, since following links needs all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mining.core.events import MappedLog
from mining.core.spans import Bools, Ints
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST = 200_000_000
"""More links than any export has; what leaves the engine has a bound."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The tickets that have links, numbered in the order of their first event, and the links between them.

    `names` (kept in the engine): name (string, as `MappedLog.table` calls the ticket), n (int64). Arrays by `n`:
      first   microseconds UTC of the ticket's first event; 0 where it is in no export
      last    of its last event, or of the latest end of one
      end     index into `MappedLog.ends`; -1 where the ticket is open
      known   whether it is in the export
      type    index into `types`
    Arrays by link, each pair of tickets once for each column: `source` and `target` as the export tells them, `spec`
    (index into `MappedLog.link_specs`).
    """

    names: ir.Table
    types: tuple[str, ...]
    first: Ints
    last: Ints
    end: Ints
    known: Bools
    type: Ints
    source: Ints
    target: Ints
    spec: Ints

    def onwards(self, mapped: MappedLog, chosen: Bools) -> tuple[Ints, Ints]:
        """The links among `chosen` in the direction of the streams, each pair of different tickets once."""
        goes_on = np.array([spec.onwards for _, spec in mapped.link_specs], dtype=bool)[self.spec]
        used = chosen & (self.source != self.target)
        ends = np.where(goes_on, self.source, self.target), np.where(goes_on, self.target, self.source)
        if not used.any():
            return self.source[:0], self.target[:0]
        tickets = len(self.first)
        pairs = np.unique(ends[0][used] * tickets + ends[1][used])  # as one number: far faster than as two
        return pairs // tickets, pairs % tickets


def graph_of(tables: Tables, mapped: MappedLog) -> Graph:
    """The graph of a log that has links. Raises what the engine raises."""
    types = tuple(dict.fromkeys(t for own, spec in mapped.link_specs for t in (own, spec.other)))
    links = tables.keep(_named(mapped, types), "named_links")
    nodes = tables.keep(_nodes(links, mapped), "linked_tickets")
    found = tables.fetch(nodes.order_by("n").drop("name"), limit=_MOST)
    edges = tables.fetch(_edges(links, nodes), limit=_MOST)
    tables.drop(links)
    known = found["first"].is_valid()

    def numbers(column: str, missing: int) -> Ints:
        values: NDArray[np.int64] = found[column].fill_null(missing).to_numpy().astype(np.int64)
        return values

    return Graph(
        names=nodes,
        types=types,
        first=numbers("first", 0),
        last=numbers("last", 0),
        end=numbers("end", -1),
        known=known.to_numpy().astype(bool),
        type=numbers("type", 0),
        source=edges["source"].to_numpy().astype(np.int64),
        target=edges["target"].to_numpy().astype(np.int64),
        spec=edges["link"].to_numpy().astype(np.int64),
    )


def among(tables: Tables, graph: Graph, tickets: ir.Table) -> Bools:
    """Of each ticket of the graph, whether it is one of `tickets` (case_id, as `MappedLog.table` calls them)."""
    named = graph.names.semi_join(tickets, graph.names.name == tickets.case_id).select("n")
    found: Bools = np.zeros(len(graph.first), dtype=bool)
    found[tables.fetch(named, limit=_MOST)["n"].to_numpy()] = True
    return found


def _named(mapped: MappedLog, types: tuple[str, ...]) -> ir.Table:
    """The links with the tickets called as in the log, and their types."""
    links = mapped.links
    if links is None:
        raise ValueError("a log without links")

    def name(number: ir.StringValue, type_of: list[str]) -> ir.StringValue:
        before = [(i, mapped.case_of(each, "")) for i, each in enumerate(type_of)]
        prefix: ir.StringValue = links.link.cases(*before, else_="")
        return prefix + number

    def index(type_of: list[str]) -> ir.IntegerValue:
        found: ir.IntegerValue = links.link.cases(
            *((i, types.index(each)) for i, each in enumerate(type_of)), else_=0
        ).cast("int16")
        return found

    own, other = [own for own, _ in mapped.link_specs], [spec.other for _, spec in mapped.link_specs]
    return links.select(
        source=name(links.source, own),
        target=name(links.target, other),
        link=links.link,
        source_type=index(own),
        target_type=index(other),
    )


def _nodes(links: ir.Table, mapped: MappedLog) -> ir.Table:
    """One row a ticket that has a link, or that one names."""
    import ibis

    ends = [
        links.select(name=links.source, type=links.source_type),
        links.select(name=links.target, type=links.target_type),
    ]
    every = ibis.union(*ends, distinct=False)
    named = every.group_by("name").aggregate(type=every.type.min())
    events = mapped.table.semi_join(named, mapped.table.case_id == named.name)
    over = ibis.coalesce(events.until, events.time) if mapped.tells_ends else events.time
    ending = ibis.ifelse(events.end.notnull(), events.sequence, ibis.null("int64"))
    tickets = events.group_by("case_id").aggregate(
        first=events.time.min(),
        last=over.max(),
        latest=events.sequence.max(),
        ended=ending.max(),
        end=events.end.argmax(events.sequence),
    )
    joined = named.left_join(tickets, named.name == tickets.case_id)
    is_over = (joined.ended == joined.latest).fill_null(False)
    order = ibis.window(order_by=[ibis.asc(joined["first"], nulls_first=False), joined.name])
    return joined.select(
        "name",
        "type",
        "first",
        "last",
        end=ibis.ifelse(is_over, joined.end, ibis.null("int16")),
        n=ibis.row_number().over(order),
    )


def _edges(links: ir.Table, nodes: ir.Table) -> ir.Table:
    sources = nodes.select(source_name=nodes.name, source_n=nodes.n)
    targets = nodes.select(target_name=nodes.name, target_n=nodes.n)
    joined = links.inner_join(sources, links.source == sources.source_name)
    joined = joined.inner_join(targets, joined.target == targets.target_name)
    found = joined.select(source=joined.source_n, target=joined.target_n, link=joined.link)
    return found.order_by(["source", "target", "link"])
