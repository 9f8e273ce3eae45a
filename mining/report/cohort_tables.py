"""The tables on cohorts. There is none where streams were not split."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.core.cohorts import Cohort, Cohorts, Comparison, Figure, Rank, Share
from mining.report import cohort_words as words
from mining.report.cohort_sentences import between, chance, name, points, shares_between, verdict
from mining.report.formats import NOTHING, count, decimal, duration, percent
from mining.report.language import t
from mining.report.tabular import Column, Table, table


def cohort_tables(analysis: Analysis) -> tuple[Table | None, ...]:
    """Lead times and shares by cohort, two cohorts side by side, and each against all others."""
    found = analysis.cohorts
    if found is None:
        return ()
    return _times(found), *_shares(found), _pair(found), _rest(found)


def _times(found: Cohorts) -> Table:
    columns = (
        Column("Cohort"),
        Column("Streams", "count"),
        Column("Fulfilled", "count"),
        Column("With a lead time", "count"),
        Column("Median", "duration"),
        Column("Between", "prose"),
        Column("85 % within", "duration"),
        Column("Between", "prose"),
    )
    rows = [
        (
            name(one),
            one.streams,
            one.fulfilled.part,
            one.lead_n,
            one.median.value,
            _between(one.median),
            one.p85.value,
            _between(one.p85),
        )
        for one in found.cohorts
    ]
    return table("cohort-times", "Lead time by cohort", columns, rows, words.TIMES_NOTE)


def _between(of: Rank) -> str:
    return NOTHING if of.low is None or of.high is None else between(duration(of.low), duration(of.high))


def _shares(found: Cohorts) -> tuple[Table, Table]:
    """The shares, and apart from them their intervals: together they are too wide to be read."""
    checked = any(one.conforming is not None for one in found.cohorts)
    names = ("Fulfilled", *(("Conforming",) if checked else ()), "Waiting", "Doubling back", "Re-opened")  # the FIGURES
    columns = [Column("Cohort")]
    for each in names:
        columns += [Column(each, "share"), Column("Of", "duration" if each == "Waiting" else "count")]
    rows = [(name(one), *(cell for each in _known(one) for cell in (each.share, each.whole))) for one in found.cohorts]
    intervals = [(name(one), *(shares_between(each.low, each.high) for each in _known(one))) for one in found.cohorts]
    between = [Column("Cohort"), *(Column(each, "prose") for each in names)]
    return (
        table("cohort-shares", "Shares by cohort", columns, rows, words.SHARES_NOTE),
        table("cohort-intervals", "Between what each share lies", between, intervals, words.INTERVALS_NOTE),
    )


def _known(one: Cohort) -> list[Share]:
    shares = [one.fulfilled, one.conforming, one.waiting, one.doubling_back, one.reopened]
    return [share for share in shares if share is not None]


def _pair(found: Cohorts) -> Table | None:
    if found.pair is None:
        return None
    first, second = (found.cohorts[place] for place in found.pair)
    columns = (
        Column("Figure", "prose"),
        Column(name(first)),
        Column(name(second)),
        Column("Difference", "prose"),
        Column("Between", "prose"),
        Column("Effect", "prose"),
        Column("p (Holm)", "prose"),
        Column("In words", "prose"),
    )
    rows = [
        (words.FIGURES[one.figure.value], _figure(first, one.figure), _figure(second, one.figure), *_compared(one))
        for one in found.side_by_side
    ]
    note = words.PAIR_NOTE.format(first=name(first), second=name(second))
    return table("cohort-pair", "Two cohorts side by side", columns, rows, note)


def _figure(of: Cohort, figure: Figure) -> str:
    if figure is Figure.LEAD_TIME:
        return t("median {time}", time=duration(of.median.value))
    share = {
        Figure.FULFILLED: of.fulfilled,
        Figure.CONFORMING: of.conforming,
        Figure.WAITING: of.waiting,
        Figure.DOUBLING_BACK: of.doubling_back,
        Figure.REOPENED: of.reopened,
    }[figure]
    if share is None or share.share is None:
        return NOTHING
    whole = duration(share.whole) if figure is Figure.WAITING else count(share.whole)
    part = duration(share.part) if figure is Figure.WAITING else count(share.part)
    return t("{share}: {part} of {whole}", share=percent(share.share), part=part, whole=whole)


def _compared(of: Comparison) -> tuple[str, str, str, str, str]:
    """The difference, its interval, the effect, p, and in words."""
    is_time = of.figure is Figure.LEAD_TIME
    known = of.estimate is not None and of.effect_size is not None
    estimate = (
        NOTHING
        if of.estimate is None
        else t("{share} of pairs", share=percent(of.estimate))
        if is_time
        else points(of.estimate)
    )
    interval = NOTHING
    if of.low is not None and of.high is not None:
        interval = (
            shares_between(of.low, of.high)
            if is_time
            else t("{low} to {high}", low=points(of.low), high=points(of.high))
        )
    size = "" if of.size is None or of.by_chance is None else f", {t(of.size.value)}"  # of few streams it would mislead
    effect = f"{t(of.effect.value)} {_signed(of.effect_size or 0.0)}{size}" if known else NOTHING
    return estimate, interval, effect, chance(of.p_adjusted), verdict(of)


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{decimal(abs(value), 2)}"


def _rest(found: Cohorts) -> Table | None:
    if not found.against_rest:
        return None
    columns = (
        Column("Cohort"),
        Column("Takes less time", "prose"),
        Column("Between", "prose"),
        Column("Effect", "prose"),
        Column("p (Holm)", "prose"),
        Column("In words", "prose"),
    )
    rows = [(name(found.cohorts[one.first]), *_compared(one)) for one in found.against_rest]
    return table(
        "cohort-rest", "The lead time of each cohort against all other streams", columns, rows, words.REST_NOTE
    )
