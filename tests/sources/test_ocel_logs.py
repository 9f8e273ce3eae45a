"""OCEL 2.0 in its three forms: the same rows from each, and what breaks the standard's own rules."""

from __future__ import annotations

import copy
import json
import sqlite3
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_helpers import moment, rows_of, take, written
from test_bad_exports import problem_of

from mining.core.errors import InputError, RequestError
from mining.core.export import ExportSpec, Layout, Shape, TimeSpec

SPEC = ExportSpec(
    shape=Shape.EVENTS,
    ticket="ocel:oid",
    time=TimeSpec("ocel:timestamp"),
    event="ocel:activity",
    used=("ocel:eid", "ocel:activity", "ocel:type", "who", "object:state"),
)

LOG: dict[str, Any] = {
    "objectTypes": [
        {"name": "incident", "attributes": [{"name": "state", "type": "string"}]},
        {"name": "server room", "attributes": []},
    ],
    "eventTypes": [
        {"name": "Open", "attributes": [{"name": "who", "type": "string"}]},
        {"name": "Close & file", "attributes": [{"name": "who", "type": "string"}]},
    ],
    "objects": [
        {
            "id": "I1",
            "type": "incident",
            "attributes": [
                {"name": "state", "time": "2024-03-02T10:00:00Z", "value": "closed"},
                {"name": "state", "time": "1970-01-01T00:00:00Z", "value": "new"},
            ],
        },
        {
            "id": "I2",
            "type": "incident",
            "attributes": [{"name": "state", "time": "2024-03-03T00:00:00Z", "value": "late"}],
        },
        {"id": "S1", "type": "server room"},
    ],
    "events": [
        {
            "id": "e1",
            "type": "Open",
            "time": "2024-03-01T10:00:00Z",
            "attributes": [{"name": "who", "value": "desk"}],
            "relationships": [
                {"objectId": "I1", "qualifier": "opened"},
                {"objectId": "S1", "qualifier": "where"},
                {"objectId": "I1", "qualifier": "again"},
            ],
        },
        {
            "id": "e2",
            "type": "Close & file",
            "time": "2024-03-02T12:00:00+02:00",
            "relationships": [{"objectId": "I1", "qualifier": ""}, {"objectId": "I2", "qualifier": ""}],
        },
    ],
}

EXPECTED = [
    ("I1", "2024-03-01 10:00:00", "e1", "Open", "incident", "desk", "new"),
    ("S1", "2024-03-01 10:00:00", "e1", "Open", "server room", "desk", None),
    ("I1", "2024-03-02 10:00:00", "e2", "Close & file", "incident", None, "closed"),
    ("I2", "2024-03-02 10:00:00", "e2", "Close & file", "incident", None, None),
]


def as_json(log: dict[str, Any]) -> bytes:
    return json.dumps(log).encode()


def as_xml(log: dict[str, Any]) -> bytes:
    def attributes(of: dict[str, Any]) -> str:
        parts = (
            f"<attribute{_given(one, name='name', time='time')}>{escape(one['value'])}</attribute>"
            for one in of.get("attributes", ())
        )
        return f"<attributes>{''.join(parts)}</attributes>"

    def types(of: str) -> str:
        parts = (
            f"<{of}-type{_given(kind, name='name')}><attributes>"
            + "".join(f"<attribute{_given(one, name='name', type='type')}/>" for one in kind["attributes"])
            + f"</attributes></{of}-type>"
            for kind in log[f"{of}Types"]
        )
        return f"<{of}-types>{''.join(parts)}</{of}-types>"

    def ties(of: dict[str, Any]) -> str:
        return "".join(
            f"<relationship{_given(tie, objectId='object-id', qualifier='qualifier')}/>"
            for tie in of.get("relationships", ())
        )

    objects = (
        f"<object{_given(one, id='id', type='type')}>{attributes(one)}<objects>{ties(one)}</objects></object>"
        for one in log["objects"]
    )
    events = (
        f"<event{_given(one, id='id', type='type', time='time')}>{attributes(one)}<objects>"
        + ties(one)
        + "</objects></event>"
        for one in log["events"]
    )
    parts = (types("object"), types("event"), f"<objects>{''.join(objects)}</objects>")
    return f"<?xml version='1.0'?>\n<log>\n{''.join(parts)}<events>{''.join(events)}</events></log>".encode()


def _given(of: dict[str, Any], **names: str) -> str:
    return "".join(f" {name}={quoteattr(of[key])}" for key, name in names.items() if of.get(key) is not None)


def as_sqlite(log: dict[str, Any], path, *more: str) -> bytes:
    """The log as a database that is made at `path`; `more` are statements at its end."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    run = database.execute
    for what in ("event", "object"):
        run(f"CREATE TABLE {what} (ocel_id TEXT, ocel_type TEXT)")
        run(f"CREATE TABLE {what}_map_type (ocel_type TEXT, ocel_type_map TEXT)")
    run("CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT)")
    run("CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT)")
    tables = {}
    for what in ("event", "object"):
        for number, kind in enumerate(log[f"{what}Types"]):
            run(f"INSERT INTO {what}_map_type VALUES (?, ?)", (kind["name"], f"T{number}"))
            names = [one["name"] for one in kind["attributes"]]
            changed = ', "ocel_changed_field" TEXT' if what == "object" else ""
            columns = "".join(f', "{name}" TEXT' for name in names)
            run(f'CREATE TABLE "{what}_T{number}" (ocel_id TEXT, ocel_time TIMESTAMP{changed}{columns})')
            tables[what, kind["name"]] = (f'"{what}_T{number}"', names)
        for one in log[f"{what}s"]:
            run(f"INSERT INTO {what} VALUES (?, ?)", (one.get("id"), one.get("type")))
    for one in log["events"]:
        _insert_event(run, one, *tables.get(("event", one.get("type")), (None, [])))
    for one in log["objects"]:
        table, _ = tables.get(("object", one.get("type")), (None, []))
        for attribute in one.get("attributes", ()):
            columns = f'(ocel_id, ocel_time, ocel_changed_field, "{attribute["name"]}")'
            changed = None if attribute["time"].startswith("1970") else attribute["name"]
            row = (one["id"], attribute["time"], changed, attribute["value"])
            run(f"INSERT INTO {table} {columns} VALUES (?, ?, ?, ?)", row)
    _insert_relations(run, log["objects"])
    for statement in more:
        run(statement)
    database.commit()
    database.close()
    return path.read_bytes()


def _insert_relations(run, objects: list[dict[str, Any]]) -> None:
    for one in objects:
        for tie in one.get("relationships", ()):
            run("INSERT INTO object_object VALUES (?, ?, ?)", (one["id"], tie["objectId"], tie["qualifier"]))


def _insert_event(run, event: dict[str, Any], table: str | None, names: list[str]) -> None:
    given = {one["name"]: one["value"] for one in event.get("attributes", ())}
    if table is not None:
        marks = ", ".join("?" * (len(names) + 2))
        run(f"INSERT INTO {table} VALUES ({marks})", (event.get("id"), event.get("time"), *map(given.get, names)))
    for tie in event.get("relationships", ()):
        row = (event.get("id"), tie.get("objectId"), tie.get("qualifier"))
        run("INSERT INTO event_object VALUES (?, ?, ?)", row)


FORMS = {"JSON": ".jsonocel", "XML": ".xmlocel", "SQLite": ".sqlite"}


def file_of(form: str, log: dict[str, Any], folder, suffix: str | None = None):
    make = {"JSON": as_json, "XML": as_xml, "SQLite": lambda log: as_sqlite(log, folder / "made.db")}[form]
    return written(folder / f"log{FORMS[form] if suffix is None else suffix}", make(log))


def changed(**parts: Any) -> dict[str, Any]:
    """The log with the first event changed so."""
    log = copy.deepcopy(LOG)
    log["events"][0] |= parts
    return log


def found_in(engine, events) -> list[tuple[Any, ...]]:
    return [
        (row["ticket_id"], moment(row["time"]), *(row[f"src.{name}"] for name in SPEC.used))
        for row in rows_of(engine, events)
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("suffix", [None, {"JSON": ".json", "XML": ".xml", "SQLite": ".db"}])
def test_a_row_is_an_event_of_one_object(engine, tmp_path, form, suffix):
    events = take(engine, file_of(form, LOG, tmp_path, suffix and suffix[form]), spec=SPEC)
    assert events.files[0].format == f"OCEL 2.0 ({form})"
    assert found_in(engine, events) == EXPECTED


@pytest.mark.parametrize("form", FORMS)
def test_only_objects_of_the_chosen_types_are_tickets(engine, tmp_path, form):
    spec = replace(SPEC, layout=Layout(objects=("server room",)))
    events = take(engine, file_of(form, LOG, tmp_path), spec=spec)
    assert [row[0] for row in found_in(engine, events)] == ["S1"]
    assert any("1 events concern no object of the types server room" in note for note in events.notes)


@pytest.mark.parametrize("form", FORMS)
def test_an_object_type_that_is_none(engine, tmp_path, form):
    spec = replace(SPEC, layout=Layout(objects=("incidents",)))
    problem = problem_of(RequestError, engine, file_of(form, LOG, tmp_path), spec=spec)
    assert (problem.text, problem.found) == ('there is no object type "incidents"', "incident")
    assert problem.expected == "one of incident, server room"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("log", "rejected"),
    [
        (changed(id=None), [(1, "ocel:eid", "the event has no id")]),
        (changed(id="e2"), [(3, "ocel:eid", "there is another event of this id before it")]),
        (
            changed(time=None),
            [(1, "ocel:timestamp", "the time is missing"), (2, "ocel:timestamp", "the time is missing")],
        ),
        (
            changed(relationships=[{"objectId": "I1"}, {"objectId": "I9"}]),
            [(2, "ocel:oid", "the event concerns an object that the log does not have")],
        ),
    ],
)
def test_an_event_that_breaks_the_rules_is_set_aside(engine, tmp_path, form, log, rejected):
    if form == "SQLite" and not log["events"][0]["id"]:
        pytest.skip("a table that ties events to objects has no row for an event without an id")
    events = take(engine, file_of(form, log, tmp_path), spec=SPEC, max_rejected=1)
    if form == "SQLite" and log["events"][0]["id"] == "e2":  # its two rows in `event` cannot be told apart
        assert events.rows_rejected == 1
        return
    assert [(row.row, row.column, row.reason) for row in events.rejected] == rejected
    assert events.rows_read == events.rows_rejected + len(found_in(engine, events))


@pytest.mark.parametrize("form", ["JSON", "XML"])
def test_an_event_without_a_type(engine, tmp_path, form):
    events = take(engine, file_of(form, changed(type=None), tmp_path), spec=SPEC, max_rejected=1)
    assert [row.reason for row in events.rejected] == ["the event has no type"]


@pytest.mark.parametrize("form", FORMS)
def test_an_event_without_objects_is_counted(engine, tmp_path, form):
    events = take(engine, file_of(form, changed(relationships=[]), tmp_path), spec=SPEC)
    assert any("1 events concern no object" in note for note in events.notes)


@pytest.mark.parametrize("form", ["JSON", "XML"])
def test_a_type_that_is_not_declared_is_counted(engine, tmp_path, form):
    events = take(engine, file_of(form, changed(type="Nap"), tmp_path), spec=SPEC)
    assert any("1 events are of a type that the log does not declare" in note for note in events.notes)


@pytest.mark.parametrize("form", FORMS)
def test_two_objects_of_one_id(engine, tmp_path, form):
    log = {**LOG, "objects": [*LOG["objects"], {"id": "I1", "type": "incident"}]}
    problem = problem_of(InputError, engine, file_of(form, log, tmp_path), spec=SPEC)
    assert (problem.text, problem.found) == ("there are two objects of one id", "I1")


@pytest.mark.parametrize("form", FORMS)
def test_the_time_of_an_attribute_matters_where_it_is_needed(engine, tmp_path, form):
    log = copy.deepcopy(LOG)
    log["objects"][0]["attributes"][0]["time"] = "yesterday"
    path = file_of(form, log, tmp_path)
    problem = problem_of(InputError, engine, path, spec=SPEC)
    assert (problem.column, problem.found) == ("object:state", "yesterday")
    assert take(engine, path, spec=replace(SPEC, used=("ocel:activity", "who"))).rows_read == 4


@pytest.mark.parametrize("form", FORMS)
def test_times_without_a_zone_are_in_the_zone_of_the_mapping(engine, tmp_path, form):
    log = changed(time="2024-03-02T10:30:00")
    spec = replace(SPEC, time=TimeSpec("ocel:timestamp", zone="Europe/Berlin"))
    events = take(engine, file_of(form, log, tmp_path), spec=spec)
    assert found_in(engine, events)[0][1:] == ("2024-03-02 09:30:00", "e1", "Open", "incident", "desk", "new")


@pytest.mark.parametrize("key", ["objects", "events"])
def test_a_missing_section(engine, tmp_path, key):
    log = {name: part for name, part in LOG.items() if name != key}
    assert f'no "{key}"' in problem_of(InputError, engine, written(tmp_path / "a.json", as_json(log)), spec=SPEC).text
    xml = as_xml(LOG).decode()
    following = "<events>" if key == "objects" else "</log>"
    path = written(tmp_path / "a.xmlocel", xml[: xml.index(f"<{key}>")] + xml[xml.rindex(following) :])
    assert f"no <{key}>" in problem_of(RequestError, engine, path, spec=SPEC).text


@pytest.mark.parametrize(("key", "value"), [("events", {}), ("objects", [1]), ("events", [{"relationships": "I1"}])])
def test_a_section_of_another_shape(engine, tmp_path, key, value):
    problem = problem_of(InputError, engine, written(tmp_path / "a.json", as_json({**LOG, key: value})), spec=SPEC)
    assert problem.text == "is not built as OCEL 2.0 says"


def test_the_older_standard(engine, tmp_path):
    path = written(tmp_path / "a.jsonocel", '{"ocel:global-log": {}, "ocel:events": {}, "ocel:objects": {}}')
    assert "OCEL 1.0" in problem_of(RequestError, engine, path, spec=SPEC).text


@pytest.mark.parametrize("form", FORMS)
def test_no_events(engine, tmp_path, form):
    path = file_of(form, {**LOG, "events": []}, tmp_path)
    assert problem_of(RequestError, engine, path, spec=SPEC).text == "holds no events"


XML = as_xml(LOG)


@pytest.mark.parametrize("cut", range(1, len(XML) - 60, 61))
def test_xml_that_breaks_off_anywhere(engine, tmp_path, cut):
    assert problem_of(InputError, engine, written(tmp_path / "a.xmlocel", XML[:-cut]), spec=SPEC).text == "breaks off"


def test_entities_are_refused(engine, tmp_path):
    bomb = b'<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<log>'
    problem = problem_of(RequestError, engine, written(tmp_path / "a.xmlocel", XML.replace(b"<log>", bomb)), spec=SPEC)
    assert "entity" in problem.text


@pytest.mark.parametrize("encoding", ["gbk", "no-such", "utf-7"])
def test_an_encoding_that_expat_does_not_read(engine, tmp_path, encoding):
    data = XML.replace(b"version='1.0'", f"version='1.0' encoding='{encoding}'".encode())
    assert "encoding" in str(problem_of(RequestError, engine, written(tmp_path / "a.xmlocel", data), spec=SPEC))


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.5, 0.9])
def test_a_database_that_breaks_off(engine, tmp_path, keep):
    data = as_sqlite(LOG, tmp_path / "made.db")
    path = written(tmp_path / "a.sqlite", data[: int(len(data) * keep)])
    assert "SQLite" in problem_of(InputError, engine, path, spec=SPEC).text


def test_a_database_whose_own_words_are_no_text(engine, tmp_path):
    data = as_sqlite(LOG, tmp_path / "made.db").replace(b"CREATE TABLE", b"CREATE \xbfABLE")
    assert "damaged" in problem_of(InputError, engine, written(tmp_path / "a.sqlite", data), spec=SPEC).text


def test_a_table_that_is_not_told_in_text_is_none(engine, tmp_path):
    blob = ("PRAGMA writable_schema = ON", "UPDATE sqlite_master SET sql = CAST(sql AS BLOB) WHERE name = 'event'")
    path = written(tmp_path / "a.sqlite", as_sqlite(LOG, tmp_path / "made.db", *blob))
    assert 'no table "event"' in problem_of(RequestError, engine, path, spec=SPEC).text


@pytest.mark.parametrize("table", ["event", "object", "event_object", "event_map_type"])
def test_a_database_without_a_table(engine, tmp_path, table):
    path = written(tmp_path / "a.sqlite", as_sqlite(LOG, tmp_path / "made.db", f"DROP TABLE {table}"))
    assert f'no table "{table}"' in problem_of(RequestError, engine, path, spec=SPEC).text


def test_a_type_without_its_table(engine, tmp_path):
    path = written(tmp_path / "a.sqlite", as_sqlite(LOG, tmp_path / "made.db", 'DROP TABLE "event_T1"'))
    assert "Close & file" in problem_of(InputError, engine, path, spec=SPEC).text


def test_a_view_is_not_computed(engine, tmp_path):
    endless = (
        "CREATE VIEW event AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS ocel_id, i AS ocel_type FROM n"
    )
    data = as_sqlite(LOG, tmp_path / "made.db", "DROP TABLE event", endless)
    problem = problem_of(RequestError, engine, written(tmp_path / "a.sqlite", data), spec=SPEC)
    assert 'no table "event"' in problem.text


def test_nothing_is_written_beside_a_database(engine, tmp_path):
    folder = tmp_path / "only"
    folder.mkdir()
    path = written(folder / "a?b#c%.sqlite", as_sqlite(LOG, tmp_path / "made.db"))
    before = path.stat().st_mtime_ns
    assert take(engine, path, spec=SPEC).rows_read == 4
    assert list(folder.iterdir()) == [path]
    assert path.stat().st_mtime_ns == before
    written(folder / "a?b#c%.sqlite-wal", b"x")
    assert "journal" in problem_of(RequestError, engine, path, spec=SPEC).text


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"), min_size=1, max_size=6
)


@pytest.mark.slow
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(TEXT, TEXT, min_size=1, max_size=4), st.data())
def test_the_three_forms_say_the_same(engine, tmp_path, values, data):
    ids = sorted(values)
    related = data.draw(st.lists(st.lists(st.sampled_from(ids), unique=True, max_size=3), min_size=1, max_size=4))
    related[0] = ids[:1]
    log = {
        **LOG,
        "objects": [
            {
                "id": key,
                "type": "incident",
                "attributes": [{"name": "state", "time": "1970-01-01T00:00:00Z", "value": value}],
            }
            for key, value in values.items()
        ],
        "events": [
            {
                "id": f"e{i}",
                "type": "Open",
                "time": f"2024-03-01T10:00:0{i}Z",
                "attributes": [{"name": "who", "value": values[ids[0]]}],
                "relationships": [{"objectId": key, "qualifier": ""} for key in keys],
            }
            for i, keys in enumerate(related)
        ],
    }
    expected = [
        (key, f"2024-03-01 10:00:0{i}", f"e{i}", "Open", "incident", values[ids[0]], values[key])
        for i, keys in enumerate(related)
        for key in keys
    ]
    for form in FORMS:
        assert found_in(engine, take(engine, file_of(form, log, tmp_path), spec=SPEC)) == expected
