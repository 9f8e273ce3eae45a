"""`vsm mapping`: how exports are read."""

from __future__ import annotations

from pathlib import Path

import typer

from mining.cli import mapping_check, mapping_coverage, mapping_explain, mapping_sensitivity, mapping_suggest
from mining.cli import options as o
from mining.cli.output import put, put_file, put_json, put_notes, put_table, where_from
from mining.core.catalogue import Kind, catalogue
from mining.core.errors import ExitCode

app = typer.Typer(no_args_is_help=True, help="How exports are read, and how their events become activities.")


@app.command("list")
def list_(*, mappings: o.Mappings = None, json: o.Json = False, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The mappings there are: what each reads, how many places in it say "not verified", and where it is from.

    \b
    Examples:
      vsm mapping list
      vsm mapping list --mappings our_mappings
    """
    from mining.mapping import load_mapping

    entries = catalogue(Kind.EXPORTS)
    found = {name: load_mapping(name) for name in entries}
    doubts = {name: _not_verified(entry.path) for name, entry in entries.items()}
    if json:
        put_json(
            [
                {
                    "name": name,
                    "title": m.name,
                    "shape": m.export.shape.value,
                    "owner": m.info.owner,
                    "not_verified": doubts[name],
                    **where_from(entries[name]),
                }
                for name, m in found.items()
            ]
        )
    else:
        rows = [
            (name, m.export.shape.value, str(doubts[name] or ""), m.info.owner or "", entries[name].origin, m.name)
            for name, m in found.items()
        ]
        put_table(("name", "rows are", "not verified", "owner", "from", "what it reads"), rows)
        put_notes(entries)


def _not_verified(file: Path) -> int:
    """How many lines of a mapping say that something in it could not be looked up."""
    return sum("not verified" in line.lower() for line in file.read_text(encoding="utf-8").splitlines())


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


app.command("check")(mapping_check.check)
app.command("coverage")(mapping_coverage.coverage)
app.command("explain")(mapping_explain.explain)
app.command("sensitivity")(mapping_sensitivity.sensitivity)
app.command("suggest")(mapping_suggest.suggest)


@app.command("test")
def run_examples(mapping: o.MappingName, *, mappings: o.Mappings = None, debug: o.Debug = False) -> None:  # noqa: ARG001
    """Whether the examples in a mapping come out as written there. Exit code 1 where one does not.

    \b
    Examples:
      vsm mapping test mine.yaml
    """
    from mining import mapping_tools

    loaded, failed = mapping_tools.test_mapping(mapping)
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
