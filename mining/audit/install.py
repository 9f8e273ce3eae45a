"""Installs the schedule of an audit on this machine: systemd units of the user or the system, or a line of the
crontab."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from mining.audit.units import File, Target
from mining.core.errors import Problem, RequestError
from mining.core.files import write_text


def install(target: Target, made: Sequence[File]) -> list[str]:
    """Install what `units.files` made; what was done, in sentences. Raises RequestError where that cannot be."""
    if target is Target.SYSTEMD:
        return _systemd(made)
    if target is Target.CRON:
        return _cron(made[0])
    todo = "only systemd and cron are on this machine; the others are printed for their own places"
    raise RequestError(Problem(f"{target.value} cannot be installed from here", todo=todo))


def _systemd(made: Sequence[File]) -> list[str]:
    is_root = os.geteuid() == 0
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folder = Path("/etc/systemd/system") if is_root else home / "systemd" / "user"
    for file in made:
        write_text(folder / file.name, file.text)
    said = [f"Written: {folder / file.name}" for file in made]
    if not is_root:
        said.append("A user's timers stop at log-out, unless: loginctl enable-linger")
    control = ["systemctl", *([] if is_root else ["--user"])]
    timer = next(file.name for file in made if file.name.endswith(".timer"))
    if not _ran([*control, "daemon-reload"]) or not _ran([*control, "enable", "--now", timer]):
        said.append(
            f"Not started, since systemd does not answer here. To start it: {' '.join(control)} enable --now {timer}"
        )
        return said
    return [*said, f"Started: {timer}"]


def _cron(file: File) -> list[str]:
    """Put the lines between two marks into the crontab, in the place of those that an earlier call put there."""
    if shutil.which("crontab") is None:
        todo = "install cron, or print the line without --install"
        raise RequestError(Problem("there is no crontab on this machine", todo=todo))
    begin, end = f"# begin {file.name}", f"# end {file.name}"
    kept = _without(_crontab(), begin, end)
    text = "\n".join([*kept, begin, file.text.rstrip("\n"), end]) + "\n"
    done = subprocess.run(["crontab", "-"], input=text, text=True, capture_output=True, check=False)  # noqa: S607
    if done.returncode:
        raise RequestError(Problem("crontab refused the line", found=done.stderr.strip()[:200]))
    return [f"The crontab has the audit {file.name}."]


def _crontab() -> list[str]:
    """The lines that are there. Raises RequestError where they cannot be read: they would be lost by writing ours."""
    done = subprocess.run(["crontab", "-l"], text=True, capture_output=True, check=False)  # noqa: S607
    if done.returncode == 0:
        return done.stdout.splitlines()
    if "no crontab" in done.stderr.lower():
        return []
    todo = "see what crontab -l says, or print the line without --install"
    raise RequestError(Problem("the crontab cannot be read", found=done.stderr.strip()[:200], todo=todo))


def _without(lines: Sequence[str], begin: str, end: str) -> list[str]:
    kept, inside = [], False
    for line in lines:
        inside = inside or line == begin
        if not inside:
            kept.append(line)
        inside = inside and line != end
    return kept


def _ran(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
