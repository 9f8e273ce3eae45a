"""A stream as the reference stream sees it: which name each visit has there, and which visits are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mining.conformance.tree import VALUE
from mining.core.activities import Value
from mining.core.events import Symbol
from mining.core.streams import Streams
from mining.core.variant_visits import numbered

Numbers = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

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
    """The symbols of many variants, numbered: variant i has `numbers[starts[i]:starts[i + 1]]`, which are indices into
    `symbols`."""

    def __init__(self, symbols: Sequence[Symbol], numbers: Ints, starts: Ints) -> None:
        self.symbols, self.numbers, self.starts = symbols, numbers, starts
        self.marks = np.array([_MARKS[symbol.value] for symbol in symbols], dtype=np.int8)  # one a symbol

    @classmethod
    def of(cls, variants: Sequence[tuple[Symbol, ...]]) -> SymbolTable:
        """Those of these variants."""
        return cls(*numbered(variants))

    @classmethod
    def of_streams(cls, streams: Streams) -> SymbolTable:
        """Those of the variants of `streams`; not counted anew, where that was done for just these variants."""
        known = streams.variant_visits
        if known is not None and known.of is streams.variants:
            return cls(known.symbols, known.numbers, known.starts)
        return cls.of([variant.symbols for variant in streams.variants])

    def has_value(self) -> Bools:
        """Whether value is claimed or confirmed in each variant."""
        realised = np.zeros(len(self.numbers) + 1, dtype=np.int64)
        np.cumsum((self.marks == _VALUE_MARK)[self.numbers], out=realised[1:])
        at = realised[self.starts]
        found: Bools = at[1:] > at[:-1]
        return found


def merge(table: SymbolTable, named: frozenset[str]) -> Merged:
    """The variants of `table` as a reference that uses the names `named` sees them.

    Neighbouring visits of one name are one; a value mark between them keeps them apart, and so does a withdrawal,
    which is no name of its own.
    """
    visible = [visible_name(symbol, named) for symbol in table.symbols]
    names = tuple(sorted({VALUE, *named, *visible}))
    number = {name: i for i, name in enumerate(names)}
    name = np.array([number[n] for n in visible], dtype=np.int32)
    of_visits = name[table.numbers]

    begins = np.ones(len(of_visits) + 1, dtype=bool)
    np.not_equal(of_visits[1:], of_visits[:-1], out=begins[1:-1])
    begins[1:-1] |= (table.marks != _NO_MARK)[table.numbers[:-1]]
    begins[table.starts] = True
    first = np.flatnonzero(begins)  # where each merged visit begins, and where the last one ends
    last = table.numbers[first[1:] - 1]  # the symbol that ends it: only that one can carry a mark
    realised = (table.marks == _VALUE_MARK)[last]
    at = np.zeros(len(first), dtype=np.int64)
    np.cumsum(realised, out=at[1:])
    at += np.arange(len(first))
    tokens = np.full(at[-1], 2 * number[VALUE], dtype=np.int32)
    tokens[at[:-1]] = (2 * name + (table.marks == _WITHDRAWN)).astype(np.int32)[last]
    return Merged(names, tokens, at[np.searchsorted(first, table.starts)])
