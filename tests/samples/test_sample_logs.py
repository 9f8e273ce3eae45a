from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_logs"
GENERATOR = SAMPLES / "generate.py"
XES = "{http://www.xes-standard.org/}"

Row = dict[str, str]


def generate(out: Path, shape: str, events: int) -> bytes:
    asked = [sys.executable, str(GENERATOR), "--shape", shape, "--events", str(events), "--out", str(out)]
    subprocess.run(asked, check=True, capture_output=True, timeout=120)
    return out.read_bytes()


def minute(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M")  # noqa: DTZ007 - the export names no zone


@pytest.fixture(scope="module")
def tickets() -> dict[str, list[Row]]:
    with (SAMPLES / "servicenow_incidents.csv").open(encoding="utf-8", newline="") as file:
        return {number: list(rows) for number, rows in groupby(csv.DictReader(file), lambda row: row["number"])}


@pytest.fixture(scope="module")
def services() -> list[list[tuple[str, datetime]]]:
    root = ET.parse(SAMPLES / "new_service.xes").getroot()  # noqa: S314 - our own
    return [
        [
            (e.find(f"{XES}string").get("value"), datetime.fromisoformat(e.find(f"{XES}date").get("value")))  # type: ignore[union-attr, misc, arg-type]
            for e in trace.iter(f"{XES}event")
        ]
        for trace in root.iter(f"{XES}trace")
    ]


def test_the_samples_are_what_the_generator_writes(tmp_path: Path) -> None:
    asked = [sys.executable, str(GENERATOR), "--into", str(tmp_path)]
    subprocess.run(asked, check=True, capture_output=True, timeout=120)
    shipped = sorted(path.name for path in SAMPLES.iterdir() if path.suffix not in (".py", ".md") and path.is_file())
    assert sorted(path.name for path in tmp_path.iterdir()) == shipped
    assert [name for name in shipped if (tmp_path / name).read_bytes() != (SAMPLES / name).read_bytes()] == []


def test_the_samples_stay_small() -> None:
    assert (SAMPLES / "servicenow_incidents.csv").stat().st_size < 900_000
    assert (SAMPLES / "new_service.xes").stat().st_size < 500_000


@pytest.mark.slow
def test_tickets_are_made_in_parts_without_a_seam(tmp_path: Path) -> None:
    lines = generate(tmp_path / "large.csv", "incidents", 600_000).decode().splitlines()
    assert abs(len(lines) - 600_000) < 15_000
    numbers = [int(line[3:10]) for line in lines[1:]]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == numbers[-1]


def test_an_incident_goes_forward_in_time_and_counter(tickets: dict[str, list[Row]]) -> None:
    for rows in tickets.values():
        assert minute(rows[0]["opened_at"]) <= minute(rows[0]["sys_updated_at"])
        for before, after in pairwise(rows):
            assert minute(before["sys_updated_at"]) <= minute(after["sys_updated_at"])
            assert int(before["sys_mod_count"]) < int(after["sys_mod_count"])
            assert before["opened_at"] == after["opened_at"]
            assert before["resolved_at"] == after["resolved_at"]


def test_the_timer_closes_five_days_after_resolution(tickets: dict[str, list[Row]]) -> None:
    closed = [rows for rows in tickets.values() if rows[-1]["sys_updated_by"] == "Updated by 908"]
    assert len(closed) > 0.8 * len(tickets)
    for rows in closed:
        resolved, shut = minute(rows[-1]["resolved_at"]), minute(rows[-1]["sys_updated_at"])
        assert rows[-1]["incident_state"] == "Closed"
        assert rows[-1]["closed_at"] == rows[-1]["sys_updated_at"]
        assert timedelta(days=5) <= shut - resolved
        assert shut.minute == 0


def test_incidents_behave_as_the_readme_says(tickets: dict[str, list[Row]]) -> None:
    rows = [row for rows in tickets.values() for row in rows]
    share = 1 / len(tickets)
    first_contact = sum(rows[0]["incident_state"] == "Resolved" for rows in tickets.values()) * share
    reopened = sum(rows[-1]["reopen_count"] != "0" for rows in tickets.values()) * share
    still_open = sum(rows[-1]["incident_state"] != "Closed" for rows in tickets.values()) * share
    assert 0.09 < first_contact < 0.15
    assert 0.01 < reopened < 0.04
    assert 0.03 < still_open < 0.15
    opened = [minute(rows[0]["opened_at"]) for rows in tickets.values()]
    assert sum(at.weekday() >= 5 for at in opened) * share < 0.1
    assert sum(8 <= at.hour < 17 for at in opened) * share > 0.7
    states = Counter(row["incident_state"] for row in rows)
    assert {"New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "-100"} <= states.keys()
    assert 0 < sum(row["assignment_group"] == "?" for row in rows) < 0.05 * len(rows)


def test_the_readme_counts_right(tickets: dict[str, list[Row]], services: list[list[tuple[str, datetime]]]) -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    rows = sum(map(len, tickets.values()))
    assert f"| {len(tickets):,} incidents in 120 days, {rows:,} rows:" in text
    assert f"| {len(services)} services in the making over two years, {sum(map(len, services)):,} events:" in text


def test_services_follow_their_steps_with_believable_exceptions(services: list[list[tuple[str, datetime]]]) -> None:
    assert all(labels[0][0] == "Discuss need" for labels in services)
    assert all(a[1] <= b[1] for events in services for a, b in pairwise(events))
    seen = Counter(label for events in services for label in {label for label, _ in events})
    assert len(seen) == 18
    assert seen["Assess costs and risks"] < seen["Prioritise opportunity"]
    assert 0 < seen["Train support"] < seen["Release increment"]
    dropped = [
        events for events in services if [label for label, _ in events][-1] == "Close engagement" and len(events) < 8
    ]
    assert 3 <= len(dropped) <= 12
    assert {at.utcoffset() for events in services for _, at in events} == {timedelta(hours=1), timedelta(hours=2)}
    lasting = sorted(events[-1][1] - events[0][1] for events in services)
    assert timedelta(days=60) < lasting[len(lasting) // 2] < timedelta(days=240)
