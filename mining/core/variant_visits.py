"""The visits of all variants side by side, as numbers: whoever looks at all of them need not look at each symbol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from mining.core.events import Symbol
from mining.core.streams import Variant

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class VariantVisits:
    """The visits of the variants `of`, one variant after the other: the i-th has `numbers[starts[i]:starts[i + 1]]`,
    which are indices into `symbols`."""

    of: tuple[Variant, ...]
    symbols: tuple[Symbol, ...]
    numbers: Ints
    starts: Ints


def numbered(sequences: Sequence[tuple[Symbol, ...]]) -> tuple[tuple[Symbol, ...], Ints, Ints]:
    """The symbols of many sequences, their numbers and where each sequence starts, as in `VariantVisits`.

    The same few objects stand in all of them, so they are looked up by identity, which is many times cheaper than to
    compare activity, step and mark each time.
    """
    starts = np.zeros(len(sequences) + 1, dtype=np.int64)
    np.cumsum([len(sequence) for sequence in sequences], out=starts[1:])
    objects: defaultdict[int, int] = defaultdict(count().__next__)  # numbers them in the order of their coming
    every = list(chain.from_iterable(sequences))
    identities = map(id, every)  # `every` keeps the objects alive, so no id comes twice
    number = np.fromiter(map(objects.__getitem__, identities), dtype=np.int64, count=len(every))
    fresh = np.flatnonzero(np.diff(np.maximum.accumulate(number), prepend=-1)).tolist()
    numbers: dict[Symbol, int] = {}
    same = np.array([numbers.setdefault(every[at], len(numbers)) for at in fresh], dtype=np.int64)
    return tuple(numbers), same[number], starts
