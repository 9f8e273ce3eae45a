"""A few single streams to look at, of each of the most frequent deviations and variants, marked where they deviate.

Always those that ended last: what happened then can still be looked up, and people remember it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.conformance.tree import Reference, names
from mining.conformance.view import SymbolTable, merge
from mining.core.events import Symbol
from mining.core.examples import (
    DEVIATIONS,
    EACH_DEVIATION,
    EACH_VARIANT,
    MOST_VISITS,
    VARIANTS,
    Example,
    Mark,
)
from mining.core.export import Holds
from mining.core.results import Conformance, VariantCheck
from mining.core.streams import Path, Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

Examples = dict[int, tuple[Example, ...]]


def with_examples(
    tables: Tables, streams: Streams, reference: Reference, found: Conformance, occurs: ir.Table, *, named: bool
) -> Conformance:
    """`found` with examples of the most frequent deviations; `occurs` as in `looking.Checked`. With `named`, examples
    say which case they are."""
    most = min(DEVIATIONS, len(found.deviations))
    if not most or found.cases is None:
        return found
    chosen = occurs.filter(occurs.deviation < most).select("case_id", "ended", of=occurs.deviation)
    examples = _latest(tables, streams, chosen, each=EACH_DEVIATION, most=most, named=named)
    return replace(found, cases=replace(found.cases, examples=_all_marked(examples, streams, reference, found)))


def examples_of_variants(
    tables: Tables, streams: Streams, references: Sequence[Reference], found: Sequence[Conformance], *, named: bool
) -> Examples:
    """Examples of the most frequent variants, by their id. Marked only where there is one reference stream: of several,
    another one may be for the one stream than for the other."""
    examples = _of_variants(tables, streams, named=named)
    if len(references) != 1 or len(found) != 1:
        return examples
    return _all_marked(examples, streams, references[0], found[0])


def _of_variants(tables: Tables, streams: Streams, *, named: bool) -> Examples:
    import ibis
    import pyarrow as pa

    first = {variant.id for variant in streams.variants[:VARIANTS]}
    paths = [path for path in streams.paths if path.variant in first]
    if not paths:
        return {}
    columns = {"of_path": [path.id for path in paths], "of": [path.variant for path in paths]}
    put = tables.put(pa.table({name: pa.array(of, pa.int32()) for name, of in columns.items()}), "paths_of_examples")
    joined = streams.table.inner_join(put, streams.table.path == put.of_path)
    chosen = joined.select("case_id", "of", ended=ibis.coalesce(joined.ended, joined["last"]))
    return _latest(tables, streams, chosen, each=EACH_VARIANT, most=VARIANTS, named=named)


def _latest(
    tables: Tables, streams: Streams, chosen: ir.Table, *, each: int, most: int, named: bool
) -> dict[int, tuple[Example, ...]]:
    """Of `chosen` (case_id, ended, of) the `each` that ended last of each `of`, the last one first."""
    import ibis

    latest = ibis.window(group_by="of", order_by=[ibis.desc(chosen.ended), chosen.case_id])
    ranked = chosen.mutate(place=ibis.row_number().over(latest))
    few = tables.keep(ranked.filter(ranked.place < each).select("of", "place", of_case="case_id"), "examples")
    joined = streams.table.inner_join(few, streams.table.case_id == few.of_case)
    shown = joined.select(
        "of",
        "place",
        "case_id",
        "path",
        "ended",
        starts=joined.starts[: MOST_VISITS + 1],
        **({"lasts": joined.lasts[: MOST_VISITS + 1]} if streams.holds is Holds.POINT else {}),
    )
    rows = tables.fetch(shown.order_by(["of", "place"]), limit=each * most).to_pylist()
    tables.drop(few)
    wanted = {row["path"] for row in rows}
    paths = {path.id: path for path in streams.paths if path.id in wanted}
    found: dict[int, tuple[Example, ...]] = {}
    for row in rows:
        found[row["of"]] = (*found.get(row["of"], ()), _example(streams, paths[row["path"]], row, named=named))
    return found


def _example(streams: Streams, path: Path, row: dict[str, Any], *, named: bool) -> Example:
    visits = path.visits[:MOST_VISITS]
    starts = [*row["starts"], *([] if row["ended"] is None else [row["ended"]])]
    stops = row["lasts"] if streams.holds is Holds.POINT else starts[1:]
    known = [stops[i] if i < len(stops) else None for i in range(len(visits))]
    return Example(
        case=row["case_id"] if named else None,
        variant=path.variant,
        state=path.state,
        visits=visits,
        starts=tuple(starts[: len(visits)]),
        stops=tuple(known),
        further=len(path.visits) - len(visits),
    )


# ---------------------------------------------------------------------------------------------------------- marks


def _all_marked(examples: Examples, streams: Streams, reference: Reference, of: Conformance) -> Examples:
    """The same with the deviations of their variants at the visits where they stand."""
    wanted = {one.variant for each in examples.values() for one in each}
    checks = {check.variant: check for check in of.checks if check.variant in wanted}
    named = frozenset(names(reference.stream))
    return {
        key: tuple(_marked(one, streams, named, checks.get(one.variant)) for one in each)
        for key, each in examples.items()
    }


def _marked(example: Example, streams: Streams, named: frozenset[str], check: VariantCheck | None) -> Example:
    if check is None or not check.deviations:
        return example
    begins = _where_merged_begin([streams.labels[visit].symbol for visit in example.visits], named)
    marks = [
        Mark(one.kind, one.label, one.instead_of, begins[one.position])
        for one in check.deviations
        if one.position < len(begins) - (1 if example.further else 0)
    ]
    return replace(example, marks=tuple(sorted(marks, key=lambda mark: mark.at)))


def _where_merged_begin(symbols: Sequence[Symbol], named: frozenset[str]) -> list[int]:
    """For each position of the merged stream the visit at which it begins, and how many visits there are for the
    position after the last; a value mark stands at the visit that makes it."""
    distinct = [i for i, symbol in enumerate(symbols) if i == 0 or symbol != symbols[i - 1]]
    variant = tuple(symbols[i] for i in distinct)
    beginnings = [variant[:n] for n in range(1, len(variant) + 1)]
    found: list[int] = []
    for i, length in zip(distinct, np.diff(merge(SymbolTable.of(beginnings), named).offsets).tolist(), strict=True):
        found += [i] * (length - len(found))
    return [*found, len(symbols)]
