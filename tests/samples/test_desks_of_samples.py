"""The service desks of the invented samples, and what no shipped mapping may say of surveys."""

from __future__ import annotations

import csv
import re

import pytest

import mining
from mining import mapping as mappings
from mining.core.desk import ServiceDesk
from mining.core.locate import shipped, shipped_names

pytestmark = pytest.mark.slow  # each is quick, all of them are not

SAMPLES = shipped("sample_logs")
SURVEY = re.compile(r"survey|satisf|feedback|rating|csat", re.IGNORECASE)


@pytest.mark.parametrize("name", shipped_names("mappings/exports"))
def test_no_survey_realises_value_be_it_sent_or_answered(name: str) -> None:
    for rule in mappings.load_mapping(name).rules:
        about = [rule.text, *(label.step or "" for label in rule.outcome.events)]
        if any(map(SURVEY.search, about)):
            assert not any(label.realises for label in rule.outcome.events), f"{name}, rule {rule.number}"


@pytest.mark.parametrize("name", shipped_names("mappings/exports"))
def test_no_major_incident_is_told_by_its_priority(name: str) -> None:
    facts = {spec.fact.value: (spec.column, spec.field) for spec in mappings.load_mapping(name).export.facts}
    assert "major" not in facts or facts["major"] != facts.get("priority")


def desk_of(sample: str, mapping: str) -> ServiceDesk:
    found = mining.analyse(SAMPLES / sample, mapping=mapping).measures.service_desk
    assert found is not None
    return found


def test_the_snapshots_of_incidents_against_a_count_of_their_rows() -> None:
    found = desk_of("servicenow_incidents.csv", "servicenow_incident")
    with (SAMPLES / "servicenow_incidents.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row["number"], int(row["sys_mod_count"]))):
        of_ticket = groups.setdefault(row["number"], [])
        if row["assignment_group"] != "?" and of_ticket[-1:] != [row["assignment_group"]]:
            of_ticket.append(row["assignment_group"])
    had = [names for names in groups.values() if names]
    back = sum(names[i] == names[i - 2] for names in had for i in range(2, len(names)))
    assert found.reassignment is not None
    assert found.ping_pong is not None
    assert (found.reassignment.tickets, found.reassignment.changes) == (len(had), sum(len(names) - 1 for names in had))
    assert found.ping_pong.occurrences == back > 0
    last = {row["number"]: row["made_sla"] for row in rows}
    assert found.target_met is not None
    assert found.target_met.met.n <= sum(value == "true" for value in last.values())


def test_an_audit_tells_the_group_before_the_first_change() -> None:
    found = desk_of("servicenow_audit.csv", "servicenow_audit")
    with (SAMPLES / "servicenow_audit.csv").open(encoding="utf-8") as file:
        moves = [row for row in csv.DictReader(file) if row["fieldname"] == "assignment_group"]
    assert found.reassignment is not None
    moved = {row["documentkey"] for row in moves}
    assert found.reassignment.tickets == found.tickets
    assert found.reassignment.by_changes[0] == found.tickets - len(moved)
    assert found.first_contact is not None
    assert found.first_contact.first_group is not None
    assert found.first_contact.first_group.n > 0
    assert found.reassignment.changes == sum(bool(row["oldvalue"]) for row in moves)


def test_a_list_tells_no_re_assignment_but_a_target() -> None:
    found = desk_of("topdesk_incident.csv", "topdesk_incident")
    assert found.listed == ("incident",)
    assert found.reassignment is None
    assert found.target is not None
    assert found.target.told > 0
    assert found.target.met.of == found.target.told
    assert found.lines is not None
    assert {one.line for one in found.lines.by_line} <= {1, 2}
