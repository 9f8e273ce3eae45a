"""Where tickets wait: by cause and group, by pair of groups, and what may point to misuse of waiting states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.core.desk import MOST_SHOWN, Group, Part, WaitBetween, WaitIndicators, WaitOf, Waits
from mining.core.export import Holds
from mining.core.facts import Fact
from mining.core.spans import path_visits
from mining.core.streams import Path
from mining.measures.desk_tables import top
from mining.measures.desk_tickets import Desk, counts, outside
from mining.measures.desk_value import during

if TYPE_CHECKING:
    import ibis.expr.types as ir

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
_SHORT = 5 * MINUTE
_LATE = 10
"""A wait is late that begins in this part (a tenth) of the time from demand to the target."""


@dataclass(frozen=True, slots=True)
class Waited:
    """The waits before value of fulfilled tickets, kept: case_id, first, on, begin, duration (null where the end is not
    known), resolved and again (boolean, as in `WaitIndicators`), and of the stay in which it began, where groups are
    told: group, before, passed (boolean: the wait began as the ticket passed from `before`)."""

    table: ir.Table
    groups: bool


def waited(desk: Desk, stays: ir.Table | None) -> Waited | None:
    """All waits before value; None where no rule makes a ticket wait."""
    spans = _spans(desk)
    if spans is None:
        return None
    waits = _timed(desk, spans)
    if stays is None:
        return Waited(desk.tables.keep(waits, "waits"), groups=False)
    waits = desk.tables.named(waits, "timed")
    joined = during(waits, "begin", stays, ["group", "before"])
    passed = joined.before.notnull() & (joined.began == joined.begin)
    kept = desk.tables.keep(joined.mutate(passed=passed).drop("began"), "waits")
    desk.tables.drop(waits)
    return Waited(kept, groups=True)


def waits_of(desk: Desk, found: Waited | None) -> Waits:
    """The longest waits by whom on and which group had the ticket, and by the two groups between which it passed."""
    if found is None:
        return Waits(0, 0, (), None)
    table = found.table.filter(found.table.duration.notnull())
    sums = {"total": table.duration.sum(), "waits": table.count()}
    keys = ["on", "group"] if found.groups else ["on"]
    rows, rest = top(
        desk.tables, table.group_by(keys).aggregate(**sums), by=["total", "waits"], keys=keys, most=MOST_SHOWN
    )
    by_cause = [WaitOf(row["on"], Group(row.get("group")), row["total"], row["waits"]) for row in rows]
    if rest is not None:
        by_cause.append(WaitOf(None, Group(None, rest["rows"]), rest["total"], rest["waits"]))
    return Waits(
        total=sum(one.total for one in by_cause),
        waits=sum(one.waits for one in by_cause),
        by_cause=tuple(by_cause),
        by_pair=_by_pair(desk, table) if found.groups and not desk.only_listed else None,
    )


def _by_pair(desk: Desk, table: ir.Table) -> tuple[WaitBetween, ...]:
    passed = table.filter(table.passed)
    keys = ["before", "group"]
    sums = passed.group_by(keys).aggregate(total=passed.duration.sum(), waits=passed.count())
    rows, rest = top(desk.tables, sums, by=["total", "waits"], keys=keys, most=MOST_SHOWN)
    named = [WaitBetween(row["before"], row["group"], 0, row["total"], row["waits"]) for row in rows]
    if rest is not None:
        named.append(WaitBetween(None, None, rest["rows"], rest["total"], rest["waits"]))
    return tuple(named)


def indicators(desk: Desk, found: Waited | None, days: int) -> tuple[WaitIndicators, ...]:
    """What may point to misuse, by each party outside the desk on which tickets wait."""
    if found is None:
        return ()
    words = [label.waiting for label in desk.streams.labels if outside(label)]
    table = found.table.filter(found.table.duration.notnull() & found.table.on.isin(words or [""]))
    late: dict[str, ir.Value] = {}
    if Fact.TARGET in desk.told:
        table = table.left_join(desk.tickets.select("target", of_case=desk.tickets.case_id), [("case_id", "of_case")])
        before = (table.begin <= table.target).fill_null(False)
        near = before & ((table.target - table.begin) * _LATE <= table.target - table["first"]).fill_null(False)
        late = {"late": near.sum(), "before": before.sum()}
    by_party = table.group_by("on").aggregate(
        waits=table.count(),
        tickets=table.case_id.nunique(),
        total=table.duration.sum(),
        resolved=table.resolved.sum(),
        again=table.again.sum(),
        short=(table.duration <= _SHORT).sum(),
        long=(table.duration > days * DAY).sum(),
        **late,
    )
    rows = desk.tables.fetch(by_party.order_by([by_party.total.desc(), "on"]), limit=len(set(words)) + 1).to_pylist()
    return tuple(_indicators(row, targets=Fact.TARGET in desk.told) for row in rows)


def _indicators(row: dict[str, Any], *, targets: bool) -> WaitIndicators:
    n = row["waits"]
    parts = {name: Part(row[name], n) for name in ("resolved", "again", "short", "long")}
    late = Part(row["late"], row["before"]) if targets else None
    return WaitIndicators(row["on"], n, row["tickets"], row["total"], **parts, late=late)


# -------------------------------------------------------------------------------------------------- from the paths


def _spans(desk: Desk) -> Any:
    """The waits of the paths: of_path, label, from_visit, to_visit (null: the end of the ticket), resolved, again."""
    import pyarrow as pa

    streams = desk.streams
    fulfilled = [path for path in streams.paths if counts(path, streams)]
    visits = path_visits(fulfilled, streams.labels)
    waiting = np.array([label.waiting is not None for label in streams.labels], dtype=bool)
    counted = ~visits.realised & ~visits.borrowed  # what a child waits counts for its parent
    chosen = waiting[visits.label] & counted if len(visits.label) else np.zeros(0, dtype=bool)
    if not chosen.any():
        return None
    realises = np.array([label.realises for label in streams.labels], dtype=bool)
    next_realises = np.append(realises[visits.label][1:], False) & ~visits.last
    again = _seen_before(desk, fulfilled)
    following = np.where(visits.last, 0, visits.position + 1)
    return pa.table(
        {
            "of_path": pa.array(visits.path[chosen], pa.int32()),
            "on": pa.array([streams.labels[label].waiting for label in visits.label[chosen]], pa.string()),
            "from_visit": pa.array(visits.position[chosen], pa.int32()),
            "to_visit": pa.array(following[chosen], pa.int32(), mask=visits.last[chosen]),
            "resolved": pa.array(next_realises[chosen], pa.bool_()),
            "again": pa.array(again[chosen], pa.bool_()),
        }
    )


def _seen_before(desk: Desk, paths: list[Path]) -> Any:
    """Of each visit of all paths, whether its path waited on the same party before, with something in between."""
    found = []
    for path in paths:
        seen: set[str] = set()
        last: str | None = None
        for visit in path.visits:
            on = desk.streams.labels[visit].waiting
            found.append(on is not None and on in seen and on != last)
            if on is not None:
                seen.add(on)
            last = on
    return np.array(found, dtype=bool)


def _timed(desk: Desk, spans: Any) -> ir.Table:
    """The waits of all tickets with the moments at which they began, and how long they were."""
    import ibis

    streams = desk.streams
    waits = desk.tables.put(spans, "wait_spans")
    table = streams.table.semi_join(desk.tickets, "case_id") if desk.types is not None else streams.table
    joined = table.inner_join(waits, table.path == waits.of_path)
    begin = joined.starts[joined.from_visit]
    if streams.holds is Holds.POINT:
        end = joined.lasts[joined.from_visit]
        if streams.tells_ends:  # one that is not over when the next begins counts up to there
            end = ibis.least(end, joined.starts[joined.from_visit + 1])
    else:
        end = ibis.ifelse(joined.to_visit.isnull(), joined.ended, joined.starts[joined.to_visit])
    return joined.select("case_id", "first", "on", "resolved", "again", begin=begin, duration=end - begin)
