"""`vsm mapping`: how exports are read."""

from __future__ import annotations

from typing import Annotated

import typer

from mining.cli import options as o
from mining.cli.output import progress, put, put_file, put_json, put_notes, put_table, where_from
from mining.core.catalogue import Kind, catalogue
from mining.core.errors import ExitCode

app = typer.Typer(no_args_is_help=True, help="How exports are read, and how their events become activities.")


@app.command("list")
def list_(*, mappings: o.Mappings = None, json: o.Json = False, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The mappings there are, and where each is from.

    \b
    Examples:
      vsm mapping list
      vsm mapping list --mappings our_mappings
    """
    from mining.mapping import load_mapping

    entries = catalogue(Kind.EXPORTS)
    found = {name: load_mapping(name) for name in entries}
    if json:
        put_json(
            [
                {"name": name, "title": m.name, "shape": m.export.shape.value, **where_from(entries[name])}
                for name, m in found.items()
            ]
        )
    else:
        rows = [(name, m.name, m.export.shape.value, entries[name].origin) for name, m in found.items()]
        put_table(("name", "what it reads", "rows are", "from"), rows)
        put_notes(entries)


@app.command()
def show(mapping: o.MappingName, *, mappings: o.Mappings = None, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The file of a mapping, to read or to start an own one from.

    \b
    Examples:
      vsm mapping show servicenow_incident
      vsm mapping show generic_events > mine.yaml
    """
    from mining.mapping import load_mapping

    entry = catalogue(Kind.EXPORTS).get(mapping)
    if entry is None:
        load_mapping(mapping)  # an unknown name is answered with the near ones
    put_file(mapping if entry is None else entry.path)


@app.command()
def check(
    mapping: o.MappingName,
    exports: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EXPORT]...", help="An export to check the columns against.", show_default=False),
    ] = None,
    *,
    mappings: o.Mappings = None,  # noqa: ARG001
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Whether a mapping can be used, and what in it is questionable.

    With an export, its columns are looked at too: a rule must not look at one that already holds a ticket's end on its
    first row.

    \b
    Examples:
      vsm mapping check mine.yaml
      vsm mapping check mine.yaml incidents.csv
    """
    from mining import pipeline
    from mining.mapping import explain, load_mapping

    put(explain(load_mapping(mapping)))
    with progress(quiet=quiet) as tell:
        cautions = pipeline.check_mapping(mapping, exports or (), progress=tell)
    put("", *(f"Mind: {caution}" for caution in cautions))
    put("It can be used." if not cautions else f"It can be used; mind the {len(cautions)} above.")


@app.command("test")
def run_examples(mapping: o.MappingName, *, mappings: o.Mappings = None, debug: o.Debug = False) -> None:  # noqa: ARG001
    """Whether the examples in a mapping come out as written there. Exit code 1 where one does not.

    \b
    Examples:
      vsm mapping test mine.yaml
    """
    from mining import pipeline

    loaded, failed = pipeline.test_mapping(mapping)
    for example in failed:
        by = "no rule" if example.rule is None else f"rule {example.rule}"
        put(
            f"{loaded.info.file}:{example.line}: example {example.number} came out otherwise",
            f"  expected: {example.expected}",
            f"  found: {example.found} (by {by})",
        )
    put(f"{len(loaded.examples) - len(failed)} of {len(loaded.examples)} examples come out as written.")
    if failed:
        raise typer.Exit(ExitCode.GATE_FAILED)


@app.command()
def schema(*, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The JSON Schema of a mapping file, for editors that complete YAML.

    \b
    Examples:
      vsm mapping schema > mapping.schema.json
    """
    from mining.mapping import json_schema

    put_json(json_schema())
