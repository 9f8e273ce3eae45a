"""The stays of tickets with groups: re-assignment, ping-pong, and which line of support has a ticket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mining.core.desk import MOST_SHOWN, Part, PingPong, PingPongPair, Reassignment
from mining.core.facts import Fact, SupportLine, told
from mining.measures.desk_tables import Ask, Row, answers, quantile_figures, quantiles, top, where
from mining.measures.desk_tickets import Desk

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FEW = 3
"""Changes of group from which on they are not told apart."""


def stays_of(desk: Desk) -> ir.Table | None:
    """The stays, kept; None where no group is told. A stay lasts until another group has the ticket; rows without a
    group end none.

      case_id   string, and ticket_type where there are several
      stay      int64   its number in the ticket, from 0
      time      int64   when it began, microseconds UTC
      until     int64   when the next one began; null of the last
      group     string  null where it never changed, and changes alone are told
      before    string  the group before; null of the first
      two_before  string, and left  int64: the group before that one, and when it gave the ticket away
      line      int64   the line of support, null where not known; only where lines are told, as is
      mixed     boolean a stay up to here was of another line
    """
    import ibis

    if desk.turns is None or desk.turned is None:
        return None
    stays = _of_several(desk, desk.turns, desk.turned)
    if Fact.LINE not in desk.told:
        stays = ibis.union(stays, _of_one(desk, desk.turned), distinct=False)
    kept = desk.tables.keep(stays, "stays")
    if desk.one(kept.aggregate(n=kept["group"].count()))["n"]:
        return kept
    desk.tables.drop(kept)
    return None


def _of_several(desk: Desk, turns: ir.Table, turned: ir.Table) -> ir.Table:
    """The stays of tickets that had several groups, or whose line has to be looked at row by row."""
    import ibis

    line = [told(Fact.LINE)] if Fact.LINE in desk.told else []
    grouped = turns.filter(turns.group.notnull())
    if not line:
        grouped = grouped.semi_join(turned.filter(turned.groups), "case_id")
    grouped = grouped.select("case_id", *desk.by_type, "number", "time", "group", *line)
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
    return placed.select(*_columns(desk))


def _of_one(desk: Desk, turned: ir.Table) -> ir.Table:
    """The one stay of each ticket that had one group only: without windows, since most tickets are of this kind. Where
    changes alone are told, that of a ticket whose group never changed, too, although it is not known which it was."""
    import ibis

    told_of = turned.grouped.notnull()
    if desk.by_type:
        told_of |= turned.ticket_type.isin(desk.mapped.by_change or [""])
    elif desk.mapped.by_change:
        told_of = ibis.literal(value=True)
    alone = turned.filter(told_of & ~turned.groups)
    nothing = ibis.null("string")
    stays = alone.select(
        "case_id",
        *desk.by_type,
        stay=ibis.literal(0, type="int64"),
        time=ibis.coalesce(alone.grouped, alone.first_row),
        until=ibis.null("int64"),
        group=alone.any_group,
        before=nothing,
        two_before=nothing,
        left=ibis.null("int64"),
    )
    if tells_lines(desk):
        stays = _with_line(desk, stays).mutate(mixed=ibis.literal(value=False))
    return stays.select(*_columns(desk))


def _columns(desk: Desk) -> list[str]:
    names = ["case_id", *desk.by_type, "stay", "time", "until", "group", "before", "two_before", "left"]
    return [*names, "line", "mixed"] if tells_lines(desk) else names


def tells_lines(desk: Desk) -> bool:
    """Whether it is told of which line of support a group is."""
    return bool(desk.mapped.support_lines) or Fact.LINE in desk.told


def _with_line(desk: Desk, stays: ir.Table) -> ir.Table:
    """With the line of each stay. Patterns are looked at once for each group, not for each of its stays."""
    import ibis

    own: ir.IntegerValue = ibis.null("int64")
    if Fact.LINE in desk.told:
        own = _line_by_text(desk, stays[told(Fact.LINE)])
    if not desk.mapped.support_lines:
        return stays.mutate(line=own)
    groups = stays.select(*desk.by_type, "group").distinct()
    lines = groups.mutate(by_name=_line_by_name(desk, groups, desk.mapped.support_lines))
    lines = lines.rename({f"of_{name}": name for name in groups.columns})
    same = [(name, f"of_{name}") for name in groups.columns]
    joined = stays.mutate(own=own).left_join(lines, same)
    return joined.select(*stays.columns, line=ibis.coalesce(joined.own, joined.by_name))


def _line_by_text(desk: Desk, text: ir.StringValue) -> ir.IntegerValue:
    """The line that a text tells by a number, as "2nd" or "Level 2", or by a word, as "secondLine"."""
    import ibis

    number = desk.tables.parse_integer(desk.tables.found_in(text, "[0-9]+")[0])
    words = [(text.lower().contains(word), line) for line, word in enumerate(("first", "second", "third"), start=1)]
    found: ir.IntegerValue = ibis.coalesce(number, ibis.cases(*words, else_=ibis.null("int64")).cast("int64"))
    return found


def _line_by_name(desk: Desk, groups: ir.Table, lines: Sequence[SupportLine]) -> ir.IntegerValue:
    import ibis

    def of_type(line: SupportLine) -> ir.BooleanValue:
        return groups.ticket_type == line.ticket_type if desk.by_type else ibis.literal(value=True)

    branches = [
        (of_type(line) & desk.tables.matches(groups["group"], as_expression(pattern)), line.line)
        for line in lines
        for pattern in line.groups
    ]
    found: ir.IntegerValue = ibis.cases(*branches, else_=ibis.null("int64")).cast("int64")
    return found


def as_expression(pattern: str) -> str:
    """A pattern with * and ? as a regular expression that fits a whole name."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return f"(?s)^{''.join(parts)}$"


def moves(desk: Desk, stays: ir.Table) -> tuple[Reassignment, PingPong]:
    """How often the group of a ticket changed, and how often one got it back that had given it away; of tickets that
    the export does not merely list."""
    stays = desk.not_listed(stays)
    last, back = stays.until.isnull(), (stays.two_before == stays.group).fill_null(False)
    asks: dict[str, Ask[Any]] = {
        "reassignment": Ask(
            {
                "tickets": last.sum(),
                "changes": where(last, stays.stay).sum(),
                **{f"with_{n}": (last & (stays.stay == n)).sum() for n in range(_FEW)},
            },
            _reassignment,
        ),
        "back": Ask(
            {
                "tickets": stays.case_id.nunique(where=back),
                **quantile_figures(desk.tables, where(back, stays.time - stays.left)),
            },
            lambda row: (row["tickets"], row["n"], quantiles(row)),
        ),
    }
    found = answers(desk.tables, stays, asks)
    changed: Reassignment = found["reassignment"]
    tickets, occurrences, between = found["back"]
    returned, returns = _returns(desk, stays)
    pong = PingPong(
        tickets=Part(tickets, changed.tickets),
        occurrences=occurrences,
        between=between,
        returned=Part(returned, changed.tickets),
        returns=returns,
        pairs=_pairs(desk, stays.filter(back)) if occurrences else (),
    )
    return changed, pong


def _reassignment(row: Row) -> Reassignment:
    none, once, twice = (row[f"with_{n}"] or 0 for n in range(_FEW))
    tickets = row["tickets"] or 0
    return Reassignment(tickets, (none, once, twice, tickets - none - once - twice), row["changes"] or 0)


def _pairs(desk: Desk, back: ir.Table) -> tuple[PingPongPair, ...]:
    keys = ["group", "before"]
    sums = back.group_by(keys).aggregate(occurrences=back.count(), between=(back.time - back.left).sum())
    rows, rest = top(desk.tables, sums, by=["occurrences", "between"], keys=keys, most=MOST_SHOWN)
    named = [PingPongPair(row["group"], row["before"], 0, row["occurrences"], row["between"]) for row in rows]
    if rest is not None:
        named.append(PingPongPair(None, None, rest["rows"], rest["occurrences"], rest["between"]))
    return tuple(named)


def _returns(desk: Desk, stays: ir.Table) -> tuple[int, int]:
    """The tickets that came back to a group by whatever way, and how often."""
    several = stays.semi_join(stays.filter(stays.stay == _FEW - 1), "case_id")  # only three stays or more can come back
    again = several.group_by(["case_id", "group"]).aggregate(stays=several.count())
    again = again.filter(again.stays > 1)
    row = desk.one(again.aggregate(tickets=again.case_id.nunique(), n=(again.stays - 1).sum()))
    return row["tickets"], row["n"] or 0
