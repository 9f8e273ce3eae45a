"""One ticket explained: of each of its rows which rule decided, and why the earlier ones did not.

Only this ticket's rows leave the engine. Each is judged here once more, in words, and what comes out must be what the
expression says that maps an export.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mining.core.errors import Fault, Problem, RequestError
from mining.core.events import EventTable, MappedLog, src
from mining.core.mapping_results import RowExplained, RuledOut, TicketExplained
from mining.core.tables import Tables
from mining.mapping.apply import map_events
from mining.mapping.cells import positive
from mining.mapping.conditions import Matches, leaves
from mining.mapping.duplicates import without_duplicates
from mining.mapping.judge import Cells, Judge, Row
from mining.mapping.model import Mapping
from mining.mapping.outcomes import label_in_words
from mining.mapping.rows import UNCHANGED, decide, event_key
from mining.mapping.shown import Shown

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_ROWS = 2_000
"""So many rows of a ticket are explained, the first ones; nobody reads more."""

_NEAR = 3


def explain_ticket(
    tables: Tables, events: EventTable, mapping: Mapping, ticket: str
) -> tuple[TicketExplained, MappedLog]:
    """The rows of `ticket` explained, and its mapped log, from which its stream can be built.

    Raises RequestError where there is no such ticket, with those that look most like it.
    """
    table = tables.keep(events.table.filter(events.table.ticket_id == ticket), "ticket")
    number_of_rows = _count(tables, table)
    if not number_of_rows:
        tables.drop(table)
        raise RequestError(_no_such_ticket(tables, events, ticket))
    input_rows = _count(tables, table.select("row").distinct())
    of_ticket = replace(events, table=table, rows_read=input_rows, rows_rejected=0, rejected=(), further_rejected=0)
    log = map_events(tables, of_ticket, mapping)
    decided, _, _ = without_duplicates(tables, of_ticket, mapping, decide(tables, of_ticket, mapping))
    rows = _fetched(tables, table, decided, mapping)
    last = _count(tables, decided) - 1
    answers = _answers(tables, rows, mapping)
    judge = Judge(lambda pattern, text: answers[pattern, text], Shown.of(mapping))
    explained = TicketExplained(
        ticket=ticket,
        rows=tuple(_Explainer(mapping, judge, last).rows(rows)),
        demand=_demand(mapping, rows),
        rows_left_out=number_of_rows - len(rows),
    )
    tables.drop(decided)
    return explained, log


def _count(tables: Tables, table: ir.Table) -> int:
    return int(tables.fetch(table.aggregate(n=table.count()), limit=1)["n"][0].as_py())


def _no_such_ticket(tables: Tables, events: EventTable, ticket: str) -> Problem:
    import ibis

    known = events.table.select("ticket_id").distinct()
    how_far = known.ticket_id.lower().levenshtein(ibis.literal(ticket.lower()))
    near = known.mutate(far=how_far).order_by(["far", "ticket_id"]).limit(_NEAR)
    names = tables.fetch(near, limit=_NEAR)["ticket_id"].to_pylist()
    return Problem(
        "there is no such ticket in the export",
        found=ticket,
        expected=", ".join(names),
        todo="name a ticket as the export writes it; these look most like it",
    )


def _fetched(tables: Tables, table: ir.Table, decided: ir.Table, mapping: Mapping) -> list[dict[str, Any]]:
    """The rows in their order, with their place and outcome; both null of a duplicate."""
    import ibis

    key = event_key(table)
    order = [f"order_{i}" for i in range(len(mapping.export.order_by))]
    columns = [src(column) for column in mapping.looked_at]
    places = decided.select(*key, "number", "outcome", "demand")
    joined = table.select(*key, "time", *order, *columns).left_join(places, key)
    in_order = joined.order_by(["time", *(ibis.asc(name, nulls_first=True) for name in order), *reversed(key)])
    found: list[dict[str, Any]] = tables.fetch(in_order.limit(MOST_ROWS), limit=MOST_ROWS).to_pylist()
    return found


def _answers(tables: Tables, rows: list[dict[str, Any]], mapping: Mapping) -> dict[tuple[str, str], bool]:
    """Which patterns are found in which texts of the rows, as the engine sees it."""
    import pyarrow as pa

    asked: dict[str, dict[str, None]] = {}
    for rule in mapping.rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, Matches):
                asked.setdefault(leaf.cell.column, {})[leaf.pattern] = None
    found: dict[tuple[str, str], bool] = {}
    for column, patterns in asked.items():
        texts = list(dict.fromkeys(row[src(column)] for row in rows if row[src(column)] is not None))
        table = tables.put(pa.table({"text": pa.array(texts, pa.string())}), "texts")
        answered = table.mutate(**{f"p{i}": tables.matches(table.text, each) for i, each in enumerate(patterns)})
        for row in tables.fetch(answered, limit=len(texts)).to_pylist():
            found |= {(each, row["text"]): row[f"p{i}"] for i, each in enumerate(patterns)}
        tables.drop(table)
    return found


def _demand(mapping: Mapping, rows: list[dict[str, Any]]) -> tuple[int, str] | None:
    times = [row["demand"] for row in rows if row["demand"] is not None]
    return (times[0], label_in_words(mapping.demand)) if times and mapping.demand is not None else None


class _Explainer:
    """Explains the rows of one ticket, of which `last` is the place of the last."""

    def __init__(self, mapping: Mapping, judge: Judge, last: int) -> None:
        self._mapping, self._judge, self._last = mapping, judge, last
        self._rules = [(rule, positive(rule.when)) for rule in mapping.rules]

    def rows(self, rows: list[dict[str, Any]]) -> Iterator[RowExplained]:
        """The rows explained, in their order."""
        before = None
        for row in rows:
            cells = {column: row[src(column)] for column in self._mapping.looked_at}
            if row["number"] is None:
                yield self._duplicate(row, cells)
            else:
                yield self._row(row, Row(cells, before, last=row["number"] == self._last))
                before = cells

    def _row(self, found: dict[str, Any], row: Row) -> RowExplained:
        outcome = found["outcome"]
        if outcome == UNCHANGED:
            self._must_agree(row.cells == row.before, found)
            because = "nothing that is looked at has changed since the row before"
            return self._explained(found, row.cells, "unchanged", "unchanged", because)
        ruled_out: list[RuledOut] = []
        for i, (rule, condition) in enumerate(self._rules):
            if self._judge.holds(condition, row):
                self._must_agree(i == outcome, found)
                became, what = rule.outcome.kind.value, str(rule.outcome)
                return self._explained(
                    found, row.cells, became, what, rule.text, rule=rule.number, line=rule.line, ruled_out=ruled_out
                )
            ruled_out.append(RuledOut(rule.number, rule.line, self._judge.failure(condition, row)))
        self._must_agree(outcome == len(self._rules), found)
        otherwise = self._mapping.otherwise
        because = "no rule holds"
        return self._explained(found, row.cells, otherwise.kind.value, str(otherwise), because, ruled_out=ruled_out)

    def _duplicate(self, found: dict[str, Any], cells: dict[str, str | None]) -> RowExplained:
        because = "an earlier row has the same ticket, time, order and cells"
        return self._explained(found, cells, "duplicate", "duplicate", because)

    def _explained(
        self,
        found: dict[str, Any],
        cells: Cells,
        became: str,
        outcome: str,
        because: str,
        *,
        rule: int | None = None,
        line: int | None = None,
        ruled_out: Sequence[RuledOut] = (),
    ) -> RowExplained:
        shown = tuple((column, self._judge.shown.cell(column, text)) for column, text in cells.items())
        return RowExplained(
            found["number"], found["time"], shown, became, outcome, rule, line, because, tuple(ruled_out)
        )

    def _must_agree(self, agree: bool, found: dict[str, Any]) -> None:
        if not agree:
            text = "the explanation of a row and the expression that mapped it do not agree"
            raise Fault(Problem(text, found=f"outcome {found['outcome']} of the row at place {found['number']}"))
