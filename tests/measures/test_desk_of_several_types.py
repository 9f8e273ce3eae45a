"""The service desk where an analysis has tickets of several types, or children that were closed with their parent."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mining
from mining.core.analysis import Options
from mining.core.desk import AtLine, FirstContact, Part, ServiceDesk, WaitBetween
from mining.core.links import CasesBy
from tests.log_builder import HOUR, MINUTE

pytestmark = pytest.mark.slow  # reads files

# I1 and I2 are resolved by the desk, I2 after it came back from the second line, where it waited for an hour. I3 and I4
# hang on I1 and are closed with it, by the machine; I3 is from the second line.
INCIDENTS = """\
number,at,state,team,parent,problem,by
I1,2024-01-01 08:00,New,Desk,,,ann
I1,2024-01-01 12:00,Done,Desk,,P1,bob
I1,2024-01-02 12:00,Closed,Desk,,P1,timer
I2,2024-01-01 09:00,New,Desk,,,eve
I2,2024-01-01 10:00,Passed,Net,,,bob
I2,2024-01-01 11:00,Work,Net,,,cal
I2,2024-01-01 12:00,Work,Desk,,,cal
I2,2024-01-01 13:00,Done,Desk,,,bob
I2,2024-01-02 13:00,Closed,Desk,,,timer
I3,2024-01-01 09:30,New,Net,I1,,dan
I3,2024-01-01 12:00,Done,Net,I1,,timer
I3,2024-01-02 12:00,Closed,Net,I1,,timer
I4,2024-01-01 09:30,New,Desk,I1,,fay
I4,2024-01-01 12:00,Done,Desk,I1,,timer
I4,2024-01-02 12:00,Closed,Desk,I1,,timer
"""
OF_INCIDENTS = """\
name: Incidents
export:
  shape: snapshots
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  event: state
  group: team
  actor: by
  links: [{column: problem, to: problem}]
system_actors: [timer]
facts: {parent: parent}
support_lines: {1: Desk, 2: Net}
rules:
  - {when: {state: New}, activity: {engage: contact}}
  - {when: {state: Passed}, activity: {deliver_and_support: route}, waiting: queue}
  - {when: {state: Work}, activity: {deliver_and_support: work}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed}
  - {when: {state: Closed}, end: lapsed}
"""
PROBLEMS = """\
number,opened,done,team,rfc
P1,2024-01-01 12:30,2024-01-05 12:30,Net,C1
"""
OF_PROBLEMS = """\
name: Problems
export:
  shape: tickets
  ticket: number
  ticket_type: problem
  time: {zone: UTC}
  times: [opened, {column: done, group: team}]
  links: [{column: rfc, to: change}]
rules:
  - {when: {event: opened}, activity: {improve: analyse}}
  - {when: {event: done}, activity: {improve: solve}, value: claimed, end: agent}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {"i.csv": INCIDENTS, "i.yaml": OF_INCIDENTS, "p.csv": PROBLEMS, "p.yaml": OF_PROBLEMS}.items():
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def analysed(*, cases: CasesBy = CasesBy.TICKET, problems: bool = True, output: str | None = None) -> mining.Result:
    names = ["i", "p"] if problems else ["i"]
    files, mappings = [f"{name}.csv" for name in names], [f"{name}.yaml" for name in names]
    return mining.analyse(files, mapping=mappings, options=Options(cases=cases), output=output)


def desk_of(result: mining.Result) -> ServiceDesk:
    desk = result.measures.service_desk
    assert desk is not None
    return desk


@pytest.mark.parametrize(("problems", "cases"), [(False, CasesBy.TICKET), (True, CasesBy.FOLLOW)])
def test_what_was_closed_with_its_parent_was_resolved_by_nobody(here: Path, problems: bool, cases: CasesBy) -> None:
    """Of I1 and I2 alone, whether or not problems come along as a list, that tells less."""
    desk = desk_of(analysed(problems=problems, cases=cases))
    assert (desk.types, desk.left_out, desk.tickets) == (("incident",), ("problem",) if problems else (), 4)
    assert desk.lines is not None
    assert desk.lines.by_line == (AtLine(1, 2, 1),)
    assert desk.first_contact == FirstContact(Part(1, 2), Part(1, 2), Part(1, 2), Part(0, 2))
    assert desk.waits.by_pair == (WaitBetween("Desk", "Net", 0, HOUR, 1),)
    assert desk.lead_time is not None
    assert desk.lead_time.n == 4  # each child has one of its own


def test_the_report_says_which_tickets_are_left_out(here: Path) -> None:
    analysed(output="out")
    block = json.loads(Path("out/result.json").read_text())["measures"]["service_desk"]
    assert (block["types"], block["left_out"]) == (["incident"], ["problem"])
    page = Path("out/report.html").read_text()
    assert (
        page.count("Tickets of problem are left out: they are no demand on the desk.") == 2
    )  # at the desk, by workload


def test_alone_problems_are_what_is_counted(here: Path) -> None:
    desk = desk_of(mining.analyse("p.csv", mapping="p.yaml"))
    assert (desk.types, desk.left_out, desk.tickets) == (("problem",), (), 1)


@pytest.mark.parametrize("cases", [CasesBy.TICKET, CasesBy.FOLLOW, CasesBy.CONNECTED])
def test_the_work_on_a_child_counts_once_whatever_streams_are_made_of(here: Path, cases: CasesBy) -> None:
    """Until they are resolved, four hours for I1, four for I2 and four days for P1 where it is a stream of its own.
    What I3 and I4 took, two and a half hours each, is I1's."""
    measures = analysed(cases=cases).measures
    own = sum(visit.times.total for visit in measures.visit_times if visit.times is not None)
    assert own == 8 * HOUR + (96 * HOUR if cases is CasesBy.TICKET else 0)
    assert measures.realised is not None
    assert measures.realised.children is not None
    assert measures.realised.children.cascaded == 2
    assert measures.realised.children.lead_time is not None
    assert measures.realised.children.lead_time.median == 150 * MINUTE


def test_a_list_does_not_tell_when_its_links_were_set(here: Path) -> None:
    analysed(cases=CasesBy.FOLLOW, output="out")
    since = {row["ticket"]: row["since"] for row in pq.read_table("out/tables/ticket_links.parquet").to_pylist()}
    assert f"{since['I1']:%d %H:%M}" == "01 12:00"
    assert since["P1"] is None
