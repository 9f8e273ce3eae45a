"""Samples in the form of ServiceNow's exports, written from invented lives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ticket_lives import lives, text, write_csv

FORM = "%Y-%m-%d %H:%M:%S"  # as the Table API and CSV exports write times, in UTC


def incident_list(out: Path) -> int:
    """The incident table as a list: one row a ticket, states as numbers."""
    header = ("number", "incident_state", "opened_at", "resolved_at", "closed_at")
    rows = ((f"INC{life.n + 10_001:07}", "6", text(life.opened, FORM), "", "") for life in lives(20_250_301, 60))
    return write_csv(out, header, rows)


FILES: dict[str, Callable[[Path], int]] = {
    "servicenow_incident_list.csv": incident_list,
}
