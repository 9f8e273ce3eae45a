"""The commands of `vsm`."""

from __future__ import annotations

from typing import Annotated

import typer

from mining.cli import analyse, audits, deviations, doctor, init, mappings, references

HELP = """Finds the value streams in a ticket export.

By which routes demand becomes value, where it waits, where it doubles back, and how far that is from the stream that
was agreed.

\b
First look:       vsm demo
Your own export:  vsm analyse incidents.csv --mapping servicenow_incident --reference incident --output out
No mapping fits:  vsm init incidents.csv
What is wrong:    vsm doctor

\b
Exit codes: 0 done; 1 done, a gate of an audit failed; 2 the request is wrong; 3 an input could not be read to the
end; 4 a fault of vsm; 130 interrupted.
"""

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # plain text reads well in a log too, and comes in half the time
    no_args_is_help=True,
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        from mining.cli.output import put

        put(f"vsm {version('value-stream-miner')}")
        raise typer.Exit


@app.callback()
def _vsm(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of `vsm` itself; the help text stands at the app."""


app.command("demo")(analyse.demo)
app.command("analyse")(analyse.analyse)
app.command("init")(init.init)
app.add_typer(mappings.app, name="mapping")
app.add_typer(references.app, name="reference")
app.add_typer(audits.app, name="audit")
app.add_typer(deviations.app, name="deviations")
app.command("doctor")(doctor.doctor)
