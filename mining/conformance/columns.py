"""What having read a beginning of a stream comes to, as a number: the states of a machine that is filled as it is used.

A column holds, for each state of a reference stream's automaton, the least cost of having read a beginning and standing
there, less the least of them. The next column depends on this one and on the name that is read, on nothing else; so it
is worked out once for each pair that occurs, and from then on reading a name is looking it up. The same was done for
edit distances before: W. J. Masek, M. S. Paterson, "A faster algorithm computing string edit distances" (1980);
K. U. Schulz, S. Mihov, "Fast string correction with Levenshtein automata" (2002).

**Why there are few of them.** The cost of a state that lies far behind would grow with every name. But where the
cheapest way on from state s can never make up for what state t is cheaper, s is in no cheapest alignment of any stream
that begins so, and it does not matter by how much it is dearer: its cost is put down to the least that is still too
much. `_never_ahead` says how much that is. Reference streams of many states do without.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mining.conformance.automaton import Automaton
from mining.conformance.running import UNKNOWN, Ints

Costs = npt.NDArray[np.int32]

_MANY = 64
"""States above which tables of states by states do not pay."""

_CELLS = 4_000_000
"""Numbers that a table may hold while columns are worked out."""

_FAR = 1 << 28
"""More than any two states differ by, and small enough that two of them can be added."""

_PATIENCE = 16
"""Rounds in which bounds may still rise before they are given up as endless."""


def model_of(automaton: Automaton, *, prefix: bool) -> Model:
    """The automaton as arrays, worked out once in a process where it has few states."""
    if len(automaton.names) > _MANY:
        return Model(automaton, prefix=prefix)
    return model_of_few(automaton, prefix)


class Model:
    """An automaton as arrays. Its names are the classes from 1 on; 0 stands for all that it does not know."""

    def __init__(self, automaton: Automaton, *, prefix: bool) -> None:
        before = automaton.before()
        self.states = len(automaton.names)
        self.distances = np.array(automaton.distances(), dtype=np.int32)
        self.ends = np.flatnonzero(np.ones(self.states, dtype=bool) if prefix else np.array(automaton.accepting))
        self.before = _table(before, fill=self.states)
        classes = {name: i for i, name in enumerate(dict.fromkeys(automaton.names[1:]), start=1)}
        self.width = len(classes) + 1
        self.class_of_state = np.array([UNKNOWN, *(classes[name] for name in automaton.names[1:])], dtype=np.int64)
        self._edges = [(source, state) for state, sources in enumerate(before) for source in sources]
        self._loops = any(source >= state for source, state in self._edges)
        self._steps = self._bounds = None
        tables = self.states * max(self.before.shape[1], self.states if self.states <= _MANY else 1)
        self.at_once = max(_CELLS // tables, 1)
        if self.states <= _MANY:
            self._steps = _steps_between(self.before)
            follow = _table(automaton.follow, fill=self.states)
            self._bounds = _never_ahead(self._steps, follow, self.ends) + 1

    def class_of(self, labels: npt.NDArray[np.int32], names: npt.NDArray[np.int32]) -> Ints:
        """The class of each of `names`; `labels` are the numbers that the names of the states have among them, any for
        the start."""
        classes = np.zeros(max(int(names.max(initial=0)), int(labels.max(initial=0))) + 1, dtype=np.int64)
        classes[labels[1:]] = self.class_of_state[1:]
        return classes[names]

    def root(self) -> Costs:
        """The column (in a row) of having read nothing."""
        return self._cut(self.distances[None, :])

    def read(self, columns: Costs, classes: Ints) -> tuple[Costs, Ints]:
        """The columns (one a row) after one more name each, and by how much the least cost has risen."""
        found = columns + 1
        padded = _with_nowhere(columns, _FAR)
        if self._steps is not None:
            matched = padded[:, self.before].min(axis=2)
            np.minimum(found, matched, out=found, where=classes[:, None] == self.class_of_state)
        else:
            for one in np.unique(classes).tolist():
                rows, states = np.flatnonzero(classes == one)[:, None], np.flatnonzero(self.class_of_state == one)
                matched = padded[rows[:, :, None], self.before[states]].min(axis=2)
                found[rows, states] = np.minimum(found[rows, states], matched)
        found = self._with_missing(found)
        least = found.min(axis=1)
        return self._cut(found - least[:, None]), least.astype(np.int64)

    def _with_missing(self, columns: Costs) -> Costs:
        """Let missing moves (1 each) spread along the edges until nothing gets cheaper."""
        if self._steps is not None:
            spread: Costs = (columns[:, :, None] + self._steps).min(axis=1)
            return spread
        costs = np.ascontiguousarray(columns.T)
        changed = True
        while changed:
            changed = False
            for source, state in self._edges:
                cheaper = costs[source] + 1
                if self._loops and not changed:
                    changed = bool((cheaper < costs[state]).any())
                np.minimum(costs[state], cheaper, out=costs[state])
        return np.ascontiguousarray(costs.T)

    def _cut(self, columns: Costs) -> Costs:
        if self._bounds is None:
            return columns
        cut: Costs = np.minimum(columns, (columns[:, :, None] + self._bounds).min(axis=1))
        return cut


@lru_cache(maxsize=32)
def model_of_few(automaton: Automaton, prefix: bool) -> Model:
    """`model_of` for an automaton of few states, kept."""
    return Model(automaton, prefix=prefix)


def _table(rows: tuple[tuple[int, ...], ...], *, fill: int) -> Ints:
    """Rows of different lengths as one table; `fill` stands where there is nothing."""
    table = np.full((len(rows), max(1, *map(len, rows))), fill, dtype=np.int64)
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    return table


def _with_nowhere(table: Costs, value: int) -> Costs:
    """One more column, for the state that stands for none."""
    wider = np.empty((len(table), table.shape[1] + 1), dtype=np.int32)
    wider[:, :-1], wider[:, -1] = table, value
    return wider


def _steps_between(before: Ints) -> Costs:
    """The fewest moves from each state (row) to each other."""
    steps = np.full((len(before), len(before)), _FAR, dtype=np.int32)
    np.fill_diagonal(steps, 0)
    while True:
        shorter = np.minimum(steps, _with_nowhere(steps, _FAR)[:, before].min(axis=2) + 1)
        if (shorter == steps).all():
            return steps
        steps = shorter


def _never_ahead(steps: Costs, follow: Ints, ends: Ints) -> Costs:
    """For states t (row) and s: a bound on how much dearer than from s the rest of a stream can be from t, whatever
    the rest is.

    Either t moves to s at once. Or it waits while s goes on, as it likes: what s matches is unexpected at t, and that
    costs t one move more each time; what s misses costs s one; and where the rest ends with s, t has to go to an end.
    The bound is the least solution of that, approached from below; what keeps rising has none.
    """
    to_end = steps[:, ends].min(axis=1, initial=_FAR)
    rest = np.full((len(steps), len(steps)), -_FAR, dtype=np.int32)
    rest[:, ends] = to_end[:, None]
    bounds = np.zeros_like(steps)
    rounds = 0
    while True:
        waits = _with_nowhere(bounds, -_FAR)[:, follow].max(axis=2) + 1
        higher = np.minimum(np.minimum(steps, np.maximum(rest, waits)), _FAR)
        higher = np.maximum(higher, bounds)
        rising = higher > bounds
        if not rising.any():
            return bounds
        bounds = np.where(rising & (rounds >= _PATIENCE), steps, higher).astype(np.int32)
        rounds += 1


def different(numbers: Ints) -> Ints:
    """Each of the numbers once, ascending."""
    ordered = np.sort(numbers)
    return ordered[np.append(ordered[:-1] != ordered[1:], True)] if len(ordered) else ordered


class Columns:
    """The columns that occurred, and what leads from which to which.

    A step is a column and the class that is read, as one number; `leads` holds where it leads (times the number of
    classes, so that adding the next class gives the next step), `rise` by how much the least cost rises.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        root = model.root()
        self.costs = np.empty((64, model.states), dtype=np.int32)
        self.costs[0] = root[0]
        self._numbers = {root[0].tobytes(): 0}
        self.leads = np.full(64 * model.width, UNKNOWN, dtype=np.int64)
        self.rise = np.zeros(64 * model.width, dtype=np.int64)

    def learn(self, steps: Ints) -> None:
        """Work out the steps that are not known yet."""
        fresh = different(steps[self.leads[steps] < 0])
        for low in range(0, len(fresh), self._model.at_once):
            self._learn(fresh[low : low + self._model.at_once])

    def _learn(self, fresh: Ints) -> None:
        found, self.rise[fresh] = self._model.read(self.costs[fresh // self._model.width], fresh % self._model.width)
        numbers = [self._numbers.setdefault(row.tobytes(), len(self._numbers)) for row in found]
        self._grow(len(self._numbers))
        self.costs[numbers] = found
        self.leads[fresh] = np.array(numbers, dtype=np.int64) * self._model.width

    def _grow(self, columns: int) -> None:
        size = len(self.costs)
        if columns <= size:
            return
        more = max(columns, 2 * size) - size
        self.costs = np.concatenate([self.costs, np.empty((more, self._model.states), dtype=np.int32)])
        unknown = np.full(more * self._model.width, UNKNOWN, dtype=np.int64)
        self.leads = np.concatenate([self.leads, unknown])
        self.rise = np.concatenate([self.rise, np.zeros_like(unknown)])
