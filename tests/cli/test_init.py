"""`vsm init`, and `vsm analyse` without a mapping."""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path

import pytest
from vsm_runs import vsm

pytestmark = pytest.mark.slow

EXPORT = """\
Ticket Number,Status,Updated,Team
1,Open,13/02/2024 10:00,A
1,Pending Vendor,14/02/2024 10:00,A
1,Frobnicated,14/02/2024 12:00,A
1,Closed,15/02/2024 10:00,A
2,Open,13/02/2024 10:00,A
2,Closed,15/02/2024 10:00,A
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "my desk.csv").write_text(EXPORT, encoding="utf-8")
    return tmp_path


def test_what_it_writes_runs_at_once(here: Path) -> None:
    ran = vsm("init", "my desk.csv", "--yes", "--output", "mine.yaml", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert "What to check first:" in ran.out
    assert "vsm analyse 'my desk.csv' --mapping mine.yaml" in ran.out
    assert vsm("mapping", "test", "mine.yaml", cwd=here).code == 0
    done = vsm("analyse", "my desk.csv", "--mapping", "mine.yaml", "-o", "out", cwd=here)
    assert (done.code, done.err) == (0, "")
    assert (here / "out" / "report.html").is_file()


def test_a_file_that_is_there_is_kept(here: Path) -> None:
    (here / "my desk.yaml").write_text("mine", encoding="utf-8")
    ran = vsm("init", "my desk.csv", cwd=here)
    assert (ran.code, ran.out) == (2, "")
    assert "--force" in ran.err
    assert (here / "my desk.yaml").read_text(encoding="utf-8") == "mine"
    assert vsm("init", "my desk.csv", "--force", cwd=here).code == 0
    assert "shape: events" in (here / "my desk.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "code"), [("absent.csv", 2), ("empty.csv", 2), ("plain.csv", 2)])
def test_what_cannot_be_proposed_is_said_and_nothing_written(name: str, code: int, here: Path) -> None:
    (here / "empty.csv").touch()
    (here / "plain.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    ran = vsm("init", name, "--output", "mine.yaml", cwd=here)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("Error: ")
    assert not (here / "mine.yaml").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_at_a_terminal_it_asks_about_what_it_is_not_sure_of(here: Path) -> None:
    code, out = at_terminal(
        ["init", "my desk.csv", "-q"], ["Europe/Berln", "Europe/Berlin", "nonsense", "triage"], here
    )
    assert code == 0, out
    assert "near it: Europe/Berlin" in out
    assert "nonsense is not in the list" in out
    written = (here / "my desk.yaml").read_text(encoding="utf-8")
    assert "zone: Europe/Berlin" in written
    assert "activity: {deliver_and_support: triage}" in written


def at_terminal(words: list[str], answers: list[str], cwd: Path) -> tuple[int, str]:
    """Run `vsm` at a terminal; each answer is typed when a question stands there."""
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mining", *words]
    with subprocess.Popen(command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        out, left, deadline = b"", list(answers), time.monotonic() + 60
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 0.2)[0]:
                if left and out.rstrip().endswith(b"]:"):
                    os.write(ours, left.pop(0).encode() + b"\n")
                    out += b"\n"
                continue
            try:
                read = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not read:
                break
            out += read
        process.wait(timeout=10)
    os.close(ours)
    return process.returncode, out.decode(errors="replace")


def test_analyse_says_which_mapping_it_took_or_points_to_init(here: Path) -> None:
    log = "case_id,activity,timestamp\n1,opened,2024-01-01 08:00\n1,closed,2024-01-02 08:00\n"
    (here / "log.csv").write_text(log, encoding="utf-8")
    ran = vsm("analyse", "log.csv", "-o", "out", "-q", cwd=here)
    assert ran.code == 0, ran.err
    assert ran.err.startswith("Mapping generic_events: all 3 columns that it needs")
    ran = vsm("analyse", "my desk.csv", "-o", "other", cwd=here)
    assert (ran.code, ran.out) == (2, "")
    assert "vsm init 'my desk.csv'" in ran.err or "vsm init my desk.csv" in ran.err
    assert not (here / "other").exists()
