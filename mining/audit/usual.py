"""How much like periods of one export differ by themselves: what the last one has to differ by more than.

Tests of chance take streams for independent of one another. Weeks are not: holidays, releases and shifts move many
streams at once, so that real weeks differ by more than chance though nothing changed. So the difference of the last
period from the one before is held against those between the earlier ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from mining.audit.statistics import drift, percentiles_differ

MOST = 8
"""Differences between earlier periods that are looked at, the latest of them."""

FEWEST = 3
"""With fewer of them nothing is known of what is usual."""

_FEWEST_TIMES = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """A period against the one before it: Cramér's V of the variants, the distance of the times to value (Kolmogorov
    and Smirnov), and by how much the share of the streams moved that reach value; None where there is too little."""

    variants: float | None
    times: float | None
    share: float | None


def exceeds(value: float, usual: Sequence[float | None], sure: float) -> tuple[bool, float] | None:
    """Whether a distance is greater than one more of the usual ones would be, but with the probability `sure`; and the
    limit. None where too few are known.

    The limit is that of prediction from a normal sample, mean + t · s · √(1 + 1/n) (Hahn and Meeker, "Statistical
    Intervals", 1991, section 4.8): wide where few are known.
    """
    known = [one for one in usual if one is not None]
    if len(known) < FEWEST:
        return None
    n, mean = len(known), sum(known) / len(known)
    spread = math.sqrt(sum((one - mean) ** 2 for one in known) / (n - 1))
    limit = mean + _quantile(n - 1, 1 - sure) * spread * math.sqrt(1 + 1 / n)
    return value > limit, limit


def moves_beyond(value: float, usual: Sequence[float | None], sure: float) -> tuple[bool, float] | None:
    """The same of a movement, up or down, which is none in the long run: the limit is t · √(mean square)."""
    known = [one for one in usual if one is not None]
    if len(known) < FEWEST:
        return None
    limit = _quantile(len(known), 1 - sure / 2) * math.sqrt(sum(one * one for one in known) / len(known))
    return abs(value) > limit, limit


def _quantile(degrees: int, share: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, share))


@dataclass(frozen=True, slots=True)
class Periods:
    """Like periods of a log that begins at `first`: period 0 ends at `end`, and each lasts `length` (microseconds).
    Streams are looked at as they stood `lag` periods after the end of theirs."""

    first: int
    end: int
    length: int
    lag: int

    @property
    def whole(self) -> int:
        """How many there are that the log covers wholly."""
        return (self.end - self.first) // self.length


def differences(visits: Path, periods: Periods) -> tuple[Difference, ...]:
    """Each earlier period (from the one before the last on) against the one before it, the latest first; from the table
    of visits, at most `MOST` of them."""
    last = min(periods.whole - 1, MOST + 1)
    if last < 2:
        return ()
    import numpy as np

    case, position, symbol, valued, start = _columns(visits, np)
    cases = int(case.max(initial=-1)) + 1
    begun = np.full(cases, np.iinfo(np.int64).max)
    begun[case[position == 0]] = start[position == 0]
    period = np.where(begun <= periods.end, (periods.end - begun) // periods.length, -1)
    cut = periods.end + (periods.lag - period) * periods.length
    seen = (period[case] >= 1) & (period[case] <= last) & (start <= cut[case])
    case, position, symbol, valued, start = (column[seen] for column in (case, position, symbol, valued, start))
    # A variant is the sum over its visits of a number for each pair of place and symbol, as good as without chance.
    variant = np.zeros(cases, dtype=np.uint64)
    np.add.at(variant, case, _scattered(position.astype(np.uint64), symbol.astype(np.uint64), np))
    value = np.full(cases, np.iinfo(np.int64).max)
    np.minimum.at(value, case[valued], start[valued])
    sides = [_side(period == number, variant, value, begun, np) for number in range(1, last + 1)]
    return tuple(_difference(now, before) for now, before in pairwise(sides))


@dataclass(frozen=True, slots=True)
class _Side:
    variants: dict[int, int]
    valued: int
    times: tuple[int, ...]


def _side(here: Any, variant: Any, value: Any, begun: Any, np: Any) -> _Side:
    numbers, counts = np.unique(variant[here], return_counts=True)
    reached = here & (value < np.iinfo(np.int64).max)
    times = np.sort(value[reached] - begun[reached])
    ranks = (
        tuple(int(times[-(-percent * len(times) // 100) - 1 if percent else 0]) for percent in range(101))
        if len(times) >= _FEWEST_TIMES
        else ()
    )
    return _Side(dict(zip(numbers.tolist(), counts.tolist(), strict=True)), len(times), ranks)


def _difference(now: _Side, before: _Side) -> Difference:
    n, m = sum(before.variants.values()), sum(now.variants.values())
    found = drift(before.variants, now.variants)
    return Difference(
        variants=None if found is None else found.effect,
        times=percentiles_differ(before.times, before.valued, now.times, now.valued)[0]
        if before.times and now.times
        else None,
        share=now.valued / m - before.valued / n if n and m else None,
    )


def _columns(visits: Path, np: Any) -> tuple[Any, Any, Any, Any, Any]:
    """Of each visit: the number of its case, its position, the number of its symbol, whether value is claimed or
    confirmed in it, and when it began (microseconds)."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(visits, columns=["case_id", "position", "activity", "step", "value", "start"])

    def numbered(name: str) -> Any:
        words = table[name].cast(pa.string()).combine_chunks().fill_null("").dictionary_encode()
        return words.indices.to_numpy(zero_copy_only=False).astype(np.int64), words.dictionary

    case, _ = numbered("case_id")
    symbol = np.zeros(table.num_rows, dtype=np.int64)
    for name in ("activity", "step", "value"):
        numbers, words = numbered(name)
        symbol = symbol * (len(words) + 1) + numbers
    valued = pc.is_in(table["value"].cast(pa.string()), value_set=pa.array(["claimed", "confirmed"]))
    position = table["position"].cast(pa.int64()).to_numpy()
    start = table["start"].cast(pa.int64()).to_numpy()
    return case, position, symbol, valued.to_numpy().astype(bool), start


def _scattered(position: Any, symbol: Any, np: Any) -> Any:
    """A number of 64 bits for each pair (the last steps are those of SplitMix64, Steele and others 2014)."""
    mixed = position * np.uint64(0x9E3779B97F4A7C15) + symbol * np.uint64(0xC2B2AE3D27D4EB4F) + np.uint64(1)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
