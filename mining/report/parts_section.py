"""The section on the parts that the filter can show: a table for each dimension, also for whoever has no script."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.slices import Along, Dimension, Slice
from mining.report import filter_words as words
from mining.report.filter_names import of_part, part_name, title
from mining.report.formats import harmless, share
from mining.report.language import told
from mining.report.tabular import Column, Table, Value, table
from mining.report.tally import elapsed_time, waiting_time


@dataclass(frozen=True, slots=True)
class PartsSaid:
    """What the section says: `how` to read it, and why there is no filter by period, or empty. `tables` are the names
    of its tables."""

    how: tuple[str, ...]
    no_period: str
    tables: tuple[str, ...]


def parts_said(analysis: Analysis) -> PartsSaid | None:
    """The sentences; None where the streams were not taken apart, and nothing has to be said of that."""
    found = analysis.slices
    if found is None or not (found.dimensions or found.no_period):
        return None
    how = [words.HOW] if found.dimensions else []
    how += [words.HOW_PERIOD] if any(one.along is Along.PERIOD for one in found.dimensions) else []
    no_period = words.NO_PERIOD.format(reason=harmless(told(found.no_period))) if found.no_period else ""
    by_period = any(one.along is Along.PERIOD for one in found.dimensions)
    return PartsSaid(tuple(how), "" if by_period else no_period, tuple(map(_name, range(len(found.dimensions)))))


def parts_tables(analysis: Analysis) -> tuple[Table, ...]:
    """One table for each dimension."""
    dimensions = () if analysis.slices is None else analysis.slices.dimensions
    return tuple(_table(analysis, number, one) for number, one in enumerate(dimensions))


def _name(number: int) -> str:
    return f"parts-{number + 1}"


def _table(analysis: Analysis, number: int, of: Dimension) -> Table:
    checked = any(one.conformance is not None for one in of.slices)
    columns = (
        Column("Part", "prose"),
        Column("Streams", "count"),
        Column("Open", "count"),
        Column("Fulfilled", "count"),
        *((Column("Conforming", "share"), Column("of", "count")) if checked else ()),
        Column("Median lead time", "duration"),
        Column("85 % within", "duration"),
        Column("of", "count"),
        Column("Waiting", "share"),
        Column("of", "duration"),
        Column("Doubling back", "share"),
    )
    rows = [_row(analysis, of, one, checked=checked) for one in of.slices]
    few = [part_name(of, one) for one in of.slices if one.few]
    note = words.FEW.format(names=", ".join(few)) if few else ""
    return table(_name(number), title(of), columns, rows, note)


def _row(analysis: Analysis, of: Dimension, part: Slice, *, checked: bool) -> tuple[Value, ...]:
    alone, measures = of_part(analysis, part), part.measures
    rates = None if part.conformance is None else part.conformance.rates
    conforming: tuple[Value, ...] = (None, None) if rates is None else (rates.streams, rates.checked)
    lead = measures.lead_time_claimed
    return (
        part_name(of, part),
        part.streams.cases,
        part.streams.open,
        measures.fulfilled,
        *(conforming if checked else ()),
        lead.median,
        lead.p85,
        lead.n,
        share(waiting_time(alone), elapsed_time(alone)),
        elapsed_time(alone),
        share(measures.rework.back_to_activity, measures.rework.streams),
    )
