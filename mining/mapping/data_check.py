"""A mapping in the light of an export: what its rules do to the rows, and what in the rows no rule names."""

from __future__ import annotations

from mining.core.events import EventTable, src
from mining.core.mapping_results import DataCheck, RuleCheck, UnnamedValue, UnnamedValues
from mining.core.tables import Tables
from mining.mapping.conditions import Matches, OneOf, leaves
from mining.mapping.duplicates import without_duplicates
from mining.mapping.model import Mapping
from mining.mapping.rows import UNCHANGED, decide, held_by_outcome
from mining.mapping.shown import shown_text

MOST_VALUES = 50
"""Of each column so many values that no rule names leave the engine, the most frequent first."""


def check_data(tables: Tables, events: EventTable, mapping: Mapping) -> DataCheck:
    """Count how often each rule holds and decides, and find the values that no rule names.

    Rows that come twice count once; snapshots in which nothing has changed are looked at by no rule. Of a table of
    links there are no rules, and what can be said is which of its columns are lacking or empty.
    """
    if mapping.is_link_table:
        return DataCheck((), (), _lacking(events, mapping), _empty(tables, events, mapping))
    rows, single, duplicates = without_duplicates(tables, events, mapping, decide(tables, events, mapping))
    held = held_by_outcome(tables, single, mapping)
    tables.drop(rows)
    found = DataCheck(
        rules=_rules(mapping, held),
        unnamed=_unnamed(tables, single, mapping),
        lacking=_lacking(events, mapping),
        empty=_empty(tables, single, mapping),
    )
    if duplicates:
        tables.drop(single.table)
    return found


def _rules(mapping: Mapping, held: dict[int, list[int]]) -> tuple[RuleCheck, ...]:
    by_rule = {outcome: counts for outcome, counts in held.items() if outcome != UNCHANGED}
    found = []
    for i, rule in enumerate(mapping.rules):
        earlier = {j + 1: by_rule[j][i] for j in range(i) if j in by_rule and by_rule[j][i]}
        decided = by_rule[i][i] if i in by_rule else 0
        found.append(
            RuleCheck(
                rule=rule.number,
                line=rule.line,
                text=rule.text,
                outcome=str(rule.outcome),
                held=decided + sum(earlier.values()),
                decided=decided,
                taken_by=tuple(sorted(earlier.items(), key=lambda taken: (-taken[1], taken[0]))),
            )
        )
    return tuple(found)


def _unnamed(tables: Tables, events: EventTable, mapping: Mapping) -> tuple[UnnamedValues, ...]:
    """By column the texts that no rule names, the column with the most rows of one first. Actors are left out, since
    they are people, and of changes what fields held, which may be anything: the state's values are labels of events."""
    named: dict[str, set[str]] = {mapping.export.event: set()}
    patterns: dict[str, set[str]] = {}
    for rule in mapping.rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, OneOf):
                named.setdefault(leaf.cell.column, set()).update(leaf.texts)
            elif isinstance(leaf, Matches):
                patterns.setdefault(leaf.cell.column, set()).add(leaf.pattern)
    found = [
        _unnamed_in(tables, events, column, texts, patterns.get(column, set()))
        for column, texts in named.items()
        if column not in (mapping.export.actor, mapping.export.old, mapping.export.new)
    ]
    return tuple(sorted((one for one in found if one.values), key=lambda one: -max(value.rows for value in one.values)))


def _unnamed_in(tables: Tables, events: EventTable, column: str, texts: set[str], patterns: set[str]) -> UnnamedValues:
    import ibis

    table = events.table
    cells = table.select("ticket_id", text=table[src(column)])
    cells = cells.filter(cells.text.notnull())
    if texts:
        cells = cells.filter(cells.text.notin(sorted(texts)))
    counted = cells.group_by("text").aggregate(rows=cells.count(), tickets=cells.ticket_id.nunique())
    for pattern in sorted(patterns):
        counted = counted.filter(~tables.matches(counted.text, pattern))
    top = counted.order_by([ibis.desc("rows"), "text"]).limit(MOST_VALUES)
    rows = tables.fetch(top, limit=MOST_VALUES).to_pylist()
    different = len(rows)
    if different == MOST_VALUES:
        different = tables.fetch(counted.aggregate(n=counted.count()), limit=1)["n"][0].as_py()
    values = tuple(UnnamedValue(shown_text(row["text"]), row["rows"], row["tickets"]) for row in rows)
    return UnnamedValues(column, values, different)


def _lacking(events: EventTable, mapping: Mapping) -> tuple[str, ...]:
    return tuple(name for name in mapping.export.optional if not _is_there(events, mapping, name))


def _is_there(events: EventTable, mapping: Mapping, name: str) -> bool:
    names = (name, *dict(mapping.export.aliases).get(name, ()))
    return any(each in events.columns for each in names)


def _empty(tables: Tables, events: EventTable, mapping: Mapping) -> tuple[str, ...]:
    """The columns that rules look at, or that have a role, which the export has and which are missing in every row."""
    columns = [column for column in mapping.export.used if column not in mapping.export.optional]
    if not columns:
        return ()
    table = events.table
    filled = table.aggregate(**{f"filled_{i}": table[src(column)].count() for i, column in enumerate(columns)})
    found = tables.fetch(filled, limit=1).to_pylist()[0]
    return tuple(column for i, column in enumerate(columns) if not found[f"filled_{i}"])
