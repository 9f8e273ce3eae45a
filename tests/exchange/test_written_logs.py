"""The mapped log, written and read back by others: as many cases and events, and what follows what, as in ours."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import mining
from mining.core.locate import shipped
from mining.pm4py_adapter import import_pm4py

pytestmark = pytest.mark.slow

SAMPLE = shipped("sample_logs") / "servicenow_incidents.csv"
XES = "{http://www.xes-standard.org/}"
Follows = Counter[tuple[str, str]]

MAPPING = """\
name: Small & nasty
export:
  shape: events
  ticket: ticket
  ticket_type: request
  time: {column: time, zone: UTC}
  event: said
  group: team
  actor: who
demand: {time: asked, activity: engage, step: contact}
rules:
  - when: {event: {matches: "^opened"}}
    activities: [engage, {deliver_and_support: work}]
    waiting: team
  - when: {event: done}
    activity: {deliver_and_support: resolve}
    value: claimed
  - when: {event: closed}
    end: fulfilled
  - when: {event: noise}
    ignore: true
"""

NASTY = "opened <&>\"' \N{SNOWMAN} \x01\x0b\ufffe\ttab ]]> \U0001f600"
ROWS = [
    ("R 1", "2024-03-01T10:00:00Z", NASTY, "Desk & Co", "Ada", "2024-03-01T09:00:00Z"),
    ("R 1", "2024-03-01T11:00:00Z", "noise", "Desk & Co", "Ada", ""),
    ("R 1", "2024-03-01T12:00:00.123456Z", "done", "", "Ada", ""),
    ("R 1", "2024-03-01T12:00:00.123456Z", "closed", "", "Bob", ""),
    ("<R 2>", "2024-03-01T10:00:00Z", "opened", "Desk & Co", "Bob", ""),
    ("<R 2>", "2024-03-01T10:30:00Z", "who knows", "Desk & Co", "Bob", ""),
]


def analyse(folder: Path, export: Path, mapping: str | Path, **options: Any) -> mining.Result:
    return mining.analyse(export, mapping=mapping, output=folder, options=mining.Options(**options))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, mining.Result]:
    folder = tmp_path_factory.mktemp("sample")
    result = analyse(folder, SAMPLE, "servicenow_incident", log=("parquet", "xes", "ocel"))
    return folder / "log", result


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    cells = [["ticket", "time", "said", "team", "who", "asked"], *ROWS]
    lines = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells)
    (folder / "export.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    analyse(folder / "out", folder / "export.csv", folder / "mapping.yaml", log=("parquet", "xes", "ocel"))
    return folder


def follows(rows: list[dict[str, Any]]) -> Follows:
    """What follows what, counted by hand from rows in their order."""
    by_case: dict[str, list[str]] = {}
    for row in rows:
        by_case.setdefault(row["case_id"], []).append(row["event"])
    return Counter(pair for events in by_case.values() for pair in pairwise(events))


def parquet_rows(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "events.parquet").to_pylist()
    return rows


def xes_attributes(element: ET.Element) -> dict[str, str]:
    return {a.attrib["key"]: a.attrib["value"] for a in element if "key" in a.attrib}


def test_every_event_that_stands_is_written_once(sample: tuple[Path, mining.Result]) -> None:
    folder, result = sample
    rows = parquet_rows(folder)
    ledger = result.analysis.ledger
    assert len(rows) == result.analysis.streams.events == ledger.events_mapped + ledger.events_unmapped
    assert len({row["case_id"] for row in rows}) == result.analysis.streams.cases
    assert len({(row["case_id"], row["sequence"]) for row in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda row: (row["case_id"], row["sequence"]))


def test_each_rule_decided_as_often_as_the_report_says(sample: tuple[Path, mining.Result]) -> None:
    folder, result = sample
    log = pq.read_table(folder / "events.parquet")
    events_of_a_row = Counter(log["rule"].to_pylist())
    for use in result.analysis.rule_uses:
        if use.outcome != "ignored":
            events = max(1, use.outcome.count(", ") + 1 - use.outcome.count("end "))
            assert events_of_a_row[use.rule] == use.rows * events, use
    assert log["label"].null_count == result.analysis.ledger.demand_events > 0


def test_pm4py_reads_the_same_log_from_xes(sample: tuple[Path, mining.Result]) -> None:
    folder, _ = sample
    pm4py = import_pm4py()
    log = pm4py.read_xes(str(folder / "events.xes"), variant="iterparse")
    rows = parquet_rows(folder)
    assert len(log) == len(rows)
    assert log["case:concept:name"].nunique() == len({row["case_id"] for row in rows})
    assert list(log["time:timestamp"]) == [row["time"] for row in rows]
    assert pm4py.discover_dfg(log)[0] == dict(follows(rows))


def test_pm4py_reads_the_same_log_from_ocel(sample: tuple[Path, mining.Result]) -> None:
    folder, _ = sample
    pm4py = import_pm4py()
    from pm4py.objects.ocel.importer.jsonocel import importer

    ocel = importer.apply(str(folder / "events.ocel.json"), importer.Variants.OCEL20_STANDARD)
    rows = parquet_rows(folder)
    assert len(ocel.events) == len(rows)
    assert set(ocel.objects["ocel:type"]) == {"incident"}
    assert len(ocel.objects) == len({row["ticket"] for row in rows})
    assert pm4py.discover_dfg(pm4py.ocel_flattening(ocel, "incident"))[0] == dict(follows(rows))


def test_r4pm_reads_the_same_log_from_xes_and_ocel(sample: tuple[Path, mining.Result]) -> None:
    r4pm = pytest.importorskip("r4pm")
    folder, _ = sample
    ids = {binding["id"].split("::")[1] + "." + binding["name"]: binding["id"] for binding in r4pm.list_bindings()}
    ours = follows(parquet_rows(folder))

    log = r4pm.import_item("EventLog", str(folder / "events.xes"))
    found = json.loads(r4pm.call_binding(ids["discovery.discover_dfg"], json.dumps({"event_log": log})))
    assert Counter({(a, b): n for (a, b), n in found["directly_follows_relations"]}) == ours

    ocel = r4pm.import_item("SlimLinkedOCEL", str(folder / "events.ocel.json"))
    asked = json.dumps({"ocel": ocel, "ob_type": "incident"})
    found = json.loads(r4pm.call_binding(ids["discovery.get_dfg_of_object_type"], asked))
    assert Counter({(a, b): n for (a, b), n in found}) == ours


def test_what_each_event_says(nasty: Path) -> None:
    rows = parquet_rows(nasty / "out" / "log")
    shown = [(r["ticket"], r["event"], r["waiting"], r["value"], r["end"], r["rule"], r["group"]) for r in rows]
    assert shown == [
        ("<R 2>", "engage", None, None, None, 1, "Desk & Co"),
        ("<R 2>", "deliver_and_support:work", "team", None, None, 1, "Desk & Co"),
        ("<R 2>", "unmapped", None, None, None, None, "Desk & Co"),
        ("R 1", "engage:contact", None, None, None, None, None),
        ("R 1", "engage", None, None, None, 1, "Desk & Co"),
        ("R 1", "deliver_and_support:work", "team", None, None, 1, "Desk & Co"),
        ("R 1", "deliver_and_support:resolve", None, "claimed", None, 2, None),
        ("R 1", "end:fulfilled", None, None, "fulfilled", 3, None),
    ]
    labels = [row["label"] for row in rows]
    assert labels == ["opened", "opened", "who knows", None, NASTY, NASTY, "done", "closed"]
    assert {row["ticket_type"] for row in rows} == {"request"}


def test_xes_has_the_structure_of_the_standard(nasty: Path) -> None:
    root = ET.parse(nasty / "out" / "log" / "events.xes").getroot()  # noqa: S314 - our own
    assert (root.tag, root.attrib["xes.version"]) == (f"{XES}log", "1.0")
    order = [child.tag.removeprefix(XES) for child in root]
    assert re.fullmatch("(extension )+(global )+(classifier )+(string )+(trace )+", " ".join(order) + " ")
    prefixes = {e.attrib["prefix"] for e in root.iter(f"{XES}extension")}
    assert prefixes == {"concept", "time", "lifecycle", "org"}
    assured = {g.attrib["scope"]: set(xes_attributes(g)) for g in root.iter(f"{XES}global")}
    for scope in ("trace", "event"):
        for element in root.iter(f"{XES}{scope}"):
            keys = [a.attrib["key"] for a in element if "key" in a.attrib]
            assert len(keys) == len(set(keys))
            assert assured[scope] <= set(keys)
            assert all(key.split(":")[0] in prefixes for key in keys if ":" in key)
    assert xes_attributes(root)["concept:name"] == "Small & nasty"


def test_what_xml_cannot_hold_is_replaced_and_the_rest_survives(nasty: Path) -> None:
    root = ET.parse(nasty / "out" / "log" / "events.xes").getroot()  # noqa: S314 - our own
    traces = {xes_attributes(trace)["concept:name"]: trace for trace in root.iter(f"{XES}trace")}
    assert list(traces) == ["<R 2>", "R 1"]
    opened = xes_attributes(traces["R 1"].findall(f"{XES}event")[1])
    assert opened["label"] == NASTY.replace("\x01", "�").replace("\x0b", "�").replace("\ufffe", "�")
    assert opened["org:group"] == "Desk & Co"


def test_json_holds_every_character(nasty: Path) -> None:
    ocel = json.loads((nasty / "out" / "log" / "events.ocel.json").read_text(encoding="utf-8"))
    assert [event["id"] for event in ocel["events"]] == [f"e{n}" for n in range(1, 9)]
    said = {a["name"]: a["value"] for a in ocel["events"][4]["attributes"]}
    assert said["label"] == NASTY
    assert said["rule"] == "1"


def test_ocel_keeps_its_own_promises(nasty: Path) -> None:
    ocel = json.loads((nasty / "out" / "log" / "events.ocel.json").read_text(encoding="utf-8"))
    assert list(ocel) == ["objectTypes", "eventTypes", "objects", "events"]
    declared = {kind["name"]: {a["name"] for a in kind["attributes"]} for kind in ocel["eventTypes"]}
    objects = {one["id"]: one["type"] for one in ocel["objects"]}
    assert len(objects) == len(ocel["objects"]) == 2
    assert set(objects.values()) == {kind["name"] for kind in ocel["objectTypes"]} == {"request"}
    assert declared.keys() == {event["type"] for event in ocel["events"]}
    for event in ocel["events"]:
        assert {a["name"] for a in event["attributes"]} <= declared[event["type"]]
        assert all(isinstance(a["value"], str) for a in event["attributes"])
        ((relation,),) = [event["relationships"]]
        assert relation["objectId"] in objects


def test_who_acted_is_told_only_when_asked_for(nasty: Path) -> None:
    written = [path.read_bytes() for path in (nasty / "out" / "log").iterdir()]
    assert len(written) == 3
    assert not any(b"Ada" in one or b"actor" in one or b"org:resource" in one for one in written)
    analyse(nasty / "who", nasty / "export.csv", nasty / "mapping.yaml", log=("parquet", "xes"), with_actors=True)
    actors = [row["actor"] for row in parquet_rows(nasty / "who" / "log")]
    assert actors == ["Bob", "Bob", "Bob", None, "Ada", "Ada", "Ada", "Bob"]
    assert '<string key="org:resource" value="Ada"/>' in (nasty / "who" / "log" / "events.xes").read_text("utf-8")


def test_our_own_reader_takes_what_we_write(nasty: Path, tmp_path: Path) -> None:
    again = """\
name: Again
export:
  shape: events
  ticket: case:concept:name
  time: {column: time:timestamp}
  event: concept:name
rules:
  - when: {event: {matches: ":"}}
    activity: improve
otherwise: unmapped
"""
    (tmp_path / "again.yaml").write_text(again, encoding="utf-8")
    found = mining.analyse(nasty / "out" / "log" / "events.xes", mapping=tmp_path / "again.yaml").analysis
    assert (found.ledger.rows_read, found.ledger.rows_rejected, found.streams.cases) == (8, 0, 2)


def test_a_second_run_writes_the_same_and_removes_what_it_was_not_asked_for(nasty: Path) -> None:
    before = (nasty / "out" / "log" / "events.xes").read_bytes()
    analyse(nasty / "twice", nasty / "export.csv", nasty / "mapping.yaml", log=("ocel", "xes"))
    assert (nasty / "twice" / "log" / "events.xes").read_bytes() == before
    analyse(nasty / "twice", nasty / "export.csv", nasty / "mapping.yaml", log=("xes",))
    assert [path.name for path in (nasty / "twice" / "log").iterdir()] == ["events.xes"]


@pytest.mark.parametrize(
    ("options", "output", "said"),
    [
        ({"log": ("xe",)}, True, "no such format(.|\n)*did you mean xes"),
        ({"log": ("xes",)}, False, "--log needs a folder"),
        ({"with_actors": True}, True, "--with-actors goes with --log"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_read(
    options: dict[str, Any], output: bool, said: str, tmp_path: Path
) -> None:
    with pytest.raises(mining.RequestError, match=said):
        mining.analyse(
            "no such export.csv",
            mapping="generic_events",
            output=tmp_path if output else None,
            options=mining.Options(**options),
        )


def test_a_log_that_cannot_be_finished_leaves_nothing(nasty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mining.exchange import xes

    def breaks_off(*_: Any) -> Any:
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(xes, "rows_of", breaks_off)
    with pytest.raises(mining.RequestError, match="No space left"):
        analyse(nasty / "full", nasty / "export.csv", nasty / "mapping.yaml", log=("parquet", "xes"))
    assert [path.name for path in (nasty / "full" / "log").iterdir()] == ["events.parquet"]


TICKETS = """\
name: One row a ticket
export:
  shape: tickets
  ticket: number
  time: {format: "%Y-%m-%d %H:%M", zone: Europe/Berlin}
  times:
    - opened
    - {column: solved, event: resolved, group: solved_by}
rules:
  - when: {event: opened}
    activity: {engage: log}
  - when: {event: resolved}
    activity: {deliver_and_support: resolve}
    value: claimed
"""


def test_each_time_of_a_ticket_keeps_its_own_label_and_group(tmp_path: Path) -> None:
    (tmp_path / "tickets.yaml").write_text(TICKETS, encoding="utf-8")
    rows = ["number,opened,solved,solved_by", "T1,2024-07-01 10:00,2024-07-01 12:00,Network", "T2,2024-07-02 09:00,,"]
    (tmp_path / "tickets.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    analyse(tmp_path, tmp_path / "tickets.csv", tmp_path / "tickets.yaml", log=("parquet",))
    told = [(r["ticket"], f"{r['time']:%d %H:%M}", r["label"], r["group"]) for r in parquet_rows(tmp_path / "log")]
    assert told == [
        ("T1", "01 08:00", "opened", None),
        ("T1", "01 10:00", "resolved", "Network"),
        ("T2", "02 07:00", "opened", None),
    ]


def test_the_end_of_an_event_is_told_where_the_export_tells_it(tmp_path: Path) -> None:
    mapping = MAPPING.replace("zone: UTC}\n", "zone: UTC, until: asked}\n", 1).replace("demand:", "# demand:")
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    rows = ["ticket,time,asked,said,team,who", "A,2024-03-01T10:00:00Z,2024-03-01T10:30:00Z,done,,"]
    rows.append("A,2024-03-01T11:00:00Z,,closed,,")
    (tmp_path / "export.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    analyse(tmp_path, tmp_path / "export.csv", tmp_path / "mapping.yaml", log=("parquet", "xes", "ocel"))
    assert [row["until"] and f"{row['until']:%H:%M}" for row in parquet_rows(tmp_path / "log")] == ["10:30", None]
    told = '<date key="until" value="2024-03-01T10:30:00.000000+00:00"/>'
    assert (tmp_path / "log" / "events.xes").read_text("utf-8").count(told) == 1
    ocel = json.loads((tmp_path / "log" / "events.ocel.json").read_text("utf-8"))
    assert {"name": "until", "type": "time"} in ocel["eventTypes"][0]["attributes"]
    assert {"name": "until", "value": "2024-03-01T10:30:00.000000+00:00"} in ocel["events"][0]["attributes"]
