"""The lives of invented tickets, one at a time: what the exports of many tools are written from.

A life is told in words that no tool uses; each tool's writer says in its own what it would show of them. Times are in
UTC. The raw numbers of numpy's generator are used, and plain arithmetic on them, so that the bytes stay the same.
"""

from __future__ import annotations

import csv
import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

BEGIN = dt.datetime(2025, 3, 3, tzinfo=dt.UTC)  # a Monday; the clocks of Berlin go forward on the 30th
DAYS = 70  # the window in which tickets are opened; the export is made at its end
BERLIN = ZoneInfo("Europe/Berlin")
DAY, WEEK = 1_440, 10_080  # minutes
MOST_STEPS = 40

Moves = Mapping[str, tuple[tuple[str, int, str], ...]]
"""From a step: (what comes next, how often in a thousand, how long that takes)."""

END = "end"  # nothing more happens
SHARES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0)
# fmt: off
TIMES = {  # minutes that are not exceeded by these shares
    "call":     (2, 6, 11, 18, 27, 40, 55),
    "queue":    (1, 12, 55, 210, 700, 2_400, 7_000),
    "work":     (4, 22, 70, 240, 900, 3_600, 9_000),
    "build":    (120, 900, 2_800, 6_000, 10_500, 17_000, 26_000),
    "user":     (10, 210, 1_050, 3_100, 6_500, 11_000, 20_000),
    "approval": (5, 130, 900, 2_900, 6_200, 10_000, 15_000),
    "supplier": (240, 2_200, 5_200, 9_800, 16_000, 24_000, 33_000),
    "long":     (900, 4_000, 9_000, 17_000, 27_000, 38_000, 50_000),
    "after":    (5, 240, 1_200, 2_900, 5_000, 6_600, 7_100),
    "timer":    (5 * DAY,) * len(SHARES),
    "same":     (0,) * len(SHARES),
}

INCIDENT: Moves = {
    "logged":             (("started", 430, "queue"), ("routed", 360, "queue"), ("waits for user", 50, "queue"),
                           ("resolved", 130, "call"), ("cancelled", 30, "user")),
    "routed":             (("started", 790, "queue"), ("routed", 160, "queue"), ("waits for user", 50, "queue")),
    "started":            (("resolved", 500, "work"), ("routed", 120, "work"), ("waits for user", 200, "work"),
                           ("waits for supplier", 80, "work"), ("waits for problem", 30, "work"),
                           ("waits for change", 30, "work"), ("noted", 40, "work")),
    "noted":              (("resolved", 600, "work"), ("waits for user", 200, "work"), ("started", 200, "work")),
    "waits for user":     (("started", 660, "user"), ("resolved", 270, "user"), ("cancelled", 70, "user")),
    "waits for supplier": (("started", 720, "supplier"), ("resolved", 280, "supplier")),
    "waits for problem":  (("resolved", 700, "long"), ("started", 300, "long")),
    "waits for change":   (("resolved", 700, "long"), ("started", 300, "long")),
    "resolved":           (("closed by timer", 780, "timer"), ("reopened", 70, "after"), ("confirmed", 90, "after"),
                           ("closed", 60, "after")),
    "confirmed":          (("closed", 1000, "same"),),
    "reopened":           (("started", 800, "queue"), ("resolved", 200, "work")),
    "closed by timer":    ((END, 850, "same"), ("rated", 130, "after"), ("reopened", 20, "after")),
    "closed":             ((END, 700, "same"), ("rated", 300, "after")),
    "rated":              ((END, 1000, "same"),),
    "cancelled":          ((END, 1000, "same"),),
}

REQUEST: Moves = {
    "logged":             (("waits for approval", 640, "same"), ("started", 300, "queue"), ("cancelled", 60, "user")),
    "waits for approval": (("approved", 850, "approval"), ("rejected", 100, "approval"),
                           ("cancelled", 50, "approval")),
    "approved":           (("started", 720, "queue"), ("routed", 280, "queue")),
    "routed":             (("started", 1000, "queue"),),
    "started":            (("resolved", 500, "work"), ("waits for supplier", 260, "work"), ("routed", 110, "work"),
                           ("waits for user", 130, "work")),
    "waits for user":     (("started", 850, "user"), ("cancelled", 150, "user")),
    "waits for supplier": (("started", 1000, "supplier"),),
    "resolved":           (("closed by timer", 800, "timer"), ("confirmed", 110, "after"), ("reopened", 40, "after"),
                           ("closed", 50, "after")),
    "confirmed":          (("closed", 1000, "same"),),
    "reopened":           (("started", 1000, "queue"),),
    "closed by timer":    ((END, 880, "same"), ("rated", 120, "after")),
    "closed":             ((END, 700, "same"), ("rated", 300, "after")),
    "rated":              ((END, 1000, "same"),),
    "rejected":           ((END, 1000, "same"),),
    "cancelled":          ((END, 1000, "same"),),
}

BY_USER = ("confirmed", "rated")  # what the person does for whom the ticket was opened
BY_SYSTEM = ("closed by timer",)
AT_NIGHT = ("implemented",)  # when nobody is disturbed by it
CLOSED = ("closed", "closed by timer", "cancelled", "rejected", "rated")
GROUPS = ("Service desk", "Workplace", "Network", "Identity", "Applications", "Print")
CATEGORIES = ("How-to", "Hardware", "Network", "Access", "Software", "Printing")  # each looked after by its group
CATEGORY_SHARES = (14, 24, 17, 20, 17, 8)
CHANNELS, CHANNEL_SHARES = ("Phone", "Portal", "Email", "Chat"), (38, 34, 20, 8)
PRIORITIES, PRIORITY_SHARES = (1, 2, 3, 4), (2, 10, 66, 22)
HOURS = (1, 1, 1, 1, 1, 4, 30, 80, 100, 96, 80, 55, 62, 78, 68, 50, 26, 10, 7, 5, 3, 2, 1, 1)  # of a day, UTC
DAYS_OF_WEEK = (1.25, 1.1, 1.0, 1.0, 0.85, 0.12, 0.08)
# fmt: on


class Dice:
    """Numbers from the raw stream of a PCG64 generator, one at a time."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def share(self) -> float:
        """A number from 0 up to 1."""
        return (int(self._bits.random_raw()) >> 11) * 2.0**-53

    def below(self, limit: int) -> int:
        """A whole number from 0 up to `limit`."""
        return int(self.share() * limit)

    def choose(self, weights: Sequence[float]) -> int:
        """A place in `weights`, each as often as it weighs."""
        edges = list(accumulate(weights))
        return min(bisect_right(edges, self.share() * edges[-1]), len(weights) - 1)

    def minutes(self, kind: str) -> float:
        """A duration of a kind of `TIMES`."""
        share, curve = self.share(), TIMES[kind]
        i = min(bisect_right(SHARES, share), len(SHARES) - 1)
        part = (share - SHARES[i - 1]) / (SHARES[i] - SHARES[i - 1])
        return curve[i - 1] + part * (curve[i] - curve[i - 1])


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a ticket: when, what, in which group, and who did it ("" is the requester, "system" a
    timer)."""

    at: dt.datetime
    kind: str
    group: str
    person: str


@dataclass(frozen=True, slots=True)
class Life:
    """A ticket up to the moment of the export. `n` counts tickets from 0 in order of opening."""

    n: int
    steps: tuple[Step, ...]
    category: str
    channel: str
    priority: int
    requester: str

    @property
    def opened(self) -> dt.datetime:
        """When it was opened."""
        return self.steps[0].at

    @property
    def last(self) -> Step:
        """What happened last before the export."""
        return self.steps[-1]

    def when(self, *kinds: str) -> dt.datetime | None:
        """When one of `kinds` happened for the last time; None where none of them did."""
        return next((step.at for step in reversed(self.steps) if step.kind in kinds), None)

    def holds(self, *kinds: str, undone_by: Sequence[str] = ("reopened",)) -> Step | None:
        """The last step of `kinds` where nothing has undone it since, as the ticket itself would remember it."""
        found = None
        for step in self.steps:
            found = step if step.kind in kinds else None if step.kind in undone_by else found
        return found


def lives(seed: int, tickets: int, moves: Moves = INCIDENT, *, first: str = "logged", days: int = DAYS) -> list[Life]:
    """`tickets` lives in order of opening, spread over `days`; what happens later than that is not known to them."""
    dice = Dice(seed)
    opened = sorted(_opened(dice, days) for _ in range(tickets))
    return [_life(dice, n, (minute, days * DAY), moves, first) for n, minute in enumerate(opened)]


def _opened(dice: Dice, days: int) -> int:
    """A minute of the window: by day of the week, then by hour of the day."""
    day = dice.choose([DAYS_OF_WEEK[i % 7] for i in range(days)])
    return day * DAY + dice.choose(HOURS) * 60 + dice.below(60)


def _life(dice: Dice, n: int, window: tuple[int, int], moves: Moves, first: str) -> Life:
    """The life of ticket `n`, from the first minute of its `window` to the last."""
    category = dice.choose(CATEGORY_SHARES)
    channel = CHANNELS[dice.choose(CHANNEL_SHARES)]
    group = 0 if channel != "Portal" or dice.share() < 0.4 else category
    now, kind = float(window[0]), first
    steps: list[Step] = []
    while kind != END and len(steps) < MOST_STEPS and now < window[1]:
        if kind == "routed":
            group = _other_group(dice, group, category)
        at = _time(dice, now)
        at = max(at, steps[-1].at) if steps else at  # seconds must not turn around what came one after the other
        steps.append(Step(at, kind, GROUPS[group], _person(dice, kind, group)))
        choices = moves[kind]
        kind, _, takes = choices[dice.choose([weight for _, weight, _ in choices])]
        now += dice.minutes(takes)
        if kind in AT_NIGHT:
            now = now // DAY * DAY + 20 * 60 + dice.below(150)
        elif takes != "same" and kind not in (*BY_USER, *BY_SYSTEM):
            now = _in_service_hours(dice, now, desk=group == 0)
    priority = PRIORITIES[dice.choose(PRIORITY_SHARES)]
    return Life(n, tuple(steps), CATEGORIES[category], channel, priority, f"user {100 + dice.below(300)}")


def _time(dice: Dice, minute: float) -> dt.datetime:
    return BEGIN + dt.timedelta(minutes=int(minute), seconds=dice.below(60))


def _other_group(dice: Dice, group: int, category: int) -> int:
    if category != group and dice.share() < 0.75:
        return category
    return (group + 1 + dice.below(len(GROUPS) - 1)) % len(GROUPS)


def _person(dice: Dice, kind: str, group: int) -> str:
    number = 10 * group + dice.below(6)
    return "system" if kind in BY_SYSTEM else "" if kind in BY_USER else f"agent {number + 11}"


def _in_service_hours(dice: Dice, minute: float, *, desk: bool) -> float:
    """Put off to the next morning what falls outside the hours of the group: the desk works longer than the others."""
    begin, end = (6 * 60, 20 * 60) if desk else (7 * 60, 16 * 60)
    day, of_day = divmod(int(minute), DAY)
    if day % 7 < 5 and begin <= of_day < end:
        return minute
    day += 1 if of_day >= end else 0
    while day % 7 >= 5:
        day += 1
    return day * DAY + begin + dice.below(75)


def text(at: dt.datetime | None, form: str, zone: dt.tzinfo = dt.UTC, *, missing: str = "") -> str:
    """A time as an export writes it; `missing` where there is none."""
    return missing if at is None else at.astimezone(zone).strftime(form)


def write_csv(out: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> int:
    """Write `rows` under `header`; return how many there are."""
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
