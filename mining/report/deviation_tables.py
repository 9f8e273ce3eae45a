"""The tables on what the cases tell of the deviations: what each costs, since when, for whom."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.report import deviation_words as words
from mining.report.deviating import MOST_DRAWN, cases, looked_at
from mining.report.formats import count, date, decimal, harmless, share
from mining.report.language import local, t, told
from mining.report.limits_and_fields import fields_table, limits_table
from mining.report.tabular import Column, Table, Value, table

MOST_ROWS = 20


def tables(analysis: Analysis) -> tuple[Table | None, ...]:
    """The tables of this module, in the order of the page."""
    return (
        limits_table(analysis),
        fields_table(analysis),
        effects_table(analysis),
        seen_table(analysis),
        trends_table(analysis),
        over_represented_table(analysis),
        examples_table(analysis),
    )


def effects_table(analysis: Analysis) -> Table | None:
    """What each deviation costs, and since when it is seen."""
    found = analysis.conformance
    if found is None or found.cases is None or not found.deviations:
        return None
    columns = (
        Column("Deviation"),
        Column("Streams with it", "count"),
        Column("Median lead time with it", "duration"),
        Column("without it", "duration"),
        Column("Difference", "duration"),
        Column("at least", "duration"),
        Column("at most", "duration"),
    )
    rows = [
        (
            told(one.sentence),
            one.streams,
            of.effect.with_it.median,
            of.effect.without_it.median,
            of.effect.difference,
            of.effect.low,
            of.effect.high,
        )
        for one, of in looked_at(found)[:MOST_ROWS]
    ]
    return table(
        "deviation-effects", words.EFFECTS_CAPTION, columns, rows, f"{words.EFFECT}{_more(len(looked_at(found)))}"
    )


def seen_table(analysis: Analysis) -> Table | None:
    """Since when each deviation is seen, and whether it comes more often."""
    found = analysis.conformance
    if found is None or found.cases is None or not found.deviations:
        return None
    columns = (Column("Deviation"), Column("First seen"), Column("Last seen"), Column("Trend"), Column("p"))
    rows = [
        (
            told(one.sentence),
            None if of.first is None else date(of.first),
            None if of.last is None else date(of.last),
            t(of.trend.direction),
            _p(of.trend.p),
        )
        for one, of in looked_at(found)[:MOST_ROWS]
    ]
    return table("deviation-seen", words.SEEN_CAPTION, columns, rows, f"{words.TREND}{_more(len(looked_at(found)))}")


def _p(p: float | None) -> str | None:
    """A p-value: one that is small never reads as 0."""
    return None if p is None else local("< 0.001") if p < 0.001 else decimal(p, 3)


def _more(all_: int) -> str:
    return "" if all_ <= MOST_ROWS else f" {words.MORE.format(shown=MOST_ROWS, all=all_)}"


def trends_table(analysis: Analysis) -> Table | None:
    """The streams with the most frequent deviations, by period of their ends."""
    found, seen = analysis.conformance, cases(analysis)
    if found is None or seen is None or not seen.begins or not found.deviations:
        return None
    drawn = looked_at(found)[:MOST_DRAWN]
    names = (Column(harmless(told(one.sentence)), "count") for one, _ in drawn)
    columns = (Column(t(f"{seen.unit.capitalize()} from")), Column("Checked", "count"), *names)
    rows: list[tuple[Value, ...]] = [
        (date(begin), drawn[0][1].trend.periods[i].checked, *(of.trend.periods[i].streams for _, of in drawn))
        for i, begin in enumerate(seen.begins)
    ]
    return table("deviation-trends", words.TRENDS_CAPTION, columns, rows, words.BY_END)


def over_represented_table(analysis: Analysis) -> Table | None:
    """Which values of which attributes stand out among the streams with a deviation."""
    found, seen = analysis.conformance, cases(analysis)
    if found is None or seen is None or not seen.attributes or not found.deviations:
        return None
    columns = (
        Column("Deviation"),
        Column("Attribute"),
        Column("Value"),
        Column("With both", "count"),
        Column("Of those with it", "share"),
        Column("Of those without", "share"),
        Column("p"),
    )
    rows = [
        (
            told(one.sentence),
            by.attribute,
            by.value,
            by.streams,
            share(by.streams, by.deviating),
            share(by.others, by.without),
            _p(by.p),
        )
        for one, of in looked_at(found)[:MOST_ROWS]
        for by in of.over_represented
    ]
    note = words.OVER_REPRESENTED.format(tests=count(seen.tested), attributes=", ".join(map(harmless, seen.attributes)))
    return table("deviation-attributes", words.ATTRIBUTES_CAPTION, columns, rows, note)


def examples_table(analysis: Analysis) -> Table | None:
    """Example tickets, where they were asked for."""
    found = analysis.conformance
    rows = (
        []
        if found is None
        else [(told(one.sentence), ", ".join(of.examples)) for one, of in looked_at(found) if of.examples]
    )
    if not rows:
        return None
    return table("deviation-examples", words.EXAMPLES_CAPTION, (Column("Deviation"), Column("Tickets", "prose")), rows)
