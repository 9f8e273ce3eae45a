"""Relations of OCEL 2.0 as links between tickets: what counts, which way, and what is told of the rest."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from source_helpers import moment, take, written
from test_bad_exports import problem_of
from test_ocel_logs import FORMS, SPEC, as_json, as_sqlite, file_of

from mining.core.errors import RequestError
from mining.core.export import Layout
from mining.core.links import LinkSpec

# I1 and I2 are incidents, P1 a problem that explains I1, C1 a change; S1 is a server, which is no ticket.
OBJECTS = {"I1": "incident", "I2": "incident", "P1": "problem", "C1": "change", "S1": "server"}
EVENTS = {
    "e1": ("Open", "2024-03-01T10:00:00Z", ["I1", "S1"]),
    "e2": ("Open", "2024-03-01T11:00:00Z", ["I2"]),
    "e3": ("Raise problem", "2024-03-02T12:00:00+02:00", ["I1", "I2", "P1"]),
    "e4": ("Build", "2024-03-03T10:00:00Z", ["C1", "P1"]),
}
RELATIONS = [
    ("I1", "P1", "explained by"),
    ("P1", "C1", "fixed by"),
    ("I2", "C1", "caused by"),
    ("I1", "S1", "explained by"),
    ("I1", "I1", "duplicate of"),
    ("I2", "I1", "duplicate of"),
    ("S1", "P1", "explained by"),
    ("I2", "P9", "explained by"),
    ("I2", "P1", ""),
]
EXPLAINED = LinkSpec("explained by", "problem", relation="explained by")
RAISED = LinkSpec("Raise problem", "problem", event="Raise problem")


def log(relations: list[tuple[str, str, str]] = RELATIONS) -> dict[str, Any]:
    return {
        "objectTypes": [{"name": name, "attributes": []} for name in dict.fromkeys(OBJECTS.values())],
        "eventTypes": [{"name": name, "attributes": []} for name in ("Open", "Raise problem", "Build")],
        "objects": [
            {
                "id": key,
                "type": kind,
                "relationships": [{"objectId": t, "qualifier": q} for s, t, q in relations if s == key],
            }
            for key, kind in OBJECTS.items()
        ],
        "events": [
            {
                "id": key,
                "type": kind,
                "time": time,
                "relationships": [{"objectId": o, "qualifier": ""} for o in objects],
            }
            for key, (kind, time, objects) in EVENTS.items()
        ],
    }


def linking(*links: LinkSpec, objects: tuple[str, ...] = ("incident",), optional: tuple[str, ...] = ()):
    layout = Layout(objects=objects)
    ticket_type = objects[0] if len(objects) == 1 else "ticket"
    spec = replace(SPEC, used=("ocel:activity",), ticket_type=ticket_type, layout=layout, links=links)
    return replace(spec, optional=optional).with_links


def told(engine, path, *links: LinkSpec, **more: Any) -> tuple[set[tuple[Any, ...]], list[str]]:
    """The links as (source, target, number, when), and what the notes say of those that are none."""
    events = take(engine, path, spec=linking(*links, **more))
    rows = engine.fetch(events.relations, limit=100).to_pylist()
    found = {
        (row["source"], row["target"], row["link"], None if row["since"] is None else moment(row["since"]))
        for row in rows
    }
    assert len(found) == len(rows)
    return found, [note.partition(": ")[2] for note in events.notes if note.endswith("are no links")]


@pytest.mark.parametrize("form", FORMS)
def test_a_relation_that_the_mapping_names_is_a_link(engine, tmp_path, form):
    same = LinkSpec("duplicate of", "incident", relation="duplicate of")
    found, _ = told(engine, file_of(form, log(), tmp_path), EXPLAINED, same)
    assert found == {("I1", "P1", 0, None), ("I1", "I1", 1, None), ("I2", "I1", 1, None)}


@pytest.mark.parametrize("form", FORMS)
def test_relations_that_are_no_links_are_counted(engine, tmp_path, form):
    """I1 is related to a server, S1 to P1; I2 to a problem that is nowhere; the rest have other qualifiers."""
    _, notes = told(engine, file_of(form, log(), tmp_path), EXPLAINED)
    assert notes == [
        "5 relations of qualifiers that the mapping does not name are no links",
        "1 relations that lead to objects of no type that the mapping links are no links",
        "1 relations that start at objects which are no tickets here are no links",
        "1 relations with an object that the log does not have are no links",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_relation_without_a_qualifier_can_be_named(engine, tmp_path, form):
    found, _ = told(engine, file_of(form, log(), tmp_path), LinkSpec("(no qualifier)", "problem", relation=""))
    assert found == {("I2", "P1", 0, None)}


@pytest.mark.parametrize("form", FORMS)
def test_an_event_links_the_tickets_that_it_concerns_since_it_happened(engine, tmp_path, form):
    found, _ = told(engine, file_of(form, log(), tmp_path), RAISED)
    assert found == {("I1", "P1", 0, "2024-03-02 10:00:00"), ("I2", "P1", 0, "2024-03-02 10:00:00")}


def test_the_types_on_the_other_side_can_be_called_otherwise_in_the_log(engine, tmp_path):
    """All of these objects are tickets of one type; what is a change is known by the type of the object."""
    built = LinkSpec("Build", "ticket", event="Build", objects=("change",))
    fixed = LinkSpec("fixed by", "ticket", relation="fixed by", objects=("change", "problem"))
    path = file_of("JSON", log(), tmp_path)
    found, _ = told(engine, path, built, fixed, objects=("incident", "problem", "change"))
    assert found == {("P1", "C1", 0, "2024-03-03 10:00:00"), ("P1", "C1", 1, None)}


def test_objects_without_events_are_linked_all_the_same(engine, tmp_path):
    """P1 has no event of its own; the change that fixes it has: over P1 the incident hangs together with it."""
    alone = log()
    for event in alone["events"]:
        event["relationships"] = [tie for tie in event["relationships"] if tie["objectId"] != "P1"]
    found, _ = told(engine, written(tmp_path / "a.json", as_json(alone)), EXPLAINED)
    assert ("I1", "P1", 0, None) in found


def test_an_event_that_concerns_very_many_links_nothing(engine, tmp_path):
    many = log()
    many["objects"] += [{"id": f"{kind}-{i}", "type": kind} for kind in ("incident", "problem") for i in range(101)]
    many["events"][2]["relationships"] += [{"objectId": one["id"], "qualifier": ""} for one in many["objects"][5:]]
    found, notes = told(engine, written(tmp_path / "a.json", as_json(many)), RAISED)
    assert found == set()
    assert notes == ["1 relations of events that concern more than 10,000 pairs of tickets are no links"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("link", "text", "found"),
    [
        (
            replace(EXPLAINED, relation="explains by"),
            'there is no relation between objects "explains by"',
            "explained by",
        ),
        (replace(RAISED, event="raise problems"), 'there is no type of events "raise problems"', "Raise problem"),
        (replace(EXPLAINED, other="problems"), 'there is no type of objects "problems"', "problem"),
        (replace(EXPLAINED, objects=("chance",)), 'there is no type of objects "chance"', "change"),
    ],
)
def test_what_the_mapping_names_and_the_log_lacks(engine, tmp_path, form, link, text, found):
    problem = problem_of(RequestError, engine, file_of(form, log(), tmp_path), spec=linking(link))
    assert problem.text == text
    assert problem.found.startswith(found)
    assert "export: links" in problem.todo


def test_a_relation_may_lack_where_the_mapping_says_so(engine, tmp_path):
    path = written(tmp_path / "a.json", as_json(log([])))
    assert "no relation" in problem_of(RequestError, engine, path, spec=linking(EXPLAINED)).text
    assert told(engine, path, EXPLAINED, optional=("explained by",)) == (set(), [])


def test_a_database_may_lack_the_table_of_relations_and_not_its_columns(engine, tmp_path):
    lacking = written(tmp_path / "a.sqlite", as_sqlite(log(), tmp_path / "made.db", "DROP TABLE object_object"))
    assert told(engine, lacking, EXPLAINED, optional=("explained by",)) == (set(), [])
    renamed = "ALTER TABLE object_object RENAME COLUMN ocel_target_id TO target"
    path = written(tmp_path / "b.sqlite", as_sqlite(log(), tmp_path / "made.db", renamed))
    problem = problem_of(RequestError, engine, path, spec=linking(EXPLAINED))
    assert problem.text == 'the table "object_object" has no column ocel_target_id'


def test_an_export_without_objects_has_no_relations(engine, tmp_path):
    path = written(tmp_path / "a.csv", "ocel:oid,ocel:timestamp,ocel:activity\nI1,2024-03-01T10:00:00Z,Open\n")
    problem = problem_of(RequestError, engine, path, spec=linking(EXPLAINED))
    assert "this export has no objects" in problem.text
    assert (problem.file, problem.found, problem.expected) == ("a.csv", "CSV", "OCEL 2.0")


def test_relations_are_read_only_where_they_are_asked_for(engine, tmp_path):
    spec = replace(linking(replace(EXPLAINED, relation="misspelt")), reads_links=False)
    assert take(engine, file_of("JSON", log(), tmp_path), spec=spec).relations is None


def test_the_order_of_what_is_in_the_log_does_not_matter(engine, tmp_path):
    turned = copy.deepcopy(log())
    for part in ("objects", "events"):
        turned[part].reverse()
        for one in turned[part]:
            one["relationships"].reverse()
    both = [written(tmp_path / f"{i}.json", as_json(each)) for i, each in enumerate((log(), turned))]
    assert told(engine, both[0], EXPLAINED, RAISED) == told(engine, both[1], EXPLAINED, RAISED)


def test_relations_of_several_files_come_together(engine, tmp_path):
    files = [written(tmp_path / f"{i}.json", as_json(log())) for i in range(2)]
    events = take(engine, *files, spec=linking(EXPLAINED))
    assert engine.fetch(events.relations, limit=9).num_rows == 2  # twice the same: the mapping room takes it once
