"""--where and --split-by, the whole way: which tickets there are, what the ledger says of the others, the report."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import mining
from mining.core.analysis import Options
from mining.core.errors import RequestError
from mining.core.links import CasesBy
from mining.report import SCHEMA_FILE

pytestmark = pytest.mark.slow

INCIDENTS = """\
name: Incidents
export:
  shape: snapshots
  ticket: number
  ticket_type: incident
  time: {column: at, zone: Europe/Berlin}
  event: state
  links: [{column: problem, to: problem}]
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
"""
PROBLEMS = """\
name: Problems
export:
  shape: tickets
  ticket: number
  ticket_type: problem
  time: {zone: UTC}
  times: [found, {column: known, event: known}]
rules:
  - {when: {event: found}, activity: {improve: analyse}}
  - {when: {event: known}, activity: {improve: explain}, value: claimed, end: agent}
"""
FILES = {
    "incidents.yaml": INCIDENTS,
    "problems.yaml": PROBLEMS,
    # 1 and 2 lead to the problem 7, 3 to the problem 8, and 9 is a problem to which nothing leads.
    "incidents.csv": """\
number,state,at,problem,priority,caller
1,New,2024-01-31T23:30,7,3 - Low,Ann
1,Done,2024-02-01T09:00,7,1 - High,Ann
2,New,2024-02-02T08:00,7,3 - Low,Bob
2,Done,2024-02-02T09:00,7,3 - Low,Bob
3,New,2024-02-03T08:00,8,1 - High,Cem
4,New,2024-02-04T08:00,,,Dan
4,Done,2024-02-04T08:00,,,Dan
""",
    "problems.csv": """\
number,found,known
7,2024-02-05T10:00,2024-02-06T10:00
8,2024-02-05T10:00,
9,,2024-02-05T12:00
""",
}
BOTH = {"exports": ["incidents.csv", "problems.csv"], "mapping": ["incidents.yaml", "problems.yaml"]}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def analysed(*where: str, exports: object = "incidents.csv", mapping: object = "incidents.yaml", **more: object):
    output = more.pop("output", None)
    options = Options(where=where, max_rejected=0.5, **more)
    result = mining.analyse(exports, mapping=mapping, output=output, options=options)
    assert result.analysis.ledger.adds_up
    return result


def test_tickets_are_chosen_by_a_column_that_no_rule_looks_at(here: Path) -> None:
    result = analysed("priority=1 - High", output="out")
    analysis = result.analysis
    assert (analysis.streams.cases, analysis.ledger.rows_filtered, analysis.ledger.rows_mapped) == (2, 4, 3)
    assert (analysis.filtered.tickets, analysis.filtered.kept) == (4, 2)
    said = "Only part of the export: 2 of 4 tickets, those with priority=1 - High."
    assert said in "\n".join(result.summary())
    assert said in (here / "out" / "report.html").read_text(encoding="utf-8")
    told = json.loads((here / "out" / "result.json").read_text(encoding="utf-8"))
    Draft202012Validator(json.loads((files("mining.report") / SCHEMA_FILE).read_text(encoding="utf-8"))).validate(told)
    assert told["filter"]["conditions"] == [{"text": "priority=1 - High", "tickets": 4, "met": 2, "met_share": 0.5}]
    assert told["cohorts"] is None


def test_streams_are_split_and_the_report_has_a_section(here: Path) -> None:
    result = analysed(split_by="priority", output="out")
    found = result.analysis.cohorts
    assert [(one.label, one.streams) for one in found.cohorts] == [("1 - High", 2), ("3 - Low", 1), (None, 1)]
    page = (here / "out" / "report.html").read_text(encoding="utf-8")
    assert 'id="cohorts"' in page
    assert (
        "Fewer than 30 fulfilled streams, so that their figures are hints only: 1 - High, 3 - Low and no value." in page
    )
    assert any("by priority, median lead time: 1 - High" in line for line in result.summary())


def test_months_are_those_of_the_zone_of_the_mapping(here: Path) -> None:
    """The first incident began at 22:30 in UTC, half an hour before February in Berlin."""
    assert [(one.label, one.streams) for one in analysed(split_by="period:month").analysis.cohorts.cohorts] == [
        ("2024-01", 1),
        ("2024-02", 3),
    ]
    assert analysed("period=2024-02").analysis.streams.cases == 3


def test_months_of_completed_tickets_alone_are_no_trend(here: Path) -> None:
    """While the third incident is open, they may be; without it, all that is in the export was done."""
    assert analysed(split_by="period:month").to_dict()["cohorts"]["no_trend"] is None
    completed = "".join(line for line in FILES["incidents.csv"].splitlines(True) if not line.startswith("3,"))
    (here / "incidents.csv").write_text(completed, encoding="utf-8")
    result = analysed(split_by="period:month", output="out")
    reason = "Every stream in the export has ended, so it was selected by completion."
    assert result.to_dict()["cohorts"]["no_trend"] == reason
    assert f"This is no trend: {reason}" in (here / "out" / "report.html").read_text(encoding="utf-8")
    assert analysed(split_by="priority").to_dict()["cohorts"]["no_trend"] is None


def test_a_condition_leaves_the_tickets_alone_of_which_it_asks_nothing(here: Path) -> None:
    analysis = analysed("priority=3 - Low", split_by="priority", **BOTH).analysis
    assert analysis.streams.cases == 1 + 3
    assert (analysis.ledger.rows_read, analysis.ledger.rows_filtered) == (10, 5)
    assert [(one.kind.value, one.streams) for one in analysis.cohorts.cohorts] == [("value", 1), ("not told", 3)]
    assert (analysis.filtered.conditions[0].tickets, analysis.filtered.conditions[0].met) == (4, 1)


def test_of_tickets_in_one_row_the_rows_are_counted_and_not_the_times(here: Path) -> None:
    ledger = analysed("ticket_type=incident", **BOTH).analysis.ledger
    assert (ledger.rows_read, ledger.rows_filtered, ledger.rows_mapped) == (10, 3, 7)
    assert ledger.events_made == ledger.events_mapped == 7


def test_streams_of_several_tickets_are_chosen_by_where_they_begin(here: Path) -> None:
    """Of the incidents of high priority, 1 reaches the problem 7 and 3 the problem 8; 9 has no priority, and stays."""
    analysis = analysed("priority=1 - High", cases=CasesBy.FOLLOW, split_by="priority", **BOTH).analysis
    assert (analysis.streams.cases, analysis.streams.linked.shared) == (3, 0)
    assert (analysis.filtered.kept, analysis.filtered.tickets, analysis.filtered.reached) == (5, 7, True)
    assert (analysis.ledger.rows_read, analysis.ledger.rows_filtered, analysis.ledger.rows_mapped) == (10, 4, 6)
    assert [(one.label or one.kind.value, one.streams) for one in analysis.cohorts.cohorts] == [
        ("1 - High", 2),
        ("not told", 1),
    ]


def test_what_a_stream_that_is_left_out_reaches_begins_none_of_its_own(here: Path) -> None:
    analysis = analysed("ticket_type=incident", "priority=", cases=CasesBy.FOLLOW, **BOTH).analysis
    assert analysis.streams.cases == 1
    assert analysis.ledger.rows_filtered == 8


def test_connected_streams_are_chosen_by_their_first_ticket(here: Path) -> None:
    analysis = analysed("priority=1 - High", cases=CasesBy.CONNECTED, **BOTH).analysis
    assert analysis.streams.cases == 3  # 1 with 2 and 7; 3 with 8; 9
    assert analysis.ledger.rows_filtered == 2


def test_a_column_that_only_sounds_right_names_the_right_one(here: Path) -> None:
    with pytest.raises(RequestError, match=r'(?s)column "priorty": there is no such column.*found: priority'):
        analysed("priorty=1 - High")
    with pytest.raises(RequestError, match=r"(?s)--split-by priorty: no export has this column.*expected: priority"):
        analysed(split_by="priorty", **BOTH)


def test_a_cohort_that_is_empty_is_no_analysis(here: Path) -> None:
    for cases in (CasesBy.TICKET, CasesBy.FOLLOW):
        with pytest.raises(RequestError, match=r"(?s)--where: no ticket has this value.*found: 1 - Hihg\n.*1 - High"):
            analysed("priority=1 - Hihg", cases=cases, **BOTH)
        with pytest.raises(RequestError, match=r"(?s)no ticket meets this condition.*period=2019: 0 of 7 tickets"):
            analysed("period=2019", cases=cases, **BOTH)


def test_people_are_named_only_where_that_is_asked_for(here: Path) -> None:
    with pytest.raises(RequestError, match="names people"):
        analysed(split_by="caller")
    result = analysed(split_by="caller", with_actors=True, output="out")
    assert [one.label for one in result.analysis.cohorts.cohorts] == ["Ann", "Bob", "Cem", "Dan"]
    page = (here / "out" / "report.html").read_text(encoding="utf-8")
    assert "may name people in this report" in page
    assert "No ticket and no person is named" not in page


def test_a_cohort_is_not_compared_with_itself_nor_without_a_split(here: Path) -> None:
    with pytest.raises(RequestError, match="two different values"):
        analysed(split_by="priority", compare=("1 - High", "1 - High"))
    with pytest.raises(RequestError, match="--compare goes with --split-by"):
        analysed(compare=("1 - High", "3 - Low"))


def test_the_command_line_takes_conditions_and_two_cohorts(here: Path) -> None:
    command = [sys.executable, "-m", "mining", "analyse", "incidents.csv", "-m", "incidents.yaml", "--json", "--quiet"]
    asked = ["--where", "period=2024", "--where", "caller!=x", "--split-by", "priority"]
    refused = subprocess.run([*command, *asked], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "names people" in refused.stderr
    asked = ["--where", "period=2024", "--split-by", "priority", "--compare", "3 - Low", "1 - High"]
    done = subprocess.run([*command, *asked], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)["cohorts"]
    assert [found["cohorts"][place]["label"] for place in found["pair"]] == ["3 - Low", "1 - High"]
