"""Weeks of a made-up desk in which one thing changes at a time: the process, the mapping, or the columns."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
TICKETS = 300


def week(number: int, *, asked: float = 0.2, columns: tuple[str, ...] = ("ticket", "time", "event", "team")) -> str:
    """The export of one week (from 0): tickets are opened, now and then wait for an answer, are worked on, solved,
    closed.

    `asked` is the share of those that wait.
    """
    dice = random.Random(1000 + number)
    rows = []
    for ticket in range(TICKETS):
        at = BEGIN + timedelta(weeks=number, minutes=dice.randrange(6 * 24 * 60))
        events = ["opened"]
        events += ["asked"] if dice.random() < asked else []
        events += ["worked", "solved", "closed"]
        for event in events:
            rows.append((at, f"W{number}-{ticket}", event, f"team {dice.randrange(3)}"))
            at += timedelta(minutes=dice.randrange(20, 240))
    rows.sort()
    lines = [",".join(columns)]
    for at, ticket, event, team in rows:
        cells = {"ticket": ticket, "time": f"{at:%Y-%m-%d %H:%M:%S}", "event": event, "team": team}
        lines.append(",".join(cells.get(column, "") for column in columns))
    return "\n".join(lines) + "\n"
