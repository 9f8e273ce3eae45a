"""Logs of a service desk that a reader can check by eye: the visits as in `log_builder`, and the turns of a ticket as

    A: 0 Desk, 10 Second priority=2, 30 Desk priority=1

which is the ticket A, that the group Desk has from minute 0 on, Second from minute 10, and Desk again from 30; `-` is
no group. A fact holds until it is told again; `yes` and `no` are those of a fact that holds or does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from mining.core.desk import ServiceDesk
from mining.core.events import MappedLog
from mining.core.facts import YES_OR_NO, Fact, SupportLine, told
from mining.core.tables import Tables
from mining.measures import measure, service_desk
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

LINES = (SupportLine("ticket", 1, ("Desk*",)), SupportLine("ticket", 3, ("*3rd",)), SupportLine("ticket", 2, ("*",)))


def with_turns(tables: Tables, mapped: MappedLog, text: str) -> MappedLog:
    """The log with these turns."""
    rows: list[dict[str, Any]] = []
    for line in filter(str.strip, text.splitlines()):
        case, turns = line.split(":", 1)
        facts: dict[str, Any] = {}
        of_case = []
        for number, turn in enumerate(turns.split(",")):
            minute, group, *changes = turn.split()
            facts = facts | {name: value for change in changes for name, value in _facts(change).items()}
            row = {"case_id": case.strip(), "number": number, "time": int(minute) * MINUTE, "ticket_type": "ticket"}
            of_case.append(
                row | {"group": None if group == "-" else group, "first": number == 0, "last": False, **facts}
            )
        of_case[-1]["last"] = True
        rows += of_case
    names = sorted({name for row in rows for name in row if name.startswith("fact.") or name == "target"})
    types = {told(fact): pa.bool_() for fact in YES_OR_NO} | {"target": pa.int64()}
    schema = [("case_id", pa.string()), ("number", pa.int64()), ("time", pa.int64()), ("ticket_type", pa.string())]
    schema += [("group", pa.string()), ("first", pa.bool_()), ("last", pa.bool_())]
    schema += [(name, types.get(name, pa.string())) for name in names]
    return replace(mapped, turns=tables.put(pa.Table.from_pylist(rows, schema=pa.schema(schema)), "turns"))


def _facts(change: str) -> dict[str, Any]:
    name, value = change.split("=")
    fact = Fact(name)
    if fact is Fact.TARGET:
        return {told(fact): value, "target": int(value) * MINUTE if value.isdigit() else None}
    return {told(fact): value == "yes" if fact in YES_OR_NO else value.replace("_", " ")}


def desk(tables: Tables, visits: str, turns: str | None = None, **more: Any) -> ServiceDesk:
    """The figures of a log; `more` replaces parts of the mapped log, or is an option of `service_desk`."""
    options = {name: more.pop(name) for name in ("types", "waiting_days") if name in more}
    mapped = mapped_log(tables, visits)
    mapped = mapped if turns is None else with_turns(tables, mapped, turns)
    mapped = replace(mapped, **more)
    streams = build_streams(tables, mapped, max_paths=1_000)
    measured = measure(tables, streams, mapped)
    return service_desk(tables, streams, mapped, measured.selection, **options)
