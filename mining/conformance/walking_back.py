"""From a state in which a stream stands after a name back to the one before that name: the moves on that way.

As in `columns` each such way is worked out once: it depends on the step and on the state. Which of several ways it is,
says `align`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mining.conformance.columns import Columns, Costs, Model, different
from mining.conformance.running import UNKNOWN, Ints

MATCH, UNEXPECTED, MISSING = 0, 1, 2

_ALL = 200_000
"""Ways that are worked out in advance, all at once: to ask for each whether it is known costs more."""


class Ways:
    """The ways that go back over the steps that occurred.

    A way is a step that occurred and the state after it, as one number. `taken` holds for each name the number of its
    step times the number of states: the state is to be added. `leads` holds the state before the name, `state` where a
    match leads to, 0 where the name is unexpected. After it may come some that are missing.
    """

    def __init__(self, model: Model, columns: Columns, steps: Ints) -> None:
        self._model = model
        occurs = np.zeros(len(columns.leads), dtype=bool)
        occurs[steps] = True
        occurred = np.flatnonzero(occurs)
        number = np.cumsum(occurs) - 1
        self.taken = number[steps] * model.states
        self._before = columns.costs[occurred // model.width]
        self._after = columns.costs[columns.leads[occurred] // model.width] + columns.rise[occurred, None].astype(
            np.int32
        )
        ways = len(occurred) * model.states
        self._begins = ways  # what is missing before a stream begins stands behind all others
        self.leads = np.full(ways, UNKNOWN, dtype=np.int64)
        self.state = np.zeros(ways, dtype=np.int32)
        self._chain_begin = np.zeros(ways + model.states, dtype=np.int64)
        self._chain_length = np.zeros(ways + model.states, dtype=np.int64)
        self._chain = np.zeros(0, dtype=np.int32)
        self._chained = 0
        self._learn_begins(columns.costs[:1])
        if ways <= _ALL:
            self.learn(np.arange(ways))

    def begin(self, states: Ints) -> Ints:
        """The way from the start of the automaton to each of `states`, before anything is read."""
        return states + self._begins

    def missing_after(self, ways: Ints) -> Ints:
        """How many moves of each way are missing ones."""
        found: Ints = self._chain_length[ways]
        return found

    def chains(self, ways: Ints) -> npt.NDArray[np.int32]:
        """The states that the missing ones lead to, way by way."""
        length = self._chain_length[ways]
        some = length > 0
        ways, length = ways[some], length[some]
        ends = np.cumsum(length)
        inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - length, length)
        found: npt.NDArray[np.int32] = self._chain[np.repeat(self._chain_begin[ways], length) + inside]
        return found

    def learn(self, ways: Ints) -> None:
        """Work out the ways that are not known yet."""
        fresh = different(ways[self.leads[ways] < 0])
        row, state = fresh // self._model.states, fresh % self._model.states
        here, parts = state.copy(), []
        going = np.arange(len(fresh))
        while going.size:
            cost = self._after[row[going], here[going]]
            unexpected = self._before[row[going], here[going]] + 1 == cost
            source = np.where(unexpected, UNKNOWN, self._source(self._after, row[going], here[going], cost - 1))
            missing = source >= 0
            found = going[~missing]
            self._read(fresh[found], row[found], here[found], unexpected[~missing])
            going = going[missing]
            parts.append((going, here[going]))
            here[going] = source[missing]
        self._keep_chains(fresh, parts)

    def _read(self, ways: Ints, row: Ints, here: Ints, unexpected: npt.NDArray[np.bool_]) -> None:
        """The move that reads the name, where the state after it is `here`."""
        matched = self._source(self._before, row, here, self._after[row, here])
        # A state in no cheapest alignment may have no way back at all. Nobody asks for it, so any will do.
        self.leads[ways] = np.where(unexpected, here, np.maximum(matched, 0))
        self.state[ways] = np.where(unexpected, 0, here)

    def _learn_begins(self, root: Costs) -> None:
        here = np.arange(self._model.states)
        going, parts = here[1:], []
        row = np.zeros(len(here), dtype=np.int64)
        while going.size:
            source = self._source(root, row[going], here[going], root[0, here[going]] - 1)
            going, source = going[source >= 0], source[source >= 0]
            parts.append((going, here[going]))
            here[going] = source
        self._keep_chains(self._begins + np.arange(self._model.states), parts)

    def _keep_chains(self, ways: Ints, parts: list[tuple[Ints, Ints]]) -> None:
        """Keep the missing moves of `ways`: each part holds one of each (index of the way, state), the last first."""
        length = np.zeros(len(ways), dtype=np.int64)
        for index, _ in parts:
            length[index] += 1
        begin = np.cumsum(length) - length
        states = np.empty(length.sum(), dtype=np.int32)
        left = length.copy()
        for index, of in parts:
            left[index] -= 1
            states[begin[index] + left[index]] = of
        self._chain_begin[ways], self._chain_length[ways] = begin + self._chained, length
        if self._chained + len(states) > len(self._chain):
            more = np.empty(len(self._chain) + len(states), dtype=np.int32)
            self._chain = np.concatenate([self._chain, more])
        self._chain[self._chained : self._chained + len(states)] = states
        self._chained += len(states)

    def _source(self, costs: Costs, row: Ints, state: Ints, wanted: Costs) -> Ints:
        """The first state before each `state` that has exactly the cost `wanted` in its row of `costs`, or UNKNOWN."""
        found = np.full(len(state), UNKNOWN, dtype=np.int64)
        going = np.arange(len(state))
        for column in range(self._model.before.shape[1]):
            source = self._model.before[state[going], column]
            some = source < self._model.states
            going, source = going[some], source[some]
            fits = costs[row[going], source] == wanted[going]
            found[going[fits]] = source[fits]
            going = going[~fits]
            if not going.size:
                break
        return found
