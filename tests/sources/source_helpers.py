"""Small exports and how tests read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mining.core.events import EventTable
from mining.core.export import ExportSpec, Shape, TimeSpec
from mining.sources import read

REAL_LOGS = Path(__file__).resolve().parents[3] / "shared" / "logs"

HEADER = "number,updated,state,group"
ROWS = """\
INC1,2024-03-01 10:00:00,New,Desk
INC1,2024-03-01 11:00:00,Active,Network
INC2,2024-03-02 09:30:00,New,
"""
SMALL = f"{HEADER}\n{ROWS}"

SPEC = ExportSpec(
    shape=Shape.SNAPSHOTS,
    ticket="number",
    time=TimeSpec("updated", zone="UTC"),
    event="state",
    used=("state", "group"),
)

DAY_FIRST = replace(SPEC, time=TimeSpec("updated", "%d/%m/%Y %H:%M", "UTC"))


def written(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def take(engine, *exports: Path | str, spec: ExportSpec = SPEC, max_rejected: float = 0.0, **more: Any) -> EventTable:
    return read(engine, exports, spec, max_rejected=max_rejected, **more)


def rows_of(engine, events: EventTable) -> list[dict[str, Any]]:
    """The rows of an event table in their order; it is freed."""
    found = engine.fetch(events.table.order_by("row"), limit=100_000).to_pylist()
    engine.drop(events.table)
    return found


def cells(engine, *exports: Path | str, **more: Any) -> list[tuple[Any, ...]]:
    """Ticket, time as text, and the used columns, of each row."""
    events = take(engine, *exports, **more)
    kept = rows_of(engine, events)
    assert events.rows_read == len(kept) + events.rows_rejected
    used = [name for name in kept[0] if name.startswith("src.")] if kept else []
    return [(row["ticket_id"], moment(row["time"]), *(row[name] for name in used)) for row in kept]


def moment(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S")


SMALL_CELLS = [
    ("INC1", "2024-03-01 10:00:00", "New", "Desk"),
    ("INC1", "2024-03-01 11:00:00", "Active", "Network"),
    ("INC2", "2024-03-02 09:30:00", "New", None),
]
