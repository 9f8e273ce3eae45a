"""`vsm mapping`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="How exports are read, and how their events become activities.")


@app.callback()
def _mapping() -> None:
    pass
