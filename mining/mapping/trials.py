"""Running a mapping's own examples through the same compiled expression that maps an export."""

from __future__ import annotations

from typing import Any

from mining.core.events import EventTable, src
from mining.core.export import EVENT, ExportSpec, Shape
from mining.core.tables import Tables
from mining.mapping.model import Example, FailedExample, Mapping
from mining.mapping.outcomes import UNCHANGED
from mining.mapping.rows import decide

_ROWS = 3
"""Of each made-up ticket: the row before, the row itself, the row after; of these, the ones that it needs."""

_MINUTE = 60_000_000  # microseconds


def test_mapping(mapping: Mapping, tables: Tables) -> list[FailedExample]:
    """Run the mapping's own examples through the expression that maps an export; those of which something else becomes
    than they say."""
    if not mapping.examples:
        return []
    table = tables.put(_made_up(mapping), "examples")
    events = EventTable(table, rows_read=0, rows_rejected=0, rejected=(), files=(), columns=())
    rows = decide(tables, events, mapping)
    itself = rows.filter(rows.row % _ROWS == 1).select("row", "outcome")
    found = {r["row"] // _ROWS: r["outcome"] for r in tables.fetch(itself, limit=len(mapping.examples)).to_pylist()}
    tables.drop(rows)
    tables.drop(table)
    return [
        failed
        for i, example in enumerate(mapping.examples)
        if (failed := _failed(mapping, example, found[i])) is not None
    ]


def _failed(mapping: Mapping, example: Example, index: int) -> FailedExample | None:
    outcome = mapping.outcomes[index] if index >= 0 else UNCHANGED
    if outcome == example.expected:
        return None
    rule = mapping.rules[index] if 0 <= index < len(mapping.rules) else None
    return FailedExample(example.number, example.line, example.expected, outcome, None if rule is None else rule.number)


def _made_up(mapping: Mapping) -> Any:
    """The examples as an event table, each a ticket of its own; a row after is like the row itself."""
    import pyarrow as pa

    rows = []
    for i, example in enumerate(mapping.examples):
        if not example.first:
            rows.append((i, 0, example.before))
        rows.append((i, 1, example.cells))
        if not example.last:
            rows.append((i, 2, example.cells))
    minutes = pa.array([place * _MINUTE for _, place, _ in rows], pa.int64())
    columns: dict[str, Any] = {
        "row": pa.array([i * _ROWS + place for i, place, _ in rows], pa.int64()),
        "ticket_id": pa.array([str(i) for i, _, _ in rows], pa.string()),
        "time": minutes,
        **{f"order_{n}": minutes for n in range(len(mapping.export.order_by))},
        "demand": minutes,
    }
    if mapping.export.shape is Shape.TICKETS:
        columns["part"] = pa.array([0] * len(rows), pa.int64())
    texts = [_with_label(mapping.export, cells) for _, _, cells in rows]
    for column in mapping.export.used:
        columns[src(column)] = pa.array([cells.get(column) for cells in texts], pa.string())
    return pa.table(columns)


def _with_label(spec: ExportSpec, cells: dict[str, str | None]) -> dict[str, str | None]:
    """The cells of a row, of a change also the label that it gets when an export is read, where it is not given."""
    if spec.shape is not Shape.CHANGES or EVENT in cells or spec.field is None or spec.new is None:
        return cells
    field = cells.get(spec.field)
    label = cells.get(spec.new) if field is not None and field == spec.state else None
    return {**cells, EVENT: field if label is None else label}
