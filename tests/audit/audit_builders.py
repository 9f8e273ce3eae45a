"""A small desk whose log, mapping and audit file a reader can check by eye; and records without any analysis."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mining.audit.file import load_plan
from mining.audit.plan import Plan

MAPPING = """\
name: Small desk
owner: Ada
export:
  shape: events
  ticket: ticket
  time: {column: time, zone: UTC}
  event: event
rules:
  - when: {event: opened}
    activity: {engage: log}
  - when: {event: asked}
    activity: {engage: ask}
    waiting: user
  - when: {event: worked}
    activity: {deliver_and_support: work}
  - when: {event: solved}
    activity: {deliver_and_support: resolve}
    value: claimed
  - when: {event: reopened}
    activity: {engage: reopen}
    value: withdrawn
  - when: {event: closed}
    end: lapsed
"""

REFERENCE = """\
name: Small stream
demand: somebody needs something
scope: run
stream:
  - engage: log
  - deliver_and_support: work
  - deliver_and_support: resolve
  - value
"""

STRAIGHT = ("opened", "worked", "solved", "closed")
ASKED = ("opened", "asked", "worked", "solved", "closed")
MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)


def log(
    streams: Iterable[tuple[int, tuple[str, ...]]], *, begin: datetime = MONDAY, more: str = "", hours: int = 1
) -> str:
    """A CSV: of each pair so many tickets with these events, `hours` apart, one ticket an hour.

    `more` is a further column.
    """
    lines = [f"ticket,time,event{',' + more if more else ''}"]
    number = 0
    for count, events in streams:
        for _ in range(count):
            number += 1
            for i, event in enumerate(events):
                at = begin + timedelta(hours=number + i * hours)
                lines.append(f"{begin:%y%j}-{number},{at:%Y-%m-%d %H:%M:%S},{event}{',x' if more else ''}")
    return "\n".join(lines) + "\n"


@dataclass
class Desk:
    """A folder with an audit in it."""

    folder: Path
    plan_text: str
    now: datetime = field(default_factory=lambda: datetime(2026, 2, 2, 6, tzinfo=UTC))

    @property
    def file(self) -> Path:
        return self.folder / "audit.yaml"

    def plan(self) -> Plan:
        self.file.write_text(self.plan_text, encoding="utf-8")
        return load_plan(self.file)

    def lands(self, text: str, name: str = "export.csv") -> Path:
        """An export is put into the folder, whole, at the time of the desk's clock."""
        path = self.folder / name
        partial = self.folder / f".{name}"
        partial.write_text(text, encoding="utf-8")
        os.utime(partial, (self.now.timestamp(), self.now.timestamp()))
        partial.replace(path)
        return path

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


PLAN = """\
name: Small audit
inputs: {newest: "*.csv"}
mapping: mapping.yaml
reference: reference.yaml
gates:
  - name: as agreed
    figure: conformance.rate_streams
    at_least: 80 %
history: {file: history.db}
trend: [conformance.rate_streams]
"""


def desk(folder: Path, plan: str = PLAN, mapping: str = MAPPING) -> Desk:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    (folder / "reference.yaml").write_text(REFERENCE, encoding="utf-8")
    return Desk(folder, plan)


def body(number: int, **more: Any) -> dict[str, Any]:
    """The body of a record, as small as it can be."""
    return {"audit": "A", "kind": "run", "id": f"id {number}", "documents": {}, "value": number, **more}
