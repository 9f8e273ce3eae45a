"""A stream as the reference stream sees it: which name each visit has there, and which visits are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
import numpy.typing as npt

from mining.conformance.tree import VALUE
from mining.core.activities import Value
from mining.core.events import Symbol

Numbers = npt.NDArray[np.int32]

_NO_MARK, _VALUE_MARK, _WITHDRAWN = 0, 1, 2
_MARKS = {None: _NO_MARK, Value.CLAIMED: _VALUE_MARK, Value.CONFIRMED: _VALUE_MARK, Value.WITHDRAWN: _WITHDRAWN}


def visible_name(symbol: Symbol, named: frozenset[str]) -> str:
    """The name that a visit has for a reference that uses the names `named`.

    By step where the reference names the step; else by activity where it names that without a step. What it does not
    name stays as fine as the reference is there: with its step where the reference tells steps of that activity apart.
    """
    activity = symbol.activity.value
    if symbol.step is None:
        return activity
    exact = f"{activity}:{symbol.step}"
    if exact in named:
        return exact
    if activity in named:
        return activity
    return exact if any(name.startswith(f"{activity}:") for name in named) else activity


def producible(symbols: Iterable[Symbol], named: frozenset[str]) -> frozenset[str]:
    """The names that streams made of `symbols` can show to a reference that uses the names `named`."""
    found = set()
    for symbol in symbols:
        found.add(visible_name(symbol, named))
        if _MARKS[symbol.value] == _VALUE_MARK:
            found.add(VALUE)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Merged:
    """Many merged streams, one after the other. Stream i is `tokens[offsets[i]:offsets[i + 1]]`.

    A token is twice the number of its name in `names`, and one more where the visit withdraws value: so a re-opening
    can be told as such, though the reference does not see the difference.
    """

    names: tuple[str, ...]
    tokens: Numbers
    offsets: npt.NDArray[np.int64]


class SymbolTable:
    """The symbols of many variants, numbered. The same few symbol objects stand in all of them, so they are looked up
    by identity, which is many times cheaper than to compare activity, step and mark each time.

    Variant i has `numbers[starts[i]:starts[i + 1]]`, which are indices into `symbols`.
    """

    def __init__(self, variants: Sequence[tuple[Symbol, ...]]) -> None:
        self.starts = np.zeros(len(variants) + 1, dtype=np.int64)
        np.cumsum([len(variant) for variant in variants], out=self.starts[1:])
        objects: defaultdict[int, int] = defaultdict(count().__next__)  # numbers them in the order of their coming
        every = list(chain.from_iterable(variants))
        identities = map(id, every)  # `variants` keeps the objects alive, so no id comes twice
        number = np.fromiter(map(objects.__getitem__, identities), dtype=np.int64, count=len(every))
        fresh = np.flatnonzero(np.diff(np.maximum.accumulate(number), prepend=-1)).tolist()
        numbers: dict[Symbol, int] = {}
        same = np.array([numbers.setdefault(every[at], len(numbers)) for at in fresh], dtype=np.int64)
        self.symbols = tuple(numbers)
        self.numbers = same[number]
        self._marks = np.array([_MARKS[symbol.value] for symbol in self.symbols], dtype=np.int32)

    @property
    def marks(self) -> Numbers:
        """The mark of each of `numbers`."""
        return self._marks[self.numbers]

    def has_value(self) -> list[bool]:
        """Whether value is claimed or confirmed in each variant."""
        realised = np.zeros(len(self.numbers) + 1, dtype=np.int64)
        np.cumsum(self.marks == _VALUE_MARK, out=realised[1:])
        found: list[bool] = (np.diff(realised[self.starts]) > 0).tolist()
        return found


def merge(table: SymbolTable, named: frozenset[str]) -> Merged:
    """The variants of `table` as a reference that uses the names `named` sees them.

    Neighbouring visits of one name are one; a value mark between them keeps them apart, and so does a withdrawal,
    which is no name of its own.
    """
    visible = [visible_name(symbol, named) for symbol in table.symbols]
    names = tuple(sorted({VALUE, *named, *visible}))
    number = {name: i for i, name in enumerate(names)}
    name = np.array([number[n] for n in visible], dtype=np.int32)[table.numbers]
    mark = table.marks

    begins = np.ones(len(name) + 1, dtype=bool)
    begins[1:-1] = (name[1:] != name[:-1]) | (mark[:-1] != _NO_MARK)
    begins[table.starts] = True
    first = np.flatnonzero(begins)  # where each merged visit begins, and where the last one ends
    ended_by = mark[first[1:] - 1]  # only the last visit of a run can carry a mark
    realised = ended_by == _VALUE_MARK
    at = np.zeros(len(first), dtype=np.int64)
    np.cumsum(1 + realised, out=at[1:])
    tokens = np.full(at[-1], 2 * number[VALUE], dtype=np.int32)
    tokens[at[:-1]] = 2 * name[first[:-1]] + (ended_by == _WITHDRAWN)
    return Merged(names, tokens, at[np.searchsorted(first, table.starts)])
