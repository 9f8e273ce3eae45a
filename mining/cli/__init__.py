"""The command line: parse, call one function, print, exit.

Nothing heavy is imported at the top of a module here: `vsm --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `vsm` with `arguments` (by default those of the process), and leave the process with the exit code."""
    from mining.cli.failure import guard

    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(guard(lambda settings: _run(given, settings)))


def _run(arguments: list[str], settings: object) -> None:
    import typer

    from mining.cli.app import app

    command = typer.main.get_command(app)
    with command.make_context("vsm", arguments, obj=settings) as context:
        command.invoke(context)
