"""Exports of every shape, the whole way: from a few rows in a file to streams and a ledger that adds up."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mining
from mining.core.analysis import Options
from mining.core.errors import InputError

pytestmark = pytest.mark.slow

TICKETS = """\
name: Tickets
export:
  shape: tickets
  ticket: number
  time: {zone: UTC}
  times: [opened_at, {column: resolved_at, event: resolved}, {column: closed_at, event: closed}]
rules:
  - when: {event: opened_at}
    activity: {engage: log}
  - when: {event: resolved}
    activity: {deliver_and_support: resolve}
    value: claimed
  - when: {event: closed}
    end: agent
"""
CHANGES = """\
name: Changes
export:
  shape: changes
  ticket: key
  time: {column: at, zone: UTC}
  field: field
  new: to
  event: status
demand: {time: created, activity: engage, step: log}
rules:
  - when: {event: created}
    activity: {engage: log}
  - when: {event: Resolved}
    activity: {deliver_and_support: resolve}
    value: claimed
  - when: {event: Closed}
    end: agent
otherwise: ignore
"""
EVENTS = """\
name: Events
export:
  shape: events
  ticket: case:concept:name
  time: {column: time:timestamp}
  event: concept:name
  holds: point
rules:
  - when: {concept:name: log}
    activity: {engage: log}
  - when: {concept:name: repair}
    activity: {deliver_and_support: repair}
  - when: {concept:name: done}
    end: fulfilled
"""


def analysed(folder: Path, mapping: str, export: str, name: str = "export.csv", **options: float) -> mining.Result:
    (folder / "mapping.yaml").write_text(mapping)
    (folder / name).write_text(export)
    result = mining.analyse(
        folder / name, mapping=folder / "mapping.yaml", output=folder / "out", options=Options(**options)
    )
    assert result.analysis.ledger.adds_up
    return result


def visits(folder: Path) -> list[str]:
    """`A resolve 10:00-11:00`, as `visits.parquet` has them, ticket by ticket."""
    rows = pq.read_table(folder / "out" / "tables" / "visits.parquet").to_pylist()
    rows.sort(key=lambda row: (row["case_id"], row["position"]))
    clock = lambda time: f"{time:%H:%M}" if time else "?"  # noqa: E731
    return [f"{row['case_id']} {row['step']} {clock(row['start'])}-{clock(row['end'])}" for row in rows]


def test_a_list_of_tickets(tmp_path: Path) -> None:
    export = """\
number,opened_at,resolved_at,closed_at
A,2024-02-01 09:00:00,2024-02-01 10:00:00,2024-02-01 11:00:00
B,2024-02-01 09:30:00,,
C,2024-02-01 09:30:00,tomorrow,2024-02-01 12:00:00
D,,,
A,2024-02-01 09:00:00,2024-02-01 10:00:00,2024-02-01 11:00:00
"""
    result = analysed(tmp_path, TICKETS, export, max_rejected=0.5)
    assert visits(tmp_path) == ["A log 09:00-10:00", "A resolve 10:00-11:00", "B log 09:30-?", "C log 09:30-12:00"]
    ledger = result.analysis.ledger
    assert (ledger.rows_read, ledger.rows_mapped, ledger.rows_duplicate, ledger.rows_rejected) == (5, 3, 1, 1)
    assert (ledger.events_made, ledger.events_mapped, ledger.events_rejected) == (8, 6, 2)
    with (tmp_path / "out" / "rejected.csv").open(newline="") as file:
        rejected = list(csv.reader(file))
    assert [line[:4] for line in rejected[1:]] == [
        ["export.csv", "3", "resolved_at", "tomorrow"],
        ["export.csv", "4", "", ""],
    ]
    with pytest.raises(InputError, match="2 of 5 rows cannot be used"):
        analysed(tmp_path, TICKETS, export)


def test_a_log_of_changes(tmp_path: Path) -> None:
    """C never changed, so its row tells only that it was created; no ticket is created twice."""
    export = """\
key,created,at,field,to
A,2024-02-01 09:00:00,2024-02-01 09:20:00,assignee,ann
A,2024-02-01 09:00:00,2024-02-01 10:00:00,status,Resolved
A,2024-02-01 09:00:00,2024-02-01 11:00:00,status,Closed
B,2024-02-01 09:00:00,2024-02-01 09:00:00,status,Resolved
C,2024-02-01 09:00:00,,,
"""
    result = analysed(tmp_path, CHANGES, export)
    assert visits(tmp_path) == ["A log 09:00-10:00", "A resolve 10:00-11:00", "B resolve 09:00-?", "C log 09:00-?"]
    ledger = result.analysis.ledger
    assert (ledger.rows_read, ledger.rows_mapped, ledger.rows_ignored, ledger.demand_events) == (5, 4, 1, 1)


def test_events_with_their_ends(tmp_path: Path) -> None:
    mapping = EVENTS.replace("column: time:timestamp", "column: start, until: end, zone: UTC")
    export = """\
case:concept:name,concept:name,start,end
A,log,2024-02-01 09:00:00,2024-02-01 09:15:00
A,repair,2024-02-01 10:00:00,2024-02-01 10:30:00
A,repair,2024-02-01 11:00:00,later
A,done,2024-02-01 12:00:00,2024-02-01 11:00:00
"""
    result = analysed(tmp_path, mapping, export)
    assert visits(tmp_path) == ["A log 09:00-09:15", "A repair 10:00-11:00"]
    assert len([note for note in result.analysis.notes if "taken as missing: 1" in note]) == 2
    assert result.measures.flow_efficiency.lower == (15 + 30) / 120
    report = (tmp_path / "out" / "report.html").read_text()
    assert "This export tells when events end." in report
    assert "An event lasts until the end that the export tells of it" in report


def test_in_xes_a_visit_lasts_from_start_to_complete(tmp_path: Path) -> None:
    """Start and complete are two events with one label, so they are one visit; no key has to say so."""
    told = [("log", "start", "09:00"), ("log", "complete", "09:10"), ("repair", "schedule", "09:30")]
    told += [("repair", "start", "10:00"), ("repair", "complete", "11:00"), ("done", "complete", "12:00")]
    events = "".join(
        f'<event><string key="concept:name" value="{label}"/><string key="lifecycle:transition" value="{transition}"/>'
        f'<date key="time:timestamp" value="2024-02-01T{time}:00Z"/></event>\n'
        for label, transition, time in told
    )
    log = f'<log><trace><string key="concept:name" value="A"/>\n{events}</trace></log>'
    unscheduled = "rules:\n  - when: {lifecycle:transition: schedule}\n    ignore: true\n"
    result = analysed(tmp_path, EVENTS.replace("rules:\n", unscheduled), log, "log.xes")
    assert visits(tmp_path) == ["A log 09:00-09:10", "A repair 10:00-11:00"]
    assert result.measures.flow_efficiency.lower == 0  # nothing says that the time between the two is work


def test_where_events_hold_for_a_moment_the_report_says_that_the_time_lies_between_them(tmp_path: Path) -> None:
    export = "number,opened_at,resolved_at,closed_at\n1,2024-01-01 08:00,2024-01-02 08:00,2024-01-09 08:00\n"
    analysed(tmp_path, TICKETS, export)
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    waits = page[page.index('<section id="waits"') : page.index('<section id="variants"')]
    assert "No fulfilled stream spent time before value" not in waits
    assert "in all, over 1 fulfilled stream" in waits
