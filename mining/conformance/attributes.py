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

_EVERY = -1
"""Stands for all checked streams where a deviation could stand."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """`table` has a row a case: case_id, and a column (string) for each of `columns`, by its name for people."""

    table: ir.Table
    columns: dict[str, str]


def attributes_of(tables: Tables, mapped: MappedLog, *, often: bool = False) -> Attributes | None:
    """What the export tells of each ticket, at its end; None where it tells nothing. With `often` it is worked out now,
    since it is to be looked at several times."""
    if mapped.turns is None:
        return None
    columns = _columns(mapped)
    last = mapped.turns.filter(mapped.turns["last"])
    values = {f"a{i}": last[column].cast("string") for i, column in enumerate(columns.values())}
    table = last.select("case_id", **values)
    table = tables.keep(table, "attributes") if often else tables.named(table, "attributes")
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
    counted = _counted(tables, cases, occurs, attributes, deviations)
    tested = [one for name, column in attributes.columns.items() for one in _tests(name, counted[column])]
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


@dataclass(frozen=True, slots=True)
class _Counts:
    """Of one attribute: how many streams with a value there are, by deviation (_EVERY: all checked ones); how many have
    each of the values that are tested, the most frequent first; and how many have both."""

    deviating: dict[int, int]
    values: dict[str, int]
    hits: dict[tuple[int, str], int]


def _tests(name: str, counts: _Counts) -> list[tuple[int, OverRepresented]]:
    """The values of one attribute, tested for each deviation; p is not corrected yet."""
    deviating, values, hits = dict(counts.deviating), counts.values, counts.hits
    whole = deviating.pop(_EVERY, 0)
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


def _counted(
    tables: Tables, cases: ir.Table, occurs: ir.Table, attributes: Attributes, deviations: int
) -> dict[str, _Counts]:
    """The counts of each column of `attributes`, all of them in one go: streams that are alike in every attribute are
    counted together first, and there are few of those kinds."""
    import ibis

    columns = list(attributes.columns.values())
    every = cases.select("case_id", deviation=ibis.literal(_EVERY, "int32"))
    both = every.union(occurs.select("case_id", occurs.deviation.cast("int32")))
    joined = both.inner_join(attributes.table, "case_id")
    alike = joined.group_by(["deviation", *columns]).aggregate(streams=joined.count())
    one_each = alike.pivot_longer(columns, names_to="attribute", values_to="value")
    known = one_each.filter(one_each.value.notnull())
    by_value = known.group_by(["deviation", "attribute", "value"]).aggregate(n=known.streams.sum())
    kept = tables.keep(by_value, "with_value")
    counts = kept.mutate(n=kept.n.cast("int64"))  # engines may sum into a wider type
    common = counts.filter((counts.deviation == _EVERY) & (counts.n >= _LEAST))
    most = ibis.window(group_by="attribute", order_by=[ibis.desc(common.n), common.value])
    common = common.mutate(place=ibis.row_number().over(most))
    common = common.filter(common.place < _MOST_VALUES).select("attribute", "value")
    totals = counts.group_by(["deviation", "attribute"]).aggregate(n=counts.n.sum())
    told = counts.semi_join(common, ["attribute", "value"]).select("deviation", "attribute", "value", "n")
    rows = told.union(totals.select("deviation", "attribute", value=ibis.null("string"), n=totals.n))
    limit = len(columns) * (deviations + 1) * (_MOST_VALUES + 1)
    found: dict[str, list[tuple[int, str | None, int]]] = {column: [] for column in columns}
    for row in tables.fetch(rows, limit=limit).to_pylist():
        found[row["attribute"]].append((row["deviation"], row["value"], row["n"]))
    tables.drop(kept)
    return {column: _sorted_out(of_column) for column, of_column in found.items()}


def _sorted_out(rows: list[tuple[int, str | None, int]]) -> _Counts:
    of_all = [(value, n) for deviation, value, n in rows if deviation == _EVERY and value is not None]
    return _Counts(
        {deviation: n for deviation, value, n in rows if value is None},
        dict(sorted(of_all, key=lambda one: (-one[1], one[0]))),
        {(deviation, value): n for deviation, value, n in rows if deviation != _EVERY and value is not None},
    )
