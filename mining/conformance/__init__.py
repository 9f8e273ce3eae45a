"""Conformance: reference streams, alignments and deviations. The room's front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.conformance.lint import check_reference
from mining.conformance.outline import outline
from mining.conformance.parse import list_references, load_reference, parse_reference
from mining.conformance.tree import Reference

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.events import MappedLog
    from mining.core.results import Conformance
    from mining.core.streams import Streams
    from mining.core.tables import Tables

__all__ = [
    "Reference",
    "check",
    "check_cases",
    "check_reference",
    "list_references",
    "load_reference",
    "outline",
    "parse_reference",
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
) -> tuple[Conformance, ir.Table]:
    """`found` (of `check`) with what only the cases can tell: the time limits of the reference stream, and of the
    deviations that most streams have what they cost in lead time, since when they are seen, which values of attributes
    stand out, and with `examples` in which tickets. Also which case has which deviation, as a table to be written
    (columns: `looking.deviating_cases`).
    """
    from mining.conformance import attributes, limits, looking

    paths = looking.checked_paths(streams, found)
    found, late = limits.check_limits(tables, streams, reference, found, paths)
    cases = looking.checked_cases(tables, streams, found, paths, late)
    if late is not None:
        found = looking.without_late(tables, found, cases)
    told = attributes.attributes_of(tables, mapped)
    return looking.look_closer(tables, found, cases, told, examples=examples), looking.deviating_cases(
        tables, found, cases
    )
