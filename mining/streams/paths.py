"""Paths and variants: what can be said of a stream from the sequence of its visits alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mining.core.activities import State, Value
from mining.core.events import VisitLabel
from mining.core.streams import Path, Variant


@dataclass(frozen=True, slots=True)
class ObservedPath:
    """A path as the engine counted it."""

    visits: tuple[int, ...]
    state: State
    streams: int
    with_unmapped: int


_VariantKey = tuple[tuple[int, ...], State]


def paths_and_variants(
    observed: Sequence[ObservedPath], labels: Sequence[VisitLabel]
) -> tuple[tuple[Path, ...], tuple[Variant, ...]]:
    """Number the paths in the order given and group them into variants, the most frequent first."""
    # Symbols by their number in the order of their names: numbers are compared and hashed much faster.
    symbols = sorted({label.symbol for label in labels}, key=str)
    number = [symbols.index(label.symbol) for label in labels]
    keys = [(_without_repeats([number[v] for v in path.visits]), path.state) for path in observed]
    streams: Counter[_VariantKey] = Counter()
    unmapped: Counter[_VariantKey] = Counter()
    for key, path in zip(keys, observed, strict=True):
        streams[key] += path.streams
        unmapped[key] += path.with_unmapped
    ids = {key: i for i, key in enumerate(sorted(streams, key=lambda k: (-streams[k], len(k[0]), *k)))}
    variants = tuple(
        Variant(i, tuple(symbols[n] for n in key[0]), key[1], streams[key], unmapped[key]) for key, i in ids.items()
    )
    values = [label.value for label in labels]
    paths = tuple(
        Path(i, ids[key], path.visits, path.state, path.streams, *_value_positions(path.visits, values))
        for i, (key, path) in enumerate(zip(keys, observed, strict=True))
    )
    return paths, variants


def _without_repeats(symbols: list[int]) -> tuple[int, ...]:
    """Visits that differ in waiting alone are one element of a variant."""
    return tuple(s for i, s in enumerate(symbols) if i == 0 or s != symbols[i - 1])


def _value_positions(visits: tuple[int, ...], values: Sequence[Value | None]) -> tuple[int | None, int | None]:
    """Where value is first claimed or confirmed, and where it first is without being withdrawn later."""
    first = held = None
    for position, visit in enumerate(visits):
        value = values[visit]
        if value is Value.WITHDRAWN:
            held = None
        elif value is not None:
            first = position if first is None else first
            held = position if held is None else held
    return first, held
