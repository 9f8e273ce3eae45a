"""Several reference streams and acceptances in an audit: what is recorded, what is gated, and what expires."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from audit_builders import ASKED, PLAN, REFERENCE, STRAIGHT, Desk, desk, log
from test_causes import run as counted
from test_causes import setup, told

from mining.audit.agreed import earlier_acceptances, in_words, read_acceptances
from mining.audit.check import check_plan
from mining.audit.figures import known, parts
from mining.audit.gates import Earlier, Now, judge
from mining.audit.job import Outcome
from mining.audit.places import history_of
from mining.audit.run import run_audit
from mining.core.audit import CauseKind, GateStatus
from mining.core.errors import ConfigError

ACCEPTED = """\
acceptances:
  - deviation: "unexpected/engage:ask"
    reference: Small stream
    owner: Ada
    reason: the form is incomplete until March
    until: 2026-02-04
"""

OF_CHANGES = """\
name: Changes
demand: somebody wants a change
scope: change
applies_to: {team: changes}
stream:
  - engage: log
  - engage: ask
  - deliver_and_support: work
  - deliver_and_support: resolve
  - value
"""


def file(folder: Path, text: str = ACCEPTED) -> Path:
    path = folder / "accepted.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# ------------------------------------------------------------------------------------------------ without an analysis


def test_the_last_day_of_an_acceptance_still_counts(tmp_path: Path) -> None:
    path = file(tmp_path)
    assert read_acceptances(path, date(2026, 2, 4)).expired == ()
    assert read_acceptances(path, date(2026, 2, 5)).expired == (("unexpected/engage:ask", "2026-02-04"),)


def test_one_that_expires_is_another_set_up_by_the_same_file(tmp_path: Path) -> None:
    path = file(tmp_path)
    first, second, third = (
        replace(setup(), acceptances=read_acceptances(path, date(2026, 2, day))) for day in (2, 4, 5)
    )
    assert first.sha256 == second.sha256 != third.sha256
    found = told(counted(), counted(), new=third, old=first, kept=counted())
    assert set(found) == {CauseKind.ACCEPTANCES}
    assert "“unexpected/engage:ask” (until 2026-02-04)" in found[CauseKind.ACCEPTANCES]
    assert in_words(first.acceptances, second.acceptances) is None
    assert "set back" in str(in_words(first.acceptances, third.acceptances))


def test_another_file_is_another_set_up(tmp_path: Path) -> None:
    old = read_acceptances(file(tmp_path), date(2026, 2, 2))
    new = read_acceptances(file(tmp_path, ACCEPTED.replace("until: 2026-02-04", "until: 2026-05-04")), date(2026, 2, 2))
    assert str(in_words(new, old)).startswith("accepted.yaml (")
    assert str(in_words(new, None)).startswith("none to accepted.yaml")


def test_what_names_tickets_is_not_kept_in_the_history(tmp_path: Path) -> None:
    text = ACCEPTED + "    tickets: [INC-4711]\n"
    found = read_acceptances(file(tmp_path, text), date(2026, 2, 2))
    assert found.names_tickets
    assert found.document == {}
    assert "4711" not in json.dumps(found.as_dict())
    assert read_acceptances(file(tmp_path), date(2026, 2, 2)).document
    assert earlier_acceptances(json.loads(json.dumps(found.as_dict())), None).counted == found.counted


def test_a_second_reference_stream_is_another_set_up() -> None:
    two = replace(setup(), references=(*setup().references, *setup(reference=b"second").references))
    assert CauseKind.REFERENCE in told(counted(), counted(), new=two, kept=counted())


def test_each_reference_stream_has_its_share() -> None:
    block = "further_conformance[reference=Changes]"
    before = counted(figures={**counted().figures, f"{block}.conforming": 90, f"{block}.checked": 100})
    now = counted(figures={**counted().figures, f"{block}.conforming": 50, f"{block}.checked": 100})
    found = told(now, before)
    assert set(found) == {CauseKind.PROCESS}
    assert "streams that keep to Changes: 90.0% before, 50.0% now" in found[CauseKind.PROCESS]


def test_a_figure_that_the_earlier_set_up_has_not_is_not_comparable(tmp_path: Path) -> None:
    plan = desk(
        tmp_path / "desk",
        PLAN.replace("at_least: 80 %", "against: last run\n    at_most_below: 5 points"),
    ).plan()
    (found,) = judge(
        plan.gates,
        Now("new", {"conformance.rate_streams": 0.9}, "old", {}),
        [Earlier(1, "old", {"conformance.rate_streams": 0.9}, frozenset())],
        None,
    )
    assert found.status is GateStatus.NOT_COMPARABLE
    assert "no such figure, so it cannot be compared" in found.said


def test_acceptances_need_a_reference_stream(tmp_path: Path) -> None:
    at = desk(tmp_path / "desk", PLAN.replace("reference: reference.yaml", "acceptances: accepted.yaml"))
    with pytest.raises(ConfigError) as error:
        at.plan()
    problem = next(one for one in error.value.problems if "without a reference stream" in one.text)
    assert problem.line == 4


def test_figures_of_acceptances_and_further_streams_have_names() -> None:
    names = known()
    assert "conformance.accepted.rates.rate_streams" in names
    assert "further_conformance[].accepted.rates.fitness" in names
    assert parts("further_conformance[reference=v1.2 (new)].fitness") == [
        "further_conformance",
        "[reference=v1.2 (new)]",
        "fitness",
    ]


# --------------------------------------------------------------------------------------------------- with an analysis


def run(at: Desk) -> Outcome:
    return run_audit(at.plan(), clock=at.clock, sleep=at.sleep)


def figure(found: Outcome, name: str) -> float | None:
    assert found.audit is not None
    return next(one.now for one in found.audit.changes if one.figure == name)


@pytest.mark.slow
@pytest.mark.parametrize("tickets", ["", "    tickets: [26005-31, 26005-32, 26005-33, 26005-34, 26005-35]\n"])
def test_an_acceptance_that_expires_fails_the_gate_and_is_the_cause(tmp_path: Path, tickets: str) -> None:
    """30 of 35 streams conform, and all with what is accepted until the 4th of February. The same inputs on the 9th are
    no repeat, and the expiry is the only cause."""
    plan = PLAN.replace("figure: conformance.rate_streams", "figure: conformance.accepted.rates.rate_streams")
    plan = plan.replace("at_least: 80 %", "at_least: 100 %").replace(
        "reference.yaml\n", "reference.yaml\nacceptances: accepted.yaml\n"
    )
    at = desk(tmp_path / "desk", plan)
    file(at.folder, ACCEPTED + tickets)
    at.lands(log(((30, STRAIGHT), (5, ASKED))))
    first = run(at)
    assert first.audit is not None
    assert first.audit.held
    assert figure(first, "conformance.rate_streams") == pytest.approx(30 / 35)
    at.now = datetime(2026, 2, 9, 6, tzinfo=UTC)
    assert [one for one in check_plan(at.plan(), at.clock).cautions if "accepted no longer" in one]
    second = run(at)
    assert second.kind == "run"
    assert second.audit is not None
    assert not second.audit.held
    assert [one.kind for one in second.audit.causes] == [CauseKind.ACCEPTANCES]
    change = next(one for one in second.audit.changes if one.figure == "conformance.accepted.rates.rate_streams")
    assert (change.before, change.unchanged_setup) == (1.0, 1.0)
    assert change.now == pytest.approx(30 / 35)
    history = history_of(at.plan(), write=False)
    records = history.read("Small audit")
    everything = json.dumps([one.body for one in records]).encode()
    everything += b"".join(history.document(sha) for one in records for sha in one.body["documents"].values())
    history.close()
    assert records[0].body["setup"]["acceptances"]["sha256"]
    assert b"26005-31" not in everything


@pytest.mark.slow
def test_several_reference_streams_each_with_a_gate(tmp_path: Path) -> None:
    """Tickets of the team changes have to ask first: 5 of them do, 3 do not."""
    plan = PLAN.replace("reference: reference.yaml", "reference: [reference.yaml, changes.yaml]").replace(
        "history:",
        "  - {name: changes, figure: 'further_conformance[reference=Changes].rate_streams', at_least: 90 %}\nhistory:",
    )
    at = desk(tmp_path / "desk", plan)
    mapping = (
        (at.folder / "mapping.yaml")
        .read_text(encoding="utf-8")
        .replace("  event: event\n", "  event: event\n  keep: [team]\n")
    )
    (at.folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    (at.folder / "changes.yaml").write_text(OF_CHANGES, encoding="utf-8")
    (at.folder / "reference.yaml").write_text(REFERENCE, encoding="utf-8")
    lines = log(((30, STRAIGHT), (5, ASKED), (3, STRAIGHT))).splitlines()
    teams = ["changes" if int(line.split(",")[0].rpartition("-")[2]) > 30 else "incidents" for line in lines[1:]]
    at.lands(
        "\n".join([lines[0] + ",team", *(f"{one},{team}" for one, team in zip(lines[1:], teams, strict=True))]) + "\n"
    )
    found = run(at)
    assert found.audit is not None
    assert [(one.name, one.status) for one in found.audit.gates] == [
        ("as agreed", GateStatus.HELD),
        ("changes", GateStatus.MISSED),
    ]
    assert found.audit.gates[1].value == pytest.approx(5 / 8)
    history = history_of(at.plan(), write=False)
    (record,) = history.read("Small audit", ["run"])
    history.close()
    assert [one["file"] for one in record.body["setup"]["references"]] == ["reference.yaml", "changes.yaml"]
    assert {"reference 0", "reference 1"} <= set(record.body["documents"])
    assert all(": " in sentence for sentence in record.body["deviations"])
    (at.folder / "changes.yaml").write_text(OF_CHANGES.replace("  - engage: ask\n", ""), encoding="utf-8")
    second = run(at)
    assert second.audit is not None
    assert [one.kind for one in second.audit.causes] == [CauseKind.REFERENCE]
