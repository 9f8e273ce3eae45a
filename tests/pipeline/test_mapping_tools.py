"""The tools for a mapping, from a file to what they find, for each shape of an export."""

from __future__ import annotations

from pathlib import Path

import pytest

from mining import mapping_tools
from mining.core.mapping_results import KeyFigures, UnmappedWeight

pytestmark = pytest.mark.slow

LOGS = Path(__file__).parents[3] / "shared" / "logs"
UCI = LOGS / "servicenow_incident_event_log.csv.zip"
NEEDS_LOGS = pytest.mark.skipif(not LOGS.is_dir(), reason="the real logs are not here: ../shared/logs")
HOUR = 3_600_000_000

TICKETS = """\
name: Tickets
export:
  shape: tickets
  ticket: number
  time: {format: "%Y-%m-%d %H:%M", zone: UTC}
  times:
    - {column: opened_at, event: opened}
    - {column: touched_at, event: touched}
    - {column: closed_at, event: closed}
rules:
  - when: {event: opened}
    activity: {engage: log}
  - when: {event: closed}
    activity: {deliver_and_support: resolve}
    value: claimed
    end: agent
"""
TICKET_ROWS = """\
number,opened_at,touched_at,closed_at
A,2024-05-01 10:00,2024-05-01 11:00,2024-05-01 14:00
B,2024-05-01 10:00,,2024-05-01 16:00
"""

CHANGES = """\
name: Changes
export:
  shape: changes
  ticket: key
  time: {column: at, format: "%Y-%m-%d %H:%M", zone: UTC}
  field: field
  old: from
  new: to
  event: status
rules:
  - when: {event: Done}
    activity: {deliver_and_support: resolve}
    value: claimed
    end: agent
  - when: {field: assignee, old: nobody}
    activity: {deliver_and_support: route}
  - when: {field: assignee}
    activity: {deliver_and_support: hand over}
"""
CHANGE_ROWS = """\
key,at,field,from,to
A,2024-05-01 10:00,assignee,nobody,Ann Example
A,2024-05-01 11:00,assignee,Ann Example,Bob Example
A,2024-05-01 12:00,status,Open,Parked
A,2024-05-01 15:00,status,Parked,Done
"""


def written(folder: Path, mapping: str, rows: str) -> tuple[Path, list[Path]]:
    (folder / "mine.yaml").write_text(mapping, encoding="utf-8")
    (folder / "x.csv").write_text(rows, encoding="utf-8")
    return folder / "mine.yaml", [folder / "x.csv"]


def test_tickets_are_covered_by_their_times(tmp_path: Path) -> None:
    found = mapping_tools.mapping_coverage(*written(tmp_path, TICKETS, TICKET_ROWS))
    assert (found.by_events, found.by_tickets, found.by_time) == (4 / 5, 1 / 2, 7 / 10)
    assert found.unmapped == (UnmappedWeight("touched", 1, 1, 3 * HOUR),)
    assert (found.ledger.rows_read, found.ledger.rows_mapped, found.ledger.rows_unmapped) == (2, 1, 1)


def test_each_time_of_a_ticket_is_explained(tmp_path: Path) -> None:
    found = mapping_tools.explain_ticket(*written(tmp_path, TICKETS, TICKET_ROWS), "A")
    assert [(row.cells[0][1], row.rule) for row in found.rows] == [
        ('"opened"', 1),
        ('"touched"', None),
        ('"closed"', 2),
    ]
    assert [str(visit.label.symbol) for visit in found.visits] == [
        "engage:log",
        "deliver_and_support:resolve [claimed]",
    ]


def test_values_of_changes_are_no_names_of_people(tmp_path: Path) -> None:
    where = written(tmp_path, CHANGES, CHANGE_ROWS)
    assert mapping_tools.mapping_coverage(*where).unmapped == (UnmappedWeight("Parked", 1, 1, 3 * HOUR),)
    explained = mapping_tools.explain_ticket(*where, "A")
    assert [row.rule for row in explained.rows] == [2, 3, None, 1]
    assert explained.rows[1].ruled_out[1].why == 'from is "nobody", found a text of 11 characters'
    assert "Example" not in str(explained) + str(mapping_tools.check_mapping(*where))


def test_check_without_an_export_looks_at_the_mapping_alone(tmp_path: Path) -> None:
    mapping, _ = written(tmp_path, TICKETS, TICKET_ROWS)
    found = mapping_tools.check_mapping(mapping)
    assert found.data is None
    assert any("has no example" in str(caution) for caution in found.cautions)


def test_sensitivity_keeps_the_yardstick(tmp_path: Path) -> None:
    """Without the only rule that ends tickets they are open, not of unknown state, so that none is fulfilled."""
    found = mapping_tools.mapping_sensitivity(*written(tmp_path, TICKETS, TICKET_ROWS), reference="incident")
    assert (found.figures.fulfilled, found.figures.lead_time, found.figures.mapped) == (1.0, 4 * HOUR, 4 / 5)
    by_rule = {one.rule: one for one in found.rules}
    assert (by_rule[2].figures.fulfilled, by_rule[2].figures.lead_time, by_rule[2].change) == (0.0, None, 1.0)
    assert by_rule[1].figures.lead_time == 4 * HOUR  # the row still says when demand arose
    assert by_rule[1].figures.mapped == 2 / 5


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (KeyFigures(100, 0.5, None, 0.2, 1.0), KeyFigures(100, 0.5, None, 0.2, 1.0), (0.0, "lead_time")),
        (KeyFigures(100, 0.5, None, 0.2, 1.0), KeyFigures(150, 0.4, None, 0.2, 0.9), (0.5, "lead_time")),
        (KeyFigures(100, 0.5, None, 0.2, 1.0), KeyFigures(100, 0.5, None, 0.5, 1.0), (1.5, "flow_upper")),
        (KeyFigures(100, 0.5, 0.8, 0.2, 1.0), KeyFigures(None, 0.5, 0.8, 0.2, 1.0), (1.0, "lead_time")),
        (KeyFigures(None, 0.0, None, None, 1.0), KeyFigures(None, 0.1, None, None, 1.0), (1.0, "fulfilled")),
    ],
)
def test_the_largest_change_is_relative_to_what_was(
    before: KeyFigures, after: KeyFigures, change: tuple[float, str]
) -> None:
    found, name = before.change_to(after)
    assert (pytest.approx(found), name) == change


@pytest.mark.real_logs
@NEEDS_LOGS
def test_uci_is_covered_but_for_a_state_of_which_nothing_is_known() -> None:
    found = mapping_tools.mapping_coverage("servicenow_incident", [UCI])
    ledger = found.ledger
    assert (ledger.rows_read, ledger.rows_unmapped) == (141_712, 4)
    assert ledger.rows_mapped + ledger.rows_ignored + ledger.rows_unchanged == 141_708
    assert [(one.event, one.rows, one.tickets) for one in found.unmapped] == [("-100", 4, 2)]
    assert (found.tickets, found.tickets_mapped, found.tickets_with_unmapped) == (24_918, 24_916, 2)


@pytest.mark.real_logs
@NEEDS_LOGS
def test_uci_uses_every_rule_and_has_one_state_that_none_names() -> None:
    """Five rows are in the state -100; one of them is a snapshot in which nothing has changed."""
    found = mapping_tools.check_mapping("servicenow_incident", [UCI]).data
    assert found is not None
    assert all(rule.decided for rule in found.rules)
    assert [(one.column, one.different, one.values[0].text, one.values[0].rows) for one in found.unnamed] == [
        ("incident_state", 1, "-100", 5)
    ]
