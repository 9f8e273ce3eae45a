"""The streams of an analysis against all that was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mining.conformance import accepting, limits, looking
from mining.conformance.agreed import Agreed
from mining.conformance.attributes import Attributes, attributes_of
from mining.conformance.checking import check
from mining.conformance.examples import with_examples
from mining.conformance.fields import check_fields
from mining.conformance.sharing_out import share_out
from mining.conformance.tree import Reference
from mining.conformance.waiting import Patience
from mining.core.acceptances import Acceptance
from mining.core.calendars import Calendars
from mining.core.conformance import Nearest, NoReference
from mining.core.events import MappedLog
from mining.core.results import Conformance
from mining.core.streams import Path, Streams
from mining.core.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

Compared = tuple[tuple[Conformance, ...], "NoReference | None", "ir.Table | None"]


def compare_all(
    tables: Tables,
    mapped: MappedLog,
    streams: Streams,
    agreed: Agreed,
    *,
    today: date,
    examples: bool,
    patience: Patience,
    calendars: Calendars | None = None,
) -> Compared:
    """One outcome for each reference stream, and what fits none, where there are several or one is not for all; and
    which case has which deviation, to be written."""
    attributes = attributes_of(tables, mapped, often=len(agreed.references) > 1 or bool(agreed.acceptances))
    day = today if agreed.acceptances else None
    working = None if calendars is None else limits.Working(calendars, mapped.turns)

    def one(reference: Reference, of: Streams) -> tuple[Conformance, ir.Table]:
        paths = looking.checked_paths(of, found := check(reference, of, patience))
        found = replace(found, fields=check_fields(tables, mapped, of, reference, paths))
        return examine(
            tables,
            of,
            reference,
            found,
            paths=paths,
            attributes=attributes,
            acceptances=agreed.acceptances,
            today=day,
            examples=examples,
            working=working,
        )

    references = agreed.references
    if len(references) == 1:  # whoever names one means it for all streams, whatever it says that it applies to
        found, deviating = one(references[0], streams)
        return (found,), None, deviating
    shares = share_out(tables, streams, references, attributes)
    checked = [(of, *one(reference, of)) for reference, of in zip(references, shares.of, strict=True)]
    outcomes = [(replace(found, streams=of), deviating) for of, found, deviating in checked]
    together = outcomes[0][1]
    for _, table in outcomes[1:]:
        together = together.union(table)
    return tuple(found for found, _ in outcomes), _without_reference(references, shares.rest, patience), together


def examine(
    tables: Tables,
    streams: Streams,
    reference: Reference,
    found: Conformance,
    *,
    paths: Sequence[Path] | None = None,
    attributes: Attributes | None = None,
    acceptances: Sequence[Acceptance] = (),
    today: date | None = None,
    examples: bool = False,
    working: limits.Working | None = None,
) -> tuple[Conformance, ir.Table]:
    """`found` with what only the cases can tell: the time limits of the reference stream, and of the deviations that
    most streams have what they cost in lead time, since when they are seen, which values of attributes stand out, and
    with `examples` in which tickets; with `today`, what `acceptances` come to on that day. Also which case has which
    deviation, as a table to be written (columns: `looking.deviating_cases`). `paths` are `looking.checked_paths`, where
    somebody has asked for them already."""
    if paths is None:
        paths = looking.checked_paths(streams, found)
    found, late = limits.check_limits(tables, streams, reference, found, paths, working)
    cases = looking.checked_cases(tables, streams, found, paths, late)
    if late is not None:
        found = replace(looking.without_late(tables, found, cases), late=late.table)
    if today is not None:
        found = accepting.with_acceptances(
            tables, found, cases, attributes=attributes, acceptances=acceptances, today=today
        )
    found = looking.look_closer(tables, found, cases, attributes, examples=examples)
    found = with_examples(tables, streams, reference, found, cases.occurs, named=examples)
    return found, looking.deviating_cases(tables, found, cases)


def _without_reference(references: Sequence[Reference], rest: Streams, patience: Patience) -> NoReference:
    """The streams that no reference stream is for, and which of them comes nearest: costs least, then the first."""
    if not rest.cases:
        return NoReference(0, ())
    costs = [{one.variant: one.cost for one in check(reference, rest, patience).checks} for reference in references]
    streams, cost, exact = ([0] * len(references) for _ in range(3))
    for variant in rest.variants:
        aligned = [i for i in range(len(references)) if variant.id in costs[i]]
        if aligned:
            best = min(aligned, key=lambda i: costs[i][variant.id])
            streams[best] += variant.streams
            cost[best] += variant.streams * costs[best][variant.id]
            exact[best] += variant.streams * (costs[best][variant.id] == 0)
    nearest = [
        Nearest(reference.name, streams[i], exact[i], cost[i]) for i, reference in enumerate(references) if streams[i]
    ]
    return NoReference(rest.cases, tuple(sorted(nearest, key=lambda one: (-one.streams, one.reference))))
