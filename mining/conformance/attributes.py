"""The attributes of tickets, one value a case: that at the ticket's end.

With streams of several tickets it is the value of the ticket that a stream is called after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.conformance.statistics import adjusted, more_often
from mining.core.conformance import CONFIDENCE, OverRepresented
from mining.core.events import MappedLog
from mining.core.facts import Fact, kept, told
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NEVER = frozenset({told(Fact.CALLER), told(Fact.TARGET)})
"""A person is never shown, and a time is no group of tickets."""

_LEAST = 10
"""Checked streams that a value needs to be tested: of rarer ones no test could say much."""

_MOST_VALUES = 200
"""Values of one attribute that are tested, the most frequent first."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Attributes:
    """`table` has a row a case: case_id, and a column (string) for each of `columns`, by its name for people."""

    table: ir.Table
    columns: dict[str, str]


def attributes_of(tables: Tables, mapped: MappedLog) -> Attributes | None:
    """What the export tells of each ticket, at its end; None where it tells nothing."""
    if mapped.turns is None:
        return None
    columns = _columns(mapped)
    last = mapped.turns.filter(mapped.turns["last"])
    values = {f"a{i}": last[column].cast("string") for i, column in enumerate(columns.values())}
    table = tables.keep(last.select("case_id", **values), "attributes")
    return Attributes(table, {name: f"a{i}" for i, name in enumerate(columns)})


def _columns(mapped: MappedLog) -> dict[str, str]:
    """The columns of `turns` that may be shown, by the names that people know them by. A fact goes before the column
    that it is told by."""
    if mapped.turns is None:
        return {}
    found = {"group": "group", "ticket type": "ticket_type"}
    here = [column for column in mapped.turns.columns if column not in _NEVER]
    for prefix in (told(Fact.PRIORITY).partition(".")[0], kept("").partition(".")[0]):
        for column in here:
            start, _, name = column.partition(".")
            if start == prefix and name:
                found.setdefault(name.replace("_", " ") if prefix == "fact" else name, column)
    return found


# ------------------------------------------------------------------------------------------------ what stands out


def over_represented(
    tables: Tables, cases: ir.Table, occurs: ir.Table, attributes: Attributes, deviations: int
) -> tuple[dict[int, tuple[OverRepresented, ...]], int]:
    """For each of the first `deviations`: the values that its streams have more often than the other checked ones, the
    surest first; and how many values were tested in all. Streams without a value do not take part."""
    tested: list[tuple[int, OverRepresented]] = []
    every, has = (table.inner_join(attributes.table, "case_id") for table in (cases, occurs))
    for name, column in attributes.columns.items():
        tested += _tests(tables, every, has, (name, column), deviations)
    found: dict[int, list[OverRepresented]] = {}
    for (deviation, one), p in zip(tested, adjusted([one.p for _, one in tested]), strict=True):
        if p < 1 - CONFIDENCE:
            found.setdefault(deviation, []).append(_with(one, p))
    ordered = {
        deviation: tuple(sorted(ones, key=lambda one: (one.p, -one.streams, one.attribute, one.value))[:_SHOWN])
        for deviation, ones in found.items()
    }
    return ordered, len(tested)


def _with(one: OverRepresented, p: float) -> OverRepresented:
    from dataclasses import replace

    return replace(one, p=p)


def _tests(
    tables: Tables, every: ir.Table, has: ir.Table, named: tuple[str, str], deviations: int
) -> list[tuple[int, OverRepresented]]:
    """The values of one attribute, tested for each deviation; p is not corrected yet."""
    name, column = named
    known, having = every.filter(every[column].notnull()), has.filter(has[column].notnull())
    by_value = known.group_by(value=known[column]).aggregate(n=known.count())
    common = by_value.filter(by_value.n >= _LEAST)
    common = common.order_by([common.n.desc(), common.value]).limit(_MOST_VALUES)
    values = {row["value"]: row["n"] for row in tables.fetch(common, limit=_MOST_VALUES).to_pylist()}
    whole = tables.fetch(known.aggregate(n=known.count()), limit=1)["n"][0].as_py()
    of = having.group_by("deviation").aggregate(n=having.count())
    deviating = {row["deviation"]: row["n"] for row in tables.fetch(of, limit=deviations).to_pylist()}
    both = having.filter(having[column].isin(list(values))) if values else having.limit(0)
    both = both.group_by("deviation", value=both[column]).aggregate(n=both.count())
    rows = tables.fetch(both, limit=deviations * _MOST_VALUES).to_pylist()
    hits = {(row["deviation"], row["value"]): row["n"] for row in rows}
    made = [
        (
            deviation,
            value,
            hits.get((deviation, value), 0),
            n,
            values[value] - hits.get((deviation, value), 0),
            whole - n,
        )
        for deviation, n in sorted(deviating.items())
        for value in values
        if n < whole and values[value] < whole
    ]
    return [
        (deviation, OverRepresented(name, value, k, n, others, without, more_often(k, n, others, without)))
        for deviation, value, k, n, others, without in made
    ]
