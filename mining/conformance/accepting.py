"""What acceptances come to in one analysis: which streams conform if they hold, and which if all of them lapsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mining.conformance.attributes import Attributes
from mining.conformance.looking import Checked
from mining.conformance.scopes import can_tell, within
from mining.conformance.tree import VALUE
from mining.core.acceptances import Acceptance, AcceptanceUse, Accepted, Standing
from mining.core.results import Conformance, Deviation, Rates
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_acceptances(
    tables: Tables,
    found: Conformance,
    checked: Checked,
    *,
    attributes: Attributes | None,
    acceptances: Sequence[Acceptance],
    today: date,
) -> Conformance:
    """`found` with what the acceptances that are meant for its reference stream come to on the day `today`."""
    mine = [one for one in acceptances if one.reference == found.reference]
    occurs = checked.occurs
    if attributes is not None:
        occurs = occurs.left_join(attributes.table, "case_id").drop("case_id_right")
    number = {one.key: i for i, one in enumerate(found.deviations)}
    covers = [_covers(occurs, one, number, attributes) for one in mine]
    streams = _streams(tables, occurs, covers)
    uses = tuple(
        AcceptanceUse(
            one,
            _standing(one, condition is not None, count, today),
            count,
            found.deviations[number[one.deviation]].sentence if one.deviation in number else None,
        )
        for one, condition, count in zip(mine, covers, streams, strict=True)
    )
    holds = [
        condition
        for use, condition in zip(uses, covers, strict=True)
        if use.standing is Standing.IN_FORCE and condition is not None
    ]
    return replace(found, accepted=_accepted(tables, found, occurs, holds, uses=uses, today=today))


def _covers(
    occurs: ir.Table, one: Acceptance, number: dict[str, int], attributes: Attributes | None
) -> ir.BooleanValue | None:
    """Whether `one` covers a row of `occurs`; None where the export does not show what its scope asks for."""
    if not can_tell(one.where, attributes):
        return None
    condition: ir.BooleanValue = occurs.deviation == number.get(one.deviation, -1)
    condition &= within(occurs, one.where, attributes)
    if one.tickets:
        condition &= occurs.case_id.isin(one.tickets)
    return condition


def _streams(tables: Tables, occurs: ir.Table, covers: Sequence[ir.BooleanValue | None]) -> list[int]:
    """In how many streams each condition holds: a stream has each deviation in one row."""
    import ibis

    if not covers:
        return []
    counts = {f"n{i}": ibis.literal(0) if c is None else occurs.count(where=c) for i, c in enumerate(covers)}
    row = tables.fetch(occurs.aggregate(**counts, rows=occurs.count()), limit=1).to_pylist()[0]
    return [int(row[f"n{i}"]) for i in range(len(covers))]


def _standing(one: Acceptance, can_tell: bool, streams: int, today: date) -> Standing:
    if one.until < today:
        return Standing.EXPIRED
    if not can_tell:
        return Standing.CANNOT_TELL
    return Standing.IN_FORCE if streams else Standing.NOT_MET


def _accepted(
    tables: Tables,
    found: Conformance,
    occurs: ir.Table,
    holds: Sequence[ir.BooleanValue],
    *,
    uses: tuple[AcceptanceUse, ...],
    today: date,
) -> Accepted:
    import ibis

    if not holds:
        return Accepted(today, uses, found.rates, found.rates_mapped, ())
    accepted = ibis.or_(*holds)
    bad = occurs.filter(~accepted).select("case_id", "unmapped").distinct()
    row = tables.fetch(bad.aggregate(n=bad.count(), mapped=bad.count(where=~bad.unmapped)), limit=1).to_pylist()[0]
    good = occurs.filter(accepted)
    by = good.group_by("deviation").aggregate(
        streams=good.count(),
        times=good.times.sum(),
        times_mapped=ibis.ifelse(good.unmapped, 0, good.times).sum(),
    )
    rows = tables.fetch(by.order_by("deviation"), limit=len(found.deviations)).to_pylist()
    times = {found.deviations[one["deviation"]]: int(one["times"]) for one in rows}
    mapped = {found.deviations[one["deviation"]]: int(one["times_mapped"]) for one in rows}
    return Accepted(
        today,
        uses,
        _rates(found.rates, row["n"], times),
        _rates(found.rates_mapped, row["mapped"], mapped),
        tuple((found.deviations[one["deviation"]].key, one["streams"]) for one in rows),
    )


def _rates(rates: Rates, deviating: int, times: dict[Deviation, int]) -> Rates:
    """`rates` where so many streams deviate still, and these deviations do not count so many times."""
    return replace(
        rates,
        conforming=rates.checked - deviating,
        matched_moves=rates.matched_moves + sum(_visible(one) * n for one, n in times.items()),
        total_cost=rates.total_cost - sum(one.moves // one.occurrences * n for one, n in times.items()),
    )


def _visible(one: Deviation) -> int:
    """How many visible moves one occurrence makes: those of visits, not of value marks."""
    if one.moves == 0:
        return 0
    partner = one.instead_of or one.label
    return sum(name != VALUE for name in (one.label, partner)[: one.moves // one.occurrences])
