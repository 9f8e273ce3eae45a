"""Schedules installed on this machine, as far as that goes without systemd and cron: their programs are stood in for by
scripts on the path, and what is installed is looked at by systemd's own checker where it is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from audit_builders import PLAN, desk

from mining.audit.history import exclusive
from mining.audit.install import install
from mining.audit.units import Target, files
from mining.core.errors import RequestError

NOW = datetime(2026, 1, 15, tzinfo=UTC)
MONDAY = 'schedule: {zone: Europe/Berlin, at: "07:00", days: [monday]}\n'

Program = Callable[[str, str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a program on the path, before all others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def put(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)

    return put


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user, who is not root, with a folder of units of their own."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "systemd" / "user"


def install_for(target: Target, folder: Path) -> list[str]:
    plan = desk(folder / "desk", PLAN + MONDAY).plan()
    return install(target, files(plan, target, command="/bin/true", now=NOW, local_zone=None))


def test_systemd_gets_the_units_of_a_user_and_starts_the_timer(tmp_path: Path, program: Program, home: Path) -> None:
    program("systemctl", f'echo "$@" >> {tmp_path}/asked')
    said = install_for(Target.SYSTEMD, tmp_path)
    names = ["vsm-audit-small-audit.service", "vsm-audit-small-audit.timer"]
    assert sorted(path.name for path in home.iterdir()) == names
    assert "ExecStart=/bin/true audit run" in (home / names[0]).read_text(encoding="utf-8").replace('"', "")
    assert "OnCalendar=Mon *-*-* 07:00:00 Europe/Berlin" in (home / names[1]).read_text(encoding="utf-8")
    assert (tmp_path / "asked").read_text(encoding="utf-8").splitlines() == [
        "--user daemon-reload",
        f"--user enable --now {names[1]}",
    ]
    assert said[-1] == f"Started: {names[1]}"
    assert any("enable-linger" in one for one in said)
    install_for(Target.SYSTEMD, tmp_path)  # once more: over what is there
    assert sorted(path.name for path in home.iterdir()) == names
    if shutil.which("systemd-analyze") is not None:
        checked = subprocess.run(
            ["systemd-analyze", "--user", "verify", *(str(home / name) for name in names)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        )
        assert checked.returncode == 0, checked.stderr
        assert "vsm-audit" not in checked.stderr


@pytest.mark.usefixtures("home")
def test_where_systemd_does_not_answer_it_is_said_how_to_start(tmp_path: Path, program: Program) -> None:
    program("systemctl", "exit 1")
    said = install_for(Target.SYSTEMD, tmp_path)
    assert said[-1].startswith("Not started, since systemd does not answer here. To start it: systemctl --user enable")


def test_a_crontab_that_cannot_be_read_is_not_overwritten(tmp_path: Path, program: Program) -> None:
    program("crontab", f'[ "$1" = -l ] && {{ echo "you are not allowed" >&2; exit 1; }}; cat > {tmp_path}/table')
    with pytest.raises(RequestError, match=r"the crontab cannot be read\s+found: you are not allowed"):
        install_for(Target.CRON, tmp_path)
    assert not (tmp_path / "table").exists()


def test_who_has_no_crontab_gets_one(tmp_path: Path, program: Program) -> None:
    program("crontab", f'[ "$1" = -l ] && {{ echo "no crontab for ada" >&2; exit 1; }}; cat > {tmp_path}/table')
    assert install_for(Target.CRON, tmp_path) == ["The crontab has the audit vsm-audit-small-audit."]
    lines = (tmp_path / "table").read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("# begin vsm-audit-small-audit", "# end vsm-audit-small-audit")
    assert any(" /bin/true audit run " in line for line in lines)


class Msvcrt:
    """What Windows locks bytes with: a byte of a file is one handle's at a time, until that is closed."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.holders: dict[int, int] = {}

    def locking(self, handle: int, mode: int, count: int) -> None:
        assert (mode, count, os.lseek(handle, 0, os.SEEK_CUR)) == (self.LK_NBLCK, 1, 0)
        if self.holders.setdefault(os.fstat(handle).st_ino, handle) != handle:
            raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("windows", [False, True], ids=["flock", "a locked byte"])
def test_a_file_is_had_by_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, windows: bool) -> None:
    if windows:
        monkeypatch.setitem(sys.modules, "fcntl", None)  # importing it fails then
        monkeypatch.setitem(sys.modules, "msvcrt", Msvcrt())
    (tmp_path / "lock").write_text("more than nothing", encoding="utf-8")
    with (tmp_path / "lock").open("a") as mine, (tmp_path / "lock").open("a") as theirs:
        assert exclusive.taken(mine)
        assert not exclusive.taken(theirs)
        if not windows:  # the stand-in does not hear of closing
            mine.close()
            assert exclusive.taken(theirs)
