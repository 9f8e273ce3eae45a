"""Exports that grow, step by step, by rows and by oddities; and what is read and mapped of them."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from mining import mapping as mappings
from mining import sources
from mining.core.cache import Cache
from mining.core.errors import MiningError
from mining.core.events import EventTable, MappedLog
from mining.engine.duck import Engine

MAPPING = """\
name: Growing desk
export:
  shape: snapshots
  ticket: ticket
  time: {column: updated, FORMATzone: ZONE}
  order_by: [count]
  event: state
  actor: by
  group: team
  keep: [priority]
demand: {time: opened, activity: engage, step: contact}
system_actors: [robot]
rules:
  - when: {state: Closed, actor: {system: true}}
    end: lapsed
  - when: {state: Closed}
    end: fulfilled
  - when: {previous.state: [Resolved, Closed]}
    activity: {engage: reopen}
    value: withdrawn
  - when: {state: Resolved, first: true}
    activities: [{engage: log}, {deliver_and_support: resolve}]
    value: claimed
  - when: {state: Resolved}
    activity: {deliver_and_support: resolve}
    value: claimed
  - when: {team: {differs: true}}
    activity: {deliver_and_support: route}
    waiting: team
  - when: {state: /^Act/}
    activity: {deliver_and_support: investigate}
"""

GIVEN = MAPPING.replace("FORMAT", 'format: "%d/%m/%Y %H:%M", ')
FOUND = MAPPING.replace("FORMAT", "")
HEADER = "ticket,state,count,updated,opened,by,team,priority\n"

_BEGIN = datetime(2026, 3, 28, 20, tzinfo=UTC)  # the clocks of Berlin skip an hour some rows later


def row(ticket: int, state: str, at: int, *, team: str, by: str, iso: bool, odd: str) -> str:
    """One line of the export; `at` counts half hours."""
    form = "%Y-%m-%d %H:%M" if iso else "%d/%m/%Y %H:%M"
    updated = f"{_BEGIN + timedelta(minutes=30 * at):{form}}"
    opened = f"{_BEGIN - timedelta(hours=ticket):{form}}"
    cells = [f"T{ticket}" if ticket else "", state, str(at % 7), updated, opened, by, team, odd]
    match odd:
        case "no time":
            cells[3] = "soon"
        case "counter":
            cells[2] = "7.5"
        case "quoted":
            cells[7] = '"a ""line"",\nand one more"'
        case "wide":
            cells.append("more")
        case "elsewhere":
            cells[3] = f"{_BEGIN + timedelta(minutes=30 * at):%Y-%m-%dT%H:%M:%S+02:00}"
    return ",".join(cells)


rows = st.builds(
    row,
    st.integers(0, 6),
    st.sampled_from(["New", "Active", "Resolved", "Closed", "Waiting"]),
    st.integers(0, 40),
    team=st.sampled_from(["", "one", "two"]),
    by=st.sampled_from(["Ada", "robot"]),
    iso=st.just(False),
    odd=st.sampled_from(["", "", "", "low", "quoted", "quoted", "no time", "counter", "wide", "elsewhere"]),
)
plain_rows = st.builds(
    row,
    st.integers(1, 6),
    st.sampled_from(["New", "Active", "Resolved", "Closed", "Waiting"]),
    st.integers(0, 40),
    team=st.sampled_from(["", "one", "two"]),
    by=st.sampled_from(["Ada", "robot"]),
    iso=st.booleans(),
    odd=st.sampled_from(["", "low", "quoted"]),
)
ends = st.sampled_from(["\n", "\n", "\n", "\n", "\r\n", "\n\n", ""])
steps = st.lists(
    st.tuples(
        st.sampled_from(["grow", "grow", "grow", "new file", "new first file", "change", "damage", "latin"]),
        st.lists(rows | plain_rows, min_size=1, max_size=8) | st.lists(plain_rows, min_size=1, max_size=12),
        ends,
    ),
    min_size=2,
    max_size=5,
)


def take(step: tuple[str, list[str], str], folder: Path, kept: Path, number: int) -> None:
    """Do one step to the exports in `folder`, or to the cache in `kept`."""
    what, lines, end = step
    files = sorted(folder.glob("*.csv"))
    text = (end or "\n").join(lines) + end
    if not files or what.startswith("new"):
        name = f"a{99 - number}.csv" if what == "new first file" else f"m{number}.csv"
        (folder / name).write_text(HEADER + text, encoding="utf-8", newline="")
    elif what == "change":
        whole = files[-1].read_text(encoding="utf-8", errors="surrogateescape")
        files[-1].write_text(whole.replace("Active", "Closed"), encoding="utf-8", errors="surrogateescape", newline="")
    elif what == "damage":
        for path in sorted(kept.glob("vsm-*"))[number % 2 :: 2]:
            path.write_bytes(path.read_bytes()[:-3] + b"xxx")
    else:
        with files[-1].open("ab") as file:
            file.write(text.replace("low", "tief \u00fc").encode("cp1252" if what == "latin" else "utf-8"))


def outcome(engine: Engine, folder: Path, text: str, cache: Cache | None) -> Any:
    """All that is read and mapped of a folder of exports; or what is wrong with them."""
    rules = mappings.parse_mapping(text)
    try:
        events = sources.read(engine, [folder], rules.info.export, max_rejected=1.0, cache=cache)
        log = mappings.map_events(engine, events, rules, cache)
    except MiningError as error:
        return [str(problem) for problem in error.problems]
    try:
        return [_of_events(engine, events), _of_log(engine, log)]
    finally:
        engine.drop(events.table)


def _of_events(engine: Engine, events: EventTable) -> Any:
    table = engine.fetch(events.table.order_by("row"), limit=10_000).to_pydict()
    told = asdict(replace(events, table=None, pieces=()))  # type: ignore[arg-type]
    return json.loads(json.dumps([table, told]))


def _of_log(engine: Engine, log: MappedLog) -> Any:
    table = engine.fetch(log.table.order_by(["case_id", "sequence"]), limit=10_000).to_pydict()
    turns = None if log.turns is None else engine.fetch(log.turns.order_by(["case_id", "number"]), limit=10_000)
    rest = [repr(log.ledger), repr(log.rule_uses), repr(log.unmapped), list(log.notes)]
    return json.loads(json.dumps([table, None if turns is None else turns.to_pydict(), rest]))
