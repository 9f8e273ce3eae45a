"""Streams against a reference stream."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from operator import attrgetter

import numpy as np

from mining.conformance.automaton import Automaton, TooLarge, compile_seen
from mining.conformance.group import Counted, Group
from mining.conformance.large import Aligned, align_large
from mining.conformance.net import Unfolded, unfold
from mining.conformance.outline import outline
from mining.conformance.passages import agreed_passages
from mining.conformance.tree import Reference, names
from mining.conformance.view import Bools, Ints, SymbolTable, merge, producible
from mining.conformance.waiting import Patience
from mining.core.activities import State
from mining.core.checks import Checks
from mining.core.errors import Problem, RequestError
from mining.core.results import Conformance, VariantCheck
from mining.core.streams import Streams, is_fulfilled

CANCELLED = "cancelled"
WITHOUT_VALUE = "ended without value"
BEYOND_CAP = "beyond the cap on variants"


def check(reference: Reference, streams: Streams, patience: Patience | None = None) -> Conformance:
    """Align every variant with the reference stream, and say where and how they differ.

    Fulfilled variants (and all of them, where the mapping knows no ends) are checked in full and make the rates and the
    deviations; open ones are aligned to a prefix and make `open_rates`. `checks` holds both, in the order of the
    variants. Looks at `streams.variants`, `streams.labels` and the counts only, never at the engine.

    Where the reference stream has too many states for what the mapping can show, pm4py aligns as many variants as it
    can within what is left of `patience`, and `not_checked` tells how many streams the others have. Raises RequestError
    where it is too large for that as well.
    """
    with _collector_at_rest():
        return _check(reference, streams, patience or Patience())


def _check(reference: Reference, streams: Streams, patience: Patience) -> Conformance:
    named = frozenset(names(reference.stream))
    table = SymbolTable.of_streams(streams)
    shown = producible((*(label.symbol for label in streams.labels), *table.symbols), named)
    model: Automaton | Unfolded | Aligned = _model(reference, shown)
    passages = agreed_passages(reference, shown) if isinstance(model, Automaton) else None
    merged = merge(table, named)
    full, prefix, left_out = _selection(streams, table.has_value())
    notes = _notes(streams)
    if isinstance(model, Unfolded):
        model, left = align_large(
            model, merged, streams.variants, full=full.tolist(), prefix=prefix.tolist(), patience=patience
        )
        full, prefix = (np.array(some, dtype=np.int64) for some in (left.full, left.prefix))
        left_out |= left.not_checked
        notes = (*notes, left.note)
    variants = Counted.of(streams.variants)
    closed = Group(model, merged, variants, full, prefix=False, known=patience.known)
    still_open = Group(model, merged, variants, prefix, prefix=True, known=patience.known)
    deviations, incidence = closed.deviations()
    return Conformance(
        reference=reference.name,
        reference_demand=reference.demand,
        scope=reference.scope,
        shortest_path=model.shortest,
        rates=closed.rates(),
        rates_mapped=closed.rates(mapped_only=True),
        open_rates=still_open.rates(),
        not_observable=tuple(name for name in names(reference.stream) if name not in shown),
        not_checked=left_out,
        checks=Checks(partial(_in_order, closed, still_open), len(full) + len(prefix)),
        deviations=deviations,
        reference_outline=outline(reference),
        notes=notes,
        incidence=incidence,
        passages=passages,
    )


def _in_order(closed: Group, still_open: Group) -> tuple[VariantCheck, ...]:
    with _collector_at_rest():
        return tuple(sorted((*closed.checks(), *still_open.checks()), key=attrgetter("variant")))


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


def _model(reference: Reference, shown: frozenset[str]) -> Automaton | Unfolded:
    try:
        with suppress(TooLarge):
            return compile_seen(reference.stream, shown)
        return unfold(reference.stream, shown.__contains__)
    except TooLarge as error:
        raise RequestError(Problem(str(error), file=reference.file, todo="split the reference stream")) from error


def _selection(streams: Streams, has_value: Bools) -> tuple[Ints, Ints, dict[str, int]]:
    """The variants to check in full, those to align to a prefix, and how many streams are left out and why."""
    states = list(State)
    fulfilled = np.array(
        [
            [is_fulfilled(state, value, can_realise_value=streams.can_realise_value) for value in (False, True)]
            for state in states
        ]
    )
    number = {state: i for i, state in enumerate(states)}
    state = np.array([number[variant.state] for variant in streams.variants], dtype=np.int64)
    full = fulfilled[state, has_value.astype(np.int64)]
    left_out = {CANCELLED: 0, WITHOUT_VALUE: 0, BEYOND_CAP: streams.beyond_cap}
    for i in np.flatnonzero(~full & (state != number[State.OPEN])).tolist():
        variant = streams.variants[i]
        left_out[CANCELLED if variant.state is State.CANCELLED else WITHOUT_VALUE] += variant.streams
    prefix = np.flatnonzero(~full & (state == number[State.OPEN]))
    return np.flatnonzero(full), prefix, {reason: count for reason, count in left_out.items() if count}


def _notes(streams: Streams) -> tuple[str, ...]:
    notes = []
    if streams.states.get(State.UNKNOWN):
        notes.append("The mapping cannot tell when a ticket has ended, so every stream was checked as if it had.")
    if not streams.can_realise_value:
        notes.append("The mapping cannot tell where value is realised, so streams count as fulfilled without it.")
    return tuple(notes)
