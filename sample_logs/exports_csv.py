"""Samples in the form of CSV exports of Jira, Freshservice, GLPI, OTRS, GitLab and an HR desk, written from invented
lives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from development_lives import DEVELOPMENT, DEVELOPMENT_DAYS
from hr_lives import HR, LABELS, TEAMS
from ticket_lives import BERLIN, Life, lives, text, write_csv

SECONDS = "%Y-%m-%d %H:%M:%S"
MINUTES = "%Y-%m-%d %H:%M"
WAITING = ("waits for user", "waits for supplier", "waits for problem", "waits for change")
PRIORITY = ("Highest", "High", "Medium", "Low")


def jira_list(out: Path) -> int:
    """The list of a search in Jira: one row an issue, times to the minute with English names of months."""
    header = ("Issue key", "Issue id", "Issue Type", "Status", "Priority", "Resolution", "Created", "Resolved")
    form = "%d/%b/%y %H:%M"

    def row(life: Life) -> tuple[object, ...]:
        resolution = jira_resolution(life)
        resolved = life.when("resolved", "cancelled") if resolution else None
        status = jira_status(life.last.kind)
        kind = "[System] Incident" if life.n % 3 else "[System] Service request"
        priority = PRIORITY[life.priority - 1]
        key = (f"IT-{life.n + 101}", 20_341 + 3 * life.n)
        return (*key, kind, status, priority, resolution, text(life.opened, form), text(resolved, form))

    return write_csv(out, header, map(row, lives(20_250_401, 220)))


def jira_resolution(life: Life) -> str:
    """The resolution of an issue, "" where it has none."""
    if life.holds("cancelled") is not None:
        return "Canceled"
    if life.holds("resolved") is None:
        return ""
    return "Duplicate" if life.n % 29 == 7 else "Won't Do" if life.n % 41 == 11 else "Done"


def jira_status(kind: str) -> str:
    """The status to which a step leads."""
    if kind in ("closed", "closed by timer", "rated"):
        return "Closed"
    states = {
        "logged": "Waiting for support",
        "routed": "Escalated",
        "waits for user": "Waiting for customer",
        "resolved": "Resolved",
        "confirmed": "Resolved",
        "reopened": "Reopened",
        "cancelled": "Canceled",
    }
    return states.get(kind, "Pending" if kind in WAITING else "In Progress")


def freshservice_list(out: Path) -> int:
    """The list of tickets in Freshservice, with four times."""
    times = ("Created Time", "Initial Response Time", "Resolved Time", "Closed Time")
    header = ("Ticket Id", "Type", "Status", "Priority", "Source", "Group", *times)

    def row(life: Life) -> tuple[object, ...]:
        answered = next((s.at for s in life.steps if s.kind in ("started", "resolved", "waits for user")), None)
        resolved, closed = solved_and_closed(life)
        status = "Closed" if closed else "Resolved" if resolved else "Pending" if life.last.kind in WAITING else "Open"
        priority = ("Urgent", "High", "Medium", "Low")[life.priority - 1]
        told = ("Incident", status, priority, life.channel, life.last.group)
        return (f"INC-{life.n + 41}", *told, *(text(at, SECONDS) for at in (life.opened, answered, resolved, closed)))

    return write_csv(out, header, map(row, lives(20_250_402, 200)))


def glpi_list(out: Path) -> int:
    """The search of tickets in GLPI, with three times to the minute."""
    header = ("ID", "Status", "Technician group", "Opening date", "Resolution date", "Closing date")

    def row(life: Life) -> tuple[object, ...]:
        resolved, closed = solved_and_closed(life)
        taken = "Processing (assigned)" if len(life.steps) > 1 else "New"
        waits = "Pending" if life.last.kind in WAITING else taken
        status = "Closed" if closed else "Solved" if resolved else waits
        times = (text(at, MINUTES) for at in (life.opened, resolved, closed))
        return (life.n + 2_001, status, life.last.group, *times)

    return write_csv(out, header, map(row, lives(20_250_403, 200)), delimiter=";")


def solved_and_closed(life: Life) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When a ticket was solved and when closed, as it remembers it once it was re-opened."""
    solved = life.holds("resolved", "cancelled")
    closed = life.holds("closed", "closed by timer", "cancelled")
    return solved.at if solved else None, closed.at if closed else None


def otrs_history(out: Path) -> int:
    """The history of tickets in OTRS, as a query of its database gives it: many rows of one second."""
    header = ("history_id", "ticket_number", "create_time", "history_type", "queue", "state", "login")

    def rows() -> Iterator[tuple[object, ...]]:
        number = 8_000
        for life in lives(20_250_404, 43):
            for at, kind, queue, state, login in otrs_rows(life):
                number += 1
                yield number, f"{life.opened:%Y%m%d}10{life.n + 1:05}", at, kind, queue, state, login

    return write_csv(out, header, rows())


def otrs_rows(life: Life) -> Iterator[tuple[str, str, str, str, str]]:
    """What the history of a ticket notes: time, type, queue and state after it, login."""
    system, state = "root@localhost", "new"
    for step in life.steps:
        login = step.person.replace(" ", ".") if step.person.startswith("agent") else system
        for kind in otrs_types(step.kind, life.channel, state):
            after = otrs_state(step.kind, state) if kind == "StateUpdate" else state
            state = after
            yield text(step.at, SECONDS), kind, step.group, state, system if kind.startswith("SendAuto") else login


def otrs_types(kind: str, channel: str, state: str) -> tuple[str, ...]:
    """The rows that one step leaves behind."""
    contact = {"Phone": "PhoneCallCustomer", "Portal": "WebRequestCustomer"}.get(channel, "EmailCustomer")
    left = {
        "logged": ("NewTicket", contact, *(("SendAutoReply",) if contact == "EmailCustomer" else ())),
        "routed": ("Move", "OwnerUpdate"),
        "noted": ("AddNote", "TimeAccounting"),
        "waits for user": ("SendAnswer", "SetPendingTime", "StateUpdate"),
        "resolved": ("SendAnswer", "TimeAccounting", "SetPendingTime", "StateUpdate"),
        "reopened": ("FollowUp", "StateUpdate"),
        "started": ("Lock", "OwnerUpdate", *(() if state == "open" else ("StateUpdate",))),
        "confirmed": (),
        "rated": (),
    }
    waits = ("AddNote", "SetPendingTime", "StateUpdate") if kind in WAITING else ("StateUpdate", "Unlock")
    return left.get(kind, waits)


def otrs_state(kind: str, before: str) -> str:
    """The state to which a step leads."""
    states = {
        "waits for user": "pending auto close-",
        "resolved": "pending auto close+",
        "cancelled": "closed unsuccessful",
        "closed": "closed successful",
        "closed by timer": "closed successful",
        "started": "open",
        "reopened": "open",
    }
    return states.get(kind, "pending reminder" if kind in WAITING else before)


def gitlab_list(out: Path) -> int:
    """The issues of a project in GitLab, as its list exports them."""
    header = ("IID", "Type", "State", "Labels", "Created At (UTC)", "Closed At (UTC)")
    ended = ("done", "duplicate", "wont do")

    def row(life: Life) -> tuple[object, ...]:
        closed = life.holds(*ended)
        state = "Closed" if closed else "Open"
        times = (text(life.opened, SECONDS), text(closed.at if closed else None, SECONDS))
        label = "duplicate" if life.last.kind == "duplicate" else life.category.lower()
        return life.n + 1, "Issue", state, label, *times

    return write_csv(out, header, map(row, lives(20_250_405, 150, DEVELOPMENT, days=DEVELOPMENT_DAYS)))


def hr_cases(out: Path) -> int:
    """Cases of an HR desk: one row an event, local times with their offset."""

    def rows() -> Iterator[tuple[object, ...]]:
        for life in lives(20_250_406, 130, HR):
            for step in life.steps:
                at = step.at.astimezone(BERLIN).isoformat()
                yield f"HR-{life.n + 301}", at, LABELS[step.kind], TEAMS[step.group]

    return write_csv(out, ("case_id", "timestamp", "activity", "group"), rows())


FILES: dict[str, Callable[[Path], int]] = {
    "jira_service_management.csv": jira_list,
    "freshservice_ticket.csv": freshservice_list,
    "glpi_ticket.csv": glpi_list,
    "otrs_history.csv": otrs_history,
    "gitlab_issues_csv.csv": gitlab_list,
    "hr_cases.csv": hr_cases,
}
