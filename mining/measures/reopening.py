"""Re-opening as a range: what tickets tell of themselves, and what a new ticket for the same seems to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.activities import Value
from mining.core.events import MappedLog
from mining.core.linked import RaisedAgain, Reopening
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir


def reopening(tables: Tables, mapped: MappedLog) -> Reopening | None:
    """Over the tickets of all types that have a rule for tickets raised again; None where there is no such rule."""
    rules = {i: (own, spec) for i, (own, spec) in enumerate(mapped.link_specs) if spec.same}
    if mapped.links is None or not rules:
        return None
    types = tuple(dict.fromkeys(own for own, _ in rules.values()))
    events = _of_types(mapped, types)
    links = mapped.links.filter(mapped.links.link.isin(list(rules)))
    before = links.link.cases(*((i, mapped.case_of(own, "")) for i, (own, _) in rules.items()), else_="")
    found = {
        "tickets": events.select("case_id"),
        "reopened": _withdrawn(events, mapped).select("case_id"),
        "raised_again": links.select(case_id=before + links.source),
    }
    found["either"] = found["reopened"].union(found["raised_again"], distinct=False)
    numbers = {name: _distinct(tables, table) for name, table in found.items()}
    told = tuple(RaisedAgain(spec.reason, spec.same, spec.within) for _, spec in rules.values())
    return Reopening(types=types, rules=told, **numbers)


def _of_types(mapped: MappedLog, types: tuple[str, ...]) -> ir.Table:
    import ibis

    begins = [mapped.case_of(each, "") for each in types]
    if not all(begins):  # there is one type, and its tickets are called by their numbers alone
        return mapped.table
    return mapped.table.filter(ibis.or_(*(mapped.table.case_id.startswith(begin) for begin in begins)))


def _withdrawn(events: ir.Table, mapped: MappedLog) -> ir.Table:
    import ibis

    marks = [i for i, label in enumerate(mapped.visits) if label.value is Value.WITHDRAWN]
    return events.filter(events.visit.isin(marks) if marks else ibis.literal(value=False))


def _distinct(tables: Tables, table: ir.Table) -> int:
    return int(tables.fetch(table.aggregate(n=table.case_id.nunique()), limit=1)["n"][0].as_py())
