"""What the cases tell of the deviations: what each costs, since when, for whom. Tables, a chart, and their figures."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.conformance import Cases, Evidence, Interval
from mining.core.results import Conformance, Deviation
from mining.core.streams import Quantiles
from mining.report import deviation_words as words
from mining.report import examples, plots
from mining.report.formats import count, date, decimal, duration, harmless, percent, plotly_text, share
from mining.report.language import local, t, told
from mining.report.names import colour, display
from mining.report.tabular import Column, Table, Value, table
from mining.report.tally import commonest

Json = dict[str, Any]
MOST_DRAWN = 5
MOST_ROWS = 20


def looked_at(found: Conformance) -> list[tuple[Deviation, Evidence]]:
    """The deviations that were looked at more closely, the one that most streams have first."""
    number = {one: i for i, one in enumerate(found.deviations)}
    evidence = {} if found.cases is None else found.cases.evidence
    return [(one, evidence[number[one]]) for one in commonest(found.deviations) if number[one] in evidence]


def _cases(analysis: Analysis) -> Cases | None:
    return None if analysis.conformance is None else analysis.conformance.cases


# --------------------------------------------------------------------------------------------------- result.json


def evidence_by_deviation(found: Conformance) -> dict[Deviation, Json]:
    """What `result.json` says of each deviation that was looked at more closely."""
    return {one: _evidence(evidence) for one, evidence in looked_at(found)}


def _evidence(of: Evidence) -> Json:
    effect, trend = of.effect, of.trend
    return {
        "lead_time_with": _interval(effect.with_it),
        "lead_time_without": _interval(effect.without_it),
        "difference_us": effect.difference,
        "difference_low_us": effect.low,
        "difference_high_us": effect.high,
        "first_us": of.first,
        "last_us": of.last,
        "trend": trend.direction,
        "trend_slope": trend.slope,
        "trend_p": trend.p,
        "periods": [{"checked": one.checked, "streams": one.streams} for one in trend.periods],
        "over_represented": [
            {
                "attribute": one.attribute,
                "value": one.value,
                "streams": one.streams,
                "deviating": one.deviating,
                "others": one.others,
                "without": one.without,
                "share": share(one.streams, one.deviating),
                "share_without": share(one.others, one.without),
                "p": one.p,
            }
            for one in of.over_represented
        ],
        "examples": list(of.examples),
    }


def _interval(of: Interval) -> Json:
    return {"n": of.n, "median_us": of.median, "low_us": of.low, "high_us": of.high}


def cases_block(found: Conformance) -> Json | None:
    """What was looked at, and by which periods; None where nobody looked at the cases."""
    if found.cases is None:
        return None
    return {
        "deviations_looked_at": found.cases.looked_at,
        "period_unit": found.cases.unit,
        "period_begins_us": list(found.cases.begins),
        "attributes": list(found.cases.attributes),
        "tests": found.cases.tested,
        "notes": list(found.cases.notes),
    }


# -------------------------------------------------------------------------------------------------------- tables


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
    found, cases = analysis.conformance, _cases(analysis)
    if found is None or cases is None or not cases.begins or not found.deviations:
        return None
    drawn = looked_at(found)[:MOST_DRAWN]
    names = (Column(harmless(told(one.sentence)), "count") for one, _ in drawn)
    columns = (Column(t(f"{cases.unit.capitalize()} from")), Column("Checked", "count"), *names)
    rows: list[tuple[Value, ...]] = [
        (date(begin), drawn[0][1].trend.periods[i].checked, *(of.trend.periods[i].streams for _, of in drawn))
        for i, begin in enumerate(cases.begins)
    ]
    return table("deviation-trends", words.TRENDS_CAPTION, columns, rows, words.BY_END)


def over_represented_table(analysis: Analysis) -> Table | None:
    """Which values of which attributes stand out among the streams with a deviation."""
    found, cases = analysis.conformance, _cases(analysis)
    if found is None or cases is None or not cases.attributes or not found.deviations:
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
    note = words.OVER_REPRESENTED.format(
        tests=count(cases.tested), attributes=", ".join(map(harmless, cases.attributes))
    )
    return table("deviation-attributes", words.ATTRIBUTES_CAPTION, columns, rows, note)


def limits_table(analysis: Analysis) -> Table | None:
    """The limits on time of the reference stream, and how they were kept."""
    found = analysis.conformance
    if found is None or not found.limits:
        return None
    columns = (
        Column("What was agreed"),
        Column("Passages", "count"),
        Column("Too slow", "count"),
        Column("Share", "share"),
        Column("Streams", "count"),
        Column("Median", "duration"),
        Column("85 % within", "duration"),
        Column("95 % within", "duration"),
        Column("Open, too slow already", "count"),
        Column("What the export shows", "prose"),
    )
    rows = []
    for one in found.limits:
        times = one.times
        n = 0 if times is None else times.n
        quantiles = (None, None, None) if times is None else (times.median, times.p85, times.p95)
        said = "" if one.observable else words.LIMIT_NOT_OBSERVABLE
        rows.append(
            (
                told(one.sentence),
                n,
                one.late,
                share(one.late, n),
                one.late_streams,
                *quantiles,
                one.open_late_streams,
                said,
            )
        )
    return table("limits", words.LIMITS_CAPTION, columns, rows, words.LIMITS)


def fields_table(analysis: Analysis) -> Table | None:
    """The fields that the reference stream asks for at hand-offs, and how often they were filled."""
    found = analysis.conformance
    if found is None or not found.fields:
        return None
    columns = (
        Column("From"),
        Column("To"),
        Column("Field"),
        Column("Passages", "count"),
        Column("Filled", "count"),
        Column("Share", "share"),
        Column("What the export shows", "prose"),
    )
    rows = [
        (
            display(one.source),
            display(one.target),
            one.field,
            one.passages,
            one.filled if one.observable else None,
            share(one.filled, one.passages) if one.observable else None,
            "" if one.observable else words.FIELD_NOT_OBSERVABLE,
        )
        for one in found.fields
    ]
    return table("hand-off-fields", words.FIELDS_CAPTION, columns, rows, words.FIELDS)


def fields_block(found: Conformance) -> list[Json]:
    """The fields at hand-offs in `result.json`."""
    return [
        {
            "source": one.source.value,
            "target": one.target.value,
            "field": one.field,
            "observable": one.observable,
            "passages": one.passages,
            "filled": one.filled,
        }
        for one in found.fields
    ]


def limits_block(found: Conformance) -> list[Json]:
    """The limits on time in `result.json`."""
    return [
        {
            "sentence": one.sentence,
            "from": one.source,
            "to": one.target,
            "within_us": one.within,
            "observable": one.observable,
            "times": None if one.times is None else _quantiles(one.times),
            "late": one.late,
            "late_streams": one.late_streams,
            "working": one.working,
            "open_running": one.open_running,
            "open_overdue": one.open_overdue,
            "open_late_streams": one.open_late_streams,
        }
        for one in found.limits
    ]


def _quantiles(of: Quantiles) -> Json:
    return {"n": of.n, "total_us": of.total, "median_us": of.median, "p85_us": of.p85, "p95_us": of.p95}


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


# --------------------------------------------------------------------------------------------------------- chart

_DASHES = ("solid", "dot", "dash", "longdash", "dashdot")


def trends(analysis: Analysis) -> plots.Figure | None:
    """The share of the checked streams that have a deviation, by period; None where there are fewer than two."""
    found, cases = analysis.conformance, _cases(analysis)
    if found is None or cases is None or len(cases.begins) < 2 or not found.deviations:
        return None
    names = [date(begin) for begin in cases.begins]
    lines = []
    for number, (one, of) in enumerate(looked_at(found)[:MOST_DRAWN]):
        shares = [share(period.streams, period.checked) for period in of.trend.periods]
        lines.append(
            plots.Scatter(
                x=names,
                y=[None if ratio is None else ratio * 100 for ratio in shares],
                mode="lines+markers",
                name=plotly_text(told(one.sentence), 60),
                line={"dash": _DASHES[number], "color": colour("bad" if number == 0 else "ink")},
                hovertext=[
                    t("{n} of {all}: {share}", n=count(period.streams), all=count(period.checked), share=percent(ratio))
                    for period, ratio in zip(of.trend.periods, shares, strict=True)
                ],
                hoverinfo="text+name",
            )
        )
    layout: Json = {
        "height": 420,
        "margin": {"l": 56, "r": 24, "t": 24, "b": 60},
        "legend": {"orientation": "h", "y": -0.22},
        "xaxis": {"title": {"text": t(f"{cases.unit} of the streams' ends")}, "type": "category", "nticks": 8},
        "yaxis": {"title": {"text": t("share of the checked streams, %")}, "rangemode": "tozero", "nticks": 6},
    }
    return plots.Figure(data=lines, layout=layout)


# --------------------------------------------------------------------------------------------------------- words


def costliest(analysis: Analysis) -> str:
    """One sentence on the deviation that goes with the most time, where that is sure."""
    found = analysis.conformance
    if found is None:
        return ""
    sure = [(of.effect.difference or 0, one, of) for one, of in looked_at(found) if of.effect.low and of.effect.low > 0]
    if not sure:
        return ""
    _, one, of = max(sure, key=lambda item: (item[0], item[1].streams, item[1].sentence))
    return words.COSTLIEST.format(
        deviation=harmless(told(one.sentence)),
        more=duration(of.effect.difference),
        low=duration(of.effect.low),
        high=duration(of.effect.high),
        n=count(of.effect.with_it.n),
    )


def named(analysis: Analysis) -> bool:
    """Whether the report names tickets as examples."""
    found = analysis.conformance
    return examples.named(analysis) or (found is not None and any(of.examples for _, of in looked_at(found)))
