"""How cases of an HR desk live: questions about pay and leave, changes that somebody approves, and joining."""

from __future__ import annotations

from ticket_lives import END, GROUPS, Moves

# fmt: off
HR: Moves = {
    "logged":          (("started", 420, "queue"), ("routed", 270, "queue"), ("answered", 150, "call"),
                        ("position", 110, "approval"), ("withdrawn", 50, "user")),
    "routed":          (("started", 1000, "queue"),),
    "started":         (("answered", 400, "work"), ("changed", 190, "work"), ("waits for user", 180, "work"),
                        ("waits for approval", 110, "work"), ("waits for supplier", 120, "work")),
    "waits for user":  (("started", 870, "user"), ("withdrawn", 130, "user")),
    "waits for approval": (("changed", 760, "approval"), ("declined", 240, "approval")),
    "waits for supplier": (("changed", 1000, "supplier"),),
    "answered":        (("closed by timer", 520, "timer"), ("confirmed", 180, "after"), ("closed", 120, "after"),
                        ("surveyed", 90, "same"), ("reopened", 50, "after"), ("guide", 40, "work")),
    "changed":         (("closed by timer", 600, "timer"), ("confirmed", 220, "after"), ("closed", 110, "after"),
                        ("reopened", 50, "after"), ("policy", 20, "work")),
    "surveyed":        (("confirmed", 350, "after"), ("closed by timer", 650, "timer")),
    "guide":           (("closed", 1000, "work"),),
    "policy":          (("closed", 1000, "work"),),
    "confirmed":       (("closed", 1000, "same"),),
    "reopened":        (("started", 1000, "queue"),),
    "position":        (("discussed", 1000, "queue"),),
    "discussed":       (("contract", 1000, "work"),),
    "contract":        (("equipment", 1000, "work"),),
    "equipment":       (("access", 1000, "work"),),
    "access":          (("prepared", 1000, "work"),),
    "prepared":        (("inducted", 1000, "long"),),
    "inducted":        (("closed", 1000, "after"),),
    "closed by timer": ((END, 1000, "same"),),
    "closed":          ((END, 1000, "same"),),
    "withdrawn":       ((END, 1000, "same"),),
    "declined":        ((END, 1000, "same"),),
}
# fmt: on

LABELS = {
    "logged": "Case opened",
    "routed": "Assigned to team",
    "started": "Case worked on",
    "waits for user": "Employee asked",
    "waits for approval": "Approval asked",
    "waits for supplier": "Waiting for provider",
    "answered": "Answer given",
    "changed": "Change made",
    "surveyed": "Survey sent",
    "guide": "Guide written",
    "policy": "Policy change proposed",
    "confirmed": "Employee confirmed",
    "reopened": "Case re-opened",
    "position": "Position approved",
    "discussed": "Need discussed",
    "contract": "Contract drafted",
    "equipment": "Equipment ordered",
    "access": "Accounts and access arranged",
    "prepared": "Induction prepared",
    "inducted": "Induction held",
    "closed by timer": "Closed by timer",
    "closed": "Case closed",
    "withdrawn": "Request withdrawn",
    "declined": "Request declined",
}

TEAMS = dict(zip(GROUPS, ("HR desk", "Joining", "Pay", "Contracts", "Leave", "Benefits"), strict=True))
