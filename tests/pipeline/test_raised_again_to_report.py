"""Re-opening by a new ticket, from the export to the report: a range, and streams with and without it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import mining
from mining.core.links import CasesBy
from mining.core.results import Reopening

pytestmark = pytest.mark.slow

MAPPING = """\
name: Incidents
export:
  shape: events
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  event: state
  links: [{same: [caller_id, cmdb_ci], within: 7 days, because: raised again}]
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Back}, activity: {engage: reopen}, value: withdrawn}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
"""
# Ann's mail came back as 2 after three days, and as 3 after eight more: too late. 4 was re-opened, and came back as 5.
EXPORT = """\
number,state,at,caller_id,cmdb_ci
1,New,2024-01-01T08:00,ann@secret.example,mail
1,Done,2024-01-01T09:00,ann@secret.example,mail
2,New,2024-01-04T08:00,ann@secret.example,mail
2,Done,2024-01-04T10:00,ann@secret.example,mail
3,New,2024-01-12T08:00,ann@secret.example,mail
4,New,2024-01-02T08:00,bob@secret.example,wiki
4,Done,2024-01-02T09:00,bob@secret.example,wiki
4,Back,2024-01-02T10:00,bob@secret.example,wiki
4,Done,2024-01-02T11:00,bob@secret.example,wiki
5,New,2024-01-02T12:00,bob@secret.example,wiki
6,New,2024-01-02T12:00,,wiki
6,Done,2024-01-02T13:00,,wiki
"""
EXPECTED = {"tickets": 6, "reopened": 1, "raised_again": 2, "either": 2}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "in.csv").write_text(EXPORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def analysed(by: CasesBy | None = None) -> mining.Result:
    return mining.analyse("in.csv", mapping="m.yaml", options=mining.Options(cases=by), output="out")


def told(found: Reopening | None) -> dict[str, int]:
    assert found is not None
    return {name: getattr(found, name) for name in EXPECTED}


@pytest.mark.parametrize("by", [None, CasesBy.FOLLOW, CasesBy.CONNECTED])
def test_re_opening_is_a_range_whatever_streams_are_made_of(by: CasesBy | None) -> None:
    """1 and 4 came back as new tickets, 4 was re-opened as well: one ticket at least, two at most."""
    assert told(analysed(by).measures.reopening) == EXPECTED


def test_where_each_ticket_is_a_stream_the_streams_stay_as_they_are(here: Path) -> None:
    with_rule = analysed().to_dict()
    (here / "m.yaml").write_text("\n".join(line for line in MAPPING.splitlines() if "links" not in line))
    without = analysed().to_dict()
    assert without["measures"]["reopening"] is None
    for result in (with_rule, without):
        result["measures"].pop("reopening")
    assert with_rule["streams"] == without["streams"]
    assert with_rule["measures"] == without["measures"]
    assert with_rule["ledger"] == without["ledger"]
    assert with_rule["links"] is None


def test_streams_with_and_without_what_is_inferred(here: Path) -> None:
    linked = analysed(CasesBy.FOLLOW).analysis.streams.linked
    assert linked is not None
    [use] = linked.uses
    assert (use.reason, use.strength.value, use.links, use.tickets, use.absent) == ("raised again", "inferred", 2, 2, 0)
    assert (linked.weak, linked.several) == (2, 2)
    assert linked.without_weak is not None
    # With links 1 and 2 are one stream, and 4 and 5, which is open; without, each is its own, and 3 and 5 are open.
    assert analysed(CasesBy.FOLLOW).measures.fulfilled == 2
    assert (linked.without_weak.streams, linked.without_weak.fulfilled) == (6, 4)


def test_the_report_and_the_result_say_so_and_name_nobody(here: Path) -> None:
    analysed()
    result = json.loads((here / "out" / "result.json").read_text(encoding="utf-8"))
    found = result["measures"]["reopening"]
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert (found["reopened_share"], found["either_share"]) == (1 / 6, 2 / 6)
    assert found["rules"] == [
        {"reason": "raised again", "same": ["caller_id", "cmdb_ci"], "within_us": 604_800_000_000}
    ]
    schema = json.loads((Path(mining.__file__).parent / "report" / "result.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(result)
    page = (here / "out" / "report.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert (
        "Of 6 tickets of the type incident, at least 1 (16.7 %) were re-opened: their own events withdraw value. At "
        "most 2 (33.3 %), counting also the 2 that a new ticket seems to raise again. That is inferred: the same "
        "caller_id and cmdb_ci, begun within 7.0 d after the earlier one was done with." in page
    )
    for path in (here / "out").rglob("*"):
        assert path.is_dir() or b"secret.example" not in path.read_bytes(), path.name


def test_the_order_of_rows_does_not_matter(here: Path) -> None:
    once = analysed(CasesBy.FOLLOW).to_dict()
    head, *rows = EXPORT.splitlines()
    (here / "in.csv").write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    again = analysed(CasesBy.FOLLOW).to_dict()
    assert (once["measures"], once["links"], once["streams"]) == (again["measures"], again["links"], again["streams"])
