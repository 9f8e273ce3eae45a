"""An audit file: what it says, and each way in which it can be wrong, with its line."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest
from audit_builders import PLAN, desk

from mining.audit.file import load_plan
from mining.core.audit import Severity, Unit
from mining.core.errors import ConfigError

FULL = """\
name: Weekly
inputs:
  newest: exports/*.csv
  fetch: {command: [./fetch.sh, --week], timeout: 5 min}
  wait: 2 h
  settled: 30 s
  not_older_than: 8 days
mapping: servicenow_incident
reference: incident
options: {max_rejected: 2 %, cases: ticket, noise: 0.1}
gates:
  - figure: measures.lead_time.held.p85_us
    at_most: 5 days
    severity: warn
    grace: 2
    because: Agreed on 1 March.
  - figure: measures.waiting.by[on=user].share
    at_most: 30 %
  - figure: conformance.rate_streams
    against: {median_of_last: 8}
    at_most_below: 5 points
  - figure: streams.cases
    against: base line
    at_most_below: 20 %
history: {url_from: VSM_HISTORY}
base_line: 3
trend: [conformance.fitness]
alerts:
  - {name: desk, address_from: VSM_MAIL, about: [gate failed, recovered], timeout: 5 s}
retention: {reports: 104}
schedule: {zone: Europe/Berlin, at: ["07:00", "02:30"], days: [monday, friday]}
"""


def test_all_that_a_file_can_say(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FULL, encoding="utf-8")
    plan = load_plan(tmp_path / "a.yaml")
    assert plan.inputs.newest == str(tmp_path / "exports/*.csv")
    assert plan.inputs.fetch is not None
    assert plan.inputs.fetch.command == ("./fetch.sh", "--week")
    assert (plan.inputs.wait, plan.inputs.not_older_than) == (timedelta(hours=2), timedelta(days=8))
    assert (plan.options.max_rejected, plan.options.noise) == (0.02, 0.1)
    lead, waiting, rate, cases = plan.gates
    assert (lead.at_most.value, lead.unit, lead.severity, lead.grace) == (  # type: ignore[union-attr]
        5 * 86_400_000_000,
        Unit.DURATION,
        Severity.WARN,
        2,
    )
    assert waiting.at_most.value == 0.3  # type: ignore[union-attr]
    assert (rate.against.runs, rate.at_most_below.value, rate.at_most_below.relative) == (8, 0.05, False)  # type: ignore[union-attr]
    assert (cases.against.runs, cases.at_most_below.relative) == (0, True)  # type: ignore[union-attr]
    assert plan.schedule is not None
    assert plan.schedule.at == (time(2, 30), time(7, 0))
    assert plan.schedule.weekdays == (0, 4)
    assert plan.alerts[0].address_from == "VSM_MAIL"
    assert plan.figures[-1] == "conformance.fitness"


@pytest.mark.parametrize(
    ("change", "to", "line", "said"),
    [
        ("name: Small audit", "nmae: Small audit", 1, 'did you mean "name"?'),
        ('inputs: {newest: "*.csv"}', "inputs: {}", 2, "one of files, newest and folder"),
        ('inputs: {newest: "*.csv"}', 'inputs: {newest: "*.csv", folder: .}', 2, "one of files, newest and folder"),
        ('inputs: {newest: "*.csv"}', 'inputs: {newest: "*.csv", wait: soon}', 2, "this is no duration"),
        ("at_least: 80 %", "at_least: 80 days", 8, "a share such as 85 % or 0.85"),
        ("at_least: 80 %", "at_least: 80", 8, "a share such as 85 % or 0.85"),
        ("at_least: 80 %", "at_most_below: 5 points", 6, "a distance needs what it counts from"),
        ("at_least: 80 %", "severity: warn", 6, "either a bound or a distance"),
        ("at_least: 80 %", "at_least: 80 %\n    grace: -1", 9, "greater than or equal to 0"),
        ("conformance.rate_streams\n", "conformance.rate_stream\n", 7, "conformance.rate_streams"),
        ("history: {file: history.db}", "history: {}", 9, "one of file and url_from"),
        ("history: {file: history.db}", "history: sqlite:///kept.db", 9, "write history: {file: kept.db}"),
        ("history: {file: history.db}", "history: [kept.db]", 9, "expected: file, url_from"),
        ("history: {file: history.db}", "history: postgresql://u:secret@h/d", 9, "postgresql://…"),
        ("history: {file: history.db}", "history: kept.db", 9, "keys are expected here"),
        ('inputs: {newest: "*.csv"}', "inputs: new/*.csv", 2, "expected: files, newest, folder"),
        (
            "history: {file: history.db}",
            "history: {url_from: 'postgresql://u:secret@h/d'}",
            9,
            "no name of an environment",
        ),
        ("trend: [conformance.rate_streams]", "trend: [conformance.rate]", 10, "result.json has no such figure"),
        ("trend:", 'schedule: {zone: Berlin, at: "07:00"}\ntrend:', 10, "Europe/Berlin"),
        ("trend:", 'schedule: {zone: UTC, at: "25:00"}\ntrend:', 10, 'such as "07:00"'),
        ("trend:", 'schedule: {zone: UTC, at: "07:00", days: [mittwoch]}\ntrend:', 10, "wednesday"),
        ("trend:", 'schedule: {zone: UTC, at: "07:00", days: {days_of_month: [32]}}\ntrend:', 10, "from 1 to 31"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, change: str, to: str, line: int, said: str) -> None:
    assert change in PLAN
    with pytest.raises(ConfigError) as raised:
        desk(tmp_path, PLAN.replace(change, to, 1)).plan()
    told = [problem for problem in raised.value.problems if said in str(problem)]
    assert told, raised.value
    assert told[0].line == line
    assert "secret" not in str(raised.value)
    assert "Part" not in str(raised.value)  # names of the program say nothing to whoever wrote the file


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = PLAN.replace("at_least: 80 %", "at_least: much").replace("history.db", "h.db").replace("{file:", "{fiel:")
    with pytest.raises(ConfigError) as raised:
        desk(tmp_path, text.replace("name: as agreed", "nam: x")).plan()
    assert len(raised.value.problems) >= 2


def test_two_gates_of_one_name_are_refused(tmp_path: Path) -> None:
    gate = "  - name: as agreed\n    figure: conformance.rate_streams\n    at_least: 80 %\n"
    with pytest.raises(ConfigError, match="two gates of this name"):
        desk(tmp_path, PLAN.replace(gate, gate * 2)).plan()


def test_the_example_of_the_guide_can_be_used(tmp_path: Path) -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "audits.md"
    text = guide.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "weekly.yaml").write_text(text, encoding="utf-8")
    plan = load_plan(tmp_path / "weekly.yaml")
    assert len(plan.gates) == 6
    assert plan.schedule is not None


def test_its_reports_can_be_had_in_another_language(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FULL + "language: de\n", encoding="utf-8")
    assert load_plan(tmp_path / "a.yaml").language == "de"
    (tmp_path / "a.yaml").write_text(FULL, encoding="utf-8")
    assert load_plan(tmp_path / "a.yaml").language == "en"
    (tmp_path / "a.yaml").write_text(FULL + "language: xx\n", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_plan(tmp_path / "a.yaml")
    problem = error.value.problems[0]
    assert (problem.line, problem.found, problem.expected) == (FULL.count("\n") + 1, "xx", "en, de")
