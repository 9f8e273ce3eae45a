"""Several reference streams in one analysis: their table, and what fits none of them."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.report import deviation_words as words
from mining.report.formats import count, harmless, many, share
from mining.report.language import t, told
from mining.report.tabular import Column, Table, Value, table
from mining.report.tally import commonest

Json = dict[str, Any]
_MOST = 10


def references_table(analysis: Analysis) -> Table | None:
    """Each reference stream with its rates; None where there is but one."""
    found = analysis.conformance
    if found is None or not analysis.further_conformance:
        return None
    columns = (
        Column("Reference stream"),
        Column("Checked", "count"),
        Column("Conforming", "count"),
        Column("By streams", "share"),
        Column("By moves", "share"),
        Column("Fitness", "ratio"),
        Column("Deviation of most streams", "prose"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in (found, *analysis.further_conformance):
        first = next(iter(commonest(one.deviations)), None)
        said = "" if first is None else f"{harmless(told(first.sentence))} ({many(first.streams, 'stream')})"
        rates = one.rates
        rows.append((one.reference, rates.checked, rates.conforming, rates.streams, rates.moves, rates.fitness, said))
    return table("references", words.REFERENCES_CAPTION, columns, rows, words.REFERENCES)


def further_deviations_table(analysis: Analysis) -> Table | None:
    """The deviations from the other reference streams."""
    columns = (
        Column("Reference stream"),
        Column("Deviation"),
        Column("Kind"),
        Column("Streams", "count"),
        Column("Share of checked", "share"),
        Column("Times", "count"),
    )
    rows = [
        (one.reference, told(of.sentence), t(of.kind.value), of.streams, share(of.streams, one.checked), of.occurrences)
        for one in analysis.further_conformance
        for of in commonest(one.deviations)[:_MOST]
    ]
    return table("further-deviations", words.FURTHER_CAPTION, columns, rows, words.FURTHER) if rows else None


def nearest_table(analysis: Analysis) -> Table | None:
    """The streams that no reference stream is for, by the nearest one."""
    none = analysis.no_reference
    if none is None or not none.streams:
        return None
    columns = (
        Column("Nearest reference stream"),
        Column("Streams", "count"),
        Column("Without a deviation from it", "count"),
        Column("Costly moves", "count"),
    )
    rows = [(one.reference, one.streams, one.conforming, one.total_cost) for one in none.nearest]
    note = words.NEAREST.format(n=count(none.streams))
    return table("no-reference", words.NEAREST_CAPTION, columns, rows, note)


def no_reference_block(analysis: Analysis) -> Json | None:
    """The same in `result.json`."""
    none = analysis.no_reference
    if none is None:
        return None
    return {
        "streams": none.streams,
        "nearest": [
            {
                "reference": one.reference,
                "streams": one.streams,
                "conforming": one.conforming,
                "total_cost": one.total_cost,
            }
            for one in none.nearest
        ],
    }
