"""Rates and doubling back, from the files of a user to `result.json` and the report."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mining
from mining.core.errors import RequestError

MAPPING = """\
name: Requests
export:
  shape: snapshots
  ticket: number
  ticket_type: request
  time: {column: at, zone: UTC}
  event: state
  group: team
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Approved}, activity: {engage: approve}}
  - {when: {state: Rejected}, activity: {plan: reject}}
  - {when: {state: Work}, activity: {deliver_and_support: work}}
  - {when: {state: Wait}, activity: {engage: ask}, waiting: user}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
rework_after: [{plan: reject}]
rates:
  currency: EUR
  per_hour:
    steps: {plan: {reject: 10}}
    activities: {deliver_and_support: 60}
    groups: {Experts: 120}
"""
# 1: an hour of log (no rate), two of work by the desk, one rejected at 10, half an hour of log again (no rate), then
# three by the experts, who also get the hour with the user, which waits.
# 2: half an hour of work by the desk.
EXPORT = """\
number,state,at,team
1,New,2024-01-01T08:00,Desk
1,Work,2024-01-01T09:00,Desk
1,Rejected,2024-01-01T11:00,Desk
1,New,2024-01-01T12:00,Desk
1,Work,2024-01-01T12:30,Experts
1,Wait,2024-01-01T15:30,Experts
1,Done,2024-01-01T16:30,Desk
2,Work,2024-01-02T08:00,Desk
2,Done,2024-01-02T08:30,Desk
"""

MINUTE = 60_000_000


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requests.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "requests.csv").write_text(EXPORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_from_files_to_the_result_and_the_report(here: Path) -> None:
    result = mining.analyse("requests.csv", mapping="requests.yaml", reference="incident", output="out")
    found = json.loads((here / "out" / "result.json").read_text(encoding="utf-8"))
    costs = found["costs"]
    assert (costs["currency"], costs["basis"], costs["groups_used"]) == ("EUR", "not waiting", True)
    amounts = {(one["step"], one["group"]): one["amount"] for one in costs["places"]}
    assert amounts == {("work", "Experts"): 36_000, ("work", None): 15_000, ("reject", None): 1_000}
    assert (costs["streams"], costs["total"], costs["at_least"], costs["at_most"]) == (2, 52_000, 0, 52_000)
    assert (costs["median"], costs["p95"], costs["dearest"], costs["mean"]) == (3_000, 49_000, 49_000, 26_000)
    assert costs["unpriced_us"] == 90 * 60_000_000
    assert [(one["streams"], one["amount"]) for one in costs["variants"]] == [(1, 49_000), (1, 3_000)]
    # The plan is in no incident: its hour is the deviation, and costs 10.
    plan = next(one for one in costs["deviations"] if one["label"] == "plan")
    assert (plan["occurrences"], plan["amount"]) == (1, 1_000)

    each = pq.read_table(here / "out" / "tables" / "stream_costs.parquet").to_pylist()
    assert [(one["case_id"], one["amount"], one["currency"]) for one in each] == [
        ("1", 49_000, "EUR"),
        ("2", 3_000, "EUR"),
    ]
    # Six hours that have a rate; the hour and the half of log have none.
    assert [(one["priced_us"], one["unpriced_us"]) for one in each] == [(360 * MINUTE, 90 * MINUTE), (30 * MINUTE, 0)]

    total = found["measures"]["doubling_back_total"]
    assert (total["returns"], total["rework_returns"], total["tells_rework"]) == (4, 2, True)
    deliver = next(one for one in found["measures"]["doubling_back"] if one["activity"] == "deliver_and_support")
    # Back at work at 12:30, after the rejection; back at Done from asking, where value is claimed at once.
    assert (deliver["rework"]["returns"], deliver["iteration"]["returns"]) == (1, 1)
    assert deliver["rework"]["away"]["total_us"] == 90 * 60_000_000
    assert deliver["rework"]["again"]["total_us"] == 180 * 60_000_000
    assert deliver["iteration"]["again"] is None

    report = (here / "out" / "report.html").read_text(encoding="utf-8")
    assert "520.00 EUR" in report
    assert 'id="costs"' in report
    assert result.analysis.costs is not None


@pytest.mark.slow
def test_without_rates_nothing_is_said_of_cost(here: Path) -> None:
    Path("requests.yaml").write_text(MAPPING.split("rates:", 1)[0], encoding="utf-8")
    Path("out/tables").mkdir(parents=True)
    Path("out/tables/stream_costs.parquet").write_bytes(b"that of an earlier run")
    result = mining.analyse("requests.csv", mapping="requests.yaml", output="out")
    assert result.to_dict()["costs"] is None
    assert not Path("out/tables/stream_costs.parquet").exists()
    assert 'id="costs"' not in (here / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_rates_of_one_mapping_hold_for_all_exports_of_the_analysis(here: Path) -> None:
    """The groups are those of each export: the experts have the change."""
    changes = MAPPING.split("rework_after", 1)[0].replace("request", "change").replace("Requests", "Changes")
    Path("changes.yaml").write_text(changes, encoding="utf-8")
    rows = "number,state,at,team\n7,Work,2024-01-03T08:00,Experts\n7,Done,2024-01-03T09:00,Experts\n"
    Path("changes.csv").write_text(rows, encoding="utf-8")
    exports, mappings = ["requests.csv", "changes.csv"], ["requests.yaml=requests*", "changes.yaml=changes*"]
    costs = mining.analyse(exports, mapping=mappings).to_dict()["costs"]
    assert (costs["streams"], costs["total"]) == (3, 52_000 + 12_000)


@pytest.mark.slow
def test_mappings_that_give_different_rates_are_refused(here: Path) -> None:
    Path("changes.yaml").write_text(MAPPING.replace("request", "change").replace("120", "130"), encoding="utf-8")
    with pytest.raises(RequestError, match="must agree on rates"):
        mining.analyse("requests.csv", mapping=["requests.yaml=requests*", "changes.yaml=changes*"])
