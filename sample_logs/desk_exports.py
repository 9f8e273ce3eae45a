"""Samples in the form of other tools' exports: BMC Helix, ManageEngine ServiceDesk Plus, TOPdesk, InvGate, VINST.

And an event log with labels that many tools use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from servicenow_exports import at, by, now_and_then
from ticket_lives import BERLIN, REQUEST, Dice, Life, Step, lives, text, write_csv

SEED = 20_250_317
REST = "%Y-%m-%dT%H:%M:%S.000+0000"  # how several tools write times in JSON

# fmt: off
BMC_STATUS = {"logged": "New", "routed": "Assigned", "started": "In Progress", "noted": "In Progress",
              "reopened": "In Progress", "resolved": "Resolved", "confirmed": "Resolved", "cancelled": "Cancelled"}
VINST = {"logged": ("Accepted", "In Progress"), "routed": ("Queued", "Awaiting Assignment"),
         "started": ("Accepted", "In Progress"), "noted": ("Accepted", "Assigned"),
         "waits for user": ("Accepted", "Wait - User"), "waits for supplier": ("Accepted", "Wait - Vendor"),
         "waits for problem": ("Accepted", "Wait"), "waits for change": ("Accepted", "Wait - Implementation"),
         "resolved": ("Completed", "Resolved"), "reopened": ("Accepted", "In Progress"),
         "closed": ("Completed", "Closed"), "closed by timer": ("Completed", "Closed"),
         "cancelled": ("Completed", "Cancelled")}
LABELS = {"logged": "Created", "routed": "Reassigned", "started": "In Progress", "noted": "Note added",
          "waits for user": "Awaiting customer information", "waits for supplier": "Waiting for supplier",
          "waits for problem": "Awaiting problem", "waits for change": "Pending change", "resolved": "Resolved",
          "confirmed": "Solution confirmed by user", "reopened": "Reopened", "closed": "Closed",
          "closed by timer": "Auto-closed", "cancelled": "Cancelled", "rated": "Survey answered"}
# fmt: on


def _closed(life: Life) -> Step | None:
    return life.holds("closed", "closed by timer", "cancelled", "rejected")


def _responded(life: Life) -> dt.datetime | None:
    """When somebody of the desk first did something."""
    return next((step.at for step in life.steps if step.kind in ("started", "resolved")), None)


def bmc(out: Path) -> int:
    """The form HPD:Help Desk as a table made of the REST API's answer."""
    header = (
        "Incident Number,Status,Priority,Reported Date,Submit Date,Responded Date,Last Resolved Date,Closed Date,"
        "Assigned Group,Last Modified By,Reported Source"
    )
    dice = Dice(SEED)
    return write_csv(out, header.split(","), (_bmc_row(life, dice) for life in lives(SEED, 70)))


def _bmc_row(life: Life, dice: Dice) -> tuple[str, ...]:
    reported = life.opened - dt.timedelta(minutes=dice.minutes("call"))
    closed = _closed(life)
    person = "AR_ESCALATOR" if life.last.person == "system" else life.last.person or life.requester
    shut = "Cancelled" if life.last.kind == "cancelled" else "Closed"
    return (
        f"INC{life.n + 100_001:012}",
        shut if closed else BMC_STATUS.get(life.last.kind, "Pending"),
        ("Critical", "High", "Medium", "Low")[life.priority - 1],
        text(None if dice.share() < 0.05 else reported, REST),
        text(life.opened, REST),
        text(_responded(life), REST),
        text(at(life.holds("resolved")), REST),
        text(at(closed), REST),
        now_and_then(dice, life.last.group),
        by(closed).replace("system", "AR_ESCALATOR") if closed else person,
        life.channel,
    )


def manageengine(out: Path) -> int:
    """Requests as a table made of the answer of API v3: times are milliseconds."""
    header = (
        "id,status.name,priority.name,created_time.value,responded_time.value,resolved_time.value,"
        "completed_time.value,group.name,closure_info.requester_ack_resolution"
    )
    dice = Dice(SEED + 1)
    return write_csv(out, header.split(","), (_manageengine_row(life, dice) for life in lives(SEED + 1, 64, REQUEST)))


def _manageengine_row(life: Life, dice: Dice) -> tuple[str, ...]:
    def milliseconds(when: dt.datetime | None) -> str:
        return "" if when is None else str(int(when.timestamp()) * 1_000)

    closed, kind = _closed(life), life.last.kind
    kinds = [step.kind for step in life.steps]
    status = {"cancelled": "Cancelled", "rejected": "Rejected", "resolved": "Resolved", "confirmed": "Resolved"}
    if closed and kind in ("closed", "closed by timer", "rated"):
        status[kind] = "Closed"
    waits = "Onhold" if kind.startswith("waits") else "Open"
    return (
        str(141_000_000_000 + 37 * life.n),
        status.get(kind, waits),
        ("High", "High", "Normal", "Low")[life.priority - 1],
        milliseconds(life.opened),
        milliseconds(_responded(life)),
        milliseconds(at(life.holds("resolved"))),
        milliseconds(at(closed)),
        now_and_then(dice, life.last.group),
        "" if closed is None else str("confirmed" in kinds).lower(),
    )


def topdesk(out: Path) -> int:
    """Incidents as a table made of the API's answer, with the names of fields within fields."""
    header = (
        "number,status,processingStatus.name,callDate,creationDate,targetDate,onHold,onHoldDate,completed,"
        "completedDate,closed,closedDate,closureCode.name,operatorGroup.name,entryType.name"
    )
    dice = Dice(SEED + 2)
    return write_csv(out, header.split(","), (_topdesk_row(life, dice) for life in lives(SEED + 2, 70)))


def _topdesk_row(life: Life, dice: Dice) -> tuple[str, ...]:
    closed, resolved = _closed(life), life.holds("resolved", "cancelled")
    held = life.when("waits for user", "waits for supplier", "waits for problem", "waits for change")
    holding = life.last.kind.startswith("waits")
    status = "Closed" if closed else "Completed" if resolved else "On hold" if holding else "In progress"
    cancelled = life.last.kind == "cancelled"
    called = life.opened - dt.timedelta(minutes=dice.minutes("call"))
    return (
        f"I{life.opened:%y%m} {life.n + 1:03}",
        "firstLine" if life.last.group == "Service desk" else "secondLine",
        "Logged" if life.last.kind == "logged" else status,
        text(None if dice.share() < 0.05 else called, REST),
        text(life.opened, REST),
        text(life.opened + dt.timedelta(days=life.priority), REST),
        str(holding).lower(),
        text(held, REST),
        str(resolved is not None).lower(),
        text(None if cancelled else at(resolved), REST),
        str(closed is not None).lower(),
        text(at(closed), REST),
        ("Cancelled by caller" if cancelled else "Solved") if closed else "",
        now_and_then(dice, life.last.group),
        life.channel,
    )


def invgate(out: Path) -> int:
    """Requests as a table made of the API's answers, asked for times in ISO 8601."""
    header = "id,pretty_id,status,created_at,solved_at,closed_at,assigned_group_id,priority_id,source_id,rating"
    dice = Dice(SEED + 3)
    return write_csv(out, header.split(","), (_invgate_row(life, dice) for life in lives(SEED + 3, 64, REQUEST)))


def _invgate_row(life: Life, dice: Dice) -> tuple[str, ...]:
    form = "%Y-%m-%dT%H:%M:%S+00:00"
    closed, kind = _closed(life), life.last.kind
    status = {"cancelled": "Cancelled", "rejected": "Rejected"}.get(kind, "Closed" if closed else "Open")
    return (
        str(life.n + 501),
        f"#{life.n + 501}",
        "Solved" if kind in ("resolved", "confirmed") else status,
        text(life.opened, form),
        text(at(life.holds("resolved")), form),
        text(at(closed), form),
        now_and_then(dice, str(len(life.last.group))),
        str(life.priority),
        str(1 + len(life.channel) % 4),
        str(3 + dice.below(3)) if kind == "rated" else "",
    )


def vinst(out: Path) -> int:
    """One row for each change of status, times with their offset."""
    header = ("SR Number", "Change Date+Time", "Status", "Sub Status", "Owner First Name", "Involved ST", "Impact")
    rows = (
        (
            f"1-{364_000_000 + 11 * life.n}",
            step.at.astimezone(BERLIN).isoformat(),
            *VINST[step.kind],
            "Siebel" if step.person == "system" else step.person,
            step.group,
            ("Major", "High", "Medium", "Low")[life.priority - 1],
        )
        for life in lives(SEED + 4, 60)
        for step in life.steps
        if step.kind in VINST
    )
    return write_csv(out, header, rows)


def common_labels(out: Path) -> int:
    """An event log with labels that many tools use."""
    return write_csv(out, ("case_id", "activity", "timestamp", "team"), _labelled())


def _labelled() -> Iterator[tuple[str, ...]]:
    for life in lives(SEED + 5, 60):
        for step in life.steps:
            if step.kind != "noted":
                yield f"T-{life.n + 1:04}", LABELS[step.kind], step.at.isoformat(), step.group


FILES: dict[str, Callable[[Path], int]] = {
    "bmc_helix_incident.csv": bmc,
    "manageengine_request.csv": manageengine,
    "topdesk_incident.csv": topdesk,
    "invgate_request.csv": invgate,
    "vinst_incident.csv": vinst,
    "generic_events.csv": common_labels,
}
