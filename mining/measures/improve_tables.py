"""What the improve loop needs of a log, as small tables: incidents by group and day, and what they led to.

Types of tickets are known by their names: "problem" and "change" are what improves; incidents are the type "incident",
or else the types that are linked to one of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mining.core.events import MappedLog
from mining.core.facts import GROUPED_BY, Fact, told
from mining.core.improvement import Kind
from mining.core.spans import Ints
from mining.core.streams import Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

DAY = 86_400_000_000
MOST_GROUPS = 2_000
MOST_DAYS = 3_653  # ten years: what came earlier is not looked at
IMPROVES = {"problem": Kind.PROBLEM, "change": Kind.CHANGE}


@dataclass(frozen=True, slots=True)
class Edges:
    """Links in the direction of the streams: begin, end (string), since (int64, when the row came that tells it; null
    where rows have no time), dated (boolean, whether `since` is a date of the link)."""

    problem: ir.Table | None  # from an incident to a problem
    change: ir.Table | None  # from an incident to a change
    onwards: ir.Table | None  # from a problem to a change
    cause: ir.Table | None  # from a change to an incident


@dataclass(frozen=True, slots=True)
class Groups:
    """Incidents by group. `counts` are rows of (group, day, incidents), groups numbered from 0, the largest first; days
    since 1970-01-01 UTC. `linked` are rows of (group, kind, day, guess): the first day on which what an incident of the
    group led to holds, None where none is known; `guess` takes undated links as of the day of their row."""

    telling: int
    groups: int
    kept: int
    beyond: int
    counts: tuple[Ints, Ints, Ints]
    linked: tuple[tuple[int, Kind, int | None, int | None], ...]


def incident_types(mapped: MappedLog) -> tuple[str, ...]:
    """The types of tickets that count as incidents."""
    called = tuple(name for name in mapped.ticket_types if name.lower() == "incident")
    if called:
        return called
    pairs = [pair for own, spec in mapped.link_specs for pair in ((own, spec.other), (spec.other, own))]
    linked = {one for one, other in pairs if other.lower() in IMPROVES and one.lower() not in IMPROVES}
    return tuple(name for name in mapped.ticket_types if name in linked)


def edges_of(mapped: MappedLog, incidents: Sequence[str]) -> Edges | None:
    """The links between incidents, problems and changes; None where no column could tell any."""
    found: dict[str, list[ir.Table]] = {"problem": [], "change": [], "onwards": [], "cause": []}
    if mapped.links is None:
        return None
    for number, (own, spec) in enumerate(mapped.link_specs):
        begin, end = (own, spec.other) if spec.onwards else (spec.other, own)
        role = _role(begin, end, incidents)
        if role is not None:
            found[role].append(_edge(mapped, mapped.links, number, begin, end))
    if not (found["problem"] or found["change"] or found["cause"]):
        return None
    return Edges(**{role: _union(parts) for role, parts in found.items()})


def _role(begin: str, end: str, incidents: Sequence[str]) -> str | None:
    if begin in incidents and end.lower() in IMPROVES:
        return end.lower()
    if begin.lower() == "problem" and end.lower() == "change":
        return "onwards"
    return "cause" if begin.lower() == "change" and end in incidents else None


def _edge(mapped: MappedLog, links: ir.Table, number: int, begin: str, end: str) -> ir.Table:
    import ibis

    some = links.filter(links.link == number)
    spec = mapped.link_specs[number][1]
    here, there = (some.source, some.target) if spec.onwards else (some.target, some.source)
    return some.select(
        begin=ibis.literal(mapped.case_of(begin, "")) + here,
        end=ibis.literal(mapped.case_of(end, "")) + there,
        since=some.since,
        dated=ibis.literal(number not in mapped.undated),
    )


def _union(parts: Sequence[ir.Table]) -> ir.Table | None:
    import ibis

    return ibis.union(*parts, distinct=False) if len(parts) > 1 else next(iter(parts), None)


def is_dated(mapped: MappedLog, incidents: Sequence[str]) -> bool:
    """Whether every column that leads from incidents to problems or changes tells since when."""
    return not any(
        number in mapped.undated and _role(*_ends(own, spec.other, onwards=spec.onwards), incidents) is not None
        for number, (own, spec) in enumerate(mapped.link_specs)
    )


def _ends(own: str, other: str, *, onwards: bool) -> tuple[str, str]:
    return (own, other) if onwards else (other, own)


def incidents_of(tables: Tables, streams: Streams, mapped: MappedLog, types: Sequence[str]) -> ir.Table:
    """One row a ticket of `types`, kept: case_id, begin (int64, microseconds UTC), and each fact of `GROUPED_BY` that
    is told, as the ticket's last row tells it."""
    import ibis

    turns = mapped.turns
    if streams.linked is None:
        began = streams.table.select("case_id", begin="first")
    else:
        log = mapped.table
        began = log.group_by("case_id").aggregate(begin=log.time.min())
    if len(mapped.ticket_types) > 1:
        began = began.filter(ibis.or_(*(began.case_id.startswith(mapped.case_of(name, "")) for name in types)))
    if turns is None:
        return tables.keep(began, "incidents")
    facts = [told(fact) for fact in GROUPED_BY if told(fact) in turns.columns]
    last = turns.filter(turns["last"])
    last = last.select(of="case_id", **{name: last[name].nullif("") for name in facts})
    return tables.keep(began.left_join(last, began.case_id == last.of).drop("of"), "incidents")


def chosen_fact(tables: Tables, incidents: ir.Table) -> tuple[int, Fact | None]:
    """How many incidents there are, and the fact to group them by; None where none is told."""
    there = [fact for fact in GROUPED_BY if told(fact) in incidents.columns]
    counted = incidents.aggregate(n=incidents.count(), **{fact.value: incidents[told(fact)].count() for fact in there})
    row = tables.fetch(counted, limit=1).to_pylist()[0]
    told_by = [(fact, int(row[fact.value])) for fact in there]
    half = [fact for fact, number in told_by if number * 2 >= row["n"] > 0]
    most = max(told_by, key=lambda pair: pair[1], default=(None, 0))
    return int(row["n"]), half[0] if half else most[0] if most[1] else None


def led_to(tables: Tables, mapped: MappedLog, edges: Edges, incidents: ir.Table) -> dict[Kind, ir.Table]:
    """By kind, one row an incident of this log and a ticket that it led to (of cause: that it came from), kept.

    Columns: incident, other (string), known (boolean, the other is in this log), done (int64, microseconds UTC, when
    the other was done, see `_done`), at (int64: that, or where the other is not in this log, since when it is named;
    null where neither is told) and guess (int64).

    Where no link between the two is dated, one may have been made long after: then `at` is null if the incident came
    only once the other was done, since it cannot have led to it, and if the other is not in this log. `guess` is what
    `at` would be if such links were of the day of the row that tells them.
    """
    done = tables.keep(_done(mapped), "done")
    changes = [] if edges.change is None else [edges.change]
    if edges.problem is not None and edges.onwards is not None:
        via = edges.problem.select("begin", middle="end", told="since", first_dated="dated")
        further = edges.onwards.select(middle="begin", end="end", since="since", then_dated="dated")
        both = via.inner_join(further, "middle")
        dated = both.first_dated & both.then_dated
        changes.append(both.select("begin", "end", since=_later(both.told, both.since), dated=dated))
    cause = edges.cause
    swapped = None if cause is None else cause.select(begin="end", end="begin", since="since", dated="dated")
    parts = {Kind.PROBLEM: edges.problem, Kind.CHANGE: _union(changes), Kind.CAUSE: swapped}
    found = {}
    for kind, part in parts.items():
        if part is not None:
            found[kind] = tables.keep(_with_day(part, done, incidents), "led_to")
    tables.drop(done)
    return found


def _later(one: ir.IntegerValue, other: ir.IntegerValue) -> ir.IntegerValue:
    import ibis

    later: ir.IntegerValue = ibis.ifelse(one.isnull() | other.isnull(), ibis.null("int64"), ibis.greatest(one, other))
    return later


def _with_day(edges: ir.Table, done: ir.Table, incidents: ir.Table) -> ir.Table:
    import ibis

    first = edges.group_by(["begin", "end"]).aggregate(
        named=edges.since.min(), since=edges.since.min(where=edges.dated), dated=edges.dated.any()
    )
    came = incidents.select(incident="case_id", came="begin")
    here = first.inner_join(came, first.begin == came.incident)
    joined = here.left_join(done, here.end == done.ticket)
    known = joined.ticket.notnull()
    led = joined.dated | (joined.came <= joined.done)
    return joined.select(
        incident="begin",
        other="end",
        known=known,
        done=joined.done,
        at=ibis.ifelse(known, ibis.ifelse(led, joined.done, ibis.null("int64")), joined.since),
        guess=ibis.ifelse(known, joined.done, joined.named),
    )


def _done(mapped: MappedLog) -> ir.Table:
    """The problems and changes of the log: ticket, done (int64, when each first reached value; null where none has). Of
    a type of which none does, when each ended, if it was not cancelled: its mapping need not tell value."""
    import ibis

    log = mapped.table
    names = [name for name in mapped.ticket_types if name.lower() in IMPROVES]
    some = log.filter(
        ibis.or_(*(log.case_id.startswith(mapped.case_of(name, "")) for name in names)) if names else False
    )
    marks = [number for number, label in enumerate(mapped.visits) if label.realises]
    stand = [number for number, kind in enumerate(mapped.ends) if not kind.cancels]
    types = [(some.case_id.startswith(mapped.case_of(name, "")), number) for number, name in enumerate(names)]
    each = some.mutate(
        type=ibis.cases(*types) if types else ibis.literal(0),
        value=ibis.ifelse(some.visit.isin(marks), some.time, ibis.null("int64")) if marks else ibis.null("int64"),
        over=ibis.ifelse(some.end.isin(stand), some.time, ibis.null("int64")) if stand else ibis.null("int64"),
    )
    tickets = each.group_by(["type", "case_id"]).aggregate(value=each.value.min(), over=each.over.max())
    tells = tickets.value.notnull().any().over(ibis.window(group_by="type"))
    return tickets.select(ticket="case_id", done=ibis.ifelse(tells, tickets.value, tickets.over))


def groups_of(
    tables: Tables, incidents: ir.Table, fact: Fact, links: dict[Kind, ir.Table], *, least: int, last_day: int
) -> Groups:
    """The largest groups, their incidents by day, and what they led to. `last_day` is the last of the export."""
    import ibis
    import numpy as np
    import pyarrow as pa

    named = incidents.select("case_id", group=incidents[told(fact)], day=(incidents.begin // DAY))
    named = named.filter(named.group.notnull())
    sizes = named.group_by("group").aggregate(n=named.count())
    whole = sizes.aggregate(telling=sizes.n.sum(), groups=sizes.count(), large=(sizes.n >= least).sum())
    row = {name: int(n or 0) for name, n in tables.fetch(whole, limit=1).to_pylist()[0].items()}
    large = sizes.filter(sizes.n >= least).order_by([ibis.desc("n"), "group"]).limit(MOST_GROUPS)
    names = tables.fetch(large.select("group"), limit=MOST_GROUPS)["group"]
    numbers = pa.table({"of": names, "number": pa.array(np.arange(len(names)), pa.int32())})
    kept = tables.put(numbers, "groups")
    mine = named.inner_join(kept, named.group == kept.of).select("case_id", "number", "day")
    recent = mine.filter(mine.day > last_day - MOST_DAYS, mine.day <= last_day)
    daily = recent.group_by(["number", "day"]).aggregate(n=recent.count()).order_by(["number", "day"])
    found = tables.fetch(daily, limit=MOST_GROUPS * MOST_DAYS)
    linked = [
        (line["number"], kind, line["day"], line["guess"])
        for kind, table in links.items()
        for line in _first_days(tables, mine, table)
    ]
    counts = (_ints(found["number"]), _ints(found["day"]), _ints(found["n"]))
    return Groups(row["telling"], row["groups"], len(names), row["large"] - len(names), counts, tuple(linked))


def _first_days(tables: Tables, mine: ir.Table, links: ir.Table) -> list[dict[str, Any]]:
    joined = links.inner_join(mine, links.incident == mine.case_id)
    first = joined.group_by("number").aggregate(day=joined["at"].min() // DAY, guess=joined.guess.min() // DAY)
    rows: list[dict[str, Any]] = tables.fetch(first.order_by("number"), limit=MOST_GROUPS).to_pylist()
    return rows


def _ints(column: pa.ChunkedArray) -> Ints:
    import numpy as np

    found: Ints = column.to_numpy().astype(np.int64)
    return found


def linked_counts(tables: Tables, links: ir.Table) -> dict[str, int]:
    """Of links of one kind: incidents, tickets, in_export and done, each ticket once."""
    known, done = links.known, links.done.notnull()
    counted = links.aggregate(
        incidents=links.incident.nunique(),
        tickets=links.other.nunique(),
        in_export=links.other.nunique(where=known),
        done=links.other.nunique(where=done),
    )
    return {name: int(n or 0) for name, n in tables.fetch(counted, limit=1).to_pylist()[0].items()}
