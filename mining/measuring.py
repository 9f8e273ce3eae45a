"""The corridor of all that is told of the streams once they are built: conformance, measures, service desk, cohorts.

`pipeline.analyse` passes through it. What does not hang on one another is worked out at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from mining import slicing
from mining.core.analysis import Options
from mining.core.scope import Scope

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.choosing import Choosing
    from mining.conformance.agreed import Agreed
    from mining.core.breakdown import Breakdowns
    from mining.core.cache import Cache
    from mining.core.calendars import Calendars
    from mining.core.cohorts import Cohorts
    from mining.core.conformance import NoReference
    from mining.core.costs import Costs
    from mining.core.desk import ServiceDesk
    from mining.core.events import MappedLog
    from mining.core.examples import Example
    from mining.core.hand_offs import HandOffChecks
    from mining.core.links import CasesSpec
    from mining.core.results import Conformance, Measures, Selection
    from mining.core.slices import Slices
    from mining.core.stopwatch import Stopwatch
    from mining.core.streams import Streams
    from mining.core.tables import Tables
    from mining.mapping import Mapping


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of the streams. `deviating` is the table of which case has which deviation, to be written; the
    rest is as in `Analysis`. `streams` are those that were asked about, with the headline without weak links."""

    streams: Streams
    checked: tuple[Conformance, ...]
    no_reference: NoReference | None
    deviating: ir.Table | None
    measures: Measures
    breakdowns: Breakdowns | None
    costs: Costs | None
    cohorts: Cohorts | None
    slices: Slices
    hand_offs: HandOffChecks
    examples: dict[int, tuple[Example, ...]]


def tell(
    tables: Tables,
    mapped: MappedLog,
    found: Streams,
    agreed: Agreed | None,
    *,
    choosing: Choosing,
    used: Sequence[Mapping],
    cases: CasesSpec,
    zone: str | None,
    calendars: Calendars | None,
    begins: ir.Table | None,
    options: Options,
    today: date,
    stopwatch: Stopwatch,
    cache: Cache | None,
) -> Told:
    """Check and measure the streams `found`, which are of `cases`. `used` are the mappings by which their events were
    mapped, `zone` is that of their times, `begins` the tickets at which they may begin."""
    from mining import conformance, measures, streams

    scope = Scope(agreed.references[0].scope) if agreed else None
    with stopwatch("checking and measuring"):
        selected = measures.selection(tables, found)
        (checked, unfit, deviating), measured, desk, with_headline = tables.together(
            lambda: conformance.compare(
                tables,
                mapped,
                found,
                agreed,
                today=today,
                examples=options.with_tickets,
                align_seconds=options.align_seconds,
                calendars=calendars,
                cache=cache,
            ),
            lambda: measures.measure(
                tables,
                found,
                mapped,
                selected=selected,
                calendars=calendars,
                reference_scope=scope,
                passages=None if calendars is None else streams.timed_passages(found),
            ),
            lambda: _desk(tables, mapped, found, selected, start=cases.start, zone=zone, options=options),
            lambda: _with_headline(tables, mapped, found, options, begins),
        )
        measured = replace(measured, service_desk=desk)
    with stopwatch("comparing parts"):

        def in_parts() -> tuple[Cohorts | None, Slices]:
            cohorts = choosing.cohorts(tables, mapped, found, checked)
            labelled = None if cohorts is None or choosing.labels is None else (cohorts, choosing.labels)
            return cohorts, slicing.slices(
                tables,
                found,
                mapped,
                measured=measured,
                checked=checked,
                used=used,
                cohorts=labelled,
                reference_scope=scope,
            )

        (cohorts, taken_apart), broken_down, costs, hand_offs, examples = tables.together(
            in_parts,
            lambda: measures.breakdowns(tables, found, mapped, checked, typical=measured.lead_time_claimed.median),
            lambda: measures.costs(tables, found, mapped, checked),
            lambda: conformance.check_hand_offs(tables, found),
            lambda: conformance.pick_examples(tables, found, agreed, checked, named=options.with_tickets),
        )
    return Told(
        streams=with_headline,
        checked=checked,
        no_reference=unfit,
        deviating=deviating,
        measures=measured,
        breakdowns=broken_down,
        costs=costs,
        cohorts=cohorts,
        slices=taken_apart,
        hand_offs=hand_offs,
        examples=examples,
    )


def _desk(
    tables: Tables,
    mapped: MappedLog,
    found: Streams,
    selection: Selection,
    *,
    start: tuple[str, ...],
    zone: str | None,
    options: Options,
) -> ServiceDesk:
    """The figures of the service desk, which are of tickets, whatever the streams are of."""
    from mining import measures, streams

    tickets = streams.streams_of_tickets(tables, mapped, found, max_paths=options.max_variants)
    days, types = options.waiting_days, measures.types_of_desk(mapped, start)
    desk = measures.service_desk(tables, tickets, mapped, selection, types=types, waiting_days=days, zone=zone)
    if tickets is not found:
        tables.drop(tickets.table)
    return desk


def _with_headline(
    tables: Tables, mapped: MappedLog, found: Streams, options: Options, begins: ir.Table | None
) -> Streams:
    """Where weak links made cases: the headline as it would be by explicit links alone."""
    from mining import measures, streams

    if found.linked is None or not found.linked.weak:
        return found
    strong = streams.explicit_streams(
        tables, mapped, max_paths=options.max_variants, spec=found.linked.spec, begins=begins
    )
    headline = measures.headline(tables, strong, can_realise_value=found.can_realise_value)
    tables.drop(strong)
    return replace(found, linked=replace(found.linked, without_weak=headline))
