"""`vsm` as a user types it: what it answers, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from vsm_runs import vsm

pytestmark = pytest.mark.slow  # each is quick, all of them are not

COMMANDS = [
    "demo",
    "analyse",
    "init",
    "mapping list",
    "mapping show",
    "mapping check",
    "mapping coverage",
    "mapping explain",
    "mapping sensitivity",
    "mapping suggest",
    "mapping test",
    "mapping schema",
    "reference list",
    "reference show",
    "reference check",
    "reference draw",
    "reference propose",
    "deviations list",
    "deviations accept",
    "deviations withdraw",
    "doctor",
]


def test_without_a_command_it_shows_what_there_is(tmp_path: Path) -> None:
    ran = vsm(cwd=tmp_path)
    assert ran.code == 2
    assert all(command.split()[0] in ran.out + ran.err for command in COMMANDS)


def test_version(tmp_path: Path) -> None:
    ran = vsm("--version", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("vsm 0.")


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str, tmp_path: Path) -> None:
    ran = vsm(*command.split(), "--help", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert f"vsm {command}" in ran.out.partition("Examples:")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["analyze", "x.csv"], "No such command 'analyze'"),
        (["analyse", "--mapping", "generic_events"], "Missing argument"),
        (["analyse", "x.csv", "-m", "generic_events", "--noise", "2"], "'--noise'"),
        (["analyse", "x.csv", "-m", "generic_events", "--threads", "0"], "'--threads'"),
        (["analyse", "x.csv", "-m", "generic_events", "--max-rejected", "lots"], "--max-rejected is no share"),
        (["mapping", "lst"], "No such command 'lst'"),
    ],
)
def test_a_wrong_request_is_named(words: list[str], said: str, tmp_path: Path) -> None:
    ran = vsm(*words, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []


def test_the_mappings_that_ship(tmp_path: Path) -> None:
    ran = vsm("mapping", "list", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    names = [line.split()[0] for line in ran.out.splitlines()[1:]]
    assert {"generic_events", "servicenow_incident", "vinst_incident"} <= set(names)
    assert [found["name"] for found in json.loads(vsm("mapping", "list", "--json", cwd=tmp_path).out)] == names


@pytest.mark.slow
def test_a_shown_mapping_is_the_start_of_an_own_one(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        vsm("mapping", "show", "servicenow_incident", cwd=tmp_path).out, encoding="utf-8"
    )
    for command in ("check", "test", "show"):
        ran = vsm("mapping", command, "mine.yaml", cwd=tmp_path)
        assert (ran.code, ran.err) == (0, ""), command
    assert "come out as written" in vsm("mapping", "test", "mine.yaml", cwd=tmp_path).out


MINE = """\
name: Mine
export:
  shape: events
  ticket: case
  time: {column: time, zone: UTC}
  event: activity
rules:
  - when: {event: open}
    activity: {engage: log}
  - when: {event: close}
    activity: {deliver_and_support: resolve}
    value: claimed
    end: agent
examples:
  - event: {event: open}
    is: {activity: engage, step: log}
  - event: {event: close}
    is: {activity: engage, step: log}
"""


def test_an_example_that_comes_out_otherwise(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    ran = vsm("mapping", "test", "mine.yaml", cwd=tmp_path)
    assert (ran.code, ran.err) == (1, "")
    assert "mine.yaml:17: example 2 came out otherwise" in ran.out
    assert "found: deliver_and_support:resolve" in ran.out
    assert "1 of 2 examples" in ran.out


def test_a_rule_on_a_column_that_knows_the_end_is_refused(tmp_path: Path) -> None:
    text = MINE.replace("- when: {event: close}", "- when: {event: close, closed_code: Solved}", 1)
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    rows = [
        f"{case},2024-05-0{case}T1{hour}:00:00,{event},Solved"
        for case in (1, 2, 3)
        for hour, event in enumerate(("open", "close"))
    ]
    (tmp_path / "x.csv").write_text("case,time,activity,closed_code\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert vsm("mapping", "check", "mine.yaml", cwd=tmp_path).code == 0
    ran = vsm("mapping", "check", "mine.yaml", "x.csv", cwd=tmp_path)
    assert ran.code == 2
    assert 'column "closed_code"' in ran.err


def test_the_schema_is_json(tmp_path: Path) -> None:
    ran = vsm("mapping", "schema", cwd=tmp_path)
    assert ran.code == 0
    assert {"name", "export", "rules"} <= set(json.loads(ran.out)["properties"])


def test_a_wrong_mapping_is_told_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: Mine\nexport: {shape: row}\nrules: []\n", encoding="utf-8")
    ran = vsm("mapping", "check", "mine.yaml", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "mine.yaml:2" in ran.err


@pytest.mark.parametrize("kind", ["mapping", "reference"])
@pytest.mark.parametrize("command", ["show", "check"])
def test_an_unknown_name_is_answered_with_the_near_ones(kind: str, command: str, tmp_path: Path) -> None:
    near = {"mapping": "servicenow_incident", "reference": "incident"}[kind]
    ran = vsm(kind, command, near.replace("cid", "dic"), cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert near in ran.err


def test_the_references_that_ship_are_usable(tmp_path: Path) -> None:
    listed = json.loads(vsm("reference", "list", "--json", cwd=tmp_path).out)
    assert "incident" in [found["name"] for found in listed]
    assert all(found["demand"] for found in listed)
    for found in listed:
        assert vsm("reference", "check", found["name"], cwd=tmp_path).code == 0


def test_a_terminal_that_knows_few_letters(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINE.replace("Mine", "Störungen →"), encoding="utf-8")
    ran = vsm("mapping", "check", "mine.yaml", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert "St?rungen ?" in ran.out


def test_doctor_finds_all_well_here(tmp_path: Path) -> None:
    ran = vsm("doctor", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.rstrip().endswith("All is well.")
    found = json.loads(vsm("doctor", "--json", cwd=tmp_path).out)
    assert found["pm4py"]["todo"] is None


def test_doctor_says_what_to_do(tmp_path: Path) -> None:
    ran = vsm("doctor", cwd=tmp_path, PYTHONPATH=str(_without("pm4py", tmp_path)))
    assert ran.code == 2
    assert "pip install 'pm4py" in ran.out


def _without(package: str, folder: Path) -> Path:
    """A folder that makes Python start without the metadata of `package`."""
    hidden = folder / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.metadata as m\n"
        "real = m.version\n"
        "def version(name):\n"
        f"    if name == {package!r}: raise m.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "m.version = version\n",
        encoding="utf-8",
    )
    return hidden


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mining", "mapping", "schema"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
