"""Today's list by its tickets' numbers, as a user asks for it; and streams of linked tickets, of which the figures
of the desk are still by tickets."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from vsm_runs import vsm

pytestmark = pytest.mark.slow

MAPPING = """\
name: Incidents
export:
  shape: events
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  event: state
  group: team
  links: [{column: parent, from: incident}]
rules:
  - {when: {state: New}, activity: engage}
  - {when: {state: Ask}, activity: {engage: ask}, waiting: user}
  - {when: {state: Done}, activity: deliver_and_support, value: claimed, end: agent}
"""
ROWS = """\
number,state,at,team,parent
INC0000001,New,2024-01-01T08:00,Desk,
INC0000001,Done,2024-01-01T09:00,Second,
INC0000002,New,2024-01-02T08:00,Desk,INC0000001
INC0000002,Ask,2024-01-02T09:00,Desk,INC0000001
INC0000003,New,2024-01-20T08:00,Desk,INC0000001
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "incidents.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def analyse(here: Path, *words: str) -> dict[str, object]:
    ran = vsm("analyse", "incidents.csv", "-m", "mine.yaml", "-o", "out", *words, cwd=here)
    assert ran.code == 0, ran.err
    found: dict[str, object] = json.loads((here / "out" / "result.json").read_text(encoding="utf-8"))
    return found


def test_open_tickets_are_listed_and_named_only_where_asked_for(here: Path) -> None:
    table = here / "out" / "tables" / "open_tickets.parquet"
    analyse(here, "--with-tickets", "--waiting-days", "17")
    rows = pq.read_table(table).to_pylist()
    assert [(row["case_id"], row["on"], row["group"], row["long"]) for row in rows] == [
        ("INC0000002", "user", "Desk", True),
        ("INC0000003", None, "Desk", False),
    ]
    assert "INC0000002" not in json.dumps(analyse(here))
    assert "INC0000002" not in (here / "out" / "report.html").read_text(encoding="utf-8")
    assert not table.exists()


def test_of_linked_tickets_the_figures_of_the_desk_are_by_tickets(here: Path) -> None:
    alone, linked = analyse(here), analyse(here, "--cases", "connected", "--with-tickets")
    assert linked["streams"]["cases"] == 1  # type: ignore[index]
    assert linked["measures"]["service_desk"] == alone["measures"]["service_desk"]  # type: ignore[index]
    assert alone["measures"]["service_desk"]["tickets"] == 3  # type: ignore[index]
    assert pq.read_table(here / "out" / "tables" / "open_tickets.parquet").num_rows == 2


def test_without_a_folder_there_is_no_place_for_the_list(here: Path) -> None:
    ran = vsm("analyse", "incidents.csv", "-m", "mine.yaml", "--json", "--with-tickets", cwd=here)
    assert ran.code == 2
    assert "name a folder with --output" in ran.err
    assert "Traceback" not in ran.err
