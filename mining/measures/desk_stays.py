"""The stays of tickets with groups: re-assignment, ping-pong, and which line of support has a ticket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mining.core.desk import MOST_SHOWN, Part, PingPong, PingPongPair, Reassignment
from mining.core.facts import Fact, SupportLine, told
from mining.core.streams import Quantiles
from mining.measures.desk_tables import quantiles, top
from mining.measures.desk_tickets import Desk

if TYPE_CHECKING:
    import ibis.expr.types as ir


def stays_of(desk: Desk) -> ir.Table | None:
    """The stays, kept; None where no group is told. A stay lasts until another group has the ticket; rows without a
    group end none.

      case_id, ticket_type  string
      stay      int64   its number in the ticket, from 0
      time      int64   when it began, microseconds UTC
      until     int64   when the next one began; null of the last
      group     string
      before    string  the group before; null of the first
      two_before  string, and left  int64: the group before that one, and when it gave the ticket away
      line      int64   the line of support, null where not known; mixed  boolean: a stay up to here was of another line
    """
    import ibis

    turns = desk.mapped.turns
    if turns is None:
        return None
    turns = desk.of_types(turns)
    line = [told(Fact.LINE)] if Fact.LINE in desk.told else []
    grouped = turns.filter(turns.group.notnull()).select("case_id", "ticket_type", "number", "time", "group", *line)
    in_ticket = ibis.window(group_by="case_id", order_by="number")
    marked = grouped.mutate(before=grouped.group.lag().over(in_ticket))
    changed = marked.filter(marked.before.isnull() | (marked.before != marked.group))
    if tells_lines(desk):
        changed = _with_line(desk, changed)
    placed = changed.mutate(
        stay=ibis.row_number().over(in_ticket),
        until=changed.time.lead().over(in_ticket),
        two_before=changed.group.lag(2).over(in_ticket),
        left=changed.time.lag().over(in_ticket),
    )
    if tells_lines(desk):
        so_far = ibis.window(group_by="case_id", order_by="number", preceding=None, following=0)
        known = placed.line.fill_null(0)
        placed = placed.mutate(mixed=known.min().over(so_far) != known.max().over(so_far))
    kept = desk.tables.keep(placed.drop("number", *line), "stays")
    if desk.one(kept.aggregate(n=kept.count()))["n"]:
        return kept
    desk.tables.drop(kept)
    return None


def tells_lines(desk: Desk) -> bool:
    """Whether it is told of which line of support a group is."""
    return bool(desk.mapped.support_lines) or Fact.LINE in desk.told


def _with_line(desk: Desk, stays: ir.Table) -> ir.Table:
    """With the line of each stay. Patterns are looked at once for each group, not for each of its stays."""
    import ibis

    nothing = ibis.null("int64")
    own: ir.IntegerValue = nothing
    if Fact.LINE in desk.told:
        own = desk.tables.parse_integer(desk.tables.found_in(stays[told(Fact.LINE)], "[0-9]+")[0])
    if not desk.mapped.support_lines:
        return stays.mutate(line=own)
    groups = stays.select("ticket_type", "group").distinct()
    lines = desk.tables.keep(groups.mutate(by_name=_line_by_name(desk, groups, desk.mapped.support_lines)), "lines")
    joined = stays.mutate(own=own).left_join(lines, ["ticket_type", "group"])
    return joined.select(*stays.columns, line=ibis.coalesce(joined.own, joined.by_name))


def _line_by_name(desk: Desk, groups: ir.Table, lines: Sequence[SupportLine]) -> ir.IntegerValue:
    import ibis

    branches = [
        ((groups.ticket_type == line.ticket_type) & desk.tables.matches(groups.group, as_expression(pattern)), line.line)
        for line in lines
        for pattern in line.groups
    ]
    found: ir.IntegerValue = ibis.cases(*branches, else_=ibis.null("int64")).cast("int64")
    return found


def as_expression(pattern: str) -> str:
    """A pattern with * and ? as a regular expression that fits a whole name."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return f"(?s)^{''.join(parts)}$"


def reassignment(desk: Desk, stays: ir.Table) -> Reassignment:
    """How often the group of a ticket changed."""
    last = stays.filter(stays.until.isnull())
    changes = last.stay
    by_changes = {f"with_{n}": (changes == n).sum() for n in range(3)}
    found = desk.one(last.aggregate(tickets=last.count(), changes=changes.sum(), more=(changes > 2).sum(), **by_changes))
    few = (found["with_0"], found["with_1"], found["with_2"], found["more"])
    return Reassignment(found["tickets"], few, found["changes"])


def ping_pong(desk: Desk, stays: ir.Table, tickets: int) -> PingPong:
    """Tickets that a group gets back after it had given them away; `tickets` are those with a group."""
    import ibis

    back = stays.filter(stays.two_before == stays.group)
    back = back.mutate(between=back.time - back.left)
    found = desk.one(back.aggregate(occurrences=back.count(), tickets=back.case_id.nunique()))
    pairs = back.group_by(["group", "before"]).aggregate(occurrences=back.count(), between=back.between.sum())
    rows, rest = top(desk.tables, pairs, by=["occurrences", "between"], keys=["group", "before"], most=MOST_SHOWN)
    named = [PingPongPair(row["group"], row["before"], 0, row["occurrences"], row["between"]) for row in rows]
    if rest is not None:
        named.append(PingPongPair(None, None, rest["rows"], rest["occurrences"], rest["between"]))
    # Only tickets with three stays or more can have come back.
    several = stays.semi_join(stays.filter(stays.stay == 2), "case_id")  # noqa: PLR2004
    again = several.group_by(["case_id", "group"]).aggregate(stays=several.count())
    again = again.filter(again.stays > 1)
    returns = desk.one(
        again.aggregate(tickets=again.case_id.nunique(), n=ibis.coalesce((again.stays - 1).sum(), 0))
    )
    return PingPong(
        tickets=Part(found["tickets"], tickets),
        occurrences=found["occurrences"],
        between=_between(desk, back),
        returned=Part(returns["tickets"], tickets),
        returns=returns["n"],
        pairs=tuple(named),
    )


def _between(desk: Desk, back: ir.Table) -> Quantiles | None:
    return quantiles(desk.tables, back, back.between)
