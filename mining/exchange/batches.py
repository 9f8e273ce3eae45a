"""The rows of a log as Python has them, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from mining.core.tables import Tables

ROWS = 50_000
"""Rows in memory at a time: some 20 MB as Python's objects."""

KEPT_PIECES = 20_000
"""What several events say alike is put into words once; so many of these are remembered."""


def rows_of(tables: Tables, log: ir.Table, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The `columns` of a kept table's rows, in their order; times as text, ISO 8601 in UTC."""
    for batch in tables.batches(log, ROWS):
        yield from zip(*(_column(batch.column(name)) for name in columns), strict=True)


def _column(values: pa.Array) -> list[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(values.type):
        text = pc.strftime(values.cast(pa.timestamp("us")), format="%Y-%m-%dT%H:%M:%S")
        values = pc.binary_join_element_wise(text, "+00:00", "")
    found: list[Any] = values.to_pylist()
    return found
