"""Conformance: reference streams, alignments and deviations. The room's front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.conformance.acceptance_file import add_acceptance, load_acceptances, remove_acceptances
from mining.conformance.agreed import Agreed, load_agreed
from mining.conformance.lint import check_reference
from mining.conformance.outline import outline
from mining.conformance.parse import list_references, load_reference, parse_reference
from mining.conformance.tree import Reference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import ibis.expr.types as ir

    from mining.core.acceptances import Acceptance
    from mining.core.events import MappedLog
    from mining.core.results import Conformance
    from mining.core.streams import Streams
    from mining.core.tables import Tables

__all__ = [
    "Agreed",
    "Reference",
    "add_acceptance",
    "check",
    "check_cases",
    "check_reference",
    "compare",
    "list_references",
    "load_acceptances",
    "load_agreed",
    "load_reference",
    "outline",
    "parse_reference",
    "remove_acceptances",
]


def check(reference: Reference, streams: Streams) -> Conformance:
    """Align every variant of `streams` with `reference`, and say where and how they differ.

    Fulfilled variants (and all of them, where the mapping knows no ends) are checked in full and make the rates and the
    deviations; open ones are aligned to a prefix and make `open_rates`. `checks` holds both, in the order of the
    variants. Looks at the variants, labels and counts of `streams` only, never at the engine.

    Raises RequestError where the reference stream has too many states for what the mapping can show.
    """
    from mining.conformance.checking import check as check_with_numpy  # numpy is slow to import for a mere listing

    return check_with_numpy(reference, streams)


def check_cases(
    tables: Tables,
    mapped: MappedLog,
    streams: Streams,
    reference: Reference,
    found: Conformance,
    *,
    examples: bool = False,
    acceptances: Sequence[Acceptance] = (),
    today: date | None = None,
) -> tuple[Conformance, ir.Table]:
    """`found` (of `check`) with what only the cases can tell: the time limits of the reference stream, and of the
    deviations that most streams have what they cost in lead time, since when they are seen, which values of attributes
    stand out, and with `examples` in which tickets; with `today`, what `acceptances` come to on that
    day. Also which case has which deviation, as a table to be written (columns: `looking.deviating_cases`).
    """
    from mining.conformance import accepting, attributes, limits, looking

    paths = looking.checked_paths(streams, found)
    found, late = limits.check_limits(tables, streams, reference, found, paths)
    cases = looking.checked_cases(tables, streams, found, paths, late)
    if late is not None:
        found = looking.without_late(tables, found, cases)
    told = attributes.attributes_of(tables, mapped)
    if today is not None:
        found = accepting.with_acceptances(tables, found, cases, attributes=told, acceptances=acceptances, today=today)
    found = looking.look_closer(tables, found, cases, told, examples=examples)
    return found, looking.deviating_cases(tables, found, cases)


def compare(
    tables: Tables, mapped: MappedLog, streams: Streams, agreed: Agreed | None, *, today: date, examples: bool = False
) -> tuple[Conformance | None, ir.Table | None]:
    """`check` and `check_cases` together, with what was `agreed`; nothing where nothing was. Acceptances are judged as
    of `today`, where there are any."""
    if agreed is None:
        return None, None
    (reference,) = agreed.references
    found = check(reference, streams)
    day = today if agreed.acceptances else None
    return check_cases(
        tables, mapped, streams, reference, found, examples=examples, acceptances=agreed.acceptances, today=day
    )
