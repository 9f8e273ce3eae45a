"""Samples in the form of ServiceNow's changes: as a list, and as the audit of the same changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from servicenow_exports import SEED, at, now_and_then, stored, sys_id
from ticket_lives import END, Dice, Life, Moves, Step, lives, write_csv

DAYS = 100
TICKETS = 56

# fmt: off
CHANGE: Moves = {
    "requested":   (("assessed", 620, "work"), ("scheduled", 290, "queue"), ("authorised", 60, "call"),
                    ("cancelled", 30, "user")),
    "assessed":    (("authorised", 840, "approval"), ("revised", 130, "approval"), ("cancelled", 30, "approval")),
    "authorised":  (("scheduled", 880, "approval"), ("revised", 100, "approval"), ("cancelled", 20, "approval")),
    "revised":     (("assessed", 1000, "work"),),
    "scheduled":   (("implemented", 970, "supplier"), ("cancelled", 30, "user")),
    "implemented": (("reviewed", 1000, "queue"),),
    "reviewed":    (("closed", 820, "after"), ("implemented", 80, "work"), ("failed", 100, "after")),
    **dict.fromkeys(("closed", "failed", "cancelled"), ((END, 1000, "same"),)),
}
STATES = {"requested": "-5", "revised": "-5", "assessed": "-4", "authorised": "-3", "scheduled": "-2",
          "implemented": "-1", "reviewed": "0", "closed": "3", "failed": "3", "cancelled": "4"}
# fmt: on


def _changes() -> list[Life]:
    return lives(SEED + 5, TICKETS, CHANGE, first="requested", days=DAYS)


def _number(life: Life) -> str:
    return f"CHG{life.n + 30_001:07}"


def _type(life: Life) -> str:
    kinds = [step.kind for step in life.steps]
    second = kinds[1] if len(kinds) > 1 else "assessed"
    return {"scheduled": "standard", "authorised": "emergency"}.get(second, "normal")


def _code(step: Step | None) -> str:
    return "" if step is None else {"closed": "successful", "failed": "unsuccessful"}.get(step.kind, "")


def as_list(out: Path) -> int:
    """The change table as a list."""
    header = (
        "number,type,state,opened_at,start_date,end_date,work_start,work_end,closed_at,close_code,assignment_group,risk"
    )
    dice = Dice(SEED + 5)
    return write_csv(out, header.split(","), (_row(life, dice) for life in _changes()))


def _row(life: Life, dice: Dice) -> tuple[str, ...]:
    scheduled, done = life.holds("scheduled"), life.holds("closed", "failed", "cancelled")
    start = None if scheduled is None else scheduled.at.replace(hour=20, minute=0, second=0) + dt.timedelta(days=3)
    started = life.when("implemented")
    return (
        _number(life),
        _type(life),
        STATES[life.last.kind],
        stored(life.opened),
        stored(start),
        stored(start and start + dt.timedelta(hours=4)),
        stored(started),
        stored(at(life.holds("reviewed", undone_by=("implemented",)))),
        stored(at(done)),
        _code(done),
        now_and_then(dice, life.last.group),
        ("High", "Moderate", "Low")[life.n % 3],
    )


def as_audit(out: Path) -> int:
    """The audit of the change table, with the opening of the change joined to it."""
    header = ("documentkey", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on", "opened_at")
    rows = sorted(
        (step.at, life.n, field, old, new, step.person, stored(life.opened))
        for life in _changes()
        for step, field, old, new in _fields(life)
    )
    return write_csv(
        out,
        header,
        (
            (sys_id(f"change {n}"), field, old, new, person.replace(" ", "."), stored(when), opened)
            for when, n, field, old, new, person, opened in rows
        ),
    )


def _fields(life: Life) -> Iterator[tuple[Step, str, str, str]]:
    """What changed with each step: the step, the field, its old and its new value."""
    state = STATES[life.steps[0].kind]
    for step in life.steps[1:]:
        if STATES[step.kind] != state:
            yield step, "state", state, STATES[step.kind]
            state = STATES[step.kind]
        if step.kind == "scheduled":
            yield step, "approval", "requested", "approved"
        if step.kind == "revised":
            yield step, "risk", "3", "2"
        if _code(step):
            yield step, "close_code", "", _code(step)


FILES: dict[str, Callable[[Path], int]] = {
    "servicenow_change.csv": as_list,
    "servicenow_change_audit.csv": as_audit,
}
