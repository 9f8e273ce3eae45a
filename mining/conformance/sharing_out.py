"""Several reference streams in one analysis: which stream is checked against which.

A reference stream that says what it applies to is for the tickets that have these attributes; one that says nothing is
for all that no other one is for. Where several fit, it is the one that asks for most attributes, then the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mining.conformance.attributes import Attributes
from mining.conformance.scopes import can_tell, within
from mining.conformance.tree import Reference
from mining.core.activities import State
from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Shares:
    """The streams of each reference stream, in its order, and those that none is for."""

    of: tuple[Streams, ...]
    rest: Streams


def share_out(
    tables: Tables, streams: Streams, references: Sequence[Reference], attributes: Attributes | None
) -> Shares:
    """Give each stream to the reference stream that is for it: of those whose scope it is in, the one with the most
    conditions, the first of equals. `attributes` are columns of the streams that scopes may ask for."""
    import ibis

    table = streams.table
    if attributes is not None:
        table = table.left_join(attributes.table, "case_id").drop("case_id_right")
    chosen = ibis.literal(NOBODY, "int32")
    in_order = sorted(range(len(references)), key=lambda i: (len(references[i].applies_to), -i))
    for i in in_order:  # the last that fits decides
        scope = references[i].applies_to
        if can_tell(scope, attributes):
            chosen = ibis.ifelse(within(table, scope, attributes), ibis.literal(i, "int32"), chosen)
    own = streams.table.columns
    marked = tables.keep(table.select(*own, reference=chosen), "shared_out")
    counts = _counts(tables, marked, streams)
    shares = [
        _only(streams, marked.filter(marked.reference == i).drop("reference"), counts.get(i, {}))
        for i in (*range(len(references)), NOBODY)
    ]
    return Shares(tuple(shares[:-1]), shares[-1])


_Counted = dict[int | None, tuple[int, int]]


def _counts(tables: Tables, marked: ir.Table, streams: Streams) -> dict[int, _Counted]:
    """For each reference stream, by path: its streams, and those of them with unmapped events."""
    by = marked.group_by("reference", "path").aggregate(
        n=marked.count(), unmapped=marked.count(where=marked.unmapped > 0)
    )
    found: dict[int, _Counted] = {}
    limit = (len(streams.paths) + 1) * 64
    for row in tables.fetch(by, limit=limit).to_pylist():
        found.setdefault(row["reference"], {})[row["path"]] = (row["n"], row["unmapped"])
    return found


def _only(streams: Streams, table: ir.Table, counted: _Counted) -> Streams:
    """`streams` with these only: the same labels and numbers of paths and variants, counted anew. What conformance does
    not look at (hand-offs, events, visits) stays that of all streams."""
    paths = tuple(replace(path, streams=counted[path.id][0]) for path in streams.paths if path.id in counted)
    by_variant: dict[int, tuple[int, int]] = {}
    states: dict[State, int] = {}
    for path in paths:
        n, unmapped = by_variant.get(path.variant, (0, 0))
        by_variant[path.variant] = (n + path.streams, unmapped + counted[path.id][1])
        states[path.state] = states.get(path.state, 0) + path.streams
    variants = tuple(
        replace(variant, streams=by_variant[variant.id][0], streams_with_unmapped=by_variant[variant.id][1])
        for variant in streams.variants
        if variant.id in by_variant
    )
    beyond = counted.get(None, (0, 0))[0]
    cases = sum(path.streams for path in paths) + beyond
    return replace(streams, table=table, paths=paths, variants=variants, cases=cases, states=states, beyond_cap=beyond)
