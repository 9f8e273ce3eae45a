"""Paths and variants: what can be said of a stream from the sequence of its visits alone.

There are up to a fifth of a million of them, so all that is worked out of their visits is worked out in arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mining.core.activities import State
from mining.core.events import VisitLabel
from mining.core.spans import Bools, Ints, value_marks
from mining.core.streams import Path, Variant
from mining.core.variant_visits import VariantVisits

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class ObservedPaths:
    """The paths as the engine counted them: the visits of all of them, one path after the other, and of each path how
    many visits it has, the state, how many streams are on it, and how many of those have unmapped events."""

    visits: Ints
    lengths: Ints
    states: Sequence[str]
    streams: Ints
    with_unmapped: Ints

    def __len__(self) -> int:
        return len(self.lengths)


def paths_and_variants(observed: ObservedPaths, labels: Sequence[VisitLabel]) -> tuple[tuple[Path, ...], VariantVisits]:
    """Number the paths in the order given and group them into variants, the most frequent first."""
    path = np.repeat(np.arange(len(observed)), observed.lengths)
    position = np.arange(len(path)) - np.repeat(np.cumsum(observed.lengths) - observed.lengths, observed.lengths)
    variant_of, of_variants = _variants(observed, labels, path, position)
    variants = of_variants.of
    value_at, held_at = _value_positions(value_marks(labels)[observed.visits], path, position, len(observed))
    visits, ends = observed.visits.tolist(), np.cumsum(observed.lengths).tolist()
    paths, begin = [], 0
    for i, (variant, end, streams, value, held) in enumerate(
        zip(variant_of.tolist(), ends, observed.streams.tolist(), value_at, held_at, strict=True)
    ):
        paths.append(Path(i, variant, tuple(visits[begin:end]), variants[variant].state, streams, value, held))
        begin = end
    return tuple(paths), of_variants


def _variants(
    observed: ObservedPaths, labels: Sequence[VisitLabel], path: Ints, position: Ints
) -> tuple[Ints, VariantVisits]:
    """The variant of each path, and the variants with their visits.

    Symbols are numbered in the order of their names, and written as two bytes each, the higher first: then texts of
    bytes are in the order of the symbols, and are compared and counted far faster.
    """
    symbols = sorted({label.symbol for label in labels}, key=str)
    number = np.array([symbols.index(label.symbol) for label in labels], dtype=">u2")
    at = number[observed.visits]
    new = _differs_from_before(at, position)  # visits that differ in waiting alone are one element of a variant
    every, lengths = [symbols[n] for n in at[new].tolist()], np.bincount(path[new], minlength=len(observed))
    text, ends = at[new].tobytes(), np.cumsum(lengths).tolist()
    begins = [0, *ends[:-1]] if ends else []
    keys = [(text[2 * a : 2 * b], s) for a, b, s in zip(begins, ends, observed.states, strict=True)]
    found: dict[tuple[bytes, str], int] = {}
    key = np.array([found.setdefault(each, len(found)) for each in keys], dtype=np.int64)
    streams, unmapped = (_sum_by(key, of, len(found)) for of in (observed.streams, observed.with_unmapped))
    place = {each: i for i, each in enumerate(sorted(found, key=lambda k: (-streams[found[k]], len(k[0]), *k)))}
    first = dict(zip(reversed(keys), reversed(list(zip(begins, ends, strict=True))), strict=True))
    variants = tuple(
        Variant(i, tuple(every[slice(*first[k])]), State(k[1]), streams[found[k]], unmapped[found[k]])
        for k, i in place.items()
    )
    ids = np.array([place[each] for each in found], dtype=np.int64)
    numbers = np.frombuffer(b"".join(text for text, _ in place), dtype=">u2").astype(np.int64)
    starts = np.zeros(len(place) + 1, dtype=np.int64)
    np.cumsum([len(text) // 2 for text, _ in place], out=starts[1:])
    return ids[key], VariantVisits(variants, tuple(symbols), numbers, starts)


def _differs_from_before(at: Ints, position: Ints) -> Bools:
    differs: Bools = (position == 0) | (at != np.roll(at, 1))
    return differs


def _sum_by(key: Ints, amount: Ints, keys: int) -> list[int]:
    total = np.zeros(keys, dtype=np.int64)
    np.add.at(total, key, amount)
    found: list[int] = total.tolist()
    return found


def _value_positions(mark: Ints, path: Ints, position: Ints, paths: int) -> tuple[list[int | None], list[int | None]]:
    """Where value is first claimed or confirmed, and where it first is without being withdrawn later."""
    withdrawn = np.full(paths, -1)
    np.maximum.at(withdrawn, path[mark < 0], position[mark < 0])
    realised = mark > 0
    held = realised & (position > withdrawn[path])
    return _first(path[realised], position[realised], paths), _first(path[held], position[held], paths)


def _first(path: Ints, position: Ints, paths: int) -> list[int | None]:
    """Of each path the least position; None where there is none."""
    least = np.full(paths, _NEVER)
    np.minimum.at(least, path, position)
    return [None if place == _NEVER else place for place in least.tolist()]
