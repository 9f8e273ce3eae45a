"""The export of a desk as of some Monday: all rows that had been written by then. Most tickets take longer than a week,
some a month, so that the first exports hold the end of the quick ones only."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
TICKETS = 200  # a week


@dataclass(frozen=True)
class Changes:
    """From which week (from 0) more tickets have to ask, and whether work takes longer; by how much the share of those
    that have to ask goes up and down from week to week without anything having changed."""

    asked_from: int = 99
    slower_from: int = 99
    restless: float = 0.0


def rows(
    weeks: int, changes: Changes = Changes(), seed: int = 1, median_days: float = 9.0
) -> list[tuple[datetime, str, str]]:
    """Time, ticket and event of all that ever happens to the tickets that were opened in these weeks."""
    dice = random.Random(seed)
    found = []
    moods = random.Random(f"{seed} {changes.restless}")
    for week in range(weeks):
        asking = (0.7 if week >= changes.asked_from else 0.2) + moods.uniform(-1, 1) * changes.restless
        for number in range(TICKETS):
            at = BEGIN + timedelta(weeks=week, minutes=dice.randrange(7 * 24 * 60))
            days = dice.lognormvariate(0, 1) * median_days * (3 if week >= changes.slower_from else 1)
            asked = dice.random() < asking
            steps = ["opened", *(["asked"] if asked else []), "worked", "solved", "closed"]
            if dice.random() < 0.1:
                steps += ["reopened", "worked", "solved", "closed"]
            for step in steps:
                found.append((at, f"W{week}-{number}", step))
                at += timedelta(days=days / 3 * dice.uniform(0.5, 1.5))
    return sorted(found)


def export(happened: list[tuple[datetime, str, str]], until: datetime, *, team: str = "team") -> str:
    """What had been written by then."""
    lines = [f"ticket,time,event,{team}"]
    lines += [f"{ticket},{at:%Y-%m-%d %H:%M:%S},{event},one" for at, ticket, event in happened if at <= until]
    return "\n".join(lines) + "\n"
