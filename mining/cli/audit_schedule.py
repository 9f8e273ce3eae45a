"""`vsm audit schedule` and `vsm audit serve`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mining.cli import options as o
from mining.cli.output import put, say

if TYPE_CHECKING:
    from mining.audit.job import Outcome

Config = Annotated[Path, typer.Argument(metavar="FILE", help="An audit file (YAML).", show_default=False)]
Served = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Audit files (YAML).", show_default=False)]


def schedule(
    config: Config,
    *,
    target: Annotated[str, typer.Option("--for", metavar="WHAT", help="systemd, cron, kubernetes, github, gitlab.")],
    install: Annotated[
        bool, typer.Option("--install", help="Install it on this machine; systemd and cron only.")
    ] = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Print, or install, what starts an audit when it is due.

    \b
    Examples:
      vsm audit schedule weekly.yaml --for systemd
      vsm audit schedule weekly.yaml --for cron --install
      vsm audit schedule weekly.yaml --for kubernetes > cronjob.yaml
    """
    import shutil
    import sys

    from mining.audit import install as installing
    from mining.audit import units
    from mining.audit.file import load_plan
    from mining.core.clock import system_clock
    from mining.core.errors import Problem, RequestError
    from mining.core.zones import local_zone

    if target not in set(units.Target):
        raise RequestError(Problem("--for is unknown", found=target, expected=", ".join(units.Target)))
    chosen = units.Target(target)
    here = shutil.which("vsm", path=str(Path(sys.executable).parent)) or shutil.which("vsm") or "vsm"
    made = units.files(load_plan(config), chosen, command=here, now=system_clock(), local_zone=local_zone())
    if install:
        put(*installing.install(chosen, made))
        return
    for file in made:
        put(*([f"# {file.name}"] if len(made) > 1 else []), file.text)


def serve(
    configs: Served,
    *,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Run audits by their schedules, in the foreground, until it is stopped.

    SIGTERM and Ctrl-C let the run that is under way come to its end.

    \b
    Examples:
      vsm audit serve weekly.yaml monthly.yaml
    """
    import signal
    import threading

    from mining.audit.serve import Server
    from mining.core.clock import system_clock

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def sleep(seconds: float) -> None:
        stop.wait(seconds)

    def heard(name: str, outcome: Outcome | BaseException) -> None:
        said = str(outcome) if isinstance(outcome, BaseException) else f"{outcome.said} {outcome.report or ''}"
        put(f"{system_clock():%Y-%m-%d %H:%M:%S} UTC  {name}: {said}")

    if not quiet:
        say(f"Serving {len(configs)} audits.")
    Server(configs, heard, sleep=sleep, stopped=stop.is_set).serve()
