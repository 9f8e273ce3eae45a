"""Small exports and mappings in a notation that a reader can check by eye.

    A 0 New      | Group 1 | ann
    A 5 Resolved | Group 1 | timer

are two rows of the ticket A, at minutes 0 and 5, with the columns `state`, `team` and `who`; `-` is a missing cell.
What becomes of them is told as `A@5 deliver_and_support:resolve [claimed]`, `?` being unmapped, `end lapsed` an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from mining.core.events import EventTable, MappedLog, src
from mining.core.tables import Tables
from mining.mapping import Mapping, parse_mapping
from mining.mapping.outcomes import label_in_words

MINUTE = 60_000_000
COLUMNS = ("state", "team", "who")

_HEAD = """\
name: Test
export:
  shape: {shape}
  ticket: number
  time: {{column: at}}
  event: state
  actor: who
  group: team
{export}
{top}
rules:
"""


def mapping(rules: str, *, shape: str = "events", export: str = "", top: str = "") -> Mapping:
    """A mapping over the columns `state`, `team` and `who` with these rules (YAML list items, not indented)."""
    head = _HEAD.format(shape=shape, export=_indented(export, 2), top=top)
    return parse_mapping(head + _indented(rules, 2), "test.yaml")


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.strip("\n").splitlines())


def rows(text: str) -> list[dict[str, Any]]:
    """The rows of an export in the notation above; a fourth cell is the counter, a fifth the minute of demand."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        ticket, minute, rest = line.split(None, 2)
        cells = [None if cell.strip() == "-" else cell.strip() for cell in rest.split("|")]
        row: dict[str, Any] = {"ticket_id": ticket, "time": int(minute) * MINUTE}
        row |= {src(column): cell for column, cell in zip(COLUMNS, cells + [None] * 3, strict=False)}
        if len(cells) > 3:
            row["order_0"] = None if cells[3] is None else int(cells[3])
        if len(cells) > 4:
            row["demand"] = None if cells[4] is None else int(cells[4]) * MINUTE
        found.append(row)
    return found


def event_table(tables: Tables, found: Sequence[dict[str, Any]], *, rejected: int = 0) -> EventTable:
    """The rows as the sources room would return them, in this order."""
    types = {"time": pa.int64(), "order_0": pa.int64(), "demand": pa.int64()}
    names = ["ticket_id", "time", *map(src, COLUMNS)]
    names += [name for name in ("order_0", "demand") if any(name in row for row in found)]
    columns = {name: pa.array([row.get(name) for row in found], types.get(name, pa.string())) for name in names}
    table = pa.table({"row": pa.array(range(len(found)), pa.int64()), **columns})
    kept = tables.put(table, "export")
    return EventTable(kept, len(found) + rejected, rejected, (), (), COLUMNS)


def told(tables: Tables, log: MappedLog) -> list[str]:
    """The events of a log in order, one line each."""
    events = tables.fetch(log.table, limit=100_000).to_pylist()
    lines = []
    for event in sorted(events, key=lambda e: (e["case_id"], e["sequence"])):
        parts = [] if event["visit"] is None else [label_in_words(log.visits[event["visit"]])]
        parts += [] if event["end"] is None else [f"end {log.ends[event['end']].value}"]
        parts += ["?"] if event["unmapped"] else []
        lines.append(f"{event['case_id']}@{event['time'] // MINUTE} {', '.join(parts)}")
    return lines
