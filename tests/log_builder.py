"""Small logs in a notation that a reader can check by eye.

    A: 0 engage:log, 5 deliver_and_support:queue/team, 9 deliver_and_support:resolve!claimed, 20 .lapsed

is the ticket A: at minute 0 the event engage/log, at 5 a wait on the team, at 9 value claimed, and at 20 its end.
`?` is an unmapped event; `!` marks value, `.` the end. `5-9 engage` is an event that lasts from minute 5 to minute 9.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pyarrow as pa

from mining.core.activities import Activity, End, Value
from mining.core.events import Ledger, MappedLog, VisitLabel
from mining.core.export import Holds
from mining.core.tables import Tables

MINUTE = 60_000_000
HOUR = 60 * MINUTE

_EVENT = re.compile(
    r"(?P<minute>\d+)(?:-(?P<until>\d+))?\s+(?:(?P<unmapped>\?)|(?:(?P<activity>\w+)(?::(?P<step>[^/!.]+))?(?:/(?P<waiting>[^!.]+))?"
    r"(?:!(?P<value>\w+))?)?(?:\.(?P<end>\w+))?)"
)


def label(text: str) -> VisitLabel:
    """`engage:ask/user!claimed` as a visit label."""
    found = _EVENT.fullmatch(f"0 {text}")
    assert found is not None, text
    return _label(found)


def _label(found: re.Match[str]) -> VisitLabel:
    value = Value(found["value"]) if found["value"] else None
    return VisitLabel(Activity(found["activity"]), found["step"], found["waiting"], value)


def mapped_log(
    tables: Tables,
    text: str,
    *,
    holds: Holds = Holds.STATE,
    more_labels: tuple[str, ...] = (),
    more_ends: tuple[End, ...] = (),
    shuffle: Any = None,
) -> MappedLog:
    """The log in `text` as the mapping room would return it; `more_labels` are those that never occur in it."""
    visits: list[VisitLabel] = [label(extra) for extra in more_labels]
    ends: list[End] = list(more_ends)
    rows: list[dict[str, Any]] = []
    for line in filter(str.strip, text.splitlines()):
        case, events = line.split(":", 1)
        for sequence, event in enumerate(events.split(",")):
            found = _EVENT.fullmatch(event.strip())
            assert found is not None, event
            row = {"case_id": case.strip(), "time": int(found["minute"]) * MINUTE, "sequence": sequence * 8 + 8}
            row["visit"] = _index(visits, _label(found)) if found["activity"] else None
            row["end"] = _index(ends, End(found["end"])) if found["end"] else None
            row["unmapped"] = found["unmapped"] is not None
            row["until"] = int(found["until"]) * MINUTE if found["until"] else None
            rows.append(row)
    if shuffle is not None:
        shuffle(rows)
    schema = pa.schema(
        [
            ("case_id", pa.string()),
            ("time", pa.int64()),
            ("sequence", pa.int64()),
            ("visit", pa.int16()),
            ("end", pa.int16()),
            ("unmapped", pa.bool_()),
            *([("until", pa.int64())] if any(row["until"] is not None for row in rows) else []),
        ]
    )
    table = tables.put(pa.Table.from_pylist(rows, schema=schema), "events")
    return MappedLog(table, tuple(visits), tuple(ends), _ledger(len(rows)), (), (), holds)


def _index(known: list[Any], one: Any) -> int:
    if one not in known:
        known.append(one)
    return known.index(one)


def _ledger(rows: int) -> Ledger:
    names = dict.fromkeys(Ledger.__dataclass_fields__, 0)
    return replace(Ledger(**names), rows_read=rows, rows_mapped=rows, events_made=rows, events_mapped=rows)
