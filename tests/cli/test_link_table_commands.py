"""A table of links, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from vsm_runs import vsm

pytestmark = pytest.mark.slow

INCIDENTS = """\
name: Incidents
export: {shape: events, ticket: number, ticket_type: incident, time: {column: at, zone: UTC}, event: state}
cases: {by: follow}
rules:
  - {when: {state: New}, activity: engage}
  - {when: {state: Done}, activity: deliver_and_support, value: claimed, end: agent}
"""
RELATIONS = """\
name: Relations
export:
  shape: links
  ticket: parent
  ticket_type: incident
  links: [{column: child, to: incident}]
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "incidents.yaml").write_text(INCIDENTS, encoding="utf-8")
    (tmp_path / "relations.yaml").write_text(RELATIONS, encoding="utf-8")
    rows = [f"{n},{state},2024-01-0{n}T0{hour}:00" for n in (1, 2, 3) for state, hour in (("New", 8), ("Done", 9))]
    (tmp_path / "incidents.csv").write_text("\n".join(["number,state,at", *rows, ""]), encoding="utf-8")
    (tmp_path / "rel.csv").write_text("parent,child\n1,2\n", encoding="utf-8")
    return tmp_path


def test_beside_an_export_and_alone(here: Path) -> None:
    files, mappings = ("incidents.csv", "rel.csv"), ("-m", "incidents.yaml", "-m", "relations.yaml")
    ran = vsm("analyse", *files, *mappings, "--json", cwd=here)
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert found["streams"]["cases"] == 2  # the incident 1 leads to 2
    assert (found["ledger"]["rows_read"], found["ledger"]["rows_mapped"]) == (7, 7)
    alone = vsm("analyse", "rel.csv", "-m", "relations.yaml", cwd=here)
    assert alone.code == 2
    assert "a table of links makes no streams alone" in alone.err


def test_tools_that_ask_for_rules_say_that_there_are_none(here: Path) -> None:
    for command in ("coverage", "suggest", "sensitivity"):
        ran = vsm("mapping", command, "relations.yaml", "rel.csv", cwd=here)
        assert ran.code == 2
        assert "makes no sense with a table of links" in ran.err
        assert "Traceback" not in ran.err
    assert vsm("mapping", "explain", "relations.yaml", "rel.csv", "--ticket", "1", cwd=here).code == 2


def test_the_other_tools_work(here: Path) -> None:
    (here / "rel.csv").write_text("parent,child\n1,\n", encoding="utf-8")
    checked = vsm("mapping", "check", "relations.yaml", "rel.csv", cwd=here)
    assert (checked.code, checked.err) == (0, "")
    assert 'the column "child" is missing in every row' in checked.out
    assert vsm("mapping", "test", "relations.yaml", cwd=here).out == "0 of 0 examples come out as written.\n"
    assert vsm("mapping", "show", "relations.yaml", cwd=here).out == RELATIONS
    listed = vsm("mapping", "list", "--mappings", ".", "--json", cwd=here)
    assert ("relations", "links") in {(one["name"], one["shape"]) for one in json.loads(listed.out)}
