"""The real logs, against counts that independent code took of them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from source_helpers import moment, rows_of, take

from mining.core.export import ExportSpec, Layout, Shape, TimeSpec

pytestmark = pytest.mark.real_logs

UCI = ExportSpec(
    shape=Shape.SNAPSHOTS,
    ticket="number",
    time=TimeSpec("sys_updated_at", "%d/%m/%Y %H:%M", "UTC"),
    event="incident_state",
    used=("incident_state", "assignment_group", "resolved_at", "sys_created_at", "assigned_to"),
    order_by=("sys_mod_count",),
    missing=("", "?"),
    demand=TimeSpec("opened_at", "%d/%m/%Y %H:%M", "UTC"),
)

XES = ExportSpec(
    shape=Shape.EVENTS,
    ticket="case:concept:name",
    time=TimeSpec("time:timestamp"),
    event="concept:name",
    used=("concept:name", "lifecycle:transition"),
    optional=("lifecycle:transition",),
)


def summary(engine, events, *more):
    table = events.table
    values = {
        "rows": table.count(),
        "tickets": table.ticket_id.nunique(),
        "first": table.time.min(),
        "last": table.time.max(),
    }
    values |= {name: (table[f"src.{name}"].isnull()).sum() for name in more}
    found = engine.fetch(table.aggregate(**values), limit=1).to_pylist()[0]
    found |= {"first": moment(found["first"]), "last": moment(found["last"])}
    return found


def test_the_uci_incidents(engine, real_log):
    events = take(engine, real_log("servicenow_incident_event_log.csv.zip"), spec=UCI)
    assert (events.rows_read, events.rows_rejected, len(events.files), len(events.columns)) == (141_712, 0, 1, 36)
    assert summary(engine, events, "sys_created_at", "assigned_to", "assignment_group", "resolved_at") == {
        "rows": 141_712,
        "tickets": 24_918,
        "first": "2016-02-29 01:23:00",
        "last": "2017-02-18 15:00:00",
        "sys_created_at": 53_076,
        "assigned_to": 27_496,
        "assignment_group": 14_213,
        "resolved_at": 3_141,
    }
    table = events.table
    found = engine.fetch(table.aggregate(early=(table.time < table.demand).sum(), first=table.demand.min()), limit=1)
    assert found["early"].to_pylist() == [5]
    assert moment(found["first"][0].as_py()) == "2016-02-29 01:16:00"
    engine.drop(table)


def test_the_format_of_the_uci_times_is_found_by_evidence(engine, real_log):
    spec = replace(UCI, time=replace(UCI.time, format=None))
    events = take(engine, real_log("servicenow_incident_event_log.csv.zip"), spec=spec)
    assert events.rows_read == 141_712
    note = next(note for note in events.notes if f'column "{UCI.time.column}"' in note)
    assert 'read as "%d/%m/%Y %H:%M": ' in note
    assert "of 141,712 cells can only be day-first, for example 31/" in note
    engine.drop(events.table)


def test_the_volvo_incidents_as_xes(engine, real_log):
    events = take(engine, real_log("bpic2013_incidents.xes.gz"), spec=XES)
    assert (events.rows_read, events.rows_rejected, events.notes) == (65_533, 0, ())
    assert summary(engine, events) == {
        "rows": 65_533,
        "tickets": 7_554,
        "first": "2010-03-31 14:59:42",
        "last": "2012-05-22 23:22:25",
    }
    table = events.table
    states = table.group_by(state=table["src.concept:name"]).aggregate(n=table.count()).order_by("state")
    assert engine.fetch(states, limit=9).to_pylist() == [
        {"state": "Accepted", "n": 40_117},
        {"state": "Completed", "n": 13_867},
        {"state": "Queued", "n": 11_544},
        {"state": "Unmatched", "n": 5},
    ]
    engine.drop(table)


def test_the_volvo_incidents_as_csv_are_the_same(engine, real_log):
    spec = replace(
        XES,
        used=("Status", "Sub Status"),
        ticket="SR Number",
        time=TimeSpec("Change Date+Time"),
        optional=(),
        event="Status",
    )
    of_csv = take(engine, real_log("bpic2013_incidents_vinst.csv.zip"), spec=spec)
    of_xes = take(engine, real_log("bpic2013_incidents.xes.gz"), spec=XES)
    assert of_csv.rows_read == of_xes.rows_read == 65_533
    assert of_csv.rows_rejected == 0
    csv_rows = of_csv.table.select("ticket_id", "time", state="src.Status", sub="src.Sub Status")
    xes_rows = of_xes.table.select("ticket_id", "time", state="src.concept:name", sub="src.lifecycle:transition")
    assert engine.fetch(csv_rows.difference(xes_rows), limit=0).num_rows == 0
    assert engine.fetch(xes_rows.difference(csv_rows), limit=0).num_rows == 0


@pytest.mark.parametrize(
    ("name", "traces", "events", "first", "last"),
    [
        ("bpic2013_open_problems.xes.gz", 819, 2_351, "2006-11-07 09:00:36", "2012-06-15 10:19:56"),
        ("xes/running-example.xes", 6, 42, "2010-12-30 10:02:00", "2011-01-24 13:56:00"),
        ("xes/receipt.xes.gz", 1_434, 8_577, None, None),
        ("xes/interval_event_log.xes", None, None, None, None),
    ],
)
def test_other_xes_logs(engine, real_log, name, traces, events, first, last):
    path = real_log(name)
    read = take(engine, path, spec=XES)
    found = summary(engine, read)
    assert read.rows_rejected == 0
    assert traces in (None, found["tickets"])
    assert events in (None, found["rows"])
    assert (first, last) in ((None, None), (found["first"], found["last"]))
    engine.drop(read.table)


def test_every_event_of_the_interval_log_is_read(engine, real_log):
    path = real_log("xes/interval_event_log.xes")
    spec = replace(XES, used=(*XES.used, "start_timestamp"))
    read = take(engine, path, spec=spec)
    assert read.rows_read == path.read_bytes().count(b"<event>") > 0
    assert "start_timestamp" in read.columns
    engine.drop(read.table)


def test_the_running_example_as_csv_is_the_same_as_the_log(engine, real_log):
    path = real_log("xes/running-example.csv")
    spec = replace(XES, used=("concept:name", "org:resource"))
    of_csv, of_xes = (take(engine, log, spec=spec) for log in (path, real_log("xes/running-example.xes")))
    assert of_csv.rows_read == of_xes.rows_read == 42
    csv_rows, xes_rows = of_csv.table.drop("row"), of_xes.table.drop("row")
    assert engine.fetch(csv_rows.difference(xes_rows), limit=0).num_rows == 0
    assert engine.fetch(xes_rows.difference(csv_rows), limit=0).num_rows == 0


def test_exports_with_texts_of_many_lines(engine, real_log):
    demo = ExportSpec(
        shape=Shape.SNAPSHOTS,
        ticket="number",
        time=TimeSpec("opened_at", "%Y-%m-%d %H:%M:%S"),
        event="incident_state",
        used=("incident_state", "short_description"),
    )
    assert take(engine, real_log("servicenow_rest_demo.csv"), spec=demo).rows_read == 67


def test_jira_bugs(engine, real_log):
    path = real_log("jira_hadoop_bugs.csv")
    spec = ExportSpec(
        shape=Shape.SNAPSHOTS,
        ticket="Issue id",
        time=TimeSpec("Created", "%d/%b/%y %H:%M"),
        event="Status",
        used=("Status",),
    )
    assert take(engine, path, spec=spec).rows_read == 2_503


_HISTORIES = "data.changelog.histories"

JIRA_CHANGES = ExportSpec(
    shape=Shape.EVENTS,
    ticket="data.key",
    time=TimeSpec(f"{_HISTORIES}.created"),
    event=f"{_HISTORIES}.items.field",
    used=(f"{_HISTORIES}.items.field", f"{_HISTORIES}.items.fromString", f"{_HISTORIES}.items.toString"),
    demand=TimeSpec("data.fields.created"),
    optional=("data.fields.created",),
    layout=Layout(expand=f"{_HISTORIES}.items"),
)


def test_the_changes_of_jira_issues(engine, real_log):
    path = real_log("jira_changelog_items.json")
    rows = rows_of(engine, take(engine, path, spec=JIRA_CHANGES))
    expected = [
        (issue["data"]["key"], item["field"], item.get("fromString"), item.get("toString"))
        for issue in json.loads(path.read_bytes())
        for history in issue["data"]["changelog"]["histories"]
        for item in history["items"]
    ]
    assert [(row["ticket_id"], *(row[f"src.{name}"] for name in JIRA_CHANGES.used)) for row in rows] == expected
    assert (len(rows), len({row["ticket_id"] for row in rows})) == (19, 5)
    assert moment(rows[0]["time"]) == "2018-05-14 21:56:02"
    assert sum(row["demand"] is None for row in rows) == 5  # one issue comes without its fields


def test_the_changes_of_jira_issues_as_json_lines_are_the_same(engine, real_log, tmp_path):
    path = real_log("jira_changelog_items.json")
    issues = json.loads(path.read_bytes())
    lines = tmp_path / "issues.jsonl"
    lines.write_text("".join(json.dumps(issue) + "\n" for issue in issues), encoding="utf-8")
    read = (take(engine, file, spec=JIRA_CHANGES) for file in (path, lines))
    assert rows_of(engine, next(read)) == rows_of(engine, next(read))


def test_the_three_forms_of_an_object_centric_log_are_the_same(engine, real_log):
    """The times of two of them name no zone, and were written in that of their maker."""
    spec = ExportSpec(
        shape=Shape.EVENTS,
        ticket="ocel:oid",
        time=TimeSpec("ocel:timestamp", zone="Europe/Berlin"),
        event="ocel:activity",
        used=("ocel:eid", "ocel:activity", "ocel:type", "po_editor", "object:po_quantity", "object:is_blocked"),
    )
    forms = [
        rows_of(engine, take(engine, real_log(f"xes/ocel20_example.{end}"), spec=spec))
        for end in ("jsonocel", "xmlocel", "sqlite")
    ]
    assert forms[0] == forms[1] == forms[2]
    assert (len(forms[0]), len({row["src.ocel:eid"] for row in forms[0]})) == (20, 13)
    quantities = [row["src.object:po_quantity"] for row in forms[0] if row["ticket_id"] == "PO1"]
    assert quantities == ["500", "600", "600", "600"]
    blocked = [row["src.object:is_blocked"] for row in forms[0] if row["ticket_id"] == "R3"]
    assert blocked == ["No", "No", "Yes", "No", "No"]
