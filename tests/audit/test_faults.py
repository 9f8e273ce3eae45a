"""What audits survive: each fault is really made."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from audit_builders import ASKED, PLAN, STRAIGHT, Desk, body, desk, log
from postgres_server import Server

from mining.audit.history.store import open_history
from mining.audit.places import history_of
from mining.audit.run import run_audit
from mining.audit.shown import history_rows
from mining.core.cache import Cache
from mining.core.errors import RequestError

pytestmark = pytest.mark.slow

KILLS = 20
CACHE = "cache: {folder: cache}\n"


def start(at: Desk, *words: str, limit: int | None = None) -> subprocess.Popen[str]:
    """`vsm audit run`, as a process; with `limit` no file may grow beyond so many bytes."""

    at.plan()
    limited = [] if limit is None else ["prlimit", f"--fsize={limit}"]
    return subprocess.Popen(
        [*limited, sys.executable, "-m", "mining", "audit", "run", str(at.file), "--quiet", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def export(at: Desk, tickets: int) -> None:
    at.lands(log(((tickets, STRAIGHT), (5, ASKED))))


def check_whole(at: Desk) -> None:
    """The history is a whole chain, and whatever has the name of a report is a whole report."""
    if (at.folder / "history.db").exists():
        try:
            history = history_of(at.plan(), write=False)
        except RequestError as error:  # it was killed before the first table was there
            if "no audit history" not in str(error) and "no history here yet" not in str(error):
                raise
        else:
            assert history.verify().wrong == ()
            history.close()
    for folder in (at.folder / "reports").glob("[!.]*-run-*"):
        assert (folder / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
        assert json.loads((folder / "result.json").read_text(encoding="utf-8"))["audit"]["head"]
    cache = Cache(at.folder / "cache", at_most=10**9, keep=10**9)
    for path in (at.folder / "cache").glob("vsm-*.json"):
        _, kind, family, _ = path.name.split("-")
        assert all(cache.is_whole(entry) for entry in cache.family(kind, family))
    assert cache.said == []
    page = at.folder / "reports" / "trend.html"
    assert not page.exists() or page.read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_killed_at_twenty_moments_everything_is_whole_and_the_next_run_succeeds(tmp_path: Path) -> None:
    at = desk(tmp_path / "desk", PLAN + CACHE)
    export(at, 100)
    begin = time.monotonic()
    assert finish(start(at))[0] == 0
    whole = time.monotonic() - begin
    moments = random.Random(4711)
    killed = 0
    for number in range(KILLS):
        export(at, 101 + number)
        process = start(at)
        time.sleep(moments.uniform(0.1, 1.0) * whole)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        else:  # it was done before: the machine is less busy than it was at the first run
            whole *= 0.8
        process.communicate()
        check_whole(at)
    assert killed >= KILLS // 2
    export(at, 500)
    code, _, err = finish(start(at))
    assert code == 0, err
    check_whole(at)
    assert not list((at.folder / "reports").glob(".*"))
    history = history_of(at.plan(), write=False)
    runs = history.read("Small audit", ["run"])
    assert [one.body["run"] for one in runs] == list(range(1, len(runs) + 1))
    assert runs[-1].body["figures"]["streams.cases"] == 505
    history.close()


def test_of_two_runs_at_once_one_says_so_or_waits(tmp_path: Path) -> None:
    at = desk(tmp_path / "desk")
    export(at, 100)
    pair = [finish(process) for process in (start(at), start(at))]
    assert sorted(code for code, _, _ in pair) == [0, 2]
    assert "another run of this audit is under way" in next(err for code, _, err in pair if code)
    export(at, 101)
    pair = [finish(process) for process in (start(at, "--patience", "5 min"), start(at, "--patience", "5 min"))]
    assert [code for code, _, _ in pair] == [0, 0]
    assert sum("It is not counted again" in out or "it is not counted again" in out for _, out, _ in pair) == 1
    assert [row[1] for row in history_rows(at.plan(), 9).rows] == ["run", "run", "repeat"]


def test_a_file_that_cannot_grow_leaves_no_half_of_a_report(tmp_path: Path) -> None:
    at = desk(tmp_path / "desk")
    export(at, 100)
    code, _, err = finish(start(at, limit=400_000))
    assert code in (2, 3), err
    assert "Traceback" not in err
    check_whole(at)
    assert list((at.folder / "reports").glob("*-run-*")) == []
    assert finish(start(at))[0] == 0
    check_whole(at)
    assert len(list((at.folder / "reports").glob("*-run-*"))) == 1


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("free", [3_000_000, 200_000, 20_000])
def test_a_full_disk(tmp_path: Path, free: int) -> None:
    """The disk has room for a first run, and then only so much more."""
    with small_disk(tmp_path / "disk", "20m") as disk:
        at = desk(disk / "desk", PLAN + CACHE)
        export(at, 100)
        assert finish(start(at))[0] == 0
        export(at, 120)
        left = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        ballast = disk / "ballast"
        with ballast.open("wb") as file:
            file.write(b"x" * (left - free))
        code, _, err = finish(start(at))
        assert code in (2, 3), err
        assert "Traceback" not in err
        check_whole(at)
        ballast.unlink()
        assert finish(start(at))[0] == 0
        check_whole(at)


def test_postgresql_goes_away_in_the_middle_and_comes_back(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VSM_TEST_HISTORY", postgres.database("comes_back"))
    at = desk(tmp_path / "desk", PLAN.replace("{file: history.db}", "{url_from: VSM_TEST_HISTORY}"))
    export(at, 100)
    gone: list[str] = []

    def progress(phase: str, _: float | None) -> None:
        if phase == "building streams" and not gone:
            gone.append(phase)
            postgres.stop()
            threading.Timer(4.0, postgres.start).start()

    found = run_audit(at.plan(), clock=at.clock, sleep=at.sleep, progress=progress)
    assert gone
    assert found.kind == "run"
    history = history_of(at.plan(), write=False)
    assert (history.head()[0], history.verify().wrong) == (1, ())
    history.close()


def test_postgresql_that_stays_away_is_told_and_nothing_is_published(tmp_path: Path, postgres: Server) -> None:
    history = open_history(postgres.database("stays_away"), write=True, patience=1.0)
    history.append(body(1))
    postgres.stop()
    try:
        with pytest.raises(RequestError, match="the history cannot be used"):
            history.append(body(2))
        begin = time.monotonic()
        with pytest.raises(RequestError, match="the history cannot be used"):
            open_history("postgresql://vsm@127.0.0.1:1/none", write=True, patience=1.0)
        assert time.monotonic() - begin < 10
    finally:
        postgres.start()
    assert history.append(body(2)).number == 2  # the same one, once it is back
    assert history.verify().wrong == ()
    history.close()


def test_a_password_of_the_history_is_in_no_message() -> None:
    with pytest.raises(RequestError) as raised:
        open_history("postgresql://vsm:s3cr3t@127.0.0.1:1/none", write=True, patience=0.2)
    assert "s3cr3t" not in str(raised.value)
