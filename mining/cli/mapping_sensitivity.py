"""`vsm mapping sensitivity`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mining.cli import options as o
from mining.cli.output import progress, put, put_json, put_table

if TYPE_CHECKING:
    from mining.core.mapping_results import KeyFigures, Sensitivity

_NAMES = {
    "lead_time": "lead time",
    "fulfilled": "fulfilled",
    "conforming": "conforming",
    "flow_upper": "flow eff. up to",
    "mapped": "events met",
}


def sensitivity(
    mapping: o.MappingName,
    exports: o.Exports,
    *,
    mappings: o.Mappings = None,  # noqa: ARG001 - its callback has done what there is to do
    reference: o.ReferenceOption = None,
    rules: Annotated[
        int | None, typer.Option("--rules", min=1, metavar="N", help="Try only the N rules that decide the most rows.")
    ] = None,
    memory_limit: o.MemoryLimit = None,
    threads: o.Threads = None,
    temp: o.Temp = None,
    max_rejected: o.MaxRejected = "1%",
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Which rule, if it were wrong, would move the headline figures most.

    The analysis is repeated without each rule that decides any row: its rows fall to the next rule that holds, or to
    none. That is one way of being wrong; a rule can also give the wrong activity, or hold on the wrong rows.

    \b
    Examples:
      vsm mapping sensitivity servicenow_incident incidents.csv --reference incident
      vsm mapping sensitivity mine.yaml incidents.csv --rules 5
    """
    from mining import mapping_tools

    with progress(quiet=quiet) as tell:
        found = mapping_tools.mapping_sensitivity(
            mapping,
            exports,
            reference=reference,
            most_rules=rules,
            options=o.reading(memory_limit, threads, temp, max_rejected),
            progress=tell,
        )
    if json:
        put_json(_as_json(found))
    else:
        _tell(found)


def _as_json(found: Sensitivity) -> dict[str, Any]:
    rules = [{**asdict(one), "figures": _figures(one.figures)} for one in found.rules]
    return {
        "mapping": found.mapping,
        "reference": found.reference,
        "figures": _figures(found.figures),
        "rules": rules,
        "left_out": found.left_out,
    }


def _figures(figures: KeyFigures) -> dict[str, Any]:
    return {("lead_time_us" if name == "lead_time" else name): value for name, value in asdict(figures).items()}


def _tell(found: Sensitivity) -> None:
    shown = [name for name in _NAMES if name != "conforming" or found.reference is not None]
    put(f"{found.mapping}: the figures with all rules, and without one at a time; the largest change first.", "")
    rows = [("", "all rules", *_cells(found.figures, shown), "", "")]
    for one in found.rules:
        change = f"{one.change:.0%} {_NAMES[one.changed]}" if one.change else "none"
        said = f"{one.text}: {one.outcome}"
        rows.append((str(one.rule), f"{one.rows:,}", *_cells(one.figures, shown), change, said))
    put_table(("rule", "rows", *(_NAMES[name] for name in shown), "largest change", "where"), rows)
    put("", "Median lead time is to the first value claimed. The change is relative to the figure with all rules.")
    if found.left_out:
        put(f"{found.left_out:,} rules that decide fewer rows were not tried.")
    put("To lack a rule is one way of being wrong; to give a wrong activity, or to hold on wrong rows, are others.")


def _cells(figures: KeyFigures, shown: list[str]) -> list[str]:
    from mining.report.formats import duration, percent

    return [duration(figures.lead_time) if name == "lead_time" else percent(getattr(figures, name)) for name in shown]
