"""Run and change: the scope of each stream, and how streams, time and work are split between the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mining.core.events import MappedLog
from mining.core.facts import Fact, told
from mining.core.scope import Scope, Scopes, ScopeShare
from mining.core.streams import Path, Streams
from mining.core.tables import Tables
from mining.measures.lead_times import lead_time_to_claimed
from mining.measures.realised import in_order_of_time
from mining.measures.visit_times import elapsed_before_value, recorded_work

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NOT_TOLD = "not told"


def scopes(
    tables: Tables,
    streams: Streams,
    mapped: MappedLog,
    fulfilled: Sequence[Path],
    *,
    reference: Scope | None,
    whole: tuple[int, int],
) -> Scopes | None:
    """The split of the streams; None where nothing tells the scope of any. `whole` are the elapsed time before value
    and the recorded work of all of them.

    What the mapping says of a stream's demand ticket (by its type, or by the fact `change` as it is told first)
    holds; of other streams, the `reference` says it.
    """
    says = bool(mapped.scopes) or _change_told(mapped)
    if not says and reference is None:
        return None
    table = tables.keep(with_scope(streams, mapped, reference), "scopes")
    named = replace(streams, table=table)
    counted = tables.fetch(table.group_by("scope").aggregate(n=table.count()).order_by("scope"), limit=3).to_pylist()
    number = {row["scope"]: row["n"] for row in counted}
    found = [(scope, number[scope or _NOT_TOLD]) for scope in (*Scope, None) if (scope or _NOT_TOLD) in number]
    known = whole if len(found) == 1 else None
    parts = [_share(tables, named, fulfilled, part=part, known=known) for part in found]
    tables.drop(table)
    by = [name for name, tells in (("mapping", says), ("reference", reference is not None)) if tells]
    return Scopes(tuple(parts), " and ".join(by))


def _change_told(mapped: MappedLog) -> bool:
    return mapped.turns is not None and told(Fact.CHANGE) in mapped.turns.columns


def with_scope(streams: Streams, mapped: MappedLog, reference: Scope | None) -> ir.Table:
    """`Streams.table` with `scope` (string, never null): that of the ticket at which the stream begins."""
    import ibis

    table = streams.table
    by_type: list[tuple[ir.Value, ir.Value]] = [
        (table.case_id.startswith(mapped.case_of(name, "")), ibis.literal(scope.value)) for name, scope in mapped.scopes
    ]
    otherwise = ibis.literal(_NOT_TOLD if reference is None else reference.value)
    own = ibis.cases(*by_type, else_=ibis.null("string")) if by_type else ibis.null("string")
    table = table.mutate(scope=own)
    if mapped.turns is not None and _change_told(mapped):
        turns = mapped.turns.filter(mapped.turns[told(Fact.CHANGE)].notnull())
        first = turns.group_by("case_id").aggregate(changes=turns[told(Fact.CHANGE)].argmin(turns.number))
        first = first.rename(of_ticket="case_id")
        joined = table.left_join(first, table.case_id == first.of_ticket)
        by_fact = ibis.ifelse(joined.changes, Scope.CHANGE.value, Scope.RUN.value)
        by_fact = ibis.ifelse(joined.changes.isnull(), ibis.null("string"), by_fact)
        table = joined.mutate(scope=ibis.coalesce(joined.scope, by_fact)).drop("of_ticket", "changes")
    return table.mutate(scope=ibis.coalesce(table.scope, otherwise))


def _share(
    tables: Tables,
    streams: Streams,
    fulfilled: Sequence[Path],
    *,
    part: tuple[Scope | None, int],
    known: tuple[int, int] | None,
) -> ScopeShare:
    """One part: its scope and its streams. `known` are its elapsed time and recorded work where they are known."""
    scope, number = part
    table = streams.table.filter(streams.table.scope == (scope or _NOT_TOLD))
    own = replace(streams, table=table)
    return ScopeShare(
        scope=scope,
        streams=number,
        fulfilled=_fulfilled(tables, table, fulfilled),
        elapsed=known[0] if known else elapsed_before_value(tables, own, fulfilled),
        recorded_work=known[1] if known else recorded_work(tables, own, fulfilled),
        lead_time=lead_time_to_claimed(tables, in_order_of_time(own), fulfilled),
    )


def _fulfilled(tables: Tables, table: ir.Table, fulfilled: Sequence[Path]) -> int:
    import pyarrow as pa

    known = tables.put(pa.table({"of_path": pa.array([path.id for path in fulfilled], pa.int32())}), "fulfilled")
    joined = table.semi_join(known, table.path == known.of_path)
    return int(tables.fetch(joined.aggregate(n=joined.count()), limit=1)["n"][0].as_py())
