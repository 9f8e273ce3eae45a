"""Who resolves tickets, and whether that holds: push to front, first-contact resolution, re-opening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mining.core.desk import AtLine, FirstContact, Lines, Part, Reopening
from mining.measures.desk_stays import tells_lines
from mining.measures.desk_tables import Ask
from mining.measures.desk_tickets import Desk

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIRST_LINE = 1
_MOST_LINES = 1_000


_NEVER = 2**62


def during(moments: ir.Table, at: str, stays: ir.Table, columns: Sequence[str]) -> ir.Table:
    """`moments` with `columns` of the stay in which their time `at` lies, null where they lie in none; and `began`,
    when it did. Of several stays that began at one moment the last one holds.

    A plain join with a range takes a third of the time of one that looks for the nearest row before.
    """
    import ibis

    here = stays.select(*columns, of_case=stays.case_id, began=stays.time, over=ibis.coalesce(stays.until, _NEVER))
    within = [moments.case_id == here.of_case, moments[at] >= here.began, moments[at] < here.over]
    return moments.left_join(here, within).select(*moments.columns, *columns, "began")


def resolved(desk: Desk) -> ir.BooleanValue:
    """Whether value was claimed in a ticket, and not merely in its parent."""
    found: ir.BooleanValue = desk.tickets.claimed.notnull() & ~desk.tickets.cascaded
    return found


def at_value(desk: Desk, stays: ir.Table) -> ir.Table:
    """The tickets that somebody resolved, with the stay in which value was first claimed; kept. Tickets that had no
    group by then have no stay, nor have those that the export merely lists where it tells more of others."""
    tickets = desk.tickets
    flags = ["withdrawals", "asked"]
    claimed = tickets.filter(resolved(desk)).select("case_id", "claimed", *flags)
    lines = ["line", "mixed"] if tells_lines(desk) else []
    found = during(claimed, "claimed", desk.not_listed(stays), ["stay", *lines])
    return desk.tables.keep(found.select("stay", *lines, *flags), "at_value")


def resolved_by(desk: Desk, value: ir.Table) -> tuple[Lines | None, FirstContact]:
    """At which line of support value was first claimed (None where lines are not told, or no ticket has a group), and
    which tickets their first group resolved; both of the tickets that had a group by then. The first touch is left
    out: see `first_touch`."""
    import ibis

    here = value.filter(value.stay.notnull())
    with_lines = tells_lines(desk)
    if not with_lines:
        here = here.mutate(line=ibis.null("int64"), mixed=ibis.literal(value=False))
    first = (here.stay == 0) & (here.withdrawals == 0)
    by_line = here.group_by("line").aggregate(
        tickets=here.count(), alone=(~here.mixed).sum(), first=first.sum(), calm=(first & ~here.asked).sum()
    )
    ordered = by_line.order_by(by_line.line.asc(nulls_first=False)).limit(_MOST_LINES)
    rows = desk.tables.fetch(ordered, limit=_MOST_LINES).to_pylist()
    of = sum(row["tickets"] for row in rows)
    at_first = sum(row["first"] for row in rows if row["line"] == FIRST_LINE)
    contact = FirstContact(
        first_group=Part(sum(row["first"] for row in rows), of),
        without_asking=Part(sum(row["calm"] for row in rows), of),
        first_line=Part(at_first, of) if with_lines else None,
        first_touch=Part(0, 0),
    )
    if not with_lines or not rows:
        return None, contact
    listed = desk.only_listed
    return Lines(
        of, tuple(AtLine(row["line"], row["tickets"], None if listed else row["alone"]) for row in rows)
    ), contact


def reopening(desk: Desk) -> Ask[Reopening] | None:
    """Tickets that were opened again; None where the mapping cannot claim value."""
    if not desk.streams.can_realise_value:
        return None
    times = desk.tickets.withdrawals
    figures = {"n": (times > 0).sum(), "times": times.sum(), "of": desk.tickets.claimed.count()}
    return Ask(figures, lambda row: Reopening(Part(row["n"] or 0, row["of"]), row["times"] or 0))


def first_touch(desk: Desk) -> Ask[Part] | None:
    """Tickets whose first row claimed value, and it was not withdrawn; None where the mapping cannot claim value."""
    if not desk.streams.can_realise_value:
        return None
    tickets = desk.tickets
    begin = tickets.first_row if "first_row" in tickets.columns else tickets["first"]
    somebody = resolved(desk)
    touched = somebody & (tickets.claimed <= begin) & (tickets.withdrawals == 0)
    figures = {"n": touched.sum(), "of": somebody.sum()}
    return Ask(figures, lambda row: Part(row["n"] or 0, row["of"] or 0))
