"""What the parts are called that the page's filter can show, on the page and in its address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from mining.core.analysis import Analysis
from mining.core.cohorts import CohortKind
from mining.core.slices import Along, Dimension, Slice
from mining.report import cohort_words, filter_words
from mining.report.formats import cut, harmless
from mining.report.language import t
from mining.report.once import once


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the filter: its name in the address, and what it is called."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """The entries of one dimension."""

    title: str
    choices: tuple[Choice, ...]


def choices(analysis: Analysis) -> tuple[ChoiceGroup, ...]:
    """The entries of the filter; none where the streams were not taken apart."""
    if analysis.slices is None:
        return ()
    return tuple(
        ChoiceGroup(title(one), tuple(Choice(key(one, part), part_name(one, part)) for part in one.slices))
        for one in analysis.slices.dimensions
    )


def title(of: Dimension) -> str:
    """What a dimension is called."""
    unit = of.name.partition(":")[2]
    if of.along is Along.PERIOD and not unit:
        return filter_words.PERIODS_ASKED_FOR
    return filter_words.DIMENSIONS[of.along.value].format(
        unit=filter_words.UNITS.get(unit, t("period")), name=cut(harmless(of.name), 40)
    )


def part_name(of: Dimension, part: Slice) -> str:
    """What a part is called."""
    if part.kind is CohortKind.OTHERS and of.along is Along.PERIOD:
        return filter_words.OTHERS_OF_PERIOD
    if part.kind is not CohortKind.VALUE or part.label is None:
        return cohort_words.KINDS[part.kind.value]
    if of.along is Along.SCOPE:
        return filter_words.SCOPES[part.label]
    return cut(harmless(part.label), 40)


def key(of: Dimension, part: Slice) -> str:
    """The name of a part in the address of the page, behind "filter="."""
    named = quote(part.label or "", safe="") if part.kind is CohortKind.VALUE else f"!{quote(part.kind.value)}"
    dimension = of.along.value if of.along is Along.PERIOD else of.name
    return f"{quote(dimension, safe='')}:{named}"


@once
def of_part(analysis: Analysis, part: Slice) -> Analysis:
    """The analysis as it would stand with the streams of a part alone, as far as its figures are told by part."""
    return replace(
        analysis,
        streams=part.streams,
        measures=part.measures,
        conformance=part.conformance,
        further_conformance=part.further_conformance,
        no_reference=None,
        filtered=None,
        cohorts=None,
        slices=None,
        costs=None,
    )
