"""The account of every row: where it went and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mining.core.errors import Fault, Problem
from mining.core.events import EventTable, Ledger, RuleUse, Unmapped, src
from mining.core.export import Shape
from mining.core.tables import Tables
from mining.core.wording import Wording
from mining.mapping.conditions import OTHERWISE
from mining.mapping.model import Mapping
from mining.mapping.outcomes import Kind
from mining.mapping.rows import UNCHANGED

if TYPE_CHECKING:
    import ibis.expr.types as ir

BULK_TICKETS = 10
"""So many tickets that one actor changes in the same way within one minute are a bulk update."""

MAX_UNMAPPED = 1_000
"""Labels that no rule met leave the engine up to this number, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Account:
    """The ledger and what stands beside it."""

    ledger: Ledger
    rule_uses: tuple[RuleUse, ...]
    unmapped: tuple[Unmapped, ...]
    notes: tuple[str, ...]


def account(tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table, duplicates: int) -> Account:
    """Count the decided rows. `events` and `rows` are without the `duplicates`.

    Raises Fault where the ledger does not add up.
    """
    counted = _counted(tables, rows)
    in_bulk = _events_in_bulk(tables, rows)
    ledger = replace(_ledger(events, mapping, counted), rows_duplicate=duplicates, events_in_bulk=in_bulk)
    if mapping.export.shape is Shape.TICKETS:
        ledger = replace(ledger, **_input_rows(tables, mapping, rows))
    if not ledger.adds_up:
        raise Fault(Problem("the ledger does not add up", found=str(ledger)))
    unmapped = _unmapped(tables, events, mapping, rows) if ledger.rows_unmapped else ()
    return Account(ledger, _rule_uses(mapping, counted), unmapped, _notes(mapping, ledger, unmapped))


def _input_rows(tables: Tables, mapping: Mapping, rows: ir.Table) -> dict[str, int]:
    """Where a row makes several events: the input rows, as unmapped before ignored before mapped."""
    order = (Kind.UNMAPPED, Kind.IGNORED, Kind.MAPPED)
    rank = {i: order.index(outcome.kind) for i, outcome in enumerate(mapping.outcomes)}
    ranked = rows.select("row", rank=rows.outcome.cases(*rank.items()))
    of_row = ranked.group_by("row").aggregate(rank=ranked["rank"].min())
    found = tables.fetch(of_row.group_by("rank").aggregate(rows=of_row.count()), limit=len(order)).to_pylist()
    counted = {row["rank"]: row["rows"] for row in found}
    return {f"rows_{kind.value}": counted.get(i, 0) for i, kind in enumerate(order)}


def _counted(tables: Tables, rows: ir.Table) -> dict[int, dict[str, int]]:
    """Counts by outcome: rows, first rows of a ticket, ties, skips, rows of machines, demand events."""

    def number_of(truth: Any) -> Any:
        return truth.cast("int64").sum()

    by_outcome = rows.group_by("outcome").aggregate(
        rows=rows.count(),
        tickets=number_of(rows.number == 0),
        ties=number_of(rows.tie),
        skips=number_of(rows.skips),
        system=number_of(rows.system),
        demand=rows.demand.count(),
    )
    found = tables.fetch(by_outcome, limit=100_000).to_pylist()
    return {row.pop("outcome"): row for row in found}


def _ledger(events: EventTable, mapping: Mapping, counted: dict[int, dict[str, int]]) -> Ledger:
    """What the counts by outcome tell, each row of the event table taken for an input row; duplicates and bulk updates
    are counted elsewhere."""
    outcomes = dict(enumerate(mapping.outcomes))

    def of_kind(kind: Kind) -> int:
        return sum(count["rows"] for i, count in counted.items() if i in outcomes and outcomes[i].kind is kind)

    def total(name: str) -> int:
        return sum(count[name] for count in counted.values())

    mapped, ignored, unmapped = map(of_kind, (Kind.MAPPED, Kind.IGNORED, Kind.UNMAPPED))
    from_rows = sum(
        count["rows"] * max(1, len(outcomes[i].events))
        for i, count in counted.items()
        if i in outcomes and outcomes[i].kind is Kind.MAPPED
    )
    events_mapped = from_rows + total("demand")
    neighbours = total("rows") - total("tickets")
    rejected = events.rows_rejected + events.further_rejected
    unchanged = counted.get(UNCHANGED, {"rows": 0, "system": 0})
    return Ledger(
        rows_read=events.rows_read,
        rows_mapped=mapped,
        rows_ignored=ignored,
        rows_unchanged=unchanged["rows"],
        rows_duplicate=0,
        rows_filtered=events.rows_filtered,
        rows_unmapped=unmapped,
        rows_rejected=events.rows_rejected,
        events_made=events_mapped + ignored + unmapped + rejected,
        events_mapped=events_mapped,
        events_ignored=ignored,
        events_unmapped=unmapped,
        events_rejected=rejected,
        ties_decided_by_position=total("ties"),
        missing_updates=_missing_updates(events, total("skips"), neighbours),
        neighbours=neighbours,
        demand_events=total("demand"),
        events_by_system=total("system") - unchanged["system"],
        events_in_bulk=0,
    )


def _missing_updates(events: EventTable, skips: int, neighbours: int) -> int | None:
    """Neighbouring rows between which the counter leaves out a number; None where rows are no updates.

    A number that leaves out more often than not counts something else than the updates of a ticket.
    """
    if "part" in events.table.columns:
        return None
    has_counter = "order_0" in events.table.columns and events.table.order_0.type().is_integer()
    return skips if has_counter and 2 * skips <= neighbours else None


def _events_in_bulk(tables: Tables, rows: ir.Table) -> int:
    """Rows that make an event and are part of a bulk update: the same actor, minute, event and outcome.

    Few rows share actor, minute and event with many others; only those are looked at closely.
    """
    if "change" not in rows.columns:
        return 0
    made = rows.filter(rows.change.notnull() & (rows.outcome != UNCHANGED))
    often = made.group_by("change").aggregate(rows=made.count())
    often = tables.keep(often.filter(often.rows >= BULK_TICKETS).select("change"), "often")
    some = made.semi_join(often, "change")
    alike = some.group_by("change", "outcome").aggregate(rows=some.count(), tickets=some.case_id.nunique())
    alike = alike.filter(alike.tickets >= BULK_TICKETS)
    found = tables.fetch(alike.aggregate(n=alike.rows.sum()), limit=1)["n"][0].as_py()
    tables.drop(often)
    return int(found or 0)


def _unmapped(tables: Tables, events: EventTable, mapping: Mapping, rows: ir.Table) -> tuple[Unmapped, ...]:
    """The labels of the rows that no rule met, the most frequent first."""
    import ibis

    unmet = [i for i, outcome in enumerate(mapping.outcomes) if outcome.kind is Kind.UNMAPPED]
    key = ["row", "part"] if "part" in rows.columns else ["row"]
    unmapped = rows.filter(rows.outcome.isin(unmet)).select(*key)
    table = events.table.semi_join(unmapped, key)
    labels = table.select("ticket_id", event=table[src(mapping.export.event)])
    counted = labels.group_by("event").aggregate(rows=labels.count(), tickets=labels.ticket_id.nunique())
    top = counted.order_by(ibis.desc("rows"), ibis.asc("event", nulls_first=True)).limit(MAX_UNMAPPED)
    return tuple(Unmapped(**found) for found in tables.fetch(top, limit=MAX_UNMAPPED).to_pylist())


def _rule_uses(mapping: Mapping, counted: dict[int, dict[str, int]]) -> tuple[RuleUse, ...]:
    def rows(index: int) -> int:
        return counted.get(index, {"rows": 0})["rows"]

    uses = [
        RuleUse(rule.number, rule.line, rule.text, str(rule.outcome), rows(i), rule.when.worded())
        for i, rule in enumerate(mapping.rules)
    ]
    if mapping.otherwise.kind is not Kind.UNMAPPED:
        line = mapping.lines.get("otherwise", 1)
        said = Wording(OTHERWISE)
        uses.append(RuleUse(len(uses) + 1, line, str(said), str(mapping.otherwise), rows(len(uses)), said))
    return tuple(uses)


def _notes(mapping: Mapping, ledger: Ledger, unmapped: tuple[Unmapped, ...]) -> tuple[str, ...]:
    notes = []
    if ledger.ties_decided_by_position:
        order = "the order_by columns agree" if mapping.export.order_by else "the mapping has no order_by"
        text = (
            f"Neighbouring rows of a ticket with the same time, of which their position in the file decided which came "
            f"first ({order}): {ledger.ties_decided_by_position:,}."
        )
        if mapping.export.shape is Shape.TICKETS:
            text = (
                "Tickets stand in several rows that differ, as in exports of different days, so that one time of a "
                f"ticket makes more than one event: {ledger.ties_decided_by_position:,} times."
            )
        notes.append(text)
    if ledger.missing_updates:
        share = 100 * ledger.missing_updates / ledger.neighbours
        notes.append(
            f"{ledger.missing_updates:,} of {ledger.neighbours:,} neighbouring rows ({share:.1f} %) leave out a number "
            f'of "{mapping.export.order_by[0]}": the export lacks updates.'
        )
    if len(unmapped) == MAX_UNMAPPED:
        notes.append(f"Only the {MAX_UNMAPPED:,} most frequent labels that no rule met are listed.")
    if not mapping.can_end:
        notes.append("No rule of the mapping ends a ticket, so no stream is known to have ended.")
    return tuple(notes)
