"""`vsm mapping suggest`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mining.cli import options as o
from mining.cli.output import progress, put, put_json
from mining.core.errors import Problem, RequestError

if TYPE_CHECKING:
    from mining.core.mapping_results import Suggestion


def suggest(
    mapping: o.MappingName,
    exports: o.Exports,
    *,
    mappings: o.Mappings = None,  # noqa: ARG001 - its callback has done what there is to do
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the rules into this file, which must not exist."),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, metavar="N", help="Labels to suggest rules for, the most frequent first.")
    ] = 100,
    memory_limit: o.MemoryLimit = None,
    threads: o.Threads = None,
    temp: o.Temp = None,
    max_rejected: o.MaxRejected = "1%",
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Rules for what no rule meets, to be read, corrected and put at the end of the mapping's rules.

    They come from a vocabulary of the labels that ticketing tools use, and from the mappings that ship. Each says how
    often its label comes, how sure the proposal is, and why.

    \b
    Examples:
      vsm mapping suggest mine.yaml incidents.csv
      vsm mapping suggest mine.yaml incidents.csv --output more_rules.yaml
    """
    from mining import mapping_tools
    from mining.core.files import write_text

    if output is not None and output.exists():
        raise RequestError(Problem("exists already", file=str(output), todo="name another file, or remove this one"))
    with progress(quiet=quiet) as tell:
        reading = o.reading(memory_limit, threads, temp, max_rejected)
        found = mapping_tools.suggest_rules(mapping, exports, most=most, options=reading, progress=tell)
    if output is not None:
        write_text(output, found.text)
    if json:
        put_json(_as_json(found))
    elif output is None:
        put(found.text.rstrip("\n"))
    else:
        put(f"{len(found.rules):,} rules suggested: {output}")


def _as_json(found: Suggestion) -> dict[str, Any]:
    return {
        "mapping": found.mapping,
        "rules": [
            {
                "event": rule.label.event,
                "rows": rule.label.rows,
                "tickets": rule.label.tickets,
                "time_us": rule.label.time,
                "does": rule.does,
                "sure": rule.sure,
                "reason": rule.reason,
            }
            for rule in found.rules
        ],
        "left_out": found.left_out,
        "yaml": found.text,
    }
