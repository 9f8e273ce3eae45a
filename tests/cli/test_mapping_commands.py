"""The tools for a mapping, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from vsm_runs import Ran, vsm

pytestmark = pytest.mark.slow

MAPPING = """\
name: Small
owner: the service desk
export:
  shape: events
  ticket: case
  time: {column: at, zone: UTC}
  event: state
rules:
  - when: {state: New}
    activity: {engage: log}
  - when: {state: New, first: true}
    activity: {engage: contact}
  - when: {state: Gone}
    end: withdrawn
  - when: {state: Done}
    activity: {deliver_and_support: resolve}
    value: claimed
    end: agent
"""
EXPORT = """\
case,at,state
A,2024-05-01T10:00:00Z,New
A,2024-05-01T11:00:00Z,Parked
A,2024-05-01T12:00:00Z,Done
B,2024-05-02T10:00:00Z,New
B,2024-05-02T16:00:00Z,Done
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "x.csv").write_text(EXPORT, encoding="utf-8")
    return tmp_path


def mapping(here: Path, command: str, *words: str) -> Ran:
    ran = vsm("mapping", command, "small.yaml", "x.csv", *words, cwd=here)
    assert (ran.code, ran.err) == (0, "")
    return ran


def as_json(here: Path, command: str, *words: str) -> Any:
    return json.loads(mapping(here, command, *words, "--json").out)


def test_coverage_by_events_tickets_and_time(here: Path) -> None:
    found = as_json(here, "coverage")
    assert found["coverage"] == {"by_events": 0.8, "by_tickets": 0.5, "by_time": 7 / 8}
    assert found["unmapped"] == [{"event": "Parked", "rows": 1, "tickets": 1, "time_us": 3_600_000_000}]
    assert [rule["rows"] for rule in found["rules"]] == [2, 0, 0, 2]
    text = mapping(here, "coverage").out
    assert "by events   ########################......    80.0 %  4 of 5 events that a rule met" in text
    assert "\n1        1         1.0 h   Parked\n" in text


def test_a_ticket_is_explained(here: Path) -> None:
    text = mapping(here, "explain", "--ticket", "A").out
    assert '2024-05-01 11:00:00  row 2\n  state: "Parked"\n  → unmapped: no rule holds\n' in text
    assert '    rule 1 no: state is "New", found "Parked"\n' in text
    assert "2024-05-01 10:00:00   2024-05-01 12:00:00   engage:log" in text
    found = as_json(here, "explain", "--ticket", "A")
    assert [(row["rule"], row["outcome"]) for row in found["rows"]] == [
        (1, "engage:log"),
        (None, "unmapped"),
        (4, "deliver_and_support:resolve [claimed], end agent"),
    ]
    assert [visit["step"] for visit in found["visits"]] == ["log", "resolve"]
    assert found["state"] == "ended"


def test_an_unknown_ticket_is_answered_with_the_near_ones(here: Path) -> None:
    ran = vsm("mapping", "explain", "small.yaml", "x.csv", "--ticket", "AA", cwd=here)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "Error: there is no such ticket in the export\n"
        "  found: AA\n"
        "  expected: A, B\n"
        "  what to do: name a ticket as the export writes it; these look most like it\n"
    )


def test_check_with_an_export_tells_what_rules_do_to_it(here: Path) -> None:
    text = mapping(here, "check").out
    assert "Mind: rule 2 (line 11) never decides: of the 2 rows where it holds, rule 1 takes 2\n" in text
    assert 'Mind: rule 3 (line 13) never holds: state is "Gone"\n' in text
    assert 'Values of "state" that no rule names: 1\n' in text
    found = as_json(here, "check")["data"]
    assert [rule["shadowed"] for rule in found["rules"]] == [False, True, False, False]
    assert [rule["never_holds"] for rule in found["rules"]] == [False, False, True, False]
    assert found["unnamed"][0]["values"] == [{"text": "Parked", "rows": 1, "tickets": 1}]


def test_sensitivity_names_the_rule_on_which_most_hangs(here: Path) -> None:
    found = as_json(here, "sensitivity", "--reference", "incident")
    assert [rule["rule"] for rule in found["rules"]] == [4, 1]  # rules 2 and 3 decide no row
    assert found["figures"]["lead_time_us"] == 2 * 3_600_000_000
    assert found["rules"][0]["figures"]["fulfilled"] == 0
    assert (found["rules"][0]["change"], found["rules"][0]["changed"]) == (1.0, "lead_time")
    text = mapping(here, "sensitivity", "--rules", "1").out
    assert "1 rules that decide fewer rows were not tried." in text
    assert "conforming" not in text


def test_suggested_rules_can_be_put_into_the_mapping_as_they_are(here: Path) -> None:
    with (here / "x.csv").open("a", encoding="utf-8") as export:
        export.write("B,2024-05-02T17:00:00Z,Qwxyz\nB,2024-05-02T18:00:00Z,\n")
    ran = mapping(here, "suggest", "--output", "more.yaml")
    assert ran.out == "3 rules suggested: more.yaml\n"
    text = (here / "more.yaml").read_text(encoding="utf-8")
    assert "# For Small: 3 of 7 events are met by no rule.\n" in text
    assert "  # 1 row of 1 ticket, 1.0 h. unsure: check, no word of it is known" in text
    _, _, rules_and_examples = text.partition("rules:\n")
    (here / "small.yaml").write_text(MAPPING + rules_and_examples, encoding="utf-8")
    assert as_json(here, "coverage")["coverage"]["by_events"] == 1.0
    assert "3 of 3 examples" in vsm("mapping", "test", "small.yaml", cwd=here).out
    assert as_json(here, "suggest")["rules"] == []


def test_a_suggestion_overwrites_nothing(here: Path) -> None:
    ran = vsm("mapping", "suggest", "small.yaml", "x.csv", "--output", "small.yaml", cwd=here)
    assert (ran.code, ran.out) == (2, "")
    assert "small.yaml: exists already" in ran.err
    assert (here / "small.yaml").read_text(encoding="utf-8") == MAPPING


@pytest.mark.parametrize("command", ["coverage", "check", "sensitivity", "suggest"])
def test_an_export_without_the_columns_is_refused(command: str, here: Path) -> None:
    (here / "x.csv").write_text("case,at,status\nA,2024-05-01T10:00:00Z,New\n", encoding="utf-8")
    ran = vsm("mapping", command, "small.yaml", "x.csv", "--json", cwd=here)
    assert (ran.code, ran.out) == (2, "")
    assert 'x.csv, column "state": there is no such column' in ran.err
    assert "found: status" in ran.err


def test_the_list_says_who_answers_for_a_mapping_and_what_is_not_verified(here: Path) -> None:
    header = vsm("mapping", "list", cwd=here).out.splitlines()[0]
    assert header.split("   ")[0] == "name"
    assert all(column in header for column in ("rows are", "not verified", "owner", "from", "what it reads"))
    found = {one["name"]: one for one in json.loads(vsm("mapping", "list", "--json", cwd=here).out)}
    shown = vsm("mapping", "show", "servicenow_incident", cwd=here).out
    lines = [line for line in shown.splitlines() if "not verified" in line.lower()]
    assert found["servicenow_incident"]["not_verified"] == len(lines)
    assert "owner" in found["servicenow_incident"]
