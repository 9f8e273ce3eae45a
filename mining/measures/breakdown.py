"""The streams by service, category, priority, group, customer and type of ticket: one table, a group-by for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.core.activities import State
from mining.core.breakdown import MOST_VALUES, Breakdown, Breakdowns, Dimension, Slice
from mining.core.events import MappedLog
from mining.core.facts import Fact, told
from mining.core.results import Conformance
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.measures.cohort_figures import path_marks

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FACTS = {
    Dimension.SERVICE: Fact.SERVICE,
    Dimension.CATEGORY: Fact.CATEGORY,
    Dimension.PRIORITY: Fact.PRIORITY,
    Dimension.CUSTOMER: Fact.CUSTOMER,
}
_COUNTED = ("fulfilled", "not_open", "held", "known", "reopened", "doubling_back", "checked", "conforming")


def breakdowns(
    tables: Tables, streams: Streams, mapped: MappedLog, checked: Sequence[Conformance], *, typical: int | None
) -> Breakdowns | None:
    """The streams by every dimension that the mapping tells; None where it tells none, or nothing by which they differ.

    A stream is where the ticket stands at which it begins, by what that ticket's last row tells. `typical` is the
    median lead time to the first value claimed, above which lead time is delay. `checked` has one for each reference
    stream; whether a stream conforms, that says which it was checked against.
    """
    columns = dict(_columns(mapped))
    if not columns or not streams.cases or mapped.turns is None:
        return None
    last = mapped.turns.filter(mapped.turns["last"])
    told_last = last.select(of_ticket=last.case_id, **{by.value: last[name] for by, name in columns.items()})
    rows = tables.keep(_rows(tables, streams, checked, told_last), "broken_down")
    made = [_breakdown(tables, rows, by, typical) for by in columns]
    tables.drop(rows)
    kept = tuple(one for one in made if len(one.slices) > 1)
    if not kept:
        return None
    delay = sum(one.delay for one in kept[0].slices)
    return Breakdowns(streams.cases, typical, delay, streams.can_realise_value, bool(checked), kept)


def _columns(mapped: MappedLog) -> Iterator[tuple[Dimension, str]]:
    """Each dimension with its column in `MappedLog.turns`."""
    if mapped.turns is None:
        return
    for by in Dimension:
        if by is Dimension.GROUP:
            yield by, "group"
        elif by is Dimension.TICKET_TYPE:
            if len(mapped.ticket_types) > 1:
                yield by, "ticket_type"
        elif told(_FACTS[by]) in mapped.turns.columns:
            yield by, told(_FACTS[by])


def _rows(tables: Tables, streams: Streams, checked: Sequence[Conformance], told_last: ir.Table) -> ir.Table:
    """One row a stream: lead (int64, null where it has none), what counts of it (int8), and its values."""
    import ibis

    shared = [one for one in checked if one.streams is not None]
    marks = tables.put(_of_paths(streams, None if shared else next(iter(checked), None)), "path_marks")
    table = streams.table.left_join(marks, streams.table.path == marks.of_path)
    claimed = table.starts[table.value_at]
    if streams.against_time is not None:
        table = table.left_join(streams.against_time.select(against="case_id"), [("case_id", "against")])
        claimed = ibis.ifelse(table.against.isnull(), table.starts[table.value_at], ibis.null("int64"))
    counts = {name: table[name].fill_null(0) for name in _COUNTED}
    counted = table.select("case_id", lead=claimed - table["first"], **counts)
    if shared:
        counted = _by_own_reference(tables, counted, shared)
    if any(one.late is not None for one in checked):
        counted = _without_late(counted, checked)
    found = counted.left_join(told_last, counted.case_id == told_last.of_ticket)
    return found.drop("case_id", "of_ticket")


def _by_own_reference(tables: Tables, counted: ir.Table, shared: Sequence[Conformance]) -> ir.Table:
    """`counted` with the verdict of the reference stream that each stream was checked against."""
    import ibis
    import pyarrow as pa

    parts = []
    for one in shared:
        if one.streams is None:
            continue
        verdicts = path_marks(one.streams, one)
        marks = tables.put(
            pa.table(
                {
                    "of_path": pa.array([path.id for path in one.streams.paths], pa.int32()),
                    **{name: pa.array(np.array(verdicts[name], dtype=np.int8)) for name in ("checked", "conforming")},
                }
            ),
            "verdicts",
        )
        own = one.streams.table
        joined = own.inner_join(marks, own.path == marks.of_path)
        parts.append(joined.select(of_case="case_id", has="checked", meets="conforming"))
    verdict = parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=False)
    both = counted.left_join(verdict, counted.case_id == verdict.of_case)
    found = both.mutate(checked=both.has.fill_null(0), conforming=both.meets.fill_null(0))
    return found.drop("of_case", "has", "meets")


def _without_late(counted: ir.Table, checked: Sequence[Conformance]) -> ir.Table:
    """`counted` where those that exceed a limit do not conform either."""
    import ibis

    parts = [one.late.select(of_case="case_id") for one in checked if one.late is not None]
    late = (parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=False)).distinct()
    both = counted.left_join(late, counted.case_id == late.of_case)
    return both.mutate(conforming=ibis.ifelse(both.of_case.isnull(), both.conforming, 0)).drop("of_case")


def _of_paths(streams: Streams, conformance: Conformance | None) -> Any:
    """One row a path: what counts of a stream on it, and where it claims value first, where that makes a lead time."""
    import pyarrow as pa

    marks: dict[str, list[bool]] = path_marks(streams, conformance)
    marks["not_open"] = [path.state is not State.OPEN for path in streams.paths]
    marks["held"] = [path.state is not State.OPEN and path.held_at is not None for path in streams.paths]
    marks["known"] = [True] * len(streams.paths)
    value_at = [
        path.value_at if counts else None for path, counts in zip(streams.paths, marks["fulfilled"], strict=True)
    ]
    return pa.table(
        {
            "of_path": pa.array([path.id for path in streams.paths], pa.int32()),
            "value_at": pa.array(value_at, pa.int32()),
            **{name: pa.array(np.array(marks[name], dtype=np.int8)) for name in _COUNTED},
        }
    )


def _breakdown(tables: Tables, rows: ir.Table, by: Dimension, typical: int | None) -> Breakdown:
    import ibis

    label = by.value
    sums = rows.group_by(label).aggregate(**_figures(tables, rows, typical))
    order = [ibis.desc("delay"), ibis.desc("streams"), ibis.asc(label, nulls_first=False)]
    found = tables.fetch(sums.order_by(order).limit(MOST_VALUES + 1), limit=MOST_VALUES + 1).to_pylist()
    slices = [_slice(row, row[label], 0) for row in found]
    values = sum(row[label] is not None for row in found)
    if len(found) <= MOST_VALUES:
        return Breakdown(by, values, tuple(slices))
    shown = found[:MOST_VALUES]
    rest = rows.filter(~_one_of(rows[label], [row[label] for row in shown]))
    figures = {**_figures(tables, rest, typical), "values": rest[label].nunique()}
    (row,) = tables.fetch(rest.aggregate(**figures), limit=1).to_pylist()
    values = sum(row[label] is not None for row in shown) + row["values"]
    return Breakdown(by, values, (*slices[:MOST_VALUES], _slice(row, None, row["values"])))


def _one_of(column: ir.StringColumn, labels: list[str | None]) -> ir.BooleanValue:
    """Whether a value, or its absence, is among the labels."""
    named = [label for label in labels if label is not None]
    found = column.isin(named).fill_null(False)
    return (found | column.isnull()) if None in labels else found


def _figures(tables: Tables, rows: ir.Table, typical: int | None) -> dict[str, ir.Scalar]:
    import ibis

    delay = ibis.greatest(rows.lead - (typical or 0), 0).sum().fill_null(0)
    return {
        "streams": rows.count(),
        "lead_n": rows.lead.count(),
        "ranks": tables.nearest_ranks(rows.lead, (0.5, 0.85)),
        "delay": delay.cast("int64"),
        **{name: rows[name].sum() for name in _COUNTED if name != "fulfilled"},
    }


def _slice(row: dict[str, Any], label: str | None, others: int) -> Slice:
    median, p85 = row["ranks"] if row["lead_n"] else (None, None)
    counts = {name: int(row[name]) for name in _COUNTED if name != "fulfilled"}
    return Slice(label, others, row["streams"], row["lead_n"], median, p85, row["delay"], **counts)
