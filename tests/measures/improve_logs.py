"""Logs of incidents, problems and changes that are generated with a truth that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)

INCIDENTS = """\
name: Incidents
export:
  shape: tickets
  ticket: number
  ticket_type: incident
  time: {zone: UTC}
  times: [opened, resolved]
facts: {item: ci}
rules:
  - {when: {event: opened}, activity: {deliver_and_support: handle}}
  - {when: {event: resolved}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
"""
LINKS = """\
name: Links
export:
  shape: links
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  links: [{column: problem, to: problem}]
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
CHANGES = """\
name: Changes
export:
  shape: tickets
  ticket: number
  ticket_type: change
  time: {zone: UTC}
  times: [begun, done]
facts: {item: ci}
rules:
  - {when: {event: begun}, activity: {obtain_build: build}}
  - {when: {event: done}, activity: {improve: review}, value: claimed, end: agent}
"""


def at(day: float) -> str:
    return f"{BEGIN + timedelta(days=day):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Planted:
    """Where the files of a generated log are: exports, and their mappings in the same order."""

    exports: list[str]
    mappings: list[str]


def _write(folder: Path, name: str, mapping: str, header: str, rows: list[str]) -> tuple[str, str]:
    (folder / f"{name}.yaml").write_text(mapping, encoding="utf-8")
    (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(folder / f"{name}.csv"), f"{folder / name}.yaml={name}.csv"


def improved_log(
    folder: Path, effect: float, *, seed: int = 1, items: int = 300, days: int = 200, everywhere: bool = False
) -> Planted:
    """Incidents on items with rates of their own, one of ten in a hundred a day on average. Every week some of the
    items that had ten or more in four weeks get a problem, which is resolved a week later; from then on their rate is
    `effect` times what it was. So what is improved is chosen in a bad month, as it is in life.

    `everywhere`: all items that recur get one, so that nothing is left to compare with.
    """
    rng = np.random.default_rng(seed)
    rate = rng.gamma(2.0, 0.15, items)
    came = np.zeros((items, days), dtype=int)
    solved = np.full(items, 10**6)
    links, problems = [], []
    numbers: list[list[int]] = [[] for _ in range(items)]
    incidents = []
    for day in range(days):
        came[:, day] = rng.poisson(rate * np.where(day > solved, effect, 1.0))
        for item in np.flatnonzero(came[:, day]):
            for _ in range(came[item, day]):
                number, when = len(incidents) + 1, day + rng.random()
                numbers[item].append(number)
                lasts = rng.exponential(1.0) if rng.random() > 0.03 else None  # some stay open
                incidents.append(f"{number},{at(when)},{at(when + lasts) if lasts is not None else ''},CI{item}")
        if 60 <= day < 150 and day % 7 == 0:
            bad = (came[:, day - 28 : day].sum(axis=1) >= 10) & (solved == 10**6)
            for item in np.flatnonzero(bad & (everywhere | (rng.random(items) < 0.1))):
                solved[item] = day + 7
                problem = len(problems) + 1
                problems.append(f"{problem},{at(day + 0.5)},{at(day + 7.5)}")
                links.append(f"{numbers[item][-1]},{problem},{at(day + 0.5)}")
    parts = [
        _write(folder, "incidents", INCIDENTS, "number,opened,resolved,ci", incidents),
        _write(folder, "links", LINKS, "number,problem,at", links),
        _write(folder, "problems", PROBLEMS, "number,opened,resolved", problems),
    ]
    return Planted([export for export, _ in parts], [mapping for _, mapping in parts])


def rippling_log(folder: Path, effect: float, *, seed: int = 1, items: int = 150, days: int = 300) -> Planted:
    """Incidents on items, and changes on some; in the week after a change the rate is `effect` times its own."""
    rng = np.random.default_rng(seed)
    incidents, changes = [], []
    for item in range(items):
        rate, done = rng.gamma(2.0, 0.05), sorted(rng.uniform(5, days - 5, rng.integers(0, 4)))
        for moment in done:
            changes.append(f"{len(changes) + 1},{at(moment - 0.3)},{at(moment)},CI{item}")
        steps = sorted({0.0, float(days), *done, *(moment + 7 for moment in done if moment + 7 < days)})
        for start, stop in pairwise(steps):
            after = any(moment <= start < moment + 7 for moment in done)
            for when in sorted(
                rng.uniform(start, stop, rng.poisson(rate * (effect if after else 1.0) * (stop - start)))
            ):
                over = at(when + 0.2) if rng.random() > 0.03 else ""
                incidents.append(f"{len(incidents) + 1},{at(when)},{over},CI{item}")
    parts = [
        _write(folder, "incidents", INCIDENTS, "number,opened,resolved,ci", incidents),
        _write(folder, "changes", CHANGES, "number,begun,done,ci", changes),
    ]
    return Planted([export for export, _ in parts], [mapping for _, mapping in parts])
