"""Small tables out of large ones: figures taken in one pass, and the first rows with the sum of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mining.core.streams import Quantiles
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

T = TypeVar("T")
Row = dict[str, Any]

_SHARES = (0.5, 0.85, 0.95)


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """Aggregates of one table by name, and what they say together. Asks of one table are answered in one pass."""

    figures: dict[str, ir.Scalar]
    read: Callable[[Row], T]


def answers(tables: Tables, table: ir.Table, asks: Mapping[str, Ask[Any] | None]) -> dict[str, Any]:
    """What each ask of `table` comes to, by its name; None for those that are None."""
    figures = {
        f"{name} {figure}": value
        for name, ask in asks.items()
        if ask is not None
        for figure, value in ask.figures.items()
    }
    row = tables.fetch(table.aggregate(**figures), limit=1).to_pylist()[0] if figures else {}

    def of(name: str, ask: Ask[Any]) -> Row:
        return {figure: row[f"{name} {figure}"] for figure in ask.figures}

    return {name: None if ask is None else ask.read(of(name, ask)) for name, ask in asks.items()}


def quantile_figures(tables: Tables, duration: ir.IntegerValue, near: str = "") -> dict[str, ir.Scalar]:
    """The aggregates that `quantiles` reads; durations that are null do not count."""
    return {
        f"{near}n": duration.count(),
        f"{near}total": duration.sum(),
        f"{near}ranks": tables.nearest_ranks(duration, _SHARES),
    }


def quantiles(row: Row, near: str = "") -> Quantiles | None:
    """The quantiles of a column of durations; None where it has no value."""
    return Quantiles(row[f"{near}n"], row[f"{near}total"], *row[f"{near}ranks"]) if row[f"{near}n"] else None


def where(holds: ir.BooleanValue, value: ir.IntegerValue) -> ir.IntegerValue:
    """`value` where something holds, else null."""
    import ibis

    found: ir.IntegerValue = ibis.ifelse(holds, value, ibis.null(value.type()))
    return found


def top(
    tables: Tables, sums: ir.Table, *, by: Sequence[str], keys: Sequence[str], most: int
) -> tuple[list[Row], Row | None]:
    """The `most` rows of a table of sums, the largest by the columns `by` first, equal ones by their keys; and the sums
    of the others, with their number as `rows`, None where there are none. What is no key is summed."""
    import ibis

    figures = [name for name in sums.columns if name not in keys]
    totals = {f"all_{name}": sums[name].sum().over(ibis.window()).cast("int64") for name in figures}
    order = [*(ibis.desc(name) for name in by), *(ibis.asc(name, nulls_first=True) for name in keys)]
    counted = sums.mutate(**totals, all_rows=sums[keys[0]].isnull().count().over(ibis.window()))
    found = tables.fetch(counted.order_by(order).limit(most), limit=most).to_pylist()
    rows = [{name: row[name] for name in (*keys, *figures)} for row in found]
    if not found or found[0]["all_rows"] <= len(rows):
        return rows, None
    rest = {name: found[0][f"all_{name}"] - sum(row[name] for row in rows) for name in figures}
    return rows, {**rest, "rows": found[0]["all_rows"] - len(rows)}
