"""One log in which the truth is known: interactions, incidents, problems and changes, their links, how long each
incident takes in working time, and what a change does to the incidents after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from tests.measures.improve_logs import CHANGES, LINKS

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday
DAY = 24 * 60  # all times are whole minutes
HOURS = {"Desk": (8 * 60, 16 * 60, range(5)), "Watch": (20 * 60, DAY, range(7))}
RATES = {"Desk": 60, "Watch": 90}  # an hour

INTERACTIONS = """\
name: Interactions
export:
  shape: snapshots
  ticket: number
  ticket_type: interaction
  time: {column: at, zone: UTC}
  event: state
  group: team
  links: [{column: incident, to: incident}]
cases: {by: follow, start: [interaction]}
calendar:
  zone: UTC
  hours: {mon-fri: "08:00-16:00"}
  groups: {Watch: {hours: {mon-sun: "20:00-24:00"}}}
rates: {currency: EUR, per_hour: {groups: {Desk: 60, Watch: 90}}}
rules:
  - {when: {state: Open}, activity: {engage: contact}}
  - {when: {state: Passed}, end: agent}
"""
INCIDENTS = """\
name: Incidents
export:
  shape: snapshots
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  event: state
  group: team
facts: {item: ci}
rules:
  - {when: {state: New}, activity: {deliver_and_support: handle}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
"""
PROBLEMS = """\
name: Problems
export:
  shape: tickets
  ticket: number
  ticket_type: problem
  time: {zone: UTC}
  times: [opened, resolved]
rules:
  - {when: {event: opened}, activity: {improve: analyse}}
  - {when: {event: resolved}, activity: {improve: verify}, value: claimed, end: agent}
"""
MENDED = LINKS.replace("incident", "problem").replace("column: problem, to: problem", "column: rfc, to: change")


def at(minute: int) -> str:
    return f"{BEGIN + timedelta(minutes=minute):%Y-%m-%d %H:%M}"


def after_work(minute: int, work: int, group: str) -> int:
    """When `work` minutes of a group's hours are over, which begin at `minute`."""
    start, stop, weekdays = HOURS[group]
    while True:
        day, now = divmod(minute, DAY)
        left = stop - max(now, start) if day % 7 in weekdays else 0
        if left >= work:
            return day * DAY + max(now, start) + work
        work, minute = work - max(left, 0), (day + 1) * DAY


@dataclass
class Truth:
    """What is in the log. `lead`, `work` and `cost` are of the incidents that are resolved in it, in minutes and in
    hundredths; `all_lead` of all that came, those included that the end of the log cuts off."""

    incidents: int = 0
    incident_to_problem: int = 0
    with_problem: int = 0
    problems: int = 0
    other_changes: int = 0
    lead: list[int] = field(default_factory=list)
    work: list[int] = field(default_factory=list)
    cost: int = 0
    all_lead: list[int] = field(default_factory=list)


class KnownChain:
    """Writes the log: `exports`, their `mappings`, and the `truth`."""

    def __init__(self, folder: Path, *, effect: float, ripple: float, seed: int, days: int = 200) -> None:
        """A change that mends a problem leaves `effect` times the incidents on its item; any other change, on items
        that are never mended, has `ripple` times as many in the seven days after it."""
        self.rng, self.days, self.truth = np.random.default_rng(seed), days, Truth()
        self.rows: dict[str, list[str]] = {name: [] for name in ("interactions", "incidents", "links", "problems")}
        self.rows |= {"mended": [], "changes": []}
        self.done: dict[str, list[tuple[int, int]]] = {}  # by item: number and end of the resolved incidents
        self._recurring(effect, items=240)
        self._rippling(ripple, items=120)
        headers = {
            "interactions": ("number,at,state,team,incident", INTERACTIONS),
            "incidents": ("number,at,state,team,ci", INCIDENTS),
            "links": ("number,problem,at", LINKS),
            "problems": ("number,opened,resolved", PROBLEMS),
            "mended": ("number,rfc,at", MENDED),
            "changes": ("number,begun,done,ci", CHANGES),
        }
        for name, (header, mapping) in headers.items():
            (folder / f"{name}.csv").write_text("\n".join([header, *self.rows[name]]) + "\n", encoding="utf-8")
            (folder / f"{name}.yaml").write_text(mapping, encoding="utf-8")
        self.exports = [str(folder / f"{name}.csv") for name in headers]
        self.mappings = [f"{folder / name}.yaml={name}.csv" for name in headers]

    def _incident(self, minute: int, item: str) -> None:
        """Somebody turns to the desk; what the desk passes on becomes an incident of one of the groups."""
        truth, group = self.truth, "Watch" if self.rng.random() < 0.3 else "Desk"
        first, second = int(self.rng.integers(1, 30)), int(min(self.rng.lognormal(4.5, 1.0), 2_000)) + 1
        passed = after_work(minute, first, "Desk")
        over = after_work(passed, second, group)
        truth.incidents += 1
        truth.all_lead.append(over - minute)
        number, end = truth.incidents, self.days * DAY
        self.rows["interactions"].append(f"{number},{at(minute)},Open,Desk,{number}")
        if passed < end:
            self.rows["interactions"].append(f"{number},{at(passed)},Passed,Desk,{number}")
            self.rows["incidents"].append(f"{number},{at(passed)},New,{group},{item}")
        if over < end:
            self.rows["incidents"].append(f"{number},{at(over)},Done,{group},{item}")
            self.done.setdefault(item, []).append((number, over))
            truth.lead.append(over - minute)
            truth.work.append(first + second)
            truth.cost += (passed - minute) * RATES["Desk"] * 100 // 60 + (over - passed) * RATES[group] * 100 // 60

    def _recurring(self, effect: float, *, items: int) -> None:
        """Every week some of the items that had ten incidents or more in four weeks get a problem, to which the last
        three resolved ones are linked; the change a week later mends it."""
        rng, truth = self.rng, self.truth
        rate, came = rng.gamma(2.0, 0.15, items), np.zeros((items, self.days), dtype=int)
        mended = np.full(items, 10**6)
        for day in range(self.days):
            came[:, day] = rng.poisson(rate * np.where(day > mended, effect, 1.0))
            for item in np.flatnonzero(came[:, day]):
                for minute in sorted(rng.integers(0, DAY, came[item, day])):
                    self._incident(day * DAY + int(minute), f"CI{item}")
            if not (60 <= day < 150 and day % 7 == 0):
                continue
            bad = (came[:, day - 28 : day].sum(axis=1) >= 10) & (mended == 10**6)
            for item in np.flatnonzero(bad & (rng.random(items) < 0.12)):
                mended[item], truth.problems, noon = day + 7, truth.problems + 1, day * DAY + DAY // 2
                over = [number for number, end in self.done[f"CI{item}"] if end < noon][-3:]
                truth.incident_to_problem += len(over)
                self.rows["links"] += [f"{number},{truth.problems},{at(noon)}" for number in over]
                self.rows["problems"].append(f"{truth.problems},{at(noon)},{at(noon + 7 * DAY)}")
                self.rows["mended"].append(f"{truth.problems},{truth.problems},{at(noon + 3 * DAY)}")
                # Without its item, so that it is no part of the ripple: it was chosen in a bad month.
                self.rows["changes"].append(f"{truth.problems},{at(noon + 3 * DAY)},{at(noon + 7 * DAY)},")

    def _rippling(self, ripple: float, *, items: int) -> None:
        """Items of their own, with changes at any time; the week after each has `ripple` times the incidents."""
        rng, last = self.rng, self.days * DAY
        for item in range(items):
            rate = rng.gamma(2.0, 0.04) / DAY
            moments = sorted(int(minute) for minute in rng.integers(5 * DAY, last - 5 * DAY, rng.integers(0, 4)))
            for moment in moments:
                self.truth.other_changes += 1
                number = 10_000 + self.truth.other_changes
                self.rows["changes"].append(f"{number},{at(moment - 400)},{at(moment)},R{item}")
            for start in range(0, last, 60):
                after = any(moment <= start < moment + 7 * DAY for moment in moments)
                for _ in range(rng.poisson(rate * 60 * (ripple if after else 1.0))):
                    self._incident(start + int(rng.integers(0, 60)), f"R{item}")
