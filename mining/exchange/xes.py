"""XES 1.0, with the extensions concept, time, lifecycle and organizational.

A case is a trace, and its events stand in their order. `concept:name` is "activity:step"; every event is `complete`.
What XML cannot hold (control characters except tab and line breaks, and the two code points that are no characters) is
written as U+FFFD, the sign for a character that is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from mining.exchange.batches import KEPT_PIECES, rows_of
from mining.exchange.told import DETAILS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.tables import Tables

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEYS = {"group": "org:group", "actor": "org:resource"}

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace">
<string key="concept:name" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
<string key="lifecycle:transition" value="complete"/>
<string key="ticket" value=""/>
<string key="ticket_type" value=""/>
</global>
<classifier name="Activity and step" keys="concept:name"/>
"""


def write_xes(tables: Tables, log: ir.Table, path: Path, title: str) -> None:
    """Write a kept log (see `told`) to `path`. `title` is the name of the log."""
    details = [name for name in DETAILS if name in log.columns]
    columns = ("case_id", "time", "ticket", "event", "ticket_type", *details)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        file.write(_string("concept:name", title) + _string("lifecycle:model", "standard"))
        _write_traces(file, rows_of(tables, log, columns), details)
        file.write("</log>\n")


def _write_traces(file: IO[str], rows: Iterator[tuple[Any, ...]], details: list[str]) -> None:
    piece = lru_cache(KEPT_PIECES)(lambda *said: _said(details, *said))
    current = None
    for case, time, ticket, *said in rows:
        if case != current:
            file.write("" if current is None else "</trace>\n")
            file.write("<trace>\n" + _string("concept:name", case))
            current = case
        when = f'<date key="time:timestamp" value="{time}"/>\n'
        file.write(f"<event>\n{when}{_string('ticket', ticket)}{piece(*said)}</event>\n")
    if current is not None:
        file.write("</trace>\n")


def _said(details: list[str], event: str, ticket_type: str, *cells: str | int | None) -> str:
    """What an event says beside its time and ticket."""
    parts = [
        _string("concept:name", event),
        _string("lifecycle:transition", "complete"),
        _string("ticket_type", ticket_type),
    ]
    for name, cell in zip(details, cells, strict=True):
        if isinstance(cell, int):
            parts.append(f'<int key="{name}" value="{cell}"/>\n')
        elif cell is not None and name == "until":
            parts.append(f'<date key="{name}" value="{cell}"/>\n')
        elif cell is not None:
            parts.append(_string(_KEYS.get(name, name), cell))
    return "".join(parts)


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(_NO_XML.sub("�", value))}/>\n'
