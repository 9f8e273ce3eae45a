"""ServiceNow incidents as snapshots: a row is the whole ticket after an update.

Tickets are simulated many at a time, one update of each in a round. Times are whole minutes since the window's begin.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEED = 20_250_106
BEGIN = dt.date(2025, 1, 6)  # a Monday
DAYS, DAYS_LARGE = 120, 365
LARGE = 20_000  # tickets from which on the window is a year
ROWS_A_TICKET = 5.27
TICKETS_AT_ONCE = 100_000
MOST_UPDATES = 60
DAY, WEEK = 1_440, 10_080
CLOSE_AFTER = 5 * DAY

HEADER = (
    "number,incident_state,reassignment_count,reopen_count,sys_mod_count,made_sla,opened_at,sys_updated_by,"
    "sys_updated_at,contact_type,category,priority,assignment_group,problem_id,rfc,resolved_at,closed_at\n"
)

# fmt: off
STATES = ("New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence",
          "Resolved", "Closed", "-100")
NEW, ACTIVE, USER, VENDOR, PROBLEM, EVIDENCE, RESOLVED, CLOSED, GARBLED = range(len(STATES))
NOTE, ROUTE, DONE = 9, 10, 11  # moves beside those to a state: nothing seen, another group, no further update

MOVES = {  # from a state: (where to, how often in a thousand, how long it takes)
    NEW:      ((ACTIVE, 568, "queue"), (ROUTE, 320, "queue"), (NOTE, 70, "note"), (USER, 38, "queue"),
               (CLOSED, 4, "queue")),
    ACTIVE:   ((RESOLVED, 425, "work"), (ROUTE, 210, "work"), (USER, 165, "work"), (NOTE, 135, "note"),
               (VENDOR, 34, "work"), (PROBLEM, 20, "work"), (EVIDENCE, 5, "work"), (GARBLED, 6, "note")),
    USER:     ((ACTIVE, 610, "user"), (RESOLVED, 240, "user"), (NOTE, 100, "user"), (ROUTE, 50, "user")),
    VENDOR:   ((ACTIVE, 700, "vendor"), (RESOLVED, 230, "vendor"), (NOTE, 70, "vendor")),
    PROBLEM:  ((RESOLVED, 680, "problem"), (ACTIVE, 250, "problem"), (NOTE, 70, "problem")),
    EVIDENCE: ((ACTIVE, 800, "user"), (RESOLVED, 200, "user")),
    RESOLVED: ((CLOSED, 916, "timer"), (NOTE, 52, "after"), (ACTIVE, 17, "after"), (CLOSED, 15, "after")),
    CLOSED:   ((DONE, 994, "note"), (NOTE, 4, "after"), (ACTIVE, 2, "after")),
    GARBLED:  ((ACTIVE, 1000, "note"),),
}

SHARES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0)
TIMES = {  # minutes that are not exceeded by these shares
    "queue":   (0, 8, 38, 170, 620, 2_600, 9_000),
    "work":    (0, 9, 42, 190, 900, 4_200, 14_000),
    "note":    (0, 2, 25, 300, 1_600, 5_000, 12_000),
    "user":    (3, 190, 1_050, 3_300, 7_000, 14_000, 40_000),
    "vendor":  (300, 2_600, 6_200, 12_500, 22_000, 36_000, 60_000),
    "problem": (900, 4_500, 9_500, 19_000, 30_000, 45_000, 70_000),
    "after":   (5, 260, 1_300, 3_000, 5_200, 6_700, 7_150),
    "timer":   (CLOSE_AFTER,) * len(SHARES),
}

GROUPS = ("Service desk", "Workplace", "Network", "Identity", "ERP", "Collaboration", "Data", "Print")
DESK, WORKPLACE, NETWORK = 0, 1, 2
PEOPLE = (24, 14, 9, 6, 11, 8, 5, 4)
SPEED = (0.6, 1.0, 1.3, 0.8, 1.7, 1.0, 1.5, 0.9)  # a group's times, against the tables above
CATEGORIES = ("Hardware", "Network", "Access", "ERP", "Mail", "Reports", "Printing", "How-to")
OWNER = (1, 2, 3, 4, 5, 6, 7, 0)  # the group that looks after a category
CATEGORY_SHARES = (200, 130, 210, 110, 130, 40, 60, 120)
CONTACTS, CONTACT_SHARES = ("Phone", "Self service", "Email", "Chat"), (520, 290, 130, 60)
PRIORITIES, PRIORITY_SHARES = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low"), (8, 52, 810, 130)
URGENCY = (0.15, 0.4, 1.0, 1.7)
TARGET = (240, 480, 2_880, 7_200)  # minutes until resolved for made_sla
# fmt: on

HOURS_OF_WEEK = np.array(
    [
        weight * day
        for day in (1.25, 1.1, 1.0, 1.0, 0.85, 0.12, 0.08)
        for weight in (1, 1, 1, 1, 1, 3, 12, 40, 90, 100, 92, 78, 52, 70, 80, 66, 48, 26, 12, 8, 5, 3, 2, 1)
    ]
)
"""How many people turn to the desk in each hour of the week."""


class Dice:
    """Uniform numbers from the raw stream of a PCG64 generator."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def shares(self, n: int) -> Floats:
        """`n` numbers from 0 up to 1."""
        found: Floats = (self._bits.random_raw(n) >> np.uint64(11)) * np.float64(2.0**-53)
        return found

    def below(self, limits: Ints) -> Ints:
        """For each limit a whole number from 0 up to it."""
        return (self.shares(len(limits)) * limits).astype(np.int64)

    def choose(self, weights: tuple[int, ...], n: int) -> Ints:
        """`n` places in `weights`, each as often as it weighs."""
        edges = np.cumsum(weights) / sum(weights)
        return np.minimum(np.searchsorted(edges, self.shares(n), side="right"), len(weights) - 1)

    def minutes(self, kind: str, n: int) -> Floats:
        """`n` durations of a kind of `TIMES`."""
        found: Floats = np.interp(self.shares(n), SHARES, TIMES[kind])
        return found


def opening_times(first: int, last: int) -> Ints:
    """For each minute of a week the next in which a group works whose hours are from `first` to `last`."""
    minute = np.arange(2 * WEEK)
    works = (minute // DAY % 7 < 5) & (minute % DAY >= first * 60) & (minute % DAY < last * 60)
    following = np.where(works, minute, 10 * WEEK)
    return np.minimum.accumulate(following[::-1])[::-1][:WEEK]


OPEN = np.array([opening_times(6, 22)] + [opening_times(8, 17)] * (len(GROUPS) - 1))


def write(out: Path, events: int) -> int:
    """Write about `events` rows to `out`; return how many there are."""
    tickets = max(1, round(events / ROWS_A_TICKET))
    days = DAYS if tickets < LARGE else DAYS_LARGE
    dates, clock = date_texts(days), [f"{m // 60:02}:{m % 60:02}" for m in range(DAY)]
    dice, written = Dice(SEED), 0
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        for first in range(0, tickets, TICKETS_AT_ONCE):
            some = Tickets(dice, first, min(TICKETS_AT_ONCE, tickets - first), tickets, days)
            rows = some.rows()
            written += len(rows["ticket"])
            file.write(as_text(some, rows, days * DAY, dates, clock))
    return written


def date_texts(days: int) -> list[str]:
    """The days of the window as the export writes them."""
    return [f"{day.day}/{day.month}/{day.year}" for day in (BEGIN + dt.timedelta(days=i) for i in range(days))]


def arrivals(dice: Dice, first: int, n: int, tickets: int, days: int) -> Ints:
    """When tickets `first` to `first + n` of `tickets` are opened: by the hours of the week, each week a few more."""
    hours = days * 24
    weights = HOURS_OF_WEEK[np.arange(hours) % len(HOURS_OF_WEEK)] * (1 + 0.25 * np.arange(hours) / hours)
    edges = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    share = (np.arange(first, first + n) + dice.shares(n)) / tickets
    minutes: Floats = np.interp(share, edges, np.arange(hours + 1) * 60.0)
    return minutes.astype(np.int64)


class Tickets:
    """Some tickets and their updates."""

    def __init__(self, dice: Dice, first: int, n: int, tickets: int, days: int) -> None:
        self.dice, self.n, self.end, self.first = dice, n, days * DAY, first
        self.opened = arrivals(dice, first, n, tickets, days)
        self.category = dice.choose(CATEGORY_SHARES, n)
        self.contact = dice.choose(CONTACT_SHARES, n)
        self.priority = dice.choose(PRIORITY_SHARES, n)
        self.change = dice.shares(n) < 0.006
        self.problem = np.zeros(n, dtype=bool)
        self.state = np.full(n, NEW)
        owner = np.array(OWNER)[self.category]
        self.group = np.where((self.contact != 1) | (dice.shares(n) < 0.35), DESK, owner)
        self.before = self.group.copy()  # the group before this one
        self.named = dice.shares(n) >= 0.07  # whether the group has been filled in
        self.now = self.opened + np.interp(dice.shares(n), SHARES, (0, 0, 1, 4, 16, 70, 400)).astype(np.int64)
        self.counter = np.zeros(n, dtype=np.int64)
        self.routed = np.zeros(n, dtype=np.int64)
        self.reopened = np.zeros(n, dtype=np.int64)
        self.kept: list[dict[str, Ints]] = []

    def rows(self) -> dict[str, Ints]:
        """Every update up to the window's end as columns, by ticket and in order."""
        at_desk = self.group == DESK
        luck = self.dice.shares(self.n)
        self.state[at_desk & (luck < 0.16)] = RESOLVED  # at first contact
        self.state[at_desk & (luck >= 0.16) & (luck < 0.36)] = ACTIVE
        live = np.flatnonzero(self.now < self.end)
        self._keep(live, system=np.zeros(len(live), dtype=bool))
        for _ in range(MOST_UPDATES):
            live = self._update(live)
        columns = {name: np.concatenate([kept[name] for kept in self.kept]) for name in self.kept[0]}
        order = np.argsort(columns["ticket"], kind="stable")
        return {name: column[order] for name, column in columns.items()}

    def _update(self, live: Ints) -> Ints:
        """Move each ticket of `live` once; return those that may move again."""
        move, minutes, system = self._moves(live)
        live, minutes, system, move = (a[move != DONE] for a in (live, minutes, system, move))
        slow = np.array(SPEED)[self.group[live]] * np.array(URGENCY)[self.priority[live]]
        by_us = (self.state[live] == NEW) | (self.state[live] == ACTIVE)
        slow[by_us & (self.group[live] == NETWORK) & (self.now[live] // DAY % 60 >= 45)] *= 2.5  # short of people
        self.now[live] += np.where(by_us, minutes * slow, minutes).astype(np.int64)
        self._into_service_hours(live[~system])
        self.now[live[system]] += -self.now[live[system]] % 60  # the timer runs on the hour
        self._apply(live, move)
        skipped = self.dice.shares(len(live)) < 0.11
        self.counter[live] += 1 + skipped * (1 + self.dice.below(np.full(len(live), 2)))
        inside = self.now[live] < self.end
        self._keep(live[inside], system=system[inside])
        return live[inside]

    def _moves(self, live: Ints) -> tuple[Ints, Floats, NDArray[np.bool_]]:
        """For each ticket of `live`: the move, how long until it is made, and whether the timer makes it."""
        move = np.full(len(live), DONE)
        minutes = np.zeros(len(live))
        system = np.zeros(len(live), dtype=bool)
        state = self.state[live]
        for here, choices in MOVES.items():
            of_state = np.flatnonzero(state == here)
            chosen = self.dice.choose(tuple(weight for _, weight, _ in choices), len(of_state))
            for i, (to, _, kind) in enumerate(choices):
                these = of_state[chosen == i]
                move[these] = to
                minutes[these] = self.dice.minutes(kind, len(these))
                system[these] = kind == "timer"
        return move, minutes, system

    def _into_service_hours(self, live: Ints) -> None:
        """Put off to the next morning what falls outside the hours of the ticket's group."""
        now = self.now[live]
        following = now - now % WEEK + OPEN[self.group[live], now % WEEK]
        self.now[live] = np.where(following > now, following + self.dice.below(np.full(len(live), 75)), now)

    def _apply(self, live: Ints, move: Ints) -> None:
        routed = live[move == ROUTE]
        self._route(routed)
        again = live[(move == ACTIVE) & (self.state[live] >= RESOLVED) & (self.state[live] <= CLOSED)]
        self.reopened[again] += 1
        self.problem[live[move == PROBLEM]] = True
        to_state = move < NOTE
        self.state[live[to_state]] = move[to_state]
        taken_up = routed[self.dice.shares(len(routed)) < 0.3]
        self.state[taken_up] = ACTIVE
        self.named[live[move != NOTE]] = True

    def _route(self, live: Ints) -> None:
        """Hand tickets to another group: mostly the one that looks after the category, often enough the last one."""
        luck = self.dice.shares(len(live))
        owner = np.array(OWNER)[self.category[live]]
        any_other = (self.group[live] + 1 + self.dice.below(np.full(len(live), len(GROUPS) - 1))) % len(GROUPS)
        target = np.where(luck < 0.3, self.before[live], np.where(luck < 0.82, owner, any_other))
        target = np.where(target == self.group[live], any_other, target)
        self.before[live] = self.group[live]
        self.group[live] = target
        self.routed[live] += 1

    def _keep(self, live: Ints, *, system: NDArray[np.bool_]) -> None:
        group = self.group[live]
        first_of_group = np.concatenate([[0], np.cumsum(PEOPLE)[:-1]])[group]
        person = 11 + first_of_group + self.dice.below(np.array(PEOPLE)[group])
        self.kept.append(
            {
                "ticket": live,
                "time": self.now[live],
                "state": self.state[live],
                "group": np.where(self.named[live], group, len(GROUPS)),
                "person": np.where(system, 908, person),
                "counter": self.counter[live],
                "routed": self.routed[live],
                "reopened": self.reopened[live],
            }
        )


def last_time(tickets: Tickets, rows: dict[str, Ints], state: int) -> Ints:
    """For each ticket, when it came into `state` for the last time; -1 where it is in an earlier one at the end."""
    found = np.full(tickets.n, -1)
    entered = rows["state"] == state
    entered[1:] &= (rows["state"][:-1] != state) | (rows["ticket"][:-1] != rows["ticket"][1:])
    found[rows["ticket"][entered]] = rows["time"][entered]
    final = np.full(tickets.n, NEW)
    final[rows["ticket"]] = rows["state"]
    found[(final < state) | (final == GARBLED)] = -1
    return found


def as_text(tickets: Tickets, rows: dict[str, Ints], end: int, dates: list[str], clock: list[str]) -> str:
    """The rows as lines of the export."""
    date, hour = np.array(dates, dtype=object), np.array(clock, dtype=object)
    ticket = rows["ticket"]

    def times(minutes: Ints) -> NDArray[np.object_]:
        known = (minutes >= 0) & (minutes < end)
        shown = np.where(known, minutes, 0)
        return np.where(known, date[shown // DAY] + " " + hour[shown % DAY], "?")

    def words(vocabulary: tuple[str, ...], codes: Ints) -> list[str]:
        return np.array(vocabulary, dtype=object)[codes].tolist()  # type: ignore[no-any-return]

    resolved, closed = last_time(tickets, rows, RESOLVED), last_time(tickets, rows, CLOSED)
    late = (resolved < 0) | (resolved - tickets.opened > np.array(TARGET)[tickets.priority])
    broken = (rows["state"] == CLOSED) & late[ticket]
    numbers = [f"INC{tickets.first + i + 1:07}" for i in range(tickets.n)]
    problems = [f"PRB{(tickets.first + i) // 37 + 1:05}" if has else "?" for i, has in enumerate(tickets.problem)]
    changes = [f"CHG{(tickets.first + i) // 53 + 1:05}" if has else "?" for i, has in enumerate(tickets.change)]
    per_ticket = [
        [f"{number}," for number in numbers],
        [f"{opened},Updated by " for opened in times(tickets.opened)],
        [
            f"{CONTACTS[contact]},{CATEGORIES[category]},{PRIORITIES[priority]},"
            for contact, category, priority in zip(
                tickets.contact.tolist(), tickets.category.tolist(), tickets.priority.tolist(), strict=True
            )
        ],
        [
            f"{problem},{change},{at},{shut}\n"
            for problem, change, at, shut in zip(problems, changes, times(resolved), times(closed), strict=True)
        ],
    ]
    number, opened, kind, tail = (np.array(texts, dtype=object)[ticket].tolist() for texts in per_ticket)
    return "".join(
        f"{n}{s},{ro},{re},{c},{'false' if b else 'true'},{o}{p},{t},{k}{g},{e}"
        for n, s, ro, re, c, b, o, p, t, k, g, e in zip(
            number,
            words(STATES, rows["state"]),
            rows["routed"].tolist(),
            rows["reopened"].tolist(),
            rows["counter"].tolist(),
            broken.tolist(),
            opened,
            rows["person"].tolist(),
            times(rows["time"]).tolist(),
            kind,
            words((*GROUPS, "?"), rows["group"]),
            tail,
            strict=True,
        )
    )
