"""The making of new services, as XES: one trace a service, from the first talk to the reviews once it runs.

A trace follows the sixteen steps of a new service as the service value chain tells them, with what happens to such
undertakings: steps left out or done too late, builds sent back, releases in several increments, a decision not to go
on, and services that were still in the making when the log was written.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

SEED = 20_240_108
ZONE = ZoneInfo("Europe/Vienna")
BEGIN = dt.datetime(2024, 1, 8, 9, 0)  # noqa: DTZ001 - local; the zone is added where a time is written
EVENTS_A_TRACE = 19.8
DAYS_OF_60 = 560  # over how many days 60 services begin
WRITTEN_AFTER = 100  # days after the last beginning

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <global scope="trace"><string key="concept:name" value=""/></global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
    <string key="lifecycle:transition" value="complete"/>
  </global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="concept:name" value="New services (invented)"/>
"""

UNITS = ("Sales", "Production", "Logistics", "Human resources", "Finance", "Facilities", "Customer care")
SERVICES = ("Portal", "Mobile app", "Reporting", "Integration", "Workplace", "Self service")
SIZES = ("small", "medium", "large")
EFFORT = {"small": 0.6, "medium": 1.0, "large": 1.7}

RELATIONS, PORTFOLIO, PROJECT = "Relationship management", "Portfolio office", "Project office"
DEVELOPMENT, TRANSITION, SUPPORT, CUSTOMER = "Development", "Transition", "Service desk", "Customer"

STEPS = {  # label: (who, how many working days it takes to get there at least, and at most)
    "Discuss need": (RELATIONS, 0, 3),
    "Assess costs and risks": (PORTFOLIO, 3, 15),
    "Prioritise opportunity": (PORTFOLIO, 2, 12),
    "Decide to go on": (CUSTOMER, 1, 18),
    "Add to portfolio": (PORTFOLIO, 0, 4),
    "Plan work and resources": (PROJECT, 2, 12),
    "Gather requirements": (RELATIONS, 3, 14),
    "Build increment": (DEVELOPMENT, 6, 22),
    "Review build": (TRANSITION, 1, 5),
    "Define operational requirements": (TRANSITION, 1, 8),
    "Train support": (TRANSITION, 1, 7),
    "Hand over documentation": (TRANSITION, 0, 5),
    "Release increment": (DEVELOPMENT, 1, 6),
    "Accept release": (CUSTOMER, 1, 10),
    "Support service": (SUPPORT, 1, 15),
    "Review service with customer": (RELATIONS, 15, 35),
    "Start improvement": (PORTFOLIO, 1, 10),
    "Close engagement": (RELATIONS, 2, 15),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One step that was completed, in local time."""

    label: str
    time: dt.datetime


class Chance(random.Random):
    """Numbers by chance; only `random()` is used, which Python promises to keep."""

    def happens(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.random() < share

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included, the smaller ones more often."""
        return least + int((most - least + 1) * self.random() * (0.4 + 0.6 * self.random()))

    def one_of(self, things: tuple[str, ...]) -> str:
        """One of them."""
        return things[int(len(things) * self.random())]


def write(out: Path, events: int) -> int:
    """Write traces of about `events` events to `out`; return how many events there are."""
    traces, written, chance = max(1, round(events / EVENTS_A_TRACE)), 0, Chance(SEED)
    end = BEGIN + dt.timedelta(days=DAYS_OF_60 * traces // 60 + WRITTEN_AFTER)
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD)
        for i in range(traces):
            begin = BEGIN + dt.timedelta(days=int(DAYS_OF_60 * (i + chance.random()) / 60))
            size = chance.one_of(SIZES)
            made = [e for e in durations(chance, steps(chance), begin, EFFORT[size]) if e.time < end]
            attributes = {"customer unit": chance.one_of(UNITS), "service": chance.one_of(SERVICES), "size": size}
            file.write(trace(f"NS-{i + 1:03}", attributes, made))
            written += len(made)
        file.write("</log>\n")
    return written


def steps(chance: Chance) -> Iterator[str]:
    """The labels of one trace, to its end."""
    yield "Discuss need"
    if chance.happens(0.15):
        yield "Discuss need"
    yield from beginning(chance)
    if chance.happens(0.1):
        yield "Close engagement"  # it was decided not to go on
        return
    if chance.happens(0.88):
        yield "Decide to go on"
    yield "Add to portfolio"
    yield "Plan work and resources"
    yield "Gather requirements"
    yield from making(chance)
    yield from running(chance)
    if chance.happens(0.5):
        yield "Close engagement"


def beginning(chance: Chance) -> Iterator[str]:
    """Options, costs and risks, in either order; the costs are left out where somebody is in a hurry."""
    parts = ["Prioritise opportunity", "Assess costs and risks"]
    if chance.happens(0.35):
        parts.reverse()
    if chance.happens(0.12):
        parts.remove("Assess costs and risks")
    yield from parts


def making(chance: Chance) -> Iterator[str]:
    """Builds with their reviews until the service can be handed over and released."""
    for _ in range(chance.between(1, 4)):
        yield "Build increment"
        if chance.happens(0.9):
            yield "Review build"
        if chance.happens(0.15):
            yield "Gather requirements"  # what was built is not what was meant
    late = chance.happens(0.12)  # operations are asked when all is built and released
    if not late:
        yield "Define operational requirements"
    handing_over = [
        step for step, share in (("Train support", 0.85), ("Hand over documentation", 0.9)) if chance.happens(share)
    ]
    if chance.happens(0.3):
        handing_over.reverse()
    yield from handing_over
    yield "Release increment"
    if late:
        yield "Define operational requirements"
    for _ in range(chance.between(0, 3)):
        yield "Build increment"
        if chance.happens(0.6):
            yield "Review build"
        yield "Release increment"


def running(chance: Chance) -> Iterator[str]:
    """Acceptance, support and reviews."""
    accepted = chance.happens(0.92)
    support_first = chance.happens(0.12)
    if support_first:
        yield "Support service"
    if accepted:
        yield "Accept release"
    yield "Support service"
    for _ in range(chance.between(0, 3)):
        yield "Review service with customer"
        if chance.happens(0.35):
            yield "Start improvement"
            if chance.happens(0.5):
                yield "Build increment"
                yield "Release increment"
                yield "Accept release"
        if chance.happens(0.4):
            yield "Support service"


def durations(chance: Chance, labels: Iterator[str], begin: dt.datetime, effort: float) -> Iterator[Event]:
    """The steps with times: on working days, within the hours of an office."""
    day = begin
    for label in labels:
        _, least, most = STEPS[label]
        days = round(chance.between(least, most) * effort)
        same_day = days == 0 and day is not begin
        for _ in range(days):
            day += dt.timedelta(days=1)
            while day.weekday() >= 5:
                day += dt.timedelta(days=1)
        while day.weekday() >= 5:
            day += dt.timedelta(days=1)
        minutes = int((30 if same_day else 480) * chance.random())
        day = (day if same_day else day.replace(hour=8, minute=30)) + dt.timedelta(minutes=minutes)
        yield Event(label, day)


def trace(name: str, attributes: dict[str, str], events: list[Event]) -> str:
    """One trace as XES."""
    lines = ["  <trace>", f'    <string key="concept:name" value={quoteattr(name)}/>']
    lines += [f"    <string key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in attributes.items()]
    for event in events:
        time = event.time.replace(tzinfo=ZONE).isoformat(timespec="milliseconds")
        lines += [
            "    <event>",
            f'      <string key="concept:name" value={quoteattr(event.label)}/>',
            f'      <date key="time:timestamp" value="{time}"/>',
            f'      <string key="org:group" value={quoteattr(STEPS[event.label][0])}/>',
            '      <string key="lifecycle:transition" value="complete"/>',
            "    </event>",
        ]
    return "\n".join([*lines, "  </trace>", ""])
