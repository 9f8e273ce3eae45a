"""Logs that are at an edge: each a mapping, an export and a reference stream, small enough to be made on the spot."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mining import analyse
from mining.core.analysis import Options
from mining.result import Result

MAPPING = """\
name: Requests
cannot_show: ["touch time"]
export:
  shape: snapshots
  ticket: number
  time: {column: at, zone: UTC}
  event: state
  group: team
rules:
  - {when: {state: New}, activity: {engage: log}}
  - {when: {state: Plan}, activity: {plan: weigh}}
  - {when: {state: Assess}, activity: {design_and_transition: assess}}
  - {when: {state: Build}, activity: {obtain_build: build}}
  - {when: {state: Work}, activity: {deliver_and_support: work}}
  - {when: {state: Ask}, activity: {engage: ask}, waiting: user}
  - {when: {state: Learn}, activity: {improve: learn}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed}
  - {when: {state: Closed}, end: agent}
"""
AGREED = "name: Agreed\ndemand: somebody needs something\nscope: run\nstream: [engage, deliver_and_support, value]\n"

RIGHT = (("New", 0), ("Work", 20), ("Done", 90), ("Closed", 200))
NO_CONTACT = (("Work", 0), ("Done", 90), ("Closed", 200))
STILL_OPEN = (("New", 0), ("Work", 20))

LONG = "a label that goes on and on " * 8  # 224 characters
UNBROKEN = "Unterbrechungsfreie" * 11  # 209 characters without a space
RIGHT_TO_LEFT = "انتظار رد المستخدم"
OVERRIDDEN = "\u202edetrevni\u202c"
EMOJI = "👩🏽\u200d🚒🔥"
STRANGE = (LONG.strip(), UNBROKEN, RIGHT_TO_LEFT, OVERRIDDEN, EMOJI)

DAY = 24 * 60

Life = Iterable[tuple[str, float]]
"""What happened to a ticket: states, each with the minutes since the ticket began."""


@dataclass(frozen=True)
class Log:
    """A log at an edge."""

    lives: tuple[Life, ...]
    mapping: str = MAPPING
    agreed: str = AGREED
    apart: float = 600  # minutes between the beginnings of two tickets
    teams: tuple[str, ...] = ("Desk", "Network")
    called: str = "T{}"

    def analysed(self, folder: Path) -> Result:
        """The whole analysis of it, with its report in `folder`."""
        for name, text in (("mapping.yaml", self.mapping), ("agreed.yaml", self.agreed), ("log.csv", self._csv())):
            (folder / name).write_text(text, encoding="utf-8")
        return analyse(
            folder / "log.csv",
            mapping=folder / "mapping.yaml",
            reference=folder / "agreed.yaml",
            output=folder,
            options=Options(with_tickets=True),
        )

    def _csv(self) -> str:
        rows = ["number,state,at,team"]
        for number, life in enumerate(self.lives):
            begin = datetime(2024, 1, 2, 8) + timedelta(minutes=number * self.apart)  # noqa: DTZ001 - the mapping says UTC
            for at, (state, minutes) in enumerate(life):
                when = begin + timedelta(minutes=minutes)
                team = self.teams[(number + at) % len(self.teams)]
                cells = (self.called.format(number), state, when.isoformat(), team)
                rows.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
        return "\n".join(rows) + "\n"


def _all_different(streams: int) -> Iterator[Life]:
    """Streams of which no two take the same way."""
    chance = random.Random(4711)
    seen: set[tuple[str, ...]] = set()
    while len(seen) < streams:
        way = tuple(chance.choice(("Plan", "Assess", "Build", "Work", "Ask", "Learn")) for _ in range(9))
        way = tuple(state for at, state in enumerate(way) if at == 0 or state != way[at - 1])
        if way not in seen:
            seen.add(way)
            yield [(state, at * chance.randint(3, 300)) for at, state in enumerate(("New", *way, "Done", "Closed"))]


def _strangely_called() -> Log:
    """Steps, states, waiting, teams and numbers of tickets with names that no one would choose."""
    quoted = [json.dumps(name) for name in STRANGE]  # of an emoji that makes two escapes
    rules = "\n".join(
        f"  - {{when: {{state: {name}}}, activity: {{plan: {name}}}, waiting: {name}}}" for name in quoted
    )
    lives = [
        (("New", 0), (name, 10 + at), ("Work", 90), (f"nobody knows {name}", 95), ("Done", 120), ("Closed", 300))
        for at, name in enumerate(STRANGE * 4)
    ]
    mapping = MAPPING.replace("name: Requests", f"name: {json.dumps(LONG)}").replace("rules:\n", f"rules:\n{rules}\n")
    return Log(tuple(lives), mapping=mapping, teams=STRANGE, called=f"{EMOJI} {UNBROKEN[:60]} {{}}")


def _slow(months: int) -> Life:
    """A ticket that takes three times as many months."""
    return [(state, part * months * DAY) for state, part in (("New", 0), ("Work", 30), ("Done", 90), ("Closed", 100))]


ONE_ACTIVITY = """\
name: Jobs
export:
  shape: snapshots
  ticket: number
  time: {column: at, zone: UTC}
  event: state
rules:
  - {when: {state: Work}, activity: {deliver_and_support: work}}
  - {when: {state: Done}, activity: {deliver_and_support: resolve}, value: claimed}
  - {when: {state: Closed}, end: agent}
"""

LOGS: dict[str, Log] = {
    "none conforms": Log((NO_CONTACT,) * 40 + ((("New", 0), ("Done", 5), ("Ask", 9), ("Closed", 50)),) * 20),
    "all conform": Log((RIGHT,) * 40 + (STILL_OPEN,) * 3),
    "one stream": Log((RIGHT,)),
    "one variant": Log((RIGHT,) * 50),
    "10,000 variants": Log(tuple(_all_different(10_000)), apart=7),
    "strange names": _strangely_called(),
    "one minute": Log(tuple((("New", 0), ("Work", 0.2), ("Done", 0.5), ("Closed", 0.9)) for _ in range(9)), apart=0.01),
    "ten years": Log(tuple(_slow(months) for months in range(1, 37)), apart=14 * DAY),
    "one activity": Log((NO_CONTACT,) * 30, mapping=ONE_ACTIVITY),
    "all open": Log((STILL_OPEN,) * 25 + ((("New", 0),),) * 5),
}
"""By what is at an edge."""
