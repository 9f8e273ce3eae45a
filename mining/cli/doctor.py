"""`vsm doctor`: what is installed, what is missing, what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

import typer

from mining.cli import options as o
from mining.cli.output import put, put_json, put_table
from mining.core.errors import ExitCode

if TYPE_CHECKING:
    from packaging.requirements import Requirement

NAME = "value-stream-miner"
SHIPPED = (("mappings/exports", ".yaml"), ("mappings/streams", ".yaml"), ("sample_logs", ""))
ROOM_NEEDED = 1_000_000_000  # bytes in the temporary folder below which a large export gets stuck


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `todo` says what to do where it is not well."""

    name: str
    found: str
    todo: str | None = None


def doctor(*, json: o.Json = False, debug: o.Debug = False) -> None:  # noqa: ARG001
    """What is installed, what is missing, and what to do.

    \b
    Examples:
      vsm doctor
      vsm doctor --json
    """
    checks = [*_system(), *_packages(), *_data(), *_extensions()]
    if json:
        put_json({c.name: {"found": c.found, "todo": c.todo} for c in checks})
    else:
        put_table(("", "found", "what to do"), [(c.name, c.found, c.todo or "") for c in checks])
        wrong = sum(c.todo is not None for c in checks)
        put("", "All is well." if not wrong else f"Not well: {wrong} of {len(checks)}.")
    if any(c.todo for c in checks):
        raise typer.Exit(ExitCode.REQUEST_WRONG)


def versions() -> dict[str, str]:
    """Python, the platform, and the packages this program needs, each with its version."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    found[NAME] = _installed(NAME) or "not installed"
    return found | {r.name: _installed(r.name) or "missing" for r in _requirements()}


def _system() -> list[Check]:
    temp = tempfile.gettempdir()
    free = shutil.disk_usage(temp).free
    short = f"free some room, or name another folder with --temp (now {temp})" if free < ROOM_NEEDED else None
    return [
        Check("python", f"{platform.python_version()} at {sys.prefix}"),
        Check("platform", platform.platform()),
        Check("processor cores", str(os.cpu_count())),
        Check("room for temporary files", f"{free / 1e9:,.1f} GB", short),
    ]


def _packages() -> list[Check]:
    ours = _installed(NAME)
    checks = [Check(NAME, ours or "missing", None if ours else "in a checkout: make setup")]
    for needed in _requirements():
        found = _installed(needed.name)
        wanted = f"pip install '{needed.name}{needed.specifier}'"
        well = found is not None and needed.specifier.contains(found, prereleases=True)
        checks.append(Check(needed.name, found or "missing", None if well else wanted))
    return checks


def _data() -> list[Check]:
    from mining.core.locate import shipped_names

    checks = []
    for folder, suffix in SHIPPED:
        names = shipped_names(folder, suffix)
        checks.append(Check(folder, f"{len(names)} files", None if names else f"install {NAME} again"))
    return checks


def _extensions() -> list[Check]:
    """What other packages add, and whether it can be imported."""
    from mining.core.errors import RequestError
    from mining.core.extensions import FORMATS, MAPPINGS, extensions

    checks = []
    for group in (FORMATS, MAPPINGS):
        for extension in extensions(group):
            todo = None
            try:
                extension.load()
            except RequestError as error:
                todo = f"{error.problems[0].found}: {error.problems[0].todo}"
            checks.append(Check(f"{group.rpartition('.')[2]} {extension.name}", extension.package, todo))
    return checks


def _requirements() -> list[Requirement]:
    """What the installed distribution says it needs, extras left out."""
    from packaging.requirements import Requirement

    try:
        said = requires(NAME) or []
    except PackageNotFoundError:
        return []
    needed = [Requirement(line) for line in said]
    return [r for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
