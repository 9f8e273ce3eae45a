"""Samples in the form of ServiceNow's tables: incidents, their audit, problems, and requests with their tasks.

Changes have a module of their own, `servicenow_changes.py`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ticket_lives import BY_USER, END, REQUEST, Dice, Life, Moves, Step, lives, text, write_csv

FORM = "%Y-%m-%d %H:%M:%S"  # as times are stored, in UTC
SEED = 20_250_301
PROBLEM_DAYS = 170
NOT_JOINED = 17  # an incident whose opening the join did not find

# fmt: off
STATES = {"logged": "1", "routed": "1", "started": "2", "noted": "2", "reopened": "2", "waits for user": "3",
          "waits for supplier": "3", "waits for problem": "3", "waits for change": "3", "resolved": "6",
          "confirmed": "6", "closed": "7", "closed by timer": "7", "rated": "7", "cancelled": "8"}
HOLD_REASONS = {"waits for user": "1", "waits for problem": "3", "waits for supplier": "4", "waits for change": "5"}
PROBLEM: Moves = {
    "logged":      (("confirmed", 780, "queue"), ("cancelled", 120, "user"), ("duplicate", 100, "user")),
    "confirmed":   (("fix started", 680, "long"), ("risk accepted", 220, "long"), ("cancelled", 100, "long")),
    "fix started": (("resolved", 860, "long"), ("risk accepted", 140, "long")),
    "resolved":    (("closed", 900, "after"), ("confirmed", 100, "after")),
    **dict.fromkeys(("risk accepted", "cancelled", "duplicate"), (("closed", 1000, "after"),)),
    "closed":      ((END, 1000, "same"),),
}
PROBLEM_STATES = {"logged": "101", "confirmed": "103", "fix started": "104", "resolved": "106", "risk accepted": "106",
                  "cancelled": "107", "duplicate": "107", "closed": "107"}
RESOLUTIONS = {"resolved": "fix_applied", "risk accepted": "risk_accepted", "cancelled": "canceled",
               "duplicate": "duplicate"}
# fmt: on


def stored(at: dt.datetime | None) -> str:
    """A time as it is stored; nothing where there is none."""
    return text(at, FORM)


def at(step: Step | None) -> dt.datetime | None:
    """When a step was; None where there was none."""
    return None if step is None else step.at


def by(step: Step | None) -> str:
    """Who did a step; nothing where there was none."""
    return "" if step is None else step.person


def now_and_then(dice: Dice, cell: str, share: float = 0.03) -> str:
    """The cell, and sometimes a missing one."""
    return "" if dice.share() < share else cell


def sys_id(name: str) -> str:
    """A made-up record identifier of 32 hexadecimal digits, the same for the same name."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def state_of(life: Life) -> str:
    """The number of the state that an incident is in at the export."""
    return STATES[life.last.kind]


def incident_list(out: Path) -> int:
    """The incident table as a list: one row a ticket, states as numbers."""
    header = (
        "number,incident_state,opened_at,reopened_time,resolved_at,closed_at,close_code,resolved_by,closed_by,"
        "assignment_group,priority,category,contact_type"
    )
    dice = Dice(SEED + 1)
    return write_csv(out, header.split(","), (_incident(life, dice) for life in lives(SEED, 80)))


def _incident(life: Life, dice: Dice) -> tuple[str, ...]:
    resolved = life.holds("resolved")
    closed = life.holds("closed", "closed by timer", "cancelled")
    by_caller = any(step.kind == "confirmed" for step in life.steps)
    code = "Closed/Resolved by Caller" if by_caller else ("Solved (Permanently)", "Solved (Work Around)")[life.n % 2]
    return (
        f"INC{life.n + 10_001:07}",
        state_of(life),
        stored(life.opened),
        stored(life.when("reopened")),
        stored(at(resolved)),
        stored(at(closed)),
        code if resolved else "",
        by(resolved),
        by(closed),
        now_and_then(dice, life.last.group),
        str(life.priority),
        life.category.lower(),
        now_and_then(dice, life.channel.lower()),
    )


def incident_audit(out: Path) -> int:
    """The audit of the incident table: one row for each changed field, with the incident's opening joined to it."""
    header = ("tablename", "documentkey", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on", "opened_at")
    dice = Dice(SEED + 2)
    changes = sorted(
        (step.at, life.n, i, field, old, new, step, life)
        for life in lives(SEED, 44)
        for i, (step, field, old, new) in enumerate(_changes(life, dice))
    )
    rows = (
        (
            "incident",
            sys_id(f"incident {n}"),
            field,
            old,
            new,
            step.person.replace(" ", "."),
            stored(step.at),
            "" if n == NOT_JOINED else stored(life.opened),
        )
        for _, n, _, field, old, new, step, life in changes
    )
    return write_csv(out, header, rows)


def _changes(life: Life, dice: Dice) -> Iterator[tuple[Step, str, str, str]]:
    """What changed with each step: the step, the field, its old and its new value. Creation changes nothing."""
    now = {"incident_state": "1", "assignment_group": life.steps[0].group, "hold_reason": "", "assigned_to": ""}
    for step in life.steps[1:]:
        if step.kind in BY_USER:
            continue
        if step.kind == "noted":
            yield step, "priority", "3", "2"
            continue
        after = {"hold_reason": HOLD_REASONS.get(step.kind, ""), "incident_state": STATES[step.kind]}
        if step.kind == "routed":
            after |= {"assignment_group": step.group, "incident_state": now["incident_state"]}
        if step.kind == "started" and (not now["assigned_to"] or dice.share() < 0.3):
            after |= {"assigned_to": step.person}
        for field, value in after.items():
            if now[field] == value:
                continue
            old, new = (
                (sys_id(x) if x and field.startswith("assign") else x) for x in (now[field], value)
            )  # references
            yield step, field, old, new
            if field == "incident_state":
                yield step, "state", old, new
            now[field] = value


def problems(out: Path) -> int:
    """The problem table as a list."""
    header = (
        "number,state,opened_at,confirmed_at,fix_at,resolved_at,closed_at,resolution_code,resolved_by,"
        "assignment_group,priority"
    )
    dice = Dice(SEED + 3)
    found = lives(SEED + 3, 60, PROBLEM, days=PROBLEM_DAYS)
    return write_csv(out, header.split(","), (_problem(life, dice) for life in found))


def _problem(life: Life, dice: Dice) -> tuple[str, ...]:
    decided = life.holds(*RESOLUTIONS, undone_by=("confirmed",))
    resolved = decided if decided and decided.kind in ("resolved", "risk accepted") else None
    return (
        f"PRB{life.n + 40_001:07}",
        PROBLEM_STATES[life.last.kind],
        stored(life.opened),
        stored(life.when("confirmed")),
        stored(at(life.holds("fix started", undone_by=("confirmed",)))),
        stored(at(resolved)),
        stored(at(life.holds("closed", undone_by=("confirmed",)))),
        RESOLUTIONS[decided.kind] if decided else "",
        by(resolved),
        now_and_then(dice, life.last.group),
        str(life.priority),
    )


def requested_items(out: Path) -> int:
    """The requested items of the catalog as a list."""
    header = ("number", "request", "state", "stage", "approval", "opened_at", "closed_at", "assignment_group")
    return write_csv(out, header, (_item(life) for life in _requests()))


def catalog_tasks(out: Path) -> int:
    """The catalog tasks of the same items as a list."""
    header = ("number", "request_item", "state", "opened_at", "work_start", "closed_at", "assignment_group")
    dice = Dice(SEED + 4)
    numbered = enumerate(task for life in _requests() for task in _tasks(life))
    rows = ((f"SCTASK{n + 20_001:07}", *task[:5], now_and_then(dice, task[5])) for n, task in numbered)
    return write_csv(out, header, rows)


def _requests() -> list[Life]:
    """Requests up to where they are fulfilled: an item that is closed stays so."""
    found = []
    for life in lives(SEED + 4, 56, REQUEST):
        kinds = [step.kind for step in life.steps]
        length = kinds.index("resolved") + 1 if "resolved" in kinds else len(kinds)
        found.append(Life(life.n, life.steps[:length], life.category, life.channel, life.priority, life.requester))
    return found


def _item(life: Life) -> tuple[str, ...]:
    kind = life.last.kind
    kinds = [step.kind for step in life.steps]
    closed = kind in ("resolved", "rejected", "cancelled")
    state = {"resolved": "3", "rejected": "4", "cancelled": "4"}.get(kind, "2" if "started" in kinds else "1")
    stage = {"resolved": "Completed", "rejected": "Request Cancelled", "cancelled": "Request Cancelled"}
    approval = "rejected" if kind == "rejected" else "approved" if "approved" in kinds else "not requested"
    if kind == "waits for approval":
        approval = "requested"
    return (
        f"RITM{life.n + 10_001:07}",
        f"REQ{life.n * 2 // 3 + 10_001:07}",
        state,
        stage.get(kind, "Waiting for Approval" if approval == "requested" else "Fulfillment"),
        approval,
        stored(life.opened),
        stored(life.last.at + dt.timedelta(seconds=life.n % 3)) if closed else "",
        life.steps[0].group,
    )


def _tasks(life: Life) -> Iterator[tuple[str, ...]]:
    """The tasks of an item: one a group that works on it, and one of the buyers while a supplier is waited for."""
    opened: dt.datetime | None = None
    started: dt.datetime | None = None
    group = ""
    number = f"RITM{life.n + 10_001:07}"
    for step in life.steps:
        new = {"approved": step.group, "routed": step.group, "waits for supplier": "Purchasing"}.get(step.kind)
        if step.kind == "started" and (opened is None or group == "Purchasing"):
            new = step.group
        ends = step.kind in ("resolved", "cancelled") or new is not None
        if ends and opened is not None:
            state = "7" if step.kind == "cancelled" or started is None else "3"
            yield number, state, stored(opened), stored(started), stored(step.at), group
            opened = None
        if new is not None:
            opened, started, group = step.at, None, new
        if new == "Purchasing":
            started = step.at + dt.timedelta(minutes=20 + life.n)
        elif step.kind == "started":
            started = started or step.at
    if opened is not None:
        yield number, "2" if started else "1", stored(opened), stored(started), "", group


FILES: dict[str, Callable[[Path], int]] = {
    "servicenow_incident_list.csv": incident_list,
    "servicenow_audit.csv": incident_audit,
    "servicenow_problem.csv": problems,
    "servicenow_request_items.csv": requested_items,
    "servicenow_request_tasks.csv": catalog_tasks,
}
