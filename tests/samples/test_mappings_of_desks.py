"""What the mappings of Jira, Zendesk, OTRS, GitLab, GitHub and HR make of cases that are easy to get wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import mining
from mining.core.activities import Activity, End, State

pytestmark = pytest.mark.slow

LOGS = Path(__file__).parents[3] / "shared" / "logs"


def routes(result: mining.Result) -> list[str]:
    """Each stream's visits and its state, as many times as streams took them."""
    return [
        f"{' '.join(map(str, variant.symbols))} {variant.state.value}"
        for variant in result.analysis.streams.variants
        for _ in range(variant.streams)
    ]


def jira_issue(*histories: tuple[str, list[tuple[str, str | None, str | None]]]) -> dict[str, Any]:
    return {
        "key": "IT-1",
        "fields": {"created": "2025-03-03T09:00:00.000+0100"},
        "changelog": {
            "histories": [
                {
                    "created": f"2025-03-0{day}T09:00:00.000+0100",
                    "author": {"displayName": "anna"},
                    "items": [{"field": f, "fromString": old, "toString": new} for f, old, new in items],
                }
                for day, items in histories
            ]
        },
    }


def written(folder: Path, name: str, data: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize("resolution_first", [True, False])
def test_a_duplicate_in_jira_brings_no_value_in_whichever_order_fields_come(
    tmp_path: Path, *, resolution_first: bool
) -> None:
    items = [("resolution", None, "Duplicate"), ("status", "Open", "Resolved")]
    issue = jira_issue(("4", items if resolution_first else items[::-1]))
    result = mining.analyse(written(tmp_path, "issues.json", {"issues": [issue]}), mapping="jira_changelog")
    assert routes(result) == ["engage:log cancelled"]
    assert result.measures.ends == {End.DUPLICATE: 1}


def test_an_assignee_who_changes_does_not_end_the_waiting_for_a_customer(tmp_path: Path) -> None:
    issue = jira_issue(
        ("4", [("status", "Open", "Waiting for customer")]),
        ("5", [("assignee", "anna", "bert")]),
        ("6", [("status", "Waiting for customer", "In Progress")]),
        ("7", [("status", "In Progress", "Resolved"), ("resolution", None, "Done")]),
        ("8", [("status", "Resolved", "Closed")]),
    )
    result = mining.analyse(written(tmp_path, "issues.json", [issue]), mapping="jira_changelog")
    day = 86_400_000_000
    asked = next(time for time in result.measures.visit_times if time.label.step == "ask")
    assert asked.times.total == 2 * day


def test_an_issue_that_was_never_changed_is_a_stream(tmp_path: Path) -> None:
    issues = [jira_issue(), jira_issue(("4", [("status", "Open", "Done")])) | {"key": "IT-2"}]
    result = mining.analyse(written(tmp_path, "issues.json", {"issues": issues}), mapping="jira_changelog")
    assert sorted(routes(result)) == ["engage:log deliver_and_support:resolve [claimed] open", "engage:log open"]


def test_thanks_after_the_closing_leave_an_issue_of_github_closed(tmp_path: Path) -> None:
    thanks = {"event": "commented", "author_association": "NONE"}
    timeline = [{"event": "created"}, {"event": "closed"}, thanks, thanks]
    dated = [{**event, "created_at": f"2025-03-0{day}T09:00:00Z"} for day, event in enumerate(timeline, 3)]
    issue = {"number": 1, "created_at": "2025-03-03T09:00:00Z", "state": "closed", "timeline": dated}
    result = mining.analyse(written(tmp_path, "issues.json", [issue]), mapping="github_issues")
    assert result.analysis.streams.states == {State.ENDED: 1}
    assert result.measures.ends == {End.AGENT: 1}


def test_a_ticket_of_otrs_waits_whoever_owns_it_meanwhile(tmp_path: Path) -> None:
    told = [
        ("3", "NewTicket", "new"),
        ("4", "StateUpdate", "pending reminder"),
        ("5", "OwnerUpdate", "pending reminder"),
        ("6", "Lock", "pending reminder"),
        ("7", "StateUpdate", "open"),
        ("8", "StateUpdate", "closed successful"),
    ]
    path = tmp_path / "history.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("history_id", "ticket_number", "create_time", "history_type", "queue", "state", "login"))
        out.writerows((day, 1, f"2025-03-0{day} 09:00:00", kind, "Raw", state, "anna") for day, kind, state in told)
    result = mining.analyse(path, mapping="otrs_history")
    waited = next(time for time in result.measures.visit_times if time.label.step == "wait")
    assert waited.times.total == 3 * 86_400_000_000


@pytest.mark.parametrize("name", ["gitlab_issues", "github_issues", "hr_cases"])
def test_issues_and_joining_show_what_tickets_cannot(name: str) -> None:
    [sample] = (Path(__file__).parents[2] / "sample_logs").glob(f"{name}.[cj]s*")
    labels = mining.analyse(sample, mapping=name).analysis.streams.labels
    shown = {label.activity for label in labels}
    assert {Activity.PLAN, Activity.OBTAIN_BUILD, Activity.DESIGN_AND_TRANSITION} <= shown


@pytest.mark.real_logs
@pytest.mark.skipif(not LOGS.is_dir(), reason="the real logs are not here: ../shared/logs")
def test_jira_lists_of_other_people_are_read_whole() -> None:
    log = LOGS / "jira_hadoop_bugs.csv"
    with log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    result = mining.analyse(log, mapping="jira_service_management")
    ledger = result.analysis.ledger
    assert ledger.rows_read == len(rows) == 2_503
    assert ledger.rows_rejected == 0
    assert ledger.events_made == len(rows) + sum(bool(row["Resolved"]) for row in rows)
    assert [(unmet.event, unmet.rows) for unmet in result.analysis.unmapped] == [("resolved", 1)]
    assert result.measures.ends[End.DUPLICATE] == sum(row["Resolution"] == "Duplicate" for row in rows)


@pytest.mark.real_logs
@pytest.mark.skipif(not LOGS.is_dir(), reason="the real logs are not here: ../shared/logs")
def test_jira_changelogs_of_other_people_are_read_once_they_are_unwrapped(tmp_path: Path) -> None:
    wrapped = json.loads((LOGS / "jira_changelog_items.json").read_text(encoding="utf-8"))
    issues = [each["data"] for each in wrapped]
    items = [item for issue in issues for history in issue["changelog"]["histories"] for item in history["items"]]
    result = mining.analyse(written(tmp_path, "issues.json", issues), mapping="jira_changelog")
    ledger = result.analysis.ledger
    assert ledger.rows_read == len(items)
    assert result.analysis.streams.cases == len(issues) == 5
    assert ledger.rows_unmapped == sum(item["field"] == "status" for item in items)  # statuses of their own
