"""`vsm deviations`, as a user types it: from an analysis to an acceptance and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from vsm_runs import Ran, vsm

pytestmark = pytest.mark.slow  # each is quick, all of them are not

EXPORT = """\
case,at,state
A,2024-05-01T10:00:00Z,New
A,2024-05-01T12:00:00Z,Done
B,2024-05-02T10:00:00Z,New
B,2024-05-02T11:00:00Z,Planned
B,2024-05-02T16:00:00Z,Done
"""
MAPPING = """\
name: Small
export:
  shape: events
  ticket: case
  time: {column: at, zone: UTC}
  event: state
rules:
  - {when: {state: New}, activity: engage}
  - {when: {state: Planned}, activity: plan}
  - {when: {state: Done}, activity: deliver_and_support, value: claimed, end: agent}
"""
AGREED = "name: Ours\ndemand: a need\nscope: run\nstream: [engage, deliver_and_support, value]\n"
ACCEPT = ["deviations", "accept", "unexpected/plan", "--owner", "Ann", "--reason", "a pilot", "--until", "2099-12-31"]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analysed")
    for name, text in (("x.csv", EXPORT), ("small.yaml", MAPPING), ("ours.yaml", AGREED)):
        (folder / name).write_text(text, encoding="utf-8")
    assert analyse(folder).code == 0
    return folder


@pytest.fixture
def here(analysed: Path) -> Path:
    (analysed / "acceptances.yaml").unlink(missing_ok=True)
    return analysed


def analyse(folder: Path, *more: str) -> Ran:
    return vsm("analyse", "x.csv", "-m", "small.yaml", "-r", "ours.yaml", "-o", "out", "-q", *more, cwd=folder)


def test_the_deviations_of_an_analysis_are_listed_with_their_keys(here: Path) -> None:
    ran = vsm("deviations", "list", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert "unexpected/plan" in ran.out
    assert "Plan is not expected" in ran.out
    assert "No acceptances in acceptances.yaml" in ran.out


@pytest.mark.slow
def test_from_an_analysis_to_an_acceptance_and_back(here: Path) -> None:
    ran = vsm(*ACCEPT, cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert "Accepted until 2099-12-31: Plan is not expected (all streams)." in ran.out
    (entry,) = json.loads(vsm("deviations", "list", "--json", cwd=here).out)["acceptances"]
    assert (entry["owner"], entry["standing"], entry["scope"]) == ("Ann", "in force", "all streams")

    ran = analyse(here, "--acceptances", "acceptances.yaml", "--json")
    found = json.loads(ran.out)["conformance"]
    assert (found["rate_streams"], found["accepted"]["rates"]["rate_streams"]) == (0.5, 1.0)
    assert found["accepted"]["would_deviate"] == 1
    assert found["deviations"][0]["accepted_streams"] == 1
    assert "If all acceptances lapsed" in (here / "out" / "report.html").read_text(encoding="utf-8")

    ran = vsm("deviations", "withdraw", "unexpected/plan", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(vsm("deviations", "list", "--json", cwd=here).out)["acceptances"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*ACCEPT[:2], "unexpected/plans", *ACCEPT[3:]], 'found no deviation "unexpected/plans"'),
        ([*ACCEPT[:-1], "2020-01-01"], "--until lies in the past"),
        ([*ACCEPT[:-1], "soon"], "--until is no day"),
        ([*ACCEPT[:5], "--reason", " ", *ACCEPT[7:]], "--reason is empty"),
        ([*ACCEPT[:5], *ACCEPT[7:]], "--reason"),
        ([*ACCEPT, "--where", "priority"], "--where is no NAME=VALUE"),
        ([*ACCEPT, "--result", "nowhere"], "cannot be read"),
        ([*ACCEPT, "--result", "small.yaml"], "cannot be read"),
        (["deviations", "withdraw", "unexpected/plan"], "cannot be read"),
        (["deviations", "list", "--result", "x.json"], "no result of this version"),
    ],
)
def test_what_cannot_be_is_refused(here: Path, words: list[str], said: str) -> None:
    (here / "x.json").write_text('{"conformance": {"reference": "x"}}', encoding="utf-8")
    ran = vsm(*words, cwd=here)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (here / "acceptances.yaml").exists()


@pytest.mark.slow
def test_of_several_acceptances_one_has_to_be_named(here: Path) -> None:
    vsm(*ACCEPT, cwd=here)
    vsm(*ACCEPT, "--where", "priority=4", "--where", "priority=5", cwd=here)
    ran = vsm("deviations", "withdraw", "unexpected/plan", cwd=here)
    assert ran.code == 2
    assert "several acceptances fit" in ran.err
    ran = vsm("deviations", "withdraw", "unexpected/plan", "--where", "priority=5", "--where", "priority=4", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    assert "priority: 4 or 5" in ran.out
    ran = vsm("deviations", "withdraw", "unexpected/plam", cwd=here)
    assert "did you mean unexpected/plan?" in ran.err


@pytest.mark.slow
def test_acceptances_need_something_agreed(here: Path) -> None:
    vsm(*ACCEPT, cwd=here)
    ran = vsm("analyse", "x.csv", "-m", "small.yaml", "-q", "-o", "other", "-a", "acceptances.yaml", cwd=here)
    assert ran.code == 2
    assert "without a reference stream" in ran.err
