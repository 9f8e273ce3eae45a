"""The corridor of the page's filter: the streams taken apart by period, by type and by cohort, each part worked out
beforehand, since the page itself works out nothing.

`pipeline.analyse` passes through it once all is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mining.core.cohorts import Cohorts, Unit
from mining.core.parts import Parted
from mining.core.results import Conformance, Measures
from mining.core.scope import Scope
from mining.core.slices import Along, Dimension, Slice, Slices

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.events import MappedLog
    from mining.core.streams import Streams
    from mining.core.tables import Tables
    from mining.mapping import Mapping

_UNITS = (Unit.MONTH, Unit.QUARTER, Unit.YEAR)
_CENTURIES = (
    400 * 366 * 86_400_000_000
)  # microseconds: where a wrong date is that far away, months are too many to name


def slices(
    tables: Tables,
    streams: Streams,
    mapped: MappedLog,
    *,
    measured: Measures,
    checked: Sequence[Conformance],
    used: Sequence[Mapping],
    cohorts: tuple[Cohorts, ir.Table] | None = None,
    reference_scope: Scope | None = None,
) -> Slices:
    """The streams in parts: by cohort, where `cohorts` (and the labels of tickets) say so; by the period in which their
    demand arose, where that may be told of an export selected like this one; by the type of the ticket at which they
    begin, or else by whether they run or change the business, where there are several."""
    from mining import measures
    from mining import streams as building

    no_period = measured.selection.reason if measured.selection.by_completion else ""
    parted: list[Parted | None] = []
    if cohorts is not None:
        parted.append(measures.by_cohort(tables, streams, cohorts[1], cohorts[0]))
    if all(one is None or one.along is not Along.PERIOD for one in parted) and not no_period:
        zone = next((one.export.time.zone for one in used if not one.is_link_table), None)
        parted.append(measures.by_period(tables, streams, [(unit.value, _periods(unit, zone)) for unit in _UNITS]))
    if all(one is None or one.name != "ticket_type" for one in parted):
        parted.append(measures.by_type(tables, streams, mapped))
    if measured.scopes is not None and len(measured.scopes.parts) > 1 and parted[-1] is None:
        parted.append(measures.by_scope(tables, streams, mapped, reference_scope))
    made = tuple(
        _dimension(tables, streams, mapped, one, checked) for one in parted if one is not None and len(one.names) > 1
    )
    pair = None if cohorts is None else cohorts[0].pair
    differing = None
    if pair is not None and parted[0] is not None:
        passed = building.pair_times(tables, streams, mapped, parted[0], pair)
        first, second = (made[0].slices[place] for place in pair)
        differing = measures.differences(pair, first, second, passed)
    return Slices(made, no_period, differing)


def _periods(unit: Unit, zone: str | None) -> Callable[[int, int], Iterator[tuple[str, int, int]]]:
    from mining import mapping as mappings

    return partial(_between, mappings.periods_of, unit, zone)


def _between(
    periods: Callable[[Unit, int, int, str | None], Iterator[tuple[str, int, int]]],
    unit: Unit,
    zone: str | None,
    first: int,
    last: int,
) -> Iterator[tuple[str, int, int]]:
    """The periods from `first` to `last`, with a day to spare for the zone. Of a span of centuries years only."""
    return periods(Unit.YEAR if last - first > _CENTURIES else unit, first, last, zone)


def _dimension(
    tables: Tables, streams: Streams, mapped: MappedLog, parted: Parted, checked: Sequence[Conformance]
) -> Dimension:
    from mining import conformance, measures
    from mining import streams as building

    counts = measures.count_parts(tables, streams, parted)
    parts = building.take_apart(tables, streams, mapped, parted, counts)
    first = checked[0] if checked else None
    measured = measures.measure_parts(tables, streams, mapped, parted, parts=parts, counts=counts, checked=first)
    conforming = conformance.take_apart(tables, checked, streams, parted, parts)
    return Dimension(
        parted.along,
        parted.name,
        tuple(
            Slice(name.kind, name.label, part, times, conforms[0] if conforms else None, conforms[1:])
            for name, part, times, conforms in zip(parted.names, parts, measured, conforming, strict=True)
        ),
    )
