"""Which visits are the unexpected moves of a stream: the work that the agreed stream does not hold there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mining.core.activities import State, Value
from mining.core.errors import Fault, Problem
from mining.core.events import Symbol
from mining.core.results import Conformance, DeviationKind, VariantCheck
from mining.core.spans import Ints
from mining.core.streams import Path, Streams

VALUE = "value"
"""What a reference stream calls a value mark; it is no visit."""

Told = tuple[DeviationKind, str, str | None]


@dataclass(frozen=True, slots=True)
class Unexpected:
    """Visits by path and position, each with the deviation (an index into `told`) that it is. Arrays of one length.

    `streams` and `occurrences` are by deviation: those of checked streams that have visits of it.
    """

    told: tuple[Told, ...]
    streams: tuple[int, ...]
    occurrences: tuple[int, ...]
    path: Ints
    position: Ints
    deviation: Ints


def unexpected_visits(streams: Streams, checked: Conformance) -> Unexpected:
    """The visits of the unexpected moves of all of `streams` that were checked in full.

    A move can be several visits, where the reference stream sees neighbouring ones as one.
    """
    of_variant = {variant.id: variant.symbols for variant in streams.variants}
    places = {
        check.variant: _of_variant(of_variant[check.variant], check) for check in checked.checks if check.deviations
    }
    on_streams: Counter[Told] = Counter()
    occurrences: Counter[Told] = Counter()
    rows: list[tuple[int, int, Told]] = []
    for path in streams.paths:
        found = places.get(path.variant)
        if not found or path.state is State.OPEN:
            continue
        for told in {told for told, _ in found}:
            on_streams[told] += path.streams
        at = _visits_of_symbols(path, streams)
        for told, symbols in found:
            occurrences[told] += path.streams
            rows += [(path.id, position, told) for symbol in symbols for position in at[symbol]]
    every = tuple(sorted(on_streams, key=lambda one: (one[0], one[1], one[2] or "")))
    number = {one: i for i, one in enumerate(every)}
    table = np.array([(p, position, number[one]) for p, position, one in rows], dtype=np.int64).reshape(-1, 3)
    of_each = (tuple(on_streams[one] for one in every), tuple(occurrences[one] for one in every))
    return Unexpected(every, *of_each, *table.T)


def _of_variant(of: Sequence[Symbol], check: VariantCheck) -> list[tuple[Told, range]]:
    """The deviations of a variant that are made of visits, each with the symbols of the variant that it is."""
    without = (DeviationKind.MISSING, DeviationKind.TOO_SLOW)
    wanted = [one for one in check.deviations if one.kind not in without]
    if not wanted:
        return []
    tokens = symbols_of_tokens(of, check.merged)
    found = (((one.kind, one.label, one.instead_of), tokens[one.position]) for one in wanted)
    return [(told, symbols) for told, symbols in found if len(symbols)]


def symbols_of_tokens(symbols: Sequence[Symbol], merged: Sequence[str]) -> list[range]:
    """For each part of a merged stream, the symbols of the variant that it is made of; none for a value mark.

    Neighbouring visits of one name are one part, and a mark on a visit ends it: so the reference sees a stream.
    """
    names = set(merged)
    parts = list(_parts(symbols, names))
    if [name for name, _ in parts] != list(merged):
        raise Fault(Problem("a stream is not merged as its check says", found=" ".join(merged)))
    return [of for _, of in parts]


def _parts(symbols: Sequence[Symbol], names: set[str]) -> Iterator[tuple[str, range]]:
    begin = 0
    for i, symbol in enumerate(symbols):
        name = _name(symbol, names)
        if symbol.value is None and i + 1 < len(symbols) and _name(symbols[i + 1], names) == name:
            continue
        yield name, range(begin, i + 1)
        if symbol.value in (Value.CLAIMED, Value.CONFIRMED):
            yield VALUE, range(0)
        begin = i + 1


def _name(symbol: Symbol, names: set[str]) -> str:
    """What the reference calls the symbol: its step where that is among the names, else its activity."""
    exact = f"{symbol.activity.value}:{symbol.step}"
    return exact if symbol.step is not None and exact in names else symbol.activity.value


def _visits_of_symbols(path: Path, streams: Streams) -> list[list[int]]:
    """For each symbol of the path's variant the positions of its visits: several where they differ in waiting alone."""
    found: list[list[int]] = []
    last: Symbol | None = None
    for position, visit in enumerate(path.visits):
        symbol = streams.labels[visit].symbol
        if symbol == last:
            found[-1].append(position)
        else:
            found.append([position])
        last = symbol
    return found
