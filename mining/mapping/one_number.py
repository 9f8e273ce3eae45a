"""Tickets whose rows tell different times for their demand: perhaps two tickets that share a number.

A ticket is what has one number, so their rows come into one stream. A number that is used again, or that two systems
give, cannot be told from a demand that somebody dated anew; but it can be said.
"""

from __future__ import annotations

from mining.core.events import EventTable
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.mapping.model import Mapping


def note_on_numbers(tables: Tables, events: EventTable, mapping: Mapping) -> list[str]:
    """What has to be said of such tickets: by the demand column, or of tickets in one row by the first of their times;
    nothing where neither tells demand."""
    table = events.table
    if mapping.demand is not None and "demand" in table.columns:
        told, column = table.select("ticket_id", at=table.demand), "demand"
    elif mapping.export.shape is Shape.TICKETS:
        told, column = table.filter(table.part == 0).select("ticket_id", at="time"), mapping.export.times[0].column
    else:
        return []
    spread = told.group_by("ticket_id").aggregate(earliest=told["at"].min(), latest=told["at"].max())
    several = spread.filter(spread.earliest < spread.latest)
    tickets = int(tables.fetch(several.aggregate(n=several.count()), limit=1)["n"][0].as_py())
    if not tickets:
        return []
    ending, verb = ("", "stands") if tickets == 1 else ("s", "stand")
    return [
        f"{tickets:,} {mapping.export.ticket_type}{ending} {verb} in rows that tell different times for demand "
        f"({column}): two tickets of one number, or a time that was changed later. All rows of a number were taken "
        "for one ticket."
    ]
