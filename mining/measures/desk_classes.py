"""Classes of demand of their own, knowledge, and satisfaction beside lead time."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Any

from mining.core.desk import LEAST_ANSWERS, Apart, MeanDifference, Part, Quartile, Satisfaction
from mining.core.facts import Fact, told
from mining.core.streams import Quantiles
from mining.measures.desk_tables import Ask, Row, quantile_figures, quantiles, where
from mining.measures.desk_tickets import Desk, surveys
from mining.measures.desk_value import resolved

if TYPE_CHECKING:
    import ibis.expr.types as ir

_QUARTERS = (0.25, 0.5, 0.75, 1.0)


def lead(desk: Desk) -> ir.IntegerValue:
    """Lead time from demand to the first value claimed, of fulfilled tickets in order of time; else null."""
    tickets = desk.tickets
    return where(tickets.fulfilled & tickets.in_order, tickets.claimed - tickets["first"])


def lead_time(desk: Desk) -> Ask[Quantiles | None]:
    """The quantiles of lead time, and how many tickets there are."""
    return Ask(quantile_figures(desk.tables, lead(desk)), quantiles)


def apart(desk: Desk, fact: Fact) -> Ask[Apart | None] | None:
    """The tickets of which a fact holds, and all others; None where it is not told."""
    if fact not in desk.told:
        return None
    said = desk.tickets[told(fact)]
    holds = said.fill_null(False)
    figures = {
        "said": said.count(),
        "tickets": holds.sum(),
        "of": holds.count(),
        **quantile_figures(desk.tables, where(holds, lead(desk)), "own "),
        **quantile_figures(desk.tables, where(~holds, lead(desk)), "other "),
    }

    def read(row: Row) -> Apart | None:
        if not row["said"]:  # the export lacks the column
            return None
        return Apart(Part(row["tickets"] or 0, row["of"]), quantiles(row, "own "), quantiles(row, "other "))

    return Ask(figures, read)


def knowledge_used(desk: Desk) -> Ask[Part | None] | None:
    """Of tickets that somebody resolved, those with which an article was used; None where that is not told."""
    if Fact.KNOWLEDGE_USED not in desk.told or not desk.streams.can_realise_value:
        return None
    somebody = resolved(desk)
    said = desk.tickets[told(Fact.KNOWLEDGE_USED)]
    figures = {"said": said.count(), "n": (somebody & said.fill_null(False)).sum(), "of": somebody.sum()}
    return Ask(figures, lambda row: Part(row["n"] or 0, row["of"] or 0) if row["said"] else None)


def surveys_sent(desk: Desk) -> Ask[Part] | None:
    """Tickets with a visit of a step "survey"; None where no rule makes one. That one was answered, it does not say."""
    if not any(surveys(desk.streams.labels)):
        return None
    figures = {"n": desk.tickets.surveyed.sum(), "of": desk.tickets.count()}
    return Ask(figures, lambda row: Part(row["n"] or 0, row["of"]))


def satisfaction(desk: Desk) -> Satisfaction | None:
    """Answers to the survey by how long it took; None where the mapping tells none, or cannot claim value."""
    if Fact.SATISFACTION not in desk.told or not desk.streams.can_realise_value:
        return None
    tickets = desk.tickets.filter(desk.tickets.claimed.notnull())
    answer = tickets[told(Fact.SATISFACTION)]
    # Whole thousandths: sums of decimals are exact, and the same in every run.
    number = (answer.try_cast("decimal(15, 3)") * 1000).cast("int64")
    took = where(tickets.in_order, tickets.claimed - tickets["first"])
    table = tickets.select(lead=took, answer=answer, number=number)
    whole = table.aggregate(
        of=table.count(),
        n=table.number.count(),
        total=table.number.sum(),
        told=table.answer.count(),
        ranks=desk.tables.nearest_ranks(table.lead, _QUARTERS),
    )
    found = desk.one(whole)
    if not found["told"]:  # no ticket has an answer, or the export lacks the column
        return None
    quartiles, difference = _quartiles(desk, table.filter(table.lead.notnull()), found["ranks"] or [])
    return Satisfaction(
        answered=Part(found["n"], found["of"]),
        unread=found["told"] - found["n"],
        sum_of_thousandths=_enough(found["total"], found["n"]),
        quartiles=quartiles,
        slowest_to_fastest=difference,
    )


def _quartiles(desk: Desk, table: ir.Table, until: list[int]) -> tuple[tuple[Quartile, ...], MeanDifference | None]:
    """The tickets by the quarter in which their lead time is; a quarter that is empty, since many took equally long, is
    left out. And how the answers of the slowest differ from those of the fastest."""
    import ibis

    steps = [(table.lead <= limit, i + 1) for i, limit in enumerate(until)]
    placed = table.mutate(quarter=ibis.cases(*steps, else_=len(until)))
    wide = placed.number.cast("decimal(38, 0)")
    sums = placed.group_by("quarter").aggregate(
        n=placed.count(), answered=placed.number.count(), total=placed.number.sum(), squares=(wide * wide).sum()
    )
    rows = desk.tables.fetch(sums.order_by("quarter"), limit=len(until)).to_pylist()
    quartiles = tuple(
        Quartile(
            row["quarter"], until[row["quarter"] - 1], row["n"], row["answered"], _enough(row["total"], row["answered"])
        )
        for row in rows
    )
    ends = [row for row in rows if row["quarter"] in (1, len(until)) and row["answered"] >= LEAST_ANSWERS]
    return quartiles, _difference(ends[1], ends[0]) if len(ends) == 2 else None


def _difference(slow: dict[str, Any], fast: dict[str, Any]) -> MeanDifference:
    """The difference of two means with its 95 % interval, by B. Welch, "The generalization of Student's problem when
    several different population variances are involved", Biometrika 34 (1947)."""
    from scipy.special import stdtrit

    parts = []
    for row in (slow, fast):
        n, total, squares = row["answered"], int(row["total"]), int(row["squares"])
        variance = Fraction(n * squares - total * total, n * (n - 1) * 1_000_000)
        parts.append((n, Fraction(total, 1000 * n), variance / n))
    difference = float(parts[0][1] - parts[1][1])
    spread = sum(float(of_mean) for _, _, of_mean in parts)
    if not spread:
        return MeanDifference(difference, difference, difference)
    degrees = spread**2 / sum(float(of_mean) ** 2 / (n - 1) for n, _, of_mean in parts)
    reach = float(stdtrit(degrees, 0.975)) * sqrt(spread)
    return MeanDifference(difference, difference - reach, difference + reach)


def _enough(total: int | None, answers: int) -> int | None:
    """The sum, where there are answers enough for a mean."""
    return int(total) if total is not None and answers >= LEAST_ANSWERS else None
