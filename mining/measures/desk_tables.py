"""Small tables out of large ones: quantiles of a column, and the first rows with the sum of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mining.core.streams import Quantiles
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

SHARES = (0.5, 0.85, 0.95)


def quantiles(tables: Tables, table: ir.Table, duration: ir.IntegerValue) -> Quantiles | None:
    """The quantiles of a column of durations; None where it has no value."""
    timed = table.select(duration=duration)
    timed = timed.filter(timed.duration.notnull())
    found = timed.aggregate(n=timed.count(), total=timed.duration.sum(), ranks=tables.nearest_ranks(timed.duration, SHARES))
    row = tables.fetch(found, limit=1).to_pylist()[0]
    return Quantiles(row["n"], row["total"], *row["ranks"]) if row["n"] else None


def top(
    tables: Tables, sums: ir.Table, *, by: Sequence[str], keys: Sequence[str], most: int
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The `most` rows of a table of sums, the largest by the columns `by` first, equal ones by their keys; and the sums
    of the others, with their number as `rows`, None where there are none. What is no key is summed."""
    import ibis

    kept = tables.keep(sums, "sums")
    try:
        order = [*(ibis.desc(name) for name in by), *(ibis.asc(name, nulls_first=True) for name in keys)]
        rows = list(map(_whole, tables.fetch(kept.order_by(order).limit(most), limit=most).to_pylist()))
        figures = [name for name in kept.columns if name not in keys]
        every = kept.aggregate(rows=kept.count(), **{name: kept[name].sum() for name in figures})
        total = _whole(tables.fetch(every, limit=1).to_pylist()[0])
    finally:
        tables.drop(kept)
    if total["rows"] <= len(rows):
        return rows, None
    rest = {name: total[name] - sum(row[name] for row in rows) for name in figures}
    return rows, {**rest, "rows": total["rows"] - len(rows)}


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """Sums of sums come as decimals, although they are whole; a sum of nothing is 0."""
    return {name: value if isinstance(value, str) else int(value) if value is not None else None for name, value in row.items()}
