"""Streams against a reference stream."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from mining.conformance.automaton import Automaton, TooLarge, compile_stream
from mining.conformance.group import Group
from mining.conformance.outline import outline
from mining.conformance.passages import agreed_passages
from mining.conformance.tree import Reference, names
from mining.conformance.view import SymbolTable, merge, producible
from mining.core.activities import State
from mining.core.errors import Problem, RequestError
from mining.core.results import Conformance
from mining.core.streams import Streams, is_fulfilled

CANCELLED = "cancelled"
WITHOUT_VALUE = "ended without value"
BEYOND_CAP = "beyond the cap on variants"


def check(reference: Reference, streams: Streams) -> Conformance:
    """Align every variant with the reference stream, and say where and how they differ.

    Fulfilled variants (and all of them, where the mapping knows no ends) are checked in full and make the rates and the
    deviations; open ones are aligned to a prefix and make `open_rates`. `checks` holds both, in the order of the
    variants. Looks at `streams.variants`, `streams.labels` and the counts only, never at the engine.

    Raises RequestError where the reference stream has too many states for what the mapping can show.
    """
    with _collector_at_rest():
        return _check(reference, streams)


def _check(reference: Reference, streams: Streams) -> Conformance:
    named = frozenset(names(reference.stream))
    table = SymbolTable([variant.symbols for variant in streams.variants])
    shown = producible((*(label.symbol for label in streams.labels), *table.symbols), named)
    automaton = _automaton(reference, shown)
    merged = merge(table, named)
    full, prefix, left_out = _selection(streams, table.has_value())
    closed = Group(automaton, merged, [streams.variants[i] for i in full], full, prefix=False)
    still_open = Group(automaton, merged, [streams.variants[i] for i in prefix], prefix, prefix=True)
    deviations = closed.deviations()
    return Conformance(
        reference=reference.name,
        reference_demand=reference.demand,
        scope=reference.scope,
        shortest_path=automaton.shortest,
        rates=closed.rates(),
        rates_mapped=closed.rates(mapped_only=True),
        open_rates=still_open.rates(),
        not_observable=tuple(name for name in names(reference.stream) if name not in shown),
        not_checked=left_out,
        checks=tuple(sorted((*closed.checks, *still_open.checks), key=lambda check: check.variant)),
        deviations=deviations,
        reference_outline=outline(reference),
        notes=_notes(streams),
        incidence=closed.incidence(deviations),
        passages=agreed_passages(reference, automaton),
    )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Hundreds of thousands of small objects are made here, and none of them in a cycle: to walk them again and again
    takes the collector a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _automaton(reference: Reference, shown: frozenset[str]) -> Automaton:
    try:
        return compile_stream(reference.stream, shown.__contains__)
    except TooLarge as error:
        raise RequestError(Problem(str(error), file=reference.file, todo="split the reference stream")) from error


def _selection(streams: Streams, has_value: list[bool]) -> tuple[list[int], list[int], dict[str, int]]:
    """The variants to check in full, those to align to a prefix, and how many streams are left out and why."""
    fulfilled = {
        (state, value): is_fulfilled(state, value, can_realise_value=streams.can_realise_value)
        for state in State
        for value in (False, True)
    }
    full, prefix = [], []
    left_out = {CANCELLED: 0, WITHOUT_VALUE: 0, BEYOND_CAP: streams.beyond_cap}
    for i, variant in enumerate(streams.variants):
        if fulfilled[variant.state, has_value[i]]:
            full.append(i)
        elif variant.state is State.OPEN:
            prefix.append(i)
        else:
            left_out[CANCELLED if variant.state is State.CANCELLED else WITHOUT_VALUE] += variant.streams
    return full, prefix, {reason: count for reason, count in left_out.items() if count}


def _notes(streams: Streams) -> tuple[str, ...]:
    notes = []
    if streams.states.get(State.UNKNOWN):
        notes.append("The mapping cannot tell when a ticket has ended, so every stream was checked as if it had.")
    if not streams.can_realise_value:
        notes.append("The mapping cannot tell where value is realised, so streams count as fulfilled without it.")
    return tuple(notes)
