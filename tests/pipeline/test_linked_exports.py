"""Incidents, problems and changes from three exports, as streams that cross them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mining
from mining.core.analysis import Options
from mining.core.errors import RequestError
from mining.core.links import CasesBy

pytestmark = pytest.mark.slow

INCIDENTS = """\
name: Incidents
export:
  shape: snapshots
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  event: state
  links:
    - {column: problem, to: problem}
    - {column: cause, from: change, because: caused by}
    - {column: notes, to: change, pattern: "C[0-9]"}
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
"""
PROBLEMS = """\
name: Problems
export:
  shape: tickets
  ticket: number
  ticket_type: problem
  time: {zone: UTC}
  times: [found, {column: known, event: known}]
  links: [{column: rfc, to: change, because: fixed by}]
rules:
  - {when: {event: found}, activity: {improve: analyse}}
  - {when: {event: known}, activity: {improve: explain}, value: claimed, end: agent}
"""
CHANGES = """\
name: Changes
export:
  shape: tickets
  ticket: number
  ticket_type: change
  time: {zone: UTC}
  times: [{column: built, event: built}]
rules:
  - {when: {event: built}, activity: {obtain_build: build}, value: claimed, end: agent}
"""
FILES = {
    "incidents.yaml": INCIDENTS,
    "problems.yaml": PROBLEMS,
    "changes.yaml": CHANGES,
    # 1 and 2 have one problem, which 1 names only later; 2 names a change in its notes; 3 names what nobody exported.
    "incidents.csv": """\
number,state,at,problem,cause,notes
1,New,2024-01-01T08:00,,,
1,New,2024-01-01T08:30,7,,
1,Done,2024-01-01T09:00,7,,
2,New,2024-01-02T08:00,7,,as agreed with C4 and C9
2,Done,2024-01-02T09:00,7,,
3,New,2024-01-03T08:00,99,,
""",
    "problems.csv": "number,found,known,rfc\n7,2024-01-01T10:00,2024-01-04T10:00,C4\n8,2024-01-05T10:00,,\n",
    "changes.csv": "number,built\nC4,2024-01-06T10:00\n",
}
EXPORTS, MAPPINGS = ([f"{name}.{kind}" for name in ("incidents", "problems", "changes")] for kind in ("csv", "yaml"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def analysed(by: CasesBy | None, **more: object) -> mining.Result:
    result = mining.analyse(EXPORTS, mapping=MAPPINGS, options=Options(cases=by), **more)
    assert result.analysis.ledger.adds_up
    return result


def routes() -> list[str]:
    rows = pq.read_table("out/tables/visits.parquet").to_pylist()
    rows.sort(key=lambda row: (row["case_id"], row["position"]))
    lines: dict[str, list[str]] = {}
    for row in rows:
        lines.setdefault(f"{row['case_id']} ({row['state']})", []).append(
            f"({row['step']})" if row.get("borrowed") else row["step"]
        )
    return [f"{case}: {' > '.join(steps)}" for case, steps in lines.items()]


def test_streams_go_on_from_incidents_to_the_problem_and_the_change(here: Path) -> None:
    linked = analysed(CasesBy.FOLLOW, output="out").analysis.streams.linked
    assert routes() == [
        "incident 1 (ended): log > resolve > analyse > explain > build",
        "incident 2 (ended): log > resolve > (explain) > (build)",
        "incident 3 (open): log",
        "problem 8 (open): analyse",
    ]
    assert (linked.tickets, linked.several, linked.shared, linked.events_before) == (6, 2, 2, 0)
    assert [(use.reason, use.links, use.absent) for use in linked.uses] == [
        ("problem", 3, 1),
        ("caused by", 0, 0),
        ("notes", 2, 1),
        ("fixed by", 1, 0),
    ]
    assert ("incident", "problem", 3, 1) in [(o.type, o.other, o.tickets, o.without) for o in linked.orphans]
    assert ("problem", "incident", 2, 1) in [(o.type, o.other, o.tickets, o.without) for o in linked.orphans]
    # The problem 7 is that of the incidents 1 and 2, however often these tell it.
    fans = {(o.type, o.other): (o.links, o.median, o.most) for o in linked.orphans}
    assert (fans["problem", "incident"], fans["incident", "problem"]) == ((2, 2, 2), (2, 1, 1))


def test_each_link_is_dated_by_the_first_row_that_tells_it(here: Path) -> None:
    analysed(CasesBy.FOLLOW, output="out")
    links = pq.read_table("out/tables/ticket_links.parquet").to_pylist()
    (first,) = [link for link in links if (link["ticket"], link["other"]) == ("1", "7")]
    assert f"{first['since']:%H:%M}" == "08:30"
    assert [(link["other"], link["strength"]) for link in links if link["column"] == "notes"] == [
        ("C4", "parsed"),
        ("C9", "parsed"),
    ]


def test_the_headline_is_given_without_weak_links_too(here: Path) -> None:
    """Without the change in its notes, incident 2 reaches the change by its problem all the same."""
    linked = analysed(CasesBy.CONNECTED).analysis.streams.linked
    assert linked.weak == 2
    assert (linked.without_weak.streams, linked.without_weak.fulfilled) == (3, 1)


def test_each_ticket_is_a_stream_where_nobody_asks_for_more(here: Path) -> None:
    analysed(CasesBy.FOLLOW, output="out")
    analysis = analysed(None, output="out").analysis
    assert (analysis.streams.cases, analysis.streams.linked) == (6, None)
    assert not Path("out/tables/ticket_links.parquet").exists()


def test_the_mapping_can_say_so_and_files_may_lack_the_columns(here: Path) -> None:
    Path("incidents.yaml").write_text(INCIDENTS + "cases: {by: follow, start: [incident]}\n")
    lines = Path("incidents.csv").read_text().splitlines()
    Path("incidents.csv").write_text("\n".join(",".join(line.split(",")[:3]) for line in lines) + "\n")
    linked = analysed(None).analysis.streams.linked
    assert linked.in_no_stream == (("problem", 2), ("change", 1))
    Path("changes.yaml").write_text(CHANGES + "cases: {by: connected}\n")
    with pytest.raises(RequestError, match="must agree on cases"):
        analysed(None)


def test_without_columns_of_links_cases_cannot_be_made(here: Path) -> None:
    with pytest.raises(RequestError, match=r"(?s)changes.yaml.*need links"):
        mining.analyse("changes.csv", mapping="changes.yaml", options=Options(cases=CasesBy.FOLLOW))


def test_order_and_run_make_no_difference(here: Path) -> None:
    once = analysed(CasesBy.FOLLOW).to_dict()
    again = mining.analyse(EXPORTS[::-1], mapping=MAPPINGS, options=Options(cases=CasesBy.FOLLOW)).to_dict()
    for result in (once, again):
        for changing in ("run", "files"):
            result.pop(changing)
    assert json.dumps(once, sort_keys=True) == json.dumps(again, sort_keys=True)


def test_one_ticket_in_two_exports_that_overlap_is_one(here: Path) -> None:
    """As in weekly exports: the rows of incident 2 stand in both, those of incident 1 are torn apart."""
    whole = analysed(CasesBy.FOLLOW, output="out")
    expected = routes()
    head, *rows = FILES["incidents.csv"].splitlines()
    Path("incidents.csv").write_text("\n".join([head, *rows[:5]]) + "\n", encoding="utf-8")
    Path("incidents_2.csv").write_text("\n".join([head, *rows[2:]]) + "\n", encoding="utf-8")
    options = Options(cases=CasesBy.FOLLOW)
    again = mining.analyse([*EXPORTS, "incidents_2.csv"], mapping=MAPPINGS, options=options, output="out")
    assert routes() == expected
    assert again.analysis.ledger.rows_duplicate == 3
    assert again.to_dict()["links"] == whole.to_dict()["links"]


def test_tickets_of_one_number_in_two_types_are_two(here: Path) -> None:
    """Incident 7 and problem 7: the link is to the problem, and the incident is no part of it."""
    text = FILES["incidents.csv"] + "7,New,2024-01-07T08:00,,,\n"
    Path("incidents.csv").write_text(text, encoding="utf-8")
    analysed(CasesBy.CONNECTED, output="out")
    assert "incident 7 (open): log" in routes()
