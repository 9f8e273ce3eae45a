"""Numbers of tickets that may not be what they seem: one for two tickets, or two for one.

A ticket is what has one number, as it is written. A number that is used again, or that two systems give, cannot be told
from a demand that somebody dated anew, nor two spellings from two tickets; but it can be said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.events import EventTable
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.mapping.model import Mapping

if TYPE_CHECKING:
    import ibis.expr.types as ir


def note_on_numbers(tables: Tables, events: EventTable, mapping: Mapping) -> list[str]:
    """What has to be said of tickets whose rows tell different times for their demand: by the demand column, or of
    tickets in one row by the first of their times; nothing where neither tells demand."""
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


def note_on_spellings(tables: Tables, rows: ir.Table) -> list[str]:
    """What has to be said of numbers that are alike but for blanks and capitals, and of one that is blanks alone;
    `rows` are those of `rows.decide`."""
    first = rows.filter(rows.number == 0)  # one row a ticket
    alike = first.group_by(spelt=first.case_id.strip().lower()).aggregate(n=first.count())
    found = tables.fetch(
        alike.aggregate(
            several=alike.n.sum(where=(alike.n > 1) & (alike.spelt != "")),
            blank=(alike.spelt == "").any(),
        ),
        limit=1,
    ).to_pylist()[0]
    said = []
    if found["several"]:
        said.append(
            f"{found['several']:,} ticket numbers are like another but for blanks or capitals. Each was taken for a "
            "ticket of its own."
        )
    if found["blank"]:
        said.append("Blanks alone were taken for the number of a ticket: name them under missing in the mapping.")
    return said
