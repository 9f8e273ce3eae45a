"""What several parts say of the same thing, where they are asked for at once: they must say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mining
from mining.core.analysis import Options
from mining.core.links import CasesBy

pytestmark = pytest.mark.slow

INCIDENTS = """\
name: Incidents
export:
  shape: tickets
  ticket: number
  ticket_type: incident
  time: {zone: UTC}
  times: [opened, {column: done, event: done}, {column: closed, event: closed}]
  group: team
  links:
    - {column: notes, to: change, pattern: "C[0-9]"}
    - {same: [caller], within: 7 days, because: raised again}
facts: {target: due, satisfaction: answer, monitoring: {column: via, is: [event]}}
rates: {currency: EUR, default: 60}
calendar: {zone: UTC, hours: {mon-sun: ["00:00-24:00"]}}
rules:
  - {when: {event: opened}, activity: {engage: log}}
  - {when: {event: done}, activity: {deliver_and_support: resolve}, value: claimed}
  - {when: {event: closed}, end: agent}
"""
CHANGES = """\
name: Changes
export:
  shape: changes
  ticket: key
  ticket_type: change
  time: {column: at, zone: UTC}
  field: field
  old: from
  new: to
rules:
  - {when: {field: status, to: Live}, activity: {obtain_build: release}, value: claimed, end: agent}
"""
# 1 took an hour, 2 two hours; 3 was done before it was opened, which cannot be; 4 raises 1 again, and is open.
FILES = {
    "incidents.yaml": INCIDENTS,
    "changes.yaml": CHANGES,
    "incidents.csv": """\
number,opened,done,closed,team,notes,caller,due,answer,via
1,2024-01-01T08:00,2024-01-01T09:00,2024-01-01T18:00,Desk,,ann,2024-01-01T12:00,5,phone
2,2024-01-02T08:00,2024-01-02T10:00,2024-01-02T18:00,Desk,see C1,bob,2024-01-02T12:00,4,event
3,2024-01-03T08:00,2024-01-03T07:00,2024-01-03T18:00,Net,C9,cem,2024-01-03T12:00,1,phone
4,2024-01-04T08:00,,,Net,,ann,2024-01-04T12:00,,phone
""",
    "changes.csv": "key,at,field,from,to\nC1,2024-01-05T08:00,status,New,Live\n",
}
EXPORTS, MAPPINGS = (["incidents.csv", "changes.csv"], ["incidents.yaml", "changes.yaml"])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def analysed(by: CasesBy, **more: Any) -> dict[str, Any]:
    options = Options(cases=by, split_by="team", where=("ticket_type=incident|change",), **more)
    result = mining.analyse(EXPORTS, mapping=MAPPINGS, reference="incident", options=options, output="out")
    assert result.analysis.ledger.adds_up
    found: dict[str, Any] = result.to_dict()
    return found


@pytest.mark.parametrize("by", list(CasesBy))
def test_who_was_done_before_demand_is_in_no_lead_time_whoever_asks(by: CasesBy) -> None:
    found = analysed(by)
    measures, working = found["measures"], found["time"]["working"]
    assert measures["value"]["against_time"] == {"streams": 1, "value": 1, "end": 0}
    lead = measures["lead_time"]["claimed"]
    assert working["lead_time"]["claimed"]["percentiles_us"] == lead["percentiles_us"]  # worked round the clock
    assert by is not CasesBy.TICKET or lead["n"] == 3  # 1, 2 and the change
    assert sum(each["lead_time_claimed"]["n"] for each in found["cohorts"]["cohorts"]) == lead["n"]
    assert found["time"]["survival"]["claimed"]["streams"] == found["streams"]["cases"] - 1
    if by is not CasesBy.TICKET:
        without = found["links"]["without_weak"]  # without the notes, and what was raised again: tickets, one by one
        assert (without["fulfilled"], without["lead_time_claimed"]["n"]) == (4, 3)


def test_nor_at_the_desk() -> None:
    desk = analysed(CasesBy.TICKET)["measures"]["service_desk"]
    assert (desk["left_out"], desk["lead_time"]["n"]) == (["change"], 2)  # 1 and 2
    assert desk["against_target"]["met"] == {"n": 2, "of": 2, "share": 1.0}
    monitoring = desk["monitoring"]
    assert (monitoring["lead_time"]["n"], monitoring["lead_time_of_others"]["n"]) == (1, 1)
    answered, quartiles = desk["satisfaction"]["answered"], desk["satisfaction"]["quartiles"]
    assert (answered["n"], sum(quarter["tickets"] for quarter in quartiles)) == (3, answered["of"] - 1)
