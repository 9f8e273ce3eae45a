"""What the figures of a service desk stand on: one row a ticket, and one row for each stay of a ticket with a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mining.core.activities import Value
from mining.core.desk import REQUESTERS, SUPPLIERS
from mining.core.events import MappedLog, VisitLabel
from mining.core.facts import Fact, told
from mining.core.streams import Path, Streams, is_fulfilled
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

OUTSIDE = (*REQUESTERS, *SUPPLIERS)
_SURVEY = "survey"
_LAST_KNOWN = (Fact.PRIORITY, Fact.TARGET_MET, Fact.SATISFACTION)
_EVER = (Fact.MAJOR, Fact.MONITORING, Fact.KNOWLEDGE_USED)


@dataclass(frozen=True, slots=True)
class Desk:
    """The tickets of one analysis, each a stream of its own.

    Columns of `tickets` (one row a ticket; kept):
      case_id, state, first, ended    as in `Streams.table`
      claimed, held  int64    when value was claimed first, and when that which held; null where never
      on, since      string, int64   on whom the last visit waits, and when it began
      withdrawals  int64     how often value was withdrawn; this and the next three are null beyond the cap on paths
      fulfilled, asked, surveyed  boolean  see `_path_facts`
      in_order     boolean   no column tells value or an end before demand; else the ticket has no lead time
      cascaded     boolean   a child that came to value, or to its end, with its parent: nobody resolved it
      and those of `turned` that are not about how often something changed
    `turns` are those of the tickets that count, and `turned` what they come to for each ticket (kept): see `_turned`.
    Both are None where the log has no turns. `told` are the facts that the mapping tells; `types` the types of the
    tickets that count, None being all.
    """

    tables: Tables
    mapped: MappedLog
    streams: Streams
    tickets: ir.Table
    turns: ir.Table | None
    turned: ir.Table | None
    told: frozenset[Fact]
    types: tuple[str, ...] | None

    @property
    def by_type(self) -> list[str]:
        """The column with the type of a ticket, where there are several types; carried on only then."""
        return ["ticket_type"] if len(self.mapped.ticket_types) > 1 else []

    @property
    def only_listed(self) -> bool:
        """Whether the export merely lists the tickets of all types that count."""
        return not set(self.types or self.mapped.ticket_types) - set(self.mapped.listed)

    def not_listed(self, stays: ir.Table) -> ir.Table:
        """`stays` without those of types that the export merely lists, where there are both."""
        if not self.by_type or not self.mapped.listed or self.only_listed:
            return stays
        return stays.filter(stays.ticket_type.notin(self.mapped.listed))

    def one(self, table: ir.Table) -> dict[str, Any]:
        """The one row of an aggregate."""
        row: dict[str, Any] = self.tables.fetch(table, limit=1).to_pylist()[0]
        return row

    def drop(self) -> None:
        """Free what is kept."""
        for kept in (self.tickets, self.turned):
            if kept is not None:
                self.tables.drop(kept)


def desk_of(tables: Tables, mapped: MappedLog, streams: Streams, types: tuple[str, ...] | None) -> Desk:
    """The tickets with what is told of them; `streams` are those of single tickets."""
    import ibis

    turns, facts, turned = mapped.turns, frozenset[Fact](), None
    table = _of_paths(tables, streams, mapped)
    if types is not None:
        table = table.filter(ibis.or_(*(table.case_id.startswith(mapped.case_of(each, "")) for each in types)))
    if turns is not None:
        turns = turns if types is None else turns.filter(turns.ticket_type.isin(types))
        facts = frozenset(fact for fact in Fact if told(fact) in turns.columns)
        turned = tables.keep(_turned(tables, turns, facts, mapped), "turned")
        joined = table.left_join(turned, "case_id")
        table = joined.select(*table.columns, *(name for name in turned.columns if name not in ("case_id", *_CHANGES)))
    return Desk(tables, mapped, streams, tables.keep(table, "desk"), turns, turned, facts, types)


def outside(label: VisitLabel) -> bool:
    """Whether a visit waits on somebody outside the desk."""
    return label.waiting is not None and label.waiting.lower() in OUTSIDE


def counts(path: Path, streams: Streams) -> bool:
    """Whether the streams on a path are fulfilled."""
    return is_fulfilled(path.state, path.value_at is not None, can_realise_value=streams.can_realise_value)


def _withdrawals(path: Path, labels: Sequence[VisitLabel]) -> int:
    """How often value was withdrawn after it had been claimed."""
    if path.value_at is None:
        return 0
    return sum(labels[visit].value is Value.WITHDRAWN for visit in path.visits[path.value_at + 1 :])


def surveys(labels: Sequence[VisitLabel]) -> list[bool]:
    """Which labels say that a survey was sent or answered."""
    return [label.step is not None and _SURVEY in label.step.lower() for label in labels]


def _of_paths(tables: Tables, streams: Streams, mapped: MappedLog) -> ir.Table:
    """The streams with what their path says of them."""
    import ibis

    table, in_order = streams.table, ibis.literal(value=True)
    if streams.against_time is not None:
        table = table.left_join(streams.against_time.select(against="case_id"), [("case_id", "against")])
        in_order = table.against.isnull()
    cascaded = ibis.literal(value=False)
    if mapped.children is not None:
        with_parent = mapped.children.filter(mapped.children.cascaded).select(child="case_id")
        table = table.left_join(with_parent, [("case_id", "child")])
        cascaded = table.child.notnull()
    table = table.mutate(in_order=in_order, cascaded=cascaded)
    paths = tables.put(_path_facts(streams), "desk_paths")
    joined = table.left_join(paths, table.path == paths.of_path)
    return joined.select(
        "case_id",
        "state",
        "first",
        "ended",
        "on",
        "fulfilled",
        "withdrawals",
        "asked",
        "surveyed",
        "in_order",
        "cascaded",
        claimed=joined.starts[joined.value_at],
        held=joined.starts[joined.held_at],
        since=joined.starts[joined.starts.length() - 1],
    )


def _path_facts(streams: Streams) -> Any:
    """One row a path: where value is claimed and held; on whom its last visit waits; how often value was withdrawn;
    whether it is fulfilled, somebody outside was waited on before value, and a survey was sent."""
    import pyarrow as pa

    paths, labels = streams.paths, streams.labels
    is_survey, is_outside = surveys(labels), [outside(label) for label in labels]
    ends_on = [labels[path.visits[-1]].waiting if path.visits else None for path in paths]
    return pa.table(
        {
            "of_path": pa.array([path.id for path in paths], pa.int32()),
            "value_at": pa.array([path.value_at for path in paths], pa.int32()),
            "held_at": pa.array([path.held_at for path in paths], pa.int32()),
            "on": pa.array(ends_on, pa.string()),
            "fulfilled": pa.array([counts(path, streams) for path in paths], pa.bool_()),
            "withdrawals": pa.array([_withdrawals(path, labels) for path in paths], pa.int64()),
            "asked": pa.array([any(is_outside[v] for v in path.visits[: path.value_at]) for path in paths], pa.bool_()),
            "surveyed": pa.array([any(is_survey[v] for v in path.visits) for path in paths], pa.bool_()),
        }
    )


_CHANGES = ("ticket_type", "any_group", "grouped", "groups", "priorities")


def _turned(tables: Tables, turns: ir.Table, facts: frozenset[Fact], mapped: MappedLog) -> ir.Table:
    """What the turns of a ticket come to, in one pass, one row a ticket:

    case_id
    ticket_type  string  only where there are several
    first_row  int64    the time of its first row
    group      string   the group that has it at last
    any_group  string, and grouped  int64: one of its groups, and when it had one first; null where it never had
    groups     boolean  it had several
    fact.NAME  what is told at last, and of a few facts ever
    target, target_told  int64, boolean  only where a target is told
    priorities boolean  it had several, and priority_from_first, priority_beyond  boolean: its first row tells one, and
               is not its only one; only where priorities are told, and not of those `listed`
    """
    last = turns["last"]
    columns: dict[str, ir.Value] = {
        **({"ticket_type": turns.ticket_type.arbitrary()} if len(mapped.ticket_types) > 1 else {}),
        "first_row": turns.time.min(where=turns["first"]),
        "group": turns.group.arbitrary(where=last),
        "any_group": turns.group.arbitrary(),
        "grouped": turns.time.min(where=turns.group.notnull()),
        "groups": _varies(tables, turns.group),
    }
    columns |= {told(fact): turns[told(fact)].arbitrary(where=last) for fact in _LAST_KNOWN if fact in facts}
    columns |= {told(fact): turns[told(fact)].any() for fact in _EVER if fact in facts}
    if Fact.TARGET in facts:
        columns["target"] = turns.target.arbitrary(where=last)
        columns["target_told"] = turns[told(Fact.TARGET)].notnull().any(where=last)
    if Fact.PRIORITY in facts:
        priority = turns[told(Fact.PRIORITY)]
        tells = priority.notnull() | turns.ticket_type.isin(mapped.by_change or [""])
        begins = turns["first"] & tells & turns.ticket_type.notin(mapped.listed or [""])
        columns["priorities"] = _varies(tables, priority)
        columns["priority_from_first"], columns["priority_beyond"] = begins.any(), (begins & ~last).any()
    return turns.group_by("case_id").aggregate(**columns)


def _varies(tables: Tables, text: ir.StringValue) -> ir.BooleanValue:
    """The aggregate "there are several texts": by their hashes, which is a few times faster than to count them."""
    import ibis

    number = ibis.ifelse(text.notnull(), tables.fingerprint(text), ibis.null("int64"))
    several: ir.BooleanValue = (number.min() != number.max()).fill_null(False)
    return several
