"""Samples in the form of what the interfaces of Jira, Zendesk, GitLab and GitHub answer, written from invented lives.

A record stands on a line of its own, so that changes of a sample can be read.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from development_lives import DEVELOPMENT, DEVELOPMENT_DAYS
from exports_csv import PRIORITY, jira_resolution, jira_status
from ticket_lives import BERLIN, GROUPS, Life, Step, lives, text

Record = dict[str, Any]

ZULU = "%Y-%m-%dT%H:%M:%SZ"
GITLAB = "%Y-%m-%dT%H:%M:%S.000Z"
ROBOT = "Automation for Jira"


def write_json(out: Path, name: str, records: Iterable[Record], **around: Any) -> int:
    """Write `records` as the list `name` of one object; return how many there are."""
    lines = [json.dumps(record, separators=(",", ":")) for record in records]
    head = "".join(f'"{key}":{json.dumps(value)},' for key, value in around.items())
    out.write_text("{" + head + f'"{name}":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")
    return len(lines)


def write_lines(out: Path, records: Iterable[Record]) -> int:
    """Write a record a line; return how many there are."""
    lines = [json.dumps(record, separators=(",", ":")) for record in records]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return len(lines)


def jira_changelog(out: Path) -> int:
    """A search in Jira with its changelogs, the newest history of an issue first."""
    found = [jira_issue(life) for life in lives(20_250_411, 40)]
    return write_json(out, "issues", found, expand="schema,names", startAt=0, maxResults=100, total=len(found))


def jira_issue(life: Life) -> Record:
    """One issue with its histories."""
    histories = list(jira_histories(life))
    resolution = jira_resolution(life)
    fields = {
        "created": jira_time(life.opened),
        "issuetype": {"name": "[System] Incident"},
        "priority": {"name": PRIORITY[life.priority - 1]},
        "resolution": {"name": resolution} if resolution else None,
        "status": {"name": jira_status(life.last.kind)},
    }
    changelog = {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories[::-1]}
    return {"id": str(30_000 + life.n), "key": f"IT-{life.n + 501}", "fields": fields, "changelog": changelog}


def jira_histories(life: Life) -> Iterator[Record]:
    """What was changed at once, the oldest first: the status, with the resolution before it where one is set."""
    status, resolved = jira_status("logged"), False
    for i, step in enumerate(life.steps[1:]):
        items = []
        if step.kind in ("resolved", "cancelled") or (resolved and step.kind == "reopened"):
            resolved = step.kind != "reopened"
            new = ("Canceled" if step.kind == "cancelled" else jira_resolution(life) or "Done") if resolved else None
            items.append(jira_item("resolution", None if resolved else "Done", new))
        elif step.kind == "noted":
            items.append(jira_item("priority", PRIORITY[life.priority - 1], "High"))
        elif step.kind == "started":
            items.append(jira_item("assignee", None, step.person))
        after = jira_status(step.kind)
        if after != status:
            items.append(jira_item("status", status, after))
            status = after
        if items:
            author = ROBOT if step.person == "system" else step.person or life.requester
            history = {"id": str(100_000 + 50 * life.n + i), "author": {"displayName": author}}
            yield {**history, "created": jira_time(step.at), "items": items}


def jira_item(field: str, old: str | None, new: str | None) -> Record:
    """One changed field."""
    return {"field": field, "fieldtype": "jira", "fieldId": field, "fromString": old, "toString": new}


def jira_time(at: dt.datetime) -> str:
    """A time with thousandths and an offset without a colon."""
    return text(at, "%Y-%m-%dT%H:%M:%S.000%z", BERLIN)


def zendesk_audits(out: Path) -> int:
    """The audits of tickets in Zendesk."""
    audits = [audit for life in lives(20_250_412, 32) for audit in zendesk_ticket(life)]
    return write_json(out, "audits", audits, after_cursor=None)


def zendesk_ticket(life: Life) -> Iterator[Record]:
    """The audits of one ticket."""
    status, group = "new", GROUPS[0]
    for i, step in enumerate(life.steps):
        after = zendesk_status(step.kind, status)
        events = [zendesk_change("status", status, after)] if after != status else []
        if step.group != group:
            events.insert(0, zendesk_change("group_id", zendesk_group(group), zendesk_group(step.group)))
        if step.kind == "logged":
            set_first = {"status": "new", "group_id": zendesk_group(step.group), "requester_id": life.requester[5:]}
            events = [{"type": "Create", "field_name": name, "value": value} for name, value in set_first.items()]
        if step.kind == "started":
            events.insert(0, zendesk_change("assignee_id", None, zendesk_person(step, life)))
        if step.kind in ("noted", "confirmed", "reopened", "waits for user"):
            events.insert(0, {"type": "Comment", "public": step.kind != "noted"})
        status, group = after, step.group
        if events:
            yield zendesk_audit(life, i, step.at, zendesk_person(step, life), events)
        if step.kind == "resolved" and i + 1 < len(life.steps) and life.steps[i + 1].kind == "closed by timer":
            events = [zendesk_change("satisfaction_score", "unoffered", "offered")]
            yield zendesk_audit(life, 60, step.at + dt.timedelta(days=1), -1, events)


def zendesk_audit(life: Life, i: int, at: dt.datetime, author: int, events: list[Record]) -> Record:
    """One audit; its events are numbered."""
    first = 4_000_000 + 1_000 * life.n + 10 * i
    numbered = [{"id": first + 1 + n, **event} for n, event in enumerate(events)]
    told = {"id": first, "ticket_id": life.n + 701, "created_at": text(at, ZULU), "author_id": author}
    return {**told, "via": {"channel": "rule" if author == -1 else "web"}, "events": numbered}


def zendesk_change(field: str, old: object, new: object) -> Record:
    """A field that was set to another value."""
    return {"type": "Change", "field_name": field, "value": new, "previous_value": old}


def zendesk_status(kind: str, before: str) -> str:
    """The status to which a step leads."""
    states = {"started": "open", "reopened": "open", "waits for user": "pending", "logged": "new"}
    if kind in ("closed", "closed by timer"):
        return "closed"
    if kind in ("resolved", "cancelled"):
        return "solved"
    return states.get(kind, "hold" if kind.startswith("waits") else before)


def zendesk_group(name: str) -> str:
    """A group's number, as audits write it."""
    return str(360_000 + GROUPS.index(name))


def zendesk_person(step: Step, life: Life) -> int:
    """A person's number: -1 where a rule acts."""
    name = step.person or life.requester
    return -1 if step.kind == "closed" or name == "system" else 9_000 + int(name.split()[-1])


def gitlab_issues(out: Path) -> int:
    """Issues of GitLab with their events, as the script of the export's page puts them together."""
    return write_lines(out, map(gitlab_issue, lives(20_250_413, 36, DEVELOPMENT, days=DEVELOPMENT_DAYS)))


def gitlab_issue(life: Life) -> Record:
    """One issue."""
    workflow: str | None = None
    events: list[Record] = [{"created_at": text(life.opened, GITLAB), "field": "created"}]
    for step in life.steps:
        about = {"created_at": text(step.at, GITLAB), "user": {"username": step.person.replace(" ", "-")}}
        for field, new in gitlab_changes(step.kind):
            if new.startswith("workflow::"):
                if workflow is not None:
                    events.append({**about, "field": "label remove", "new": workflow})
                workflow = new
            events.append({**about, "field": field, "new": new})
    state = "closed" if life.holds("done", "duplicate", "wont do") else "opened"
    return {"iid": life.n + 1, "created_at": text(life.opened, GITLAB), "state": state, "events": events}


def gitlab_changes(kind: str) -> tuple[tuple[str, str], ...]:
    """The fields that a step changes: of a label its name, of a state the new one."""
    changes: dict[str, tuple[tuple[str, str], ...]] = {
        "triaged": (("label add", "type::bug"), ("label add", "workflow::scheduling")),
        "needs info": (("label add", "awaiting feedback"),),
        "told": (("label remove", "awaiting feedback"),),
        "scheduled": (("milestone add", "v4.2"), ("label add", "workflow::ready for development")),
        "developing": (("label add", "workflow::in dev"),),
        "blocked": (("label add", "workflow::blocked"),),
        "in review": (("label add", "workflow::in review"),),
        "testing": (("label add", "workflow::verification"),),
        "released": (("label add", "workflow::production"),),
        "done": (("state", "closed"),),
        "reopened": (("state", "reopened"),),
        "duplicate": (("label add", "duplicate"), ("state", "closed")),
        "wont do": (("label add", "won't do"), ("state", "closed")),
    }
    return changes.get(kind, ())


def github_issues(out: Path) -> int:
    """Issues of GitHub with their timelines, as the script of the export's page puts them together."""
    return write_lines(out, map(github_issue, lives(20_250_414, 60, DEVELOPMENT, days=DEVELOPMENT_DAYS)))


def github_issue(life: Life) -> Record:
    """One issue."""
    timeline: list[Record] = [{"event": "created", "created_at": text(life.opened, ZULU)}]
    for step in life.steps:
        for event in github_events(step.kind, life):
            by_user = event.get("author_association") == "NONE"
            login = (life.requester if by_user else step.person or life.requester).replace(" ", "-")
            timeline.append({**event, "created_at": text(step.at, ZULU), "actor": {"login": login}})
    state = "closed" if life.holds("done", "duplicate", "wont do") else "open"
    return {"number": 2 * life.n + 1, "created_at": text(life.opened, ZULU), "state": state, "timeline": timeline}


def github_events(kind: str, life: Life) -> tuple[Record, ...]:
    """What the timeline shows of a step."""
    answer: Record = {"event": "commented", "author_association": "MEMBER"}
    told: Record = {"event": "commented", "author_association": "NONE"}
    pull = {"type": "issue", "issue": {"pull_request": {"url": f"https://github.example/pulls/{2 * life.n + 2}"}}}
    label = "bug" if life.n % 3 else "enhancement"
    events: dict[str, tuple[Record, ...]] = {
        "triaged": (github_label(label),),
        "needs info": (answer, github_label("question")),
        "told": (told, github_label("question", "unlabeled")),
        "answered": (answer,),
        "thanked": (told,),
        "scheduled": ({"event": "milestoned"},),
        "developing": ({"event": "assigned"},),
        "in review": ({"event": "cross-referenced", "source": pull},),
        "testing": ({"event": "referenced"},),
        "done": ({"event": "closed", "state_reason": "completed"},),
        "reopened": ({"event": "reopened"},),
        "duplicate": (github_label("duplicate"), {"event": "closed", "state_reason": "duplicate"}),
        "wont do": (github_label("wontfix"), {"event": "closed", "state_reason": "not_planned"}),
    }
    return events.get(kind, ())


def github_label(name: str, event: str = "labeled") -> Record:
    """A label that was given, or taken away."""
    return {"event": event, "label": {"name": name}}


FILES: dict[str, Callable[[Path], int]] = {
    "jira_changelog.json": jira_changelog,
    "zendesk_audits.json": zendesk_audits,
    "gitlab_issues.jsonl": gitlab_issues,
    "github_issues.jsonl": github_issues,
}
