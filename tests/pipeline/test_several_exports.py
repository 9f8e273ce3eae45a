"""Exports of different shape in one analysis: incidents as a list of tickets, changes as another."""

from __future__ import annotations

from pathlib import Path

import pytest

import mining
from mining.core.errors import RequestError

pytestmark = pytest.mark.slow

INCIDENTS = """\
name: Incidents
export:
  shape: events
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  event: state
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
"""
CHANGES = """\
name: Changes
export:
  shape: tickets
  ticket: change
  ticket_type: change
  time: {zone: UTC}
  times: [planned, {column: built, event: built}]
rules:
  - {when: {event: planned}, activity: {design_and_transition: plan}}
  - {when: {event: built}, activity: {obtain_build: build}, value: claimed, end: agent}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "incidents.yaml": INCIDENTS,
        "changes.yaml": CHANGES,
        "incidents.csv": "number,state,at\n1,New,2024-01-01T08:00\n1,Done,2024-01-01T09:00\n2,Odd,2024-01-02T08:00\n",
        "changes.csv": "change,planned,built\n1,2024-01-01T08:00,2024-01-03T08:00\n2,,\n3,2024-01-02T08:00,\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_mapping_reads_the_exports_whose_columns_it_knows(here: Path) -> None:
    options = mining.Options(max_rejected=0.5)
    result = mining.analyse(
        ["incidents.csv", "changes.csv"], mapping=["incidents.yaml", "changes.yaml"], output="out", options=options
    )
    ledger = result.analysis.ledger
    assert ledger.adds_up
    assert (ledger.rows_read, ledger.rows_mapped, ledger.rows_unmapped, ledger.rows_rejected) == (6, 4, 1, 1)
    assert result.analysis.streams.cases == 4  # the incident 1 and the change 1 are two
    assert [label.event for label in result.analysis.unmapped] == ["Incidents: Odd"]
    assert result.to_dict()["mapping"]["name"] == "Incidents and Changes"
    assert (here / "out" / "report.html").exists()


@pytest.mark.usefixtures("here")
def test_a_mapping_may_name_its_files() -> None:
    result = mining.analyse(
        ["incidents.csv", "changes.csv"],
        mapping=["incidents.yaml=inc*", "changes.yaml=ch*"],
        options=mining.Options(max_rejected=0.5),
    )
    assert result.analysis.streams.cases == 4


def test_an_export_that_none_of_them_reads_is_named(here: Path) -> None:
    (here / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(RequestError, match=r"odd\.csv: none of these mappings can read this export"):
        mining.analyse(["odd.csv", "changes.csv"], mapping=["incidents.yaml", "changes.yaml"])


def test_a_mapping_that_reads_nothing_is_named(here: Path) -> None:
    with pytest.raises(RequestError, match=r"(?s)no export is read by this mapping.*incidents\.yaml"):
        mining.analyse(["changes.csv"], mapping=["incidents.yaml", "changes.yaml"])


def test_a_single_mapping_may_name_its_files_too(here: Path) -> None:
    (here / "incidents.csv").rename(here / "inc=1.csv")
    assert mining.analyse("inc=1.csv", mapping="incidents.yaml=inc*").analysis.streams.cases == 2
    with pytest.raises(RequestError, match="none of these mappings can read this export"):
        mining.analyse("changes.csv", mapping="incidents.yaml=inc*")


def test_a_path_with_an_equals_sign_is_a_path(here: Path) -> None:
    (here / "a=b").mkdir()
    (here / "incidents.yaml").rename(here / "a=b" / "incidents.yaml")
    assert mining.analyse("incidents.csv", mapping="a=b/incidents.yaml").analysis.streams.cases == 2
    both = ["a=b/incidents.yaml=inc*", "changes.yaml"]
    options = mining.Options(max_rejected=0.5)
    assert mining.analyse(["incidents.csv", "changes.csv"], mapping=both, options=options).analysis.streams.cases == 4
