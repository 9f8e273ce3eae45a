"""Conformance: reference streams, alignments and deviations. The room's front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.conformance.acceptance_file import add_acceptance, load_acceptances, remove_acceptances
from mining.conformance.agreed import Agreed, load_agreed
from mining.conformance.lint import check_reference
from mining.conformance.outline import outline
from mining.conformance.parse import list_references, load_reference, parse_reference
from mining.conformance.tree import Reference
from mining.conformance.trees import to_tree
from mining.conformance.written import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mining.conformance.comparing import Compared
    from mining.conformance.proposing import Proposal
    from mining.core.cache import Cache
    from mining.core.calendars import Calendars
    from mining.core.errors import Problem
    from mining.core.events import MappedLog, VisitLabel
    from mining.core.examples import Example
    from mining.core.hand_offs import HandOffChecks
    from mining.core.parts import Parted
    from mining.core.results import Conformance
    from mining.core.streams import Streams, Variant
    from mining.core.tables import Tables

__all__ = [
    "Agreed",
    "Reference",
    "add_acceptance",
    "as_yaml",
    "check",
    "check_hand_offs",
    "check_reference",
    "compare",
    "list_references",
    "load_acceptances",
    "load_agreed",
    "load_reference",
    "outline",
    "parse_reference",
    "pick_examples",
    "propose",
    "remove_acceptances",
    "take_apart",
    "to_tree",
    "unseen_parts",
]


def check(reference: Reference, streams: Streams) -> Conformance:
    """Align every variant of `streams` with `reference`, and say where and how they differ.

    Fulfilled variants (and all of them, where the mapping knows no ends) are checked in full and make the rates and the
    deviations; open ones are aligned to a prefix and make `open_rates`. `checks` holds both, in the order of the
    variants. Looks at the variants, labels and counts of `streams` only, never at the engine.

    Raises RequestError where the reference stream is too large even for pm4py: see `checking.check`.
    """
    from mining.conformance.checking import check as check_with_numpy  # numpy is slow to import for a mere listing

    return check_with_numpy(reference, streams)


def compare(
    tables: Tables,
    mapped: MappedLog,
    streams: Streams,
    agreed: Agreed | None,
    *,
    today: date,
    examples: bool = False,
    align_seconds: float = 60,
    calendars: Calendars | None = None,
    cache: Cache | None = None,
) -> Compared:
    """The streams against all that was `agreed`, looked at case by case.

    One `Conformance` for each reference stream, in their order; with several, the streams that none of them is for; and
    which case has which deviation, as a table to be written (columns: `looking.deviating_cases`). Nothing,
    where nothing was agreed. Acceptances are judged as of `today`. With `examples` tickets are named.

    Reference streams with too many states for our own alignments get `align_seconds` of pm4py's time, all together.
    Streams that the `cache` knows from an earlier run are not aligned again.
    Raises RequestError where one is too large for that as well.
    """
    if agreed is None:
        return (), None, None
    from mining.conformance.comparing import compare_all
    from mining.conformance.known import Known
    from mining.conformance.waiting import Patience

    patience = Patience(align_seconds, None if cache is None else Known(cache))
    return compare_all(
        tables, mapped, streams, agreed, today=today, examples=examples, patience=patience, calendars=calendars
    )


def take_apart(
    tables: Tables, checked: Sequence[Conformance], streams: Streams, parted: Parted, parts: Sequence[Streams]
) -> list[tuple[Conformance, ...]]:
    """All of `checked` for each of the parts of `streams`: see `taken_apart.take_apart`."""
    from mining.conformance.taken_apart import take_apart as take_apart_with_numpy

    return take_apart_with_numpy(tables, checked, streams, parted, parts)


def propose(
    variants: Sequence[Variant], good: Sequence[int], *, name: str, demand: str, steps: bool = False
) -> Proposal:
    """A reference stream made from the variants with the ids `good`: see `proposing.propose`."""
    from mining.conformance.proposing import propose as propose_with_pm4py

    return propose_with_pm4py(variants, good, name=name, demand=demand, steps=steps)


def unseen_parts(reference: Reference, labels: Iterable[VisitLabel]) -> list[Problem]:
    """Warnings about the parts of a reference stream that visits with these `labels` can never be."""
    from mining.conformance.unseen import unseen_parts as find_with_numpy

    return find_with_numpy(reference, labels)


def check_hand_offs(tables: Tables, streams: Streams) -> HandOffChecks:
    """All hand-offs, whatever was agreed: what comes straight back, and what the description of the value chain does
    not know, or misses where streams are of linked tickets."""
    from mining.conformance.hand_offs import check_hand_offs as check_with_numpy

    return check_with_numpy(tables, streams)


def pick_examples(
    tables: Tables, streams: Streams, agreed: Agreed | None, found: Sequence[Conformance], *, named: bool
) -> dict[int, tuple[Example, ...]]:
    """A few streams of each of the most frequent variants, by the variant's id, those that ended last; marked where
    they deviate. With `named` they say which case they are."""
    from mining.conformance.examples import examples_of_variants

    return examples_of_variants(tables, streams, agreed.references if agreed else (), found, named=named)
