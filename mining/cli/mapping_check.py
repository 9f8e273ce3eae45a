"""`vsm mapping check`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mining.cli import options as o
from mining.cli.output import progress, put, put_json, put_table

if TYPE_CHECKING:
    from mining.core.mapping_results import DataCheck, MappingCheck, RuleCheck

_MOST = 10  # values of one column that no rule names, in the text


def check(
    mapping: o.MappingName,
    exports: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EXPORT]...", help="An export to check the mapping against.", show_default=False),
    ] = None,
    *,
    mappings: o.Mappings = None,  # noqa: ARG001 - its callback has done what there is to do
    memory_limit: o.MemoryLimit = None,
    threads: o.Threads = None,
    temp: o.Temp = None,
    max_rejected: o.MaxRejected = "1%",
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Whether a mapping can be used, and what in it is questionable.

    With an export also: rules that hold on no row, rules of which earlier ones take all rows, values that no rule
    names, columns that the export lacks. A rule must not look at a column that already holds a ticket's end on its
    first row.

    \b
    Examples:
      vsm mapping check mine.yaml
      vsm mapping check mine.yaml incidents.csv
    """
    from mining import mapping_tools
    from mining.mapping import explain, load_mapping

    loaded = load_mapping(mapping)
    if not json:
        put(explain(loaded))
    with progress(quiet=quiet) as tell:
        reading = o.reading(memory_limit, threads, temp, max_rejected)
        found = mapping_tools.check_mapping(mapping, exports or (), options=reading, progress=tell)
    if json:
        put_json(_as_json(found))
    else:
        _tell(found)


def _as_json(found: MappingCheck) -> dict[str, Any]:
    return {
        "cautions": [asdict(caution) for caution in found.cautions],
        "data": None
        if found.data is None
        else {
            "rules": [_rule_as_json(rule) for rule in found.data.rules],
            "unnamed": [asdict(one) for one in found.data.unnamed],
            "lacking": list(found.data.lacking),
            "empty": list(found.data.empty),
        },
    }


def _rule_as_json(rule: RuleCheck) -> dict[str, Any]:
    taken = [{"rule": number, "rows": rows} for number, rows in rule.taken_by]
    return {**asdict(rule), "taken_by": taken, "never_holds": rule.never_holds, "shadowed": rule.is_shadowed}


def _tell(found: MappingCheck) -> None:
    put("", *(f"Mind: {caution}" for caution in found.cautions))
    mind = len(found.cautions)
    if found.data is not None:
        put(*_rules(found.data), *_columns(found.data))
        _tell_values(found.data)
        mind += sum(rule.decided == 0 for rule in found.data.rules) + len(found.data.lacking) + len(found.data.empty)
        mind += sum(one.different for one in found.data.unnamed)
    put("It can be used." if not mind else f"It can be used; mind the {mind:,} above.")


def _rules(data: DataCheck) -> list[str]:
    never = [f"Mind: rule {rule.rule} (line {rule.line}) never holds: {rule.text}" for rule in _never(data)]
    shadowed = [
        f"Mind: rule {rule.rule} (line {rule.line}) never decides: of the {rule.held:,} rows where it holds, "
        + ", ".join(f"rule {number} takes {rows:,}" for number, rows in rule.taken_by)
        for rule in sorted(data.rules, key=lambda rule: -rule.held)
        if rule.is_shadowed
    ]
    return [*shadowed, *never]


def _never(data: DataCheck) -> list[RuleCheck]:
    return [rule for rule in data.rules if rule.never_holds]


def _columns(data: DataCheck) -> list[str]:
    return [
        *(f'Mind: the export lacks the column "{column}", which may be missing' for column in data.lacking),
        *(f'Mind: the column "{column}" is missing in every row' for column in data.empty),
    ]


def _tell_values(data: DataCheck) -> None:
    for one in data.unnamed:
        put("", f'Values of "{one.column}" that no rule names: {one.different:,}')
        shown = one.values[:_MOST]
        put_table(("rows", "tickets", "value"), [(f"{each.rows:,}", f"{each.tickets:,}", each.text) for each in shown])
        if one.different > len(shown):
            put(f"and {one.different - len(shown):,} more")
    if data.unnamed:
        put("")
