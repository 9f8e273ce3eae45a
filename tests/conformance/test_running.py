"""Streams that are cut into pieces come to what they come to as a whole, whatever the machine is like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.conformance import running
from mining.conformance.running import UNKNOWN, Course, Ints


@dataclass
class Table:
    """Where each step leads; known only once it was asked for."""

    whole: Ints
    asked: int = 0

    def __post_init__(self) -> None:
        self.leads = np.full(len(self.whole), UNKNOWN, dtype=np.int64)

    def learn(self, steps: Ints) -> None:
        self.asked += 1
        self.leads[steps] = self.whole[steps]


def one_by_one(table: Ints, keys: list[int], now: int, *, back: bool) -> tuple[list[int], int]:
    steps = []
    for key in reversed(keys) if back else keys:
        steps.append(key + now)
        now = int(table[steps[-1]])
    return (steps[::-1] if back else steps), now


def is_run(table: Ints, streams: list[list[int]], begin: list[int], *, back: bool) -> None:
    keys = np.array([3 * key for keys in streams for key in keys], dtype=np.int64)
    offsets = np.cumsum([0, *map(len, streams)])
    steps, ends = Course(offsets).run(Table(table), keys, np.array(begin), 0, back=back)
    expected = [
        one_by_one(table, [3 * key for key in keys], now, back=back) for keys, now in zip(streams, begin, strict=True)
    ]
    assert steps.tolist() == [step for of_stream, _ in expected for step in of_stream]
    assert ends.tolist() == [now for _, now in expected]


a_key = st.integers(0, 3)
anything = st.lists(st.integers(0, 2), min_size=12, max_size=12)
forgetful = st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=12, max_size=12)
"""Where each of four keys leads from each of three states: such machines soon come to the same."""


@given(
    st.one_of(anything, forgetful),
    st.lists(st.tuples(st.lists(a_key, max_size=40), st.integers(0, 2)), min_size=1, max_size=4),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_pieces_come_to_what_the_whole_comes_to(table, streams, back) -> None:  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("PIECE", 4), ("_LONG", 5), ("_BEFORE", 3), ("_SHORTER", 2)):
            patch.setattr(running, name, value)
        is_run(np.array(table), [keys for keys, _ in streams], [begin for _, begin in streams], back=back)


def test_a_machine_that_forgets_nothing_is_not_cut() -> None:
    """Each name turns it on, so that every guess is wrong but by chance."""
    turns = np.array([(key + state) % 3 for key in range(4) for state in range(3)])
    keys = np.random.default_rng(1).integers(0, 4, 3_000).tolist()
    is_run(turns, [keys, keys[5:]], [0, 1], back=False)
    is_run(turns, [keys, keys[5:]], [2, 1], back=True)


def test_a_long_stream_takes_few_levels() -> None:
    """Of one stream of 64,000 names a thousand pieces run side by side."""
    levels = []
    whole = running._Levels.run

    def counted(self: running._Levels, *given, **named):  # type: ignore[no-untyped-def]
        levels.append(len(self._levels))
        return whole(self, *given, **named)

    table = np.array([0, 0, 1, 1, 1, 2, 2, 0, 2, 0, 1, 2])
    keys = np.random.default_rng(2).integers(0, 4, 64_000).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running._Levels, "run", counted)
        is_run(table, [keys], [0], back=False)
    assert sum(levels) < 500
