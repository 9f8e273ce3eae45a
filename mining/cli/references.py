"""`vsm reference`: the agreed streams."""

from __future__ import annotations

import typer

from mining.cli import options as o
from mining.cli import reference_propose
from mining.cli.output import put, put_file, put_json, put_notes, put_table, say, where_from
from mining.core.catalogue import Kind, catalogue

app = typer.Typer(no_args_is_help=True, help="The agreed streams that a log is compared with.")


@app.command("list")
def list_(*, mappings: o.Mappings = None, json: o.Json = False, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The reference streams there are, and where each is from.

    \b
    Examples:
      vsm reference list
      vsm reference list --mappings our_mappings
    """
    from mining.conformance import list_references

    entries, found = catalogue(Kind.STREAMS), list_references().items()
    if json:
        put_json(
            [
                {"name": name, "title": r.name, "scope": r.scope, "demand": r.demand, **where_from(entries[name])}
                for name, r in found
            ]
        )
    else:
        rows = [(name, r.name, entries[name].origin, r.demand) for name, r in found]
        put_table(("name", "what it is", "from", "demand"), rows)
        put_notes(entries)


@app.command()
def show(reference: o.ReferenceName, *, mappings: o.Mappings = None, debug: o.Debug = False) -> None:  # noqa: ARG001
    """The file of a reference stream, to read or to start an own one from.

    \b
    Examples:
      vsm reference show incident
      vsm reference show incident > our_incident.yaml
    """
    from mining.conformance import load_reference

    entry = catalogue(Kind.STREAMS).get(reference)
    if entry is None:
        load_reference(reference)  # an unknown name is answered with the near ones
    put_file(reference if entry is None else entry.path)


@app.command()
def check(reference: o.ReferenceName, *, mappings: o.Mappings = None, debug: o.Debug = False) -> None:  # noqa: ARG001
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


app.command("propose")(reference_propose.propose)
