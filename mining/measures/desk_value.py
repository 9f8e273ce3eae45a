"""Who resolves tickets, and whether that holds: push to front, first-contact resolution, re-opening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.core.desk import AtLine, FirstContact, Lines, Part, Reopening
from mining.measures.desk_stays import tells_lines
from mining.measures.desk_tickets import Desk

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIRST_LINE = 1


def settled(stays: ir.Table) -> ir.Table:
    """The stays of which one holds at each moment: without those that another one of the same moment replaced."""
    return stays.filter(stays.until.isnull() | (stays.until > stays.time))


def at_value(desk: Desk, stays: ir.Table) -> ir.Table:
    """The tickets in which value was claimed, with the stay in which it first was; kept. Tickets that had no group by
    then have no stay."""
    tickets = desk.tickets
    flags = ["withdrawals", "asked"]
    claimed = tickets.filter(tickets.claimed.notnull()).select("case_id", "claimed", *flags)
    here = settled(stays)
    lines = ["line", "mixed"] if tells_lines(desk) else []
    here = here.select("stay", *lines, of_case=here.case_id, began=here.time)
    joined = claimed.asof_join(here, on=claimed.claimed >= here.began, predicates=[claimed.case_id == here.of_case])
    return desk.tables.keep(joined.select("stay", *lines, *flags), "at_value")


def lines_of(desk: Desk, value: ir.Table) -> Lines | None:
    """At which line of support value was first claimed; None where lines are not told, or no ticket has a group."""
    if not tells_lines(desk):
        return None
    grouped = value.filter(value.stay.notnull())
    by_line = grouped.group_by("line").aggregate(tickets=grouped.count(), alone=(~grouped.mixed).sum())
    rows = desk.tables.fetch(by_line.order_by(by_line.line.asc(nulls_first=False)).limit(1_000), limit=1_000).to_pylist()
    listed = bool(desk.mapped.listed)
    found = tuple(AtLine(row["line"], row["tickets"], None if listed else row["alone"]) for row in rows)
    return Lines(sum(one.tickets for one in found), found) if found else None


def reopening(desk: Desk) -> Reopening | None:
    """Tickets that were opened again; None where the mapping cannot claim value."""
    if not desk.streams.can_realise_value:
        return None
    resolved = desk.tickets.filter(desk.tickets.claimed.notnull())
    times = resolved.withdrawals
    found = desk.one(resolved.aggregate(n=(times > 0).sum(), times=times.sum(), of=resolved.count()))
    return Reopening(Part(found["n"] or 0, found["of"]), found["times"] or 0)


def first_contact(desk: Desk, value: ir.Table | None) -> FirstContact | None:
    """Tickets that were resolved at once; None where the mapping cannot claim value. `value` is None where groups are
    not told, or only those that tickets have at last."""
    if not desk.streams.can_realise_value:
        return None
    touch = _first_touch(desk)
    if value is None:
        return FirstContact(None, None, None, touch)
    here = value.filter(value.stay.notnull())
    first = (here.stay == 0) & (here.withdrawals == 0)
    figures = {"n": first.sum(), "calm": (first & ~here.asked).sum(), "of": here.count()}
    with_lines = tells_lines(desk)
    if with_lines:
        figures["at_first"] = (first & (here.line == FIRST_LINE).fill_null(False)).sum()
    found = desk.one(here.aggregate(**figures))
    of = found["of"]
    return FirstContact(
        first_group=Part(found["n"] or 0, of),
        without_asking=Part(found["calm"] or 0, of),
        first_line=Part(found["at_first"] or 0, of) if with_lines else None,
        first_touch=touch,
    )


def _first_touch(desk: Desk) -> Part:
    tickets = desk.tickets
    resolved = tickets.filter(tickets.claimed.notnull())
    begin = resolved.first_row if "first_row" in resolved.columns else resolved["first"]
    touched = (resolved.claimed <= begin) & (resolved.withdrawals == 0)
    found = desk.one(resolved.aggregate(n=touched.sum(), of=resolved.count()))
    return Part(found["n"] or 0, found["of"])
