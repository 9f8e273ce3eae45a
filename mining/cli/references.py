"""`vsm reference`: the agreed streams."""

from __future__ import annotations

import typer

from mining.cli import options as o
from mining.cli.output import put, put_file, put_json, put_table, say
from mining.core.locate import shipped, shipped_names

FOLDER = "mappings/streams"

app = typer.Typer(no_args_is_help=True, help="The agreed streams that a log is compared with.")


@app.command("list")
def list_(*, json: o.Json = False, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The reference streams that ship.

    \b
    Examples:
      vsm reference list
    """
    from mining.conformance import list_references

    found = list_references().items()
    if json:
        put_json([{"name": name, "title": r.name, "scope": r.scope, "demand": r.demand} for name, r in found])
    else:
        put_table(("name", "what it is", "demand"), [(name, r.name, r.demand) for name, r in found])


@app.command()
def show(reference: o.ReferenceName, *, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The file of a reference stream, to read or to start an own one from.

    \b
    Examples:
      vsm reference show incident
      vsm reference show incident > our_incident.yaml
    """
    from mining.conformance import load_reference

    if reference not in shipped_names(FOLDER):
        load_reference(reference)  # an unknown name is answered with the near ones
    put_file(shipped(FOLDER) / f"{reference}.yaml", reference)


@app.command()
def check(reference: o.ReferenceName, *, debug: o.Debug = False) -> None:  # noqa: ARG001
    """Whether a reference stream can be used, and what in it will not do what it seems to say.

    \b
    Examples:
      vsm reference check our_incident.yaml
    """
    from mining.conformance import check_reference, load_reference, outline

    loaded = load_reference(reference)
    put(f"{loaded.name}: {loaded.demand}", "", *(f"  {line}" for line in outline(loaded)))
    warnings = check_reference(loaded)
    say(*(f"Warning: {problem}" for problem in warnings))
    put("", "It can be used." if not warnings else f"It can be used; {len(warnings)} warnings.")
