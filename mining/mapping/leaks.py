"""Columns that leak the future: filled in at a ticket's end, and yet in every row of it.

Snapshots are often exported with the ticket's present values joined to its history: each row says already when the
ticket was resolved. A rule that looks at such a column knows the future, and its streams are wrong without looking so.

How such a column is told from a harmless one that never changes either (who called, by which channel, when it was
opened):

    it never changes within a ticket, over all tickets with several rows (at least two of them), and
      its cells are times later than the ticket's first row, for more than half of the tickets     → refused
      or its name speaks of the end (closed, resolved, solved, completed, final, …)                 → refused
      or neither: it may be known from the first row on, or not                                     → a caution

Of `tickets` nothing is told: there a row is the whole ticket, and no column besides the times can change within one.

`export.final` says that a column is known only at the end (nothing may look at it then, whatever the data say), and
`export.initial` that it is known from the first row on, which silences this check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mining.core.errors import Problem
from mining.core.events import EventTable, src
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.mapping.lint import Caution, columns_by_line
from mining.mapping.model import Mapping

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEAST_TICKETS = 2

_SPEAKS_OF_THE_END = re.compile(
    r"(?:^|[^a-z])(?:clos(?:e|ed|ing|ure)|resolv(?:e|ed)|resolution|solved|solution|complet(?:e|ed|ion)|end|ended"
    r"|final|finish(?:ed)?|outcome|fulfil(?:l)?ed)(?:[^a-z]|$)"
)


def check_against(tables: Tables, events: EventTable, mapping: Mapping) -> list[Problem]:
    """The columns that the mapping looks at and that leak the future, or may; see the module for what decides.

    A `Problem` refuses the mapping, a `Caution` does not.
    """
    if mapping.export.shape is Shape.TICKETS:
        return []  # nothing can change within a row; `lint` says what that means for the rules
    if mapping.is_link_table:
        return []  # nothing is looked at
    harmless = {*mapping.initial, *mapping.export.made, mapping.export.field, mapping.export.old, mapping.export.new}
    columns = [column for column in columns_by_line(mapping) if column not in harmless]
    lines = columns_by_line(mapping)
    found: list[Problem] = []
    for column, (several, later) in _never_changing(tables, events, mapping, columns).items():
        says_when = 2 * later > several
        speaks = speaks_of_the_end(column)
        text = f"never changes within a ticket, in any of {several:,} tickets with several rows"
        if says_when or speaks:
            why = "holds times later than a ticket's first row" if says_when else "speaks by its name of a ticket's end"
            found.append(
                Problem(
                    f"the rules look at a column that {text}, and {why}: it is known only at the end",
                    file=mapping.info.file,
                    line=lines[column],
                    column=column,
                    todo="list it under final and let the rules look at something else; "
                    "list it under initial if it is known from the first row on",
                )
            )
        else:
            found.append(
                Caution(
                    f"the rules look at a column that {text}",
                    file=mapping.info.file,
                    line=lines[column],
                    column=column,
                    todo="list it under initial if it is known from the first row on, under final if only at the end",
                )
            )
    return found


def speaks_of_the_end(column: str) -> bool:
    """Whether a column's name says that it is known only at a ticket's end."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).lower().replace("_", " ")
    return _SPEAKS_OF_THE_END.search(words) is not None


def _never_changing(
    tables: Tables, events: EventTable, mapping: Mapping, columns: list[str]
) -> dict[str, tuple[int, int]]:
    """Of the columns that never change: in how many tickets with several rows they are filled, and in how many of those
    with a time later than the first row."""
    if not columns:
        return {}
    table = events.table
    by_ticket: dict[str, Any] = {"rows": table.count(), "first": table.time.min()}
    for i, column in enumerate(columns):
        text = table[src(column)]
        by_ticket |= {f"least_{i}": text.min(), f"most_{i}": text.max(), f"filled_{i}": text.count()}
    tickets = table.group_by("ticket_id").aggregate(**by_ticket)
    tickets = tickets.filter(tickets.rows > 1)
    forms = tuple(
        dict.fromkeys((*events.formats, (mapping.export.time.format, mapping.export.time.language), (None, None)))
    )
    totals: dict[str, Any] = {}
    for i in range(len(columns)):
        totals |= _totals(tables, tickets, mapping.export.time.zone or "UTC", forms, i)
    found = tables.fetch(tickets.aggregate(**totals), limit=1).to_pylist()[0]
    return {
        column: (found[f"constant_{i}"], found[f"later_{i}"])
        for i, column in enumerate(columns)
        if (found[f"constant_{i}"] or 0) >= _LEAST_TICKETS and not found[f"changing_{i}"]
    }


def _totals(
    tables: Tables, tickets: ir.Table, zone: str, forms: Sequence[tuple[str | None, str | None]], i: int
) -> dict[str, Any]:
    """How many tickets change in column `i`, how many have one text throughout, and where that is a later time."""
    import ibis

    least, filled = tickets[f"least_{i}"], tickets[f"filled_{i}"]
    empty = filled == 0
    constant = (filled == tickets.rows) & (least == tickets[f"most_{i}"])
    times = [tables.parse_time(least, form, zone, language) for form, language in forms]
    later = constant & (ibis.coalesce(*times) > tickets["first"]).fill_null(False)

    def number_of(truth: Any) -> Any:
        return truth.cast("int64").sum()

    return {
        f"changing_{i}": number_of(~(empty | constant)),
        f"constant_{i}": number_of(constant),
        f"later_{i}": number_of(later),
    }
