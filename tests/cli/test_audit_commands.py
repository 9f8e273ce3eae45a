"""`vsm audit`, as a user types it, on the sample log."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from vsm_runs import vsm

from mining.core.locate import shipped

PLAN = """\
name: Sample
inputs: {newest: "*.csv"}
mapping: servicenow_incident
reference: incident
gates:
  - {name: as agreed, figure: conformance.fitness, at_least: 0.85}
  - {name: fast, figure: measures.lead_time.held.p85_us, at_most: 1 h}
trend: [conformance.fitness]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "weekly.yaml").write_text(PLAN, encoding="utf-8")
    shutil.copy(shipped("sample_logs") / "servicenow_incidents.csv", tmp_path / "incidents.csv")
    return tmp_path


def test_a_file_is_checked_in_words(folder: Path) -> None:
    done = vsm("audit", "check", "weekly.yaml", cwd=folder)
    assert done.code == 0, done.err
    assert "conformance.fitness is at least 85.0 %." in done.out
    assert "Mind: servicenow_incident.yaml names no owner who signed it off" in done.out
    assert done.out.endswith("It can be used.\n")


def test_what_is_wrong_names_file_and_line(folder: Path) -> None:
    (folder / "weekly.yaml").write_text(PLAN.replace("at_least: 0.85", "at_leest: 0.85"), encoding="utf-8")
    done = vsm("audit", "check", "weekly.yaml", cwd=folder)
    assert done.code == 2
    assert "weekly.yaml:6: there is no key" in done.err
    assert 'did you mean "at_least"?' in done.err


def test_there_is_no_history_yet(folder: Path) -> None:
    done = vsm("audit", "history", "weekly.yaml", cwd=folder)
    assert (done.code, "there is no history here yet" in done.err) == (2, True)


def test_the_schema_is_json(folder: Path) -> None:
    done = vsm("audit", "schema", cwd=folder)
    assert "gates" in json.loads(done.out)["properties"]


def test_an_unknown_scheduler_is_refused(folder: Path) -> None:
    done = vsm("audit", "schedule", "weekly.yaml", "--for", "at", cwd=folder)
    assert (done.code, "systemd, cron, kubernetes, github, gitlab" in done.err) == (2, True)


@pytest.mark.slow
def test_the_whole_way(folder: Path) -> None:
    """`fast` fails (5.7 days, at most an hour), so the exit code is 1; a dry run says so first, and leaves nothing."""
    dry = vsm("audit", "run", "weekly.yaml", "--dry-run", cwd=folder)
    assert (dry.code, "1 of 2 gates would fail" in dry.out) == (1, True)
    assert not (folder / "reports").exists()
    done = vsm("audit", "run", "weekly.yaml", "--json", cwd=folder)
    assert done.code == 1, done.err
    said = json.loads(done.out)
    assert [gate["status"] for gate in said["audit"]["gates"]] == ["held", "missed"]
    assert Path(said["report"]).exists()
    again = vsm("audit", "run", "weekly.yaml", cwd=folder)
    assert again.code == 1
    assert "it is not counted again" in again.out
    listed = vsm("audit", "history", "weekly.yaml", cwd=folder)
    assert [line.split()[1] for line in listed.out.splitlines()[1:3]] == ["run", "repeat"]
    head = said["audit"]["head"]
    whole = vsm("audit", "verify", "weekly.yaml", "--head", head, cwd=folder)
    assert (whole.code, "The hash is that of record 1; 1 came after it." in whole.out) == (0, True)
    wrong = vsm("audit", "verify", "weekly.yaml", "--head", "0" * 64, cwd=folder)
    assert (wrong.code, "NOT whole." in wrong.out) == (1, True)
    shown = json.loads(vsm("audit", "show", "weekly.yaml", "1", cwd=folder).out)
    assert (shown["hash"], shown["run"]) == (head, 1)
    assert vsm("audit", "compare", "weekly.yaml", cwd=folder).code == 2  # there is one run only
    assert vsm("audit", "trend", "weekly.yaml", cwd=folder).code == 0


@pytest.mark.slow
def test_a_server_runs_what_lands_and_ends_when_it_is_told_to(folder: Path) -> None:
    watched = PLAN.replace('{newest: "*.csv"}', '{newest: "in/*.csv", watch: true, settled: 1 s}')
    (folder / "weekly.yaml").write_text(watched, encoding="utf-8")
    (folder / "in").mkdir()
    server = subprocess.Popen(
        [sys.executable, "-m", "mining", "audit", "serve", "weekly.yaml"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert server.stderr is not None
    assert "Serving" in server.stderr.readline()
    (folder / "incidents.csv").rename(folder / "in" / "incidents.csv")
    end = time.monotonic() + 200
    while not list(folder.glob("reports/*-run-0001/report.html")) and time.monotonic() < end:
        time.sleep(0.5)
    server.send_signal(signal.SIGTERM)
    out, err = server.communicate(timeout=120)
    assert (server.returncode, err) == (0, "")
    assert "Sample: Not held: 1 of 2 gates failed (fast)." in out
