"""One log in OCEL 2.0 of incidents, a problem and a change, read by three mappings, as streams that cross them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mining
from mining.core.errors import RequestError
from mining.core.links import CasesBy, Strength

pytestmark = pytest.mark.slow

MAPPING = """\
name: {name}
export:
  shape: events
  ticket: ocel:oid
  ticket_type: {type}
  time: {{column: ocel:timestamp}}
  event: ocel:activity
  objects: [{objects}]
  links: {links}
rules:
  - {{when: {{event: [Open, Find, Plan]}}, activity: engage}}
  - {{when: {{event: [Done, Known, Built]}}, activity: deliver_and_support, value: claimed, end: agent}}
otherwise: ignore
"""
MAPPINGS = {
    "incidents.yaml": MAPPING.format(
        name="Incidents",
        type="incident",
        objects="Incident",
        links="[{relation: explained by, to: problem, objects: [Problem]}, "
        "{event: Raise change, to: change, objects: [Change]}, {relation: same as, to: incident}]",
    ),
    "problems.yaml": MAPPING.format(
        name="Problems",
        type="problem",
        objects="Problem",
        links="[{relation: found by, from: incident, objects: [Incident], because: found by an incident}]",
    ),
    "changes.yaml": MAPPING.format(name="Changes", type="change", objects="Change", links="[]"),
}
# I1 is explained by P1, and so is I4, which has no event; I2 found P2; with I3 a change was raised. I5 and I6 are in a
# circle, I7 is the same as itself. S is a server.
RELATIONS = [
    ("I1", "P1", "explained by"),
    ("I4", "P1", "explained by"),
    ("P2", "I2", "found by"),
    ("I5", "I6", "same as"),
    ("I6", "I5", "same as"),
    ("I7", "I7", "same as"),
    ("I1", "S", "explained by"),
]
TYPES = {"I": "Incident", "P": "Problem", "C": "Change", "S": "Server"}
EVENTS = """\
1 Open I1
2 Done I1
3 Find P1
4 Known P1
5 Open I2
6 Find P2
7 Open I3
8 Raise change I3 C1
9 Plan C1
10 Built C1
11 Done I3
12 Open I5
13 Open I6
14 Open I7 S
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in MAPPINGS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "log.jsonocel").write_text(json.dumps(log()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def log() -> dict[str, object]:
    ids = [*(f"I{i}" for i in range(1, 8)), "P1", "P2", "C1", "S"]
    events = []
    for line in EVENTS.splitlines():
        hour, *words = line.split()
        keys = [word for word in words if word in ids]
        activity = " ".join(word for word in words if word not in ids)
        relationships = [{"objectId": key, "qualifier": ""} for key in keys]
        time = f"2024-03-01T{int(hour):02}:00:00Z"
        events.append({"id": f"e{hour}", "type": activity, "time": time, "relationships": relationships})
    return {
        "objectTypes": [{"name": name, "attributes": []} for name in TYPES.values()],
        "eventTypes": [{"name": name, "attributes": []} for name in dict.fromkeys(str(one["type"]) for one in events)],
        "objects": [
            {
                "id": key,
                "type": TYPES[key[0]],
                "relationships": [{"objectId": t, "qualifier": q} for s, t, q in RELATIONS if s == key],
            }
            for key in ids
        ],
        "events": events,
    }


def analysed(by: CasesBy | None, mappings: list[str] | None = None) -> mining.Result:
    options = mining.Options(cases=by)
    return mining.analyse("log.jsonocel", mapping=mappings or list(MAPPINGS), options=options, output="out")


def streams(result: mining.Result) -> list[str]:
    """Each variant as the number of its visits, and of its streams."""
    return sorted(f"{len(one.symbols)} visits, {one.streams}" for one in result.analysis.streams.variants)


def test_the_streams_go_on_along_the_relations(here: Path) -> None:
    result = analysed(CasesBy.FOLLOW)
    linked = result.analysis.streams.linked
    assert linked is not None
    uses = {(use.reason, use.source, use.other): use for use in linked.uses}
    explained = uses["explained by", "incident", "problem"]
    assert (explained.links, explained.tickets, explained.absent, explained.strength) == (2, 2, 0, Strength.EXPLICIT)
    assert uses["Raise change", "incident", "change"].links == 1
    found = uses["found by an incident", "problem", "incident"]
    assert (found.links, found.onwards) == (1, False)
    same = uses["same as", "incident", "incident"]
    assert (same.links, same.to_itself) == (3, 1)
    assert linked.in_circles == 2
    assert (linked.tickets, linked.several) == (9, 4)  # I1 with P1, I2 with P2, I3 with C1, I5 with I6
    assert result.analysis.ledger.adds_up
    assert any("1 relations that lead to objects of no type" in note for note in result.analysis.notes)
    assert any("7 relations of qualifiers" in note for note in result.analysis.notes) is False


def test_each_link_is_told_with_its_reason(here: Path) -> None:
    import pyarrow.parquet as pq

    analysed(CasesBy.CONNECTED)
    links = pq.read_table("out/tables/ticket_links.parquet").to_pylist()
    told = {(link["ticket"], link["other"], link["because"], link["strength"]) for link in links}
    assert ("I1", "P1", "explained by", "explicit") in told
    assert ("P2", "I2", "found by an incident", "explicit") in told
    [raised] = [link for link in links if link["because"] == "Raise change"]
    assert f"{raised['since']:%H:%M}" == "08:00"
    assert [link["since"] for link in links if link["because"] == "explained by"] == [None, None]


def test_without_links_asked_for_nothing_is_read_of_them(here: Path) -> None:
    text = MAPPINGS["incidents.yaml"].replace("relation: explained by", "relation: misspelt")
    (here / "incidents.yaml").write_text(text, encoding="utf-8")
    assert analysed(None).analysis.streams.cases == 9
    with pytest.raises(RequestError, match='there is no relation between objects "misspelt"'):
        analysed(CasesBy.FOLLOW)


def test_mappings_of_the_same_objects_do_not_share_a_log(here: Path) -> None:
    (here / "more.yaml").write_text(MAPPINGS["changes.yaml"].replace("type: change", "type: rfc"), encoding="utf-8")
    with pytest.raises(RequestError, match="several of these mappings can read this export"):
        analysed(None, ["changes.yaml", "more.yaml"])
    assert analysed(None, ["changes.yaml=log*", "problems.yaml=*"]).analysis.streams.cases == 3
