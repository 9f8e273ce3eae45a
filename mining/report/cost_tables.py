"""Cost on the page: sentences, figures and tables. There is none of it where the mapping gives no rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mining.core.analysis import Analysis
from mining.core.costs import Basis, Costs
from mining.core.rates import hundredths
from mining.report import cost_words as words
from mining.report.costs_block import amounts_of_places, amounts_of_variants, at_most, dearest, further
from mining.report.evidence import MOST_ROWS, more
from mining.report.formats import NOTHING, cut, duration, harmless, many, money, share
from mining.report.language import t
from mining.report.names import deviation, place
from mining.report.routes import in_short
from mining.report.tabular import Column, Table, Value, table


@dataclass(frozen=True, slots=True)
class Told:
    """What the section on cost says beside its tables; `figures` are (name, amount, over what)."""

    basis: str
    figures: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    deviations: str


def cost_facts(analysis: Analysis) -> dict[str, Any]:
    """What the templates say of cost beside its tables; None where the mapping gives no rates."""
    return {"costs": _told(analysis), "no_cost_deviations": words.NO_DEVIATIONS}


def cost_tables(analysis: Analysis) -> tuple[Table | None, ...]:
    """Cost by activity and step, by variant, by deviation."""
    return _places_table(analysis), _variants_table(analysis), _deviations_table(analysis)


def _told(analysis: Analysis) -> Told | None:
    costs = analysis.costs
    if costs is None:
        return None
    said = words.BASIS[costs.basis.value].format(at_most=_money(costs, at_most(costs)))
    return Told(said, _figures(costs), _notes(analysis, costs), words.DEVIATIONS)


def _money(costs: Costs, amount: int | None, among: int = 1) -> str:
    whole = NOTHING if amount is None else money(hundredths(amount, among=among))
    return f"{whole} {cut(harmless(costs.rates.currency))}"


def _figures(costs: Costs) -> tuple[tuple[str, str, str], ...]:
    of = costs.per_stream
    if of is None:
        return ()
    figures = words.FIGURES[costs.basis.value]
    over = words.OVER.format(figures=figures, streams=many(of.n, "fulfilled stream"))
    within = t(
        "{figures}; 85 % cost no more than {p85}, 95 % no more than {p95}",
        figures=figures,
        p85=_money(costs, of.p85),
        p95=_money(costs, of.p95),
    )
    return (
        (t("All streams"), _money(costs, of.total), over),
        (t("A stream, mean"), _money(costs, of.total, of.n), over),
        (t("A stream, median"), _money(costs, of.median), within),
        (t("The dearest stream"), _money(costs, of.dearest), over),
    )


def _notes(analysis: Analysis, costs: Costs) -> tuple[str, ...]:
    of_visit = analysis.streams.linked is not None
    notes = [words.RATES_OF_VISIT if of_visit else words.RATES] if costs.rates.groups else []
    if costs.unpriced:
        notes.append(words.UNPRICED.format(time=duration(costs.unpriced)))
    if costs.other_streams:
        notes.append(words.OTHERS.format(amount=_money(costs, costs.other_streams)))
    if costs.without_groups:
        notes.append(words.NO_GROUPS)
    if analysis.streams.linked is not None:
        notes.append(words.SHARED)
    notes.append(words.OF_EACH)
    return tuple(notes)


def _amount(costs: Costs) -> tuple[Column, Column]:
    currency = cut(harmless(costs.rates.currency))
    upper = t(", at most") if costs.basis is Basis.NOT_WAITING else ""
    return Column(f"{currency}{upper}", "money"), Column("Share", "share")


def _places_table(analysis: Analysis) -> Table | None:
    """Cost by activity and step."""
    costs = analysis.costs
    if costs is None:
        return None
    columns = (
        Column("Activity and step"),
        Column("Rate of group"),
        Column("An hour", "rate"),
        Column("Priced time", "duration"),
        *_amount(costs),
    )
    rows = [
        (
            place(one.activity, one.step),
            one.group,
            one.rate,
            one.time,
            amount,
            share(one.amount, costs.total),
        )
        for one, amount in zip(costs.places[:MOST_ROWS], amounts_of_places(costs), strict=False)
    ]
    note = more(MOST_ROWS, len(costs.places), "rows")
    return table("cost-places", "Cost by activity and step", columns, rows, note)


def _variants_table(analysis: Analysis) -> Table | None:
    """The dearest variants."""
    costs = analysis.costs
    if costs is None:
        return None
    columns = (
        Column("Route"),
        Column("Streams", "count"),
        Column("A stream, mean", "money"),
        *_amount(costs),
    )
    known = analysis.streams.variants
    rows: list[tuple[Value, ...]] = [
        (
            in_short(known[one.variant]),
            one.streams,
            hundredths(one.amount, among=one.streams),
            amount,
            share(one.amount, costs.total),
        )
        for one, amount in zip(dearest(costs), amounts_of_variants(costs), strict=False)
    ]
    rest = further(costs)
    if rest["variants"]:
        what = many(rest["variants"], "further variant")
        rows.append((what, rest["streams"], None, rest["amount"], rest["share"]))
    return table("cost-variants", "The dearest variants", columns, rows)


def _deviations_table(analysis: Analysis) -> Table | None:
    """What deviations cost; None where nothing was checked, or none has a visit."""
    costs = analysis.costs
    if costs is None or not costs.deviations:
        return None
    columns = (
        Column("Deviation"),
        Column("Streams", "count"),
        Column("Times", "count"),
        Column("Priced time", "duration"),
        *_amount(costs),
    )
    rows = [
        (
            deviation(one.kind, one.label, one.instead_of),
            one.streams,
            one.occurrences,
            one.time,
            hundredths(one.amount),
            share(one.amount, costs.total),
        )
        for one in costs.deviations[:MOST_ROWS]
    ]
    note = more(MOST_ROWS, len(costs.deviations), "deviations")
    return table("cost-deviations", "Cost of the visits that are deviations", columns, rows, note)
