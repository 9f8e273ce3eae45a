"""Conformance: reference streams, alignments and deviations. The room's front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.conformance.lint import check_reference
from mining.conformance.looking import Checked, checked_cases, deviating_cases, look_closer
from mining.conformance.outline import outline
from mining.conformance.parse import list_references, load_reference, parse_reference
from mining.conformance.tree import Reference

if TYPE_CHECKING:
    from mining.core.results import Conformance
    from mining.core.streams import Streams

__all__ = [
    "Checked",
    "Reference",
    "check",
    "check_reference",
    "checked_cases",
    "deviating_cases",
    "list_references",
    "load_reference",
    "look_closer",
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
