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
      first_row      int64    the time of the ticket's first row; only with `facts`, as are the following
      group          string   the group that has it at last
      target, target_told    int64, boolean  only where a target is told
      fact.NAME      of the facts in `told`
    `told` are the facts that the mapping tells; `types` those of the tickets; None: all of them.
    """

    tables: Tables
    mapped: MappedLog
    streams: Streams
    tickets: ir.Table
    told: frozenset[Fact]
    types: tuple[str, ...] | None

    def of_types(self, table: ir.Table) -> ir.Table:
        """The rows of `table` (with `ticket_type`) that are of the tickets that count."""
        return table if self.types is None else table.filter(table.ticket_type.isin(self.types))

    def one(self, table: ir.Table) -> dict[str, Any]:
        """The one row of an aggregate."""
        row: dict[str, Any] = self.tables.fetch(table, limit=1).to_pylist()[0]
        return row


def desk_of(tables: Tables, mapped: MappedLog, streams: Streams, types: tuple[str, ...] | None) -> Desk:
    """The tickets with what is told of them, kept; `streams` are those of single tickets."""
    facts = frozenset[Fact]()
    if mapped.turns is not None:
        facts = frozenset(fact for fact in Fact if told(fact) in mapped.turns.columns)
    table = _of_paths(tables, streams)
    if types is not None:
        import ibis

        table = table.filter(ibis.or_(*(table.case_id.startswith(mapped.case_of(each, "")) for each in types)))
    if mapped.turns is not None:
        table = _with_facts(table, mapped.turns, facts)
    return Desk(tables, mapped, streams, tables.keep(table, "desk"), facts, types)


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


def _of_paths(tables: Tables, streams: Streams) -> ir.Table:
    """The streams with what their path says of them."""
    table = streams.table
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


def _with_facts(table: ir.Table, turns: ir.Table, facts: frozenset[Fact]) -> ir.Table:
    """With what is told of a ticket: at last, or of some facts, ever."""
    last = turns["last"]
    columns: dict[str, ir.Value] = {"first_row": turns.time.min(), "group": turns.group.max(where=last)}
    columns |= {told(fact): turns[told(fact)].max(where=last) for fact in _LAST_KNOWN if fact in facts}
    columns |= {told(fact): turns[told(fact)].any() for fact in _EVER if fact in facts}
    if Fact.TARGET in facts:
        columns["target"] = turns.target.max(where=last)
        columns["target_told"] = turns[told(Fact.TARGET)].notnull().any(where=last)
    known = turns.group_by("case_id").aggregate(**columns)
    joined = table.left_join(known, "case_id")
    return joined.select(*table.columns, *columns)
