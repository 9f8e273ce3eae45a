"""Parts made by hand: some of the trails of an analysis, with the numbers that variants have in the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from report_builders import INCIDENTS, Trail, analysis

from mining.core.analysis import Analysis
from mining.core.cohorts import CohortKind
from mining.core.slices import Along, Dimension, Slice, Slices


def part_of(whole: Analysis, trails: Sequence[Trail], label: str | None, kind: CohortKind = CohortKind.VALUE) -> Slice:
    alone = analysis(trails)
    number = {(one.symbols, one.state): one.id for one in whole.streams.variants}
    new = {one.id: number[one.symbols, one.state] for one in alone.streams.variants}
    streams = replace(
        alone.streams,
        variants=tuple(replace(one, id=new[one.id]) for one in alone.streams.variants),
        paths=tuple(replace(one, variant=new[one.variant]) for one in alone.streams.paths),
    )
    found = alone.conformance
    checks = tuple(replace(one, variant=new[one.variant]) for one in found.checks) if found else ()
    return Slice(
        kind,
        label,
        streams,
        replace(
            alone.measures,
            variant_lead_time={new[one]: times for one, times in alone.measures.variant_lead_time.items()},
        ),
        replace(found, checks=checks) if found else None,
    )


def sliced(label: str = "2016-04") -> Analysis:
    """The incidents by month of demand, and by a column whose values are called so."""
    whole = analysis()
    halves = (INCIDENTS[::2], INCIDENTS[1::2])
    months = [part_of(whole, trails, name) for trails, name in zip(halves, ("2016-03", "2016-04"), strict=True)]
    named = [part_of(whole, halves[0], label), part_of(whole, halves[1], None, CohortKind.OTHERS)]
    dimensions = (
        Dimension(Along.PERIOD, "period:month", tuple(months)),
        Dimension(Along.COHORT, "priority", tuple(named)),
    )
    return replace(whole, slices=Slices(dimensions))
