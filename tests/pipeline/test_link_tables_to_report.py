"""A table of links beside the exports of the tickets that it links: three files, three mappings, one stream."""

from __future__ import annotations

from pathlib import Path

import pytest

import mining
from mining.core.errors import InputError, RequestError
from mining.core.links import CasesBy
from mining.result import Result

pytestmark = pytest.mark.slow

INCIDENTS = """\
name: Incidents
export:
  shape: events
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  event: state
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
"""
PROBLEMS = """\
name: Problems
export:
  shape: events
  ticket: problem
  ticket_type: problem
  time: {column: at, zone: UTC}
  event: phase
rules:
  - {when: {phase: Analysed}, activity: {plan: analyse}}
  - {when: {phase: Solved}, activity: {improve: solve}, value: claimed, end: agent}
"""
RELATIONS = """\
name: Relations
export:
  shape: links
  ticket: parent
  ticket_type: incident
  links:
    - {column: child, to: problem, because: explained by}
  time: {column: created, zone: UTC}
"""
FILES = {
    "incidents.yaml": INCIDENTS,
    "problems.yaml": PROBLEMS,
    "relations.yaml": RELATIONS,
    "incidents.csv": """\
number,state,at
1,New,2024-01-01T08:00
1,Done,2024-01-01T09:00
2,New,2024-01-02T08:00
2,Done,2024-01-02T09:00
""",
    "problems.csv": "problem,phase,at\n1,Analysed,2024-01-03T08:00\n1,Solved,2024-01-04T08:00\n",
    "rel.csv": """\
parent,child,created
1,1,2024-01-02T10:00
2,,2024-01-02T10:00
,1,2024-01-02T10:00
2,1,yesterday
2,9,
""",
}
EXPORTS, MAPPINGS = ["rel.csv", "incidents.csv", "problems.csv"], ["relations.yaml", "incidents.yaml", "problems.yaml"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def analysed(exports: list[str] = EXPORTS, mappings: list[str] = MAPPINGS, cases: CasesBy | None = None) -> Result:
    options = mining.Options(max_rejected=0.5, cases=cases)
    return mining.analyse(exports, mapping=mappings, output="out", options=options)


def paths(result: Result) -> list[str]:
    return sorted(" ".join(map(str, variant.symbols)) for variant in result.analysis.streams.variants)


def test_the_stream_goes_on_over_the_table_of_links() -> None:
    result = analysed(cases=CasesBy.FOLLOW)
    begun = "engage:log deliver_and_support:resolve [claimed]"
    assert paths(result) == [begun, f"{begun} plan:analyse improve:solve [claimed]"]
    assert result.analysis.streams.linked is not None
    [use] = result.analysis.streams.linked.uses
    assert (use.source, use.other, use.reason, use.links, use.absent) == ("incident", "problem", "explained by", 2, 1)


def test_its_rows_are_accounted_for_like_all_others(here: Path) -> None:
    result = analysed(cases=CasesBy.FOLLOW)
    ledger = result.analysis.ledger
    assert ledger.adds_up
    assert ledger.rows_read == 4 + 2 + 5
    assert ledger.rows_mapped == 4 + 2 + 2
    assert (ledger.rows_ignored, ledger.rows_rejected) == (1, 2)  # nothing is linked; no ticket, no readable time
    assert (ledger.events_made, ledger.events_rejected) == (6, 0)
    rejected = [(row.file, row.row, row.column, row.reason[:22]) for row in result.analysis.rejected]
    assert rejected == [
        ("rel.csv", 3, "parent", "the ticket is missing"),
        ("rel.csv", 4, "created", "the time cannot be rea"),
    ]
    assert "rel.csv" in (here / "out" / "rejected.csv").read_text(encoding="utf-8")


def test_where_each_ticket_is_a_stream_the_report_says_that_links_were_not_used() -> None:
    result = analysed()
    assert result.analysis.streams.cases == 3
    assert result.analysis.ledger.rows_read == 11
    [said] = [note for note in result.analysis.notes if "were not used" in note]
    assert said.startswith("Relations: its links were not used, since each ticket is a stream of its own")


def test_without_a_time_column_only_the_ticket_can_be_missing(here: Path) -> None:
    text = RELATIONS.replace("  time: {column: created, zone: UTC}\n", "")
    (here / "relations.yaml").write_text(text, encoding="utf-8")
    result = analysed(cases=CasesBy.FOLLOW)
    assert [(row.row, row.reason) for row in result.analysis.rejected] == [(3, "the ticket is missing")]
    assert result.analysis.streams.linked is not None
    assert result.analysis.streams.linked.uses[0].links == 3


def test_tickets_of_one_export_can_be_linked_by_a_table(here: Path) -> None:
    (here / "relations.yaml").write_text(RELATIONS.replace("to: problem", "to: incident"), encoding="utf-8")
    (here / "rel.csv").write_text("parent,child,created\n1,2,2024-01-02T10:00\n", encoding="utf-8")
    result = analysed(["incidents.csv", "rel.csv"], ["incidents.yaml", "relations.yaml"], CasesBy.CONNECTED)
    assert result.analysis.streams.cases == 1
    assert result.analysis.ledger.adds_up


def test_a_table_that_lacks_its_column_of_links_is_read_by_no_mapping(here: Path) -> None:
    (here / "rel.csv").write_text("parent,kid,created\n1,2,2024-01-02T10:00\n", encoding="utf-8")
    with pytest.raises(RequestError, match=r"rel\.csv: none of these mappings can read this export"):
        analysed()
    with pytest.raises(RequestError, match=r'rel\.csv, column "child": there is no such column'):
        analysed(mappings=["relations.yaml=rel*", *MAPPINGS[1:]])


def test_a_table_of_links_makes_no_streams_alone() -> None:
    with pytest.raises(RequestError, match="makes no streams alone"):
        analysed(["rel.csv"], ["relations.yaml"], CasesBy.FOLLOW)


def test_the_limit_on_what_may_be_set_aside_holds_for_it_too() -> None:
    with pytest.raises(InputError, match="2 of 5 rows cannot be used"):
        mining.analyse(EXPORTS, mapping=MAPPINGS, options=mining.Options(cases=CasesBy.FOLLOW))


def test_without_a_mapping_named_no_export_is_taken_for_a_table_of_links(here: Path) -> None:
    with pytest.raises(RequestError, match="no mapping that ships fits the columns"):
        mining.analyse("rel.csv", mappings_dir=here)


def test_a_zone_by_row_is_asked_for_only_where_there_is_a_time(here: Path) -> None:
    text = RELATIONS.replace("zone: UTC", "zone: {column: tz}")
    (here / "relations.yaml").write_text(text, encoding="utf-8")
    (here / "rel.csv").write_text(
        "parent,child,created,tz\n1,1,2024-01-02T10:00,Europe/Vienna\n2,1,,\n2,1,2024-01-02T10:00,Mars\n",
        encoding="utf-8",
    )
    result = analysed(cases=CasesBy.FOLLOW)
    rejected = [(row.row, row.column, row.reason) for row in result.analysis.rejected]
    assert rejected == [(3, "tz", "there is no such time zone")]
    assert result.analysis.ledger.adds_up
