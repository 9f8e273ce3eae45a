"""Alignments and pairs as their definitions say them, one stream at a time and one after the other: slow, and written
apart from what they are to check."""

from __future__ import annotations

from itertools import product

from mining.conformance.automaton import Automaton

Move = tuple[str, str, int]
"""(kind, name, state): kind is "match", "unexpected" or "missing"; an unexpected one leads to state 0."""


def alignment(automaton: Automaton, stream: tuple[str, ...], *, prefix: bool) -> list[Move]:
    """Read from the end: an unexpected move if a cheapest alignment allows it, else a missing one, else a match; of
    several states the first."""
    before = automaton.before()
    costs = [list(automaton.distances())]
    for name in stream:
        row = [cost + 1 for cost in costs[-1]]
        for state, sources in enumerate(before):
            if state and automaton.names[state] == name:
                row[state] = min(row[state], *(costs[-1][source] for source in sources))
        for _ in row:
            for state, sources in enumerate(before):
                row[state] = min(row[state], *(row[source] + 1 for source in sources), row[state])
        costs.append(row)
    ends = [state for state, end in enumerate(automaton.accepting) if end or prefix]
    state, at = min(ends, key=lambda end: (costs[-1][end], end)), len(stream)
    moves: list[Move] = []
    while at or state:
        cost = costs[at][state]
        missing = [source for source in before[state] if costs[at][source] + 1 == cost]
        if at and costs[at - 1][state] + 1 == cost:
            at -= 1
            moves.append(("unexpected", stream[at], 0))
        elif missing:
            moves.append(("missing", automaton.names[state], state))
            state = missing[0]
        else:
            at -= 1
            moves.append(("match", stream[at], state))
            state = next(source for source in before[state] if costs[at][source] == cost)
    return moves[::-1]


def pairs(moves: list[Move], choices: list[tuple[tuple[int, int], ...]]) -> dict[int, tuple[str, int]]:
    """For each unexpected move that is paired: as what, and with which missing one. Out of order first, then wrong
    choices; the nearest first, then the leftmost."""
    unexpected, missing = ([i for i, move in enumerate(moves) if move[0] == kind] for kind in ("unexpected", "missing"))
    free, found = {*unexpected, *missing}, {}
    for u, m in nearest_first(
        [pair for pair in product(unexpected, missing) if moves[pair[0]][1] == moves[pair[1]][1]]
    ):
        if {u, m} <= free:
            free -= {u, m}
            found[u] = ("out of order", m)
    branch = branches_without_anything(moves, choices, free)
    place = [sum(kind == "match" for kind, *_ in moves[:i]) for i in range(len(moves))]
    taken: set[int] = set()
    for u, m in nearest_first([pair for pair in product(unexpected, branch) if place[pair[0]] == place[pair[1]]]):
        if u in free and branch[m] not in taken:
            free.remove(u)
            taken.add(branch[m])
            found[u] = ("wrong choice", m)
    return found


def nearest_first(possible: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(possible, key=lambda pair: (abs(pair[0] - pair[1]), min(pair), pair))


def branches_without_anything(
    moves: list[Move], choices: list[tuple[tuple[int, int], ...]], free: set[int]
) -> dict[int, int]:
    """The missing moves of branches of which nothing happened, each with where the branch begins."""
    path = [i for i, move in enumerate(moves) if move[0] != "unexpected"]
    found = {}
    for at, move in enumerate(path):
        branch = choices[moves[move][2]]
        if not branch or moves[move][0] != "missing":
            continue
        inside = [choices[moves[other][2]][: len(branch)] == branch for other in path]
        low, high = at, at
        while low and inside[low - 1]:
            low -= 1
        while high + 1 < len(path) and inside[high + 1]:
            high += 1
        if all(other in free and moves[other][0] == "missing" for other in path[low : high + 1]):
            found[move] = path[low]
    return found
