"""`vsm reference`: the agreed streams."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mining.cli import options as o
from mining.cli import reference_propose
from mining.cli.output import put, put_file, put_json, put_notes, put_table, say, where_from
from mining.core.catalogue import Kind, catalogue
from mining.core.errors import Problem, RequestError, shown

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
    """The file of a reference stream, to read or to start an own one from; of a BPMN file, what it says as YAML.

    \b
    Examples:
      vsm reference show incident
      vsm reference show incident > our_incident.yaml
      vsm reference show our_process.bpmn > our_process.yaml
    """
    from mining.conformance import as_yaml, load_reference

    entry = catalogue(Kind.STREAMS).get(reference)
    if reference.lower().endswith(".bpmn"):
        put(as_yaml(load_reference(reference), f"From {shown(reference)}.").rstrip("\n"))
        return
    if entry is None:
        load_reference(reference)  # an unknown name is answered with the near ones
    put_file(reference if entry is None else entry.path)


@app.command()
def check(
    reference: o.ReferenceName,
    *,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--mapping",
            "-m",
            metavar="NAME|FILE",
            help="Also say which of its parts this mapping can never show; may be repeated.",
            show_default=False,
        ),
    ] = None,
    mappings: o.Mappings = None,  # noqa: ARG001
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Whether a reference stream can be used, and what in it will not do what it seems to say.

    \b
    Examples:
      vsm reference check our_incident.yaml
      vsm reference check our_incident.yaml --mapping servicenow_incident
    """
    from mining.conformance import check_reference, load_reference, outline, unseen_parts
    from mining.mapping import load_mapping

    loaded = load_reference(reference)
    put(f"{loaded.name}: {loaded.demand}", "", *(f"  {line}" for line in outline(loaded)))
    warnings = check_reference(loaded)
    if mapping:
        warnings += unseen_parts(loaded, [label for name in mapping for label in load_mapping(name).visits])
    say(*(f"Warning: {problem}" for problem in warnings))
    put("", "It can be used." if not warnings else f"It can be used; {len(warnings)} warnings.")


@app.command()
def draw(
    reference: o.ReferenceName,
    *,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="A picture (.svg) or a model for other tools (.bpmn)."),
    ] = Path("reference.svg"),
    mappings: o.Mappings = None,  # noqa: ARG001
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """A reference stream as a picture that any browser shows, or as BPMN.

    It shows the stream as it is written, before neighbouring visits of one name are taken as one.

    \b
    Examples:
      vsm reference draw incident
      vsm reference draw our_incident.yaml --output our_incident.bpmn
    """
    from mining.conformance import load_reference, to_tree
    from mining.core.files import write_text
    from mining.discovery import bpmn, svg

    ways = {".svg": svg, ".bpmn": bpmn}
    if output.suffix.lower() not in ways:
        raise RequestError(
            Problem("--output is no picture", found=str(output), expected="a name that ends in .svg or .bpmn")
        )
    loaded = load_reference(reference)
    try:
        tree = to_tree(loaded.stream)
    except ValueError as error:
        raise RequestError(Problem(str(error), file=loaded.file)) from error
    write_text(output, ways[output.suffix.lower()](tree))
    say(f"Drawn: {output}")


app.command("propose")(reference_propose.propose)
