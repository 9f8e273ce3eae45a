"""Which tickets belong to which case: following links onwards, or taking all that hangs together. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.core.spans import Bools, Ints

_MOST_AT_ONCE = 10_000_000
"""Pairs of a case and a ticket that are looked at in one step: a bound on memory, whatever the links are like."""


@dataclass(frozen=True, slots=True)
class Members:
    """The tickets of the cases, as arrays of one length, sorted by case and ticket: a case is called by the number of
    the ticket at which it begins, and that ticket is one of its members. `cut` are cases with more tickets than are
    allowed, and how many of them were left out of each (of `follow` at least that many)."""

    case: Ints
    ticket: Ints
    cut: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Onwards:
    """Where links lead: the tickets that `t` leads to are `target[begin[t] : begin[t] + full[t]]`, those that began
    earliest first. Of them `degree[t]` are looked at: more could not belong to one case."""

    begin: Ints
    full: Ints
    degree: Ints
    target: Ints
    at_most: int

    @classmethod
    def of(cls, source: Ints, target: Ints, tickets: int, at_most: int) -> _Onwards:
        order = np.lexsort((target, source))
        begin = np.searchsorted(source[order], np.arange(tickets))
        full = np.searchsorted(source[order], np.arange(tickets), side="right") - begin
        return cls(begin, full, np.minimum(full, at_most), target[order], at_most)

    def reached(self, case: Ints, ticket: Ints) -> Ints:
        """What is reached in one step, each pair of a case and a ticket as one number, each once, in order."""
        degree = self.degree[ticket]
        within = np.arange(degree.sum()) - np.repeat(np.cumsum(degree) - degree, degree)
        there = self.target[np.repeat(self.begin[ticket], degree) + within]
        pairs: Ints = np.unique(np.repeat(case, degree) * len(self.begin) + there)
        return pairs


def follow(roots: Ints, source: Ints, target: Ints, tickets: int, at_most: int) -> Members:
    """From each of `roots` along the links from `source` to `target`, the nearest tickets first, those that began
    earliest first among equally near ones, until a case has `at_most`."""
    onwards = _Onwards.of(source, target, tickets, at_most)
    cut: dict[int, int] = {}
    parts = _follow(np.sort(roots), onwards, cut)
    pairs = np.sort(np.concatenate(parts)) if parts else roots
    return Members(pairs // max(tickets, 1), pairs % max(tickets, 1), tuple(sorted(cut.items())))


def _follow(roots: Ints, onwards: _Onwards, cut: dict[int, int]) -> list[Ints]:
    """The members of the cases of some roots, as pairs; halved where they would take too much room at once."""
    tickets = len(onwards.begin)
    found: dict[int, int] = {}
    case, ticket = roots, roots  # what was reached in the last step
    seen = roots * tickets + roots
    while len(case):
        if onwards.degree[ticket].sum() > _MOST_AT_ONCE and len(roots) > 1:
            half = len(roots) // 2
            return [part for each in (roots[:half], roots[half:]) for part in _follow(each, onwards, cut)]
        pairs = onwards.reached(case, ticket)
        pairs = pairs[~_is_in(pairs, seen)]
        pairs = _capped(pairs, seen, tickets, onwards.at_most, found)
        seen = np.insert(seen, np.searchsorted(seen, pairs), pairs)  # both are in order: far faster than to sort them
        case, ticket = pairs // tickets, pairs % tickets
    hubs = seen[onwards.full[seen % tickets] >= onwards.at_most] if len(seen) else seen
    for case_, ticket_ in zip((hubs // tickets).tolist(), (hubs % tickets).tolist(), strict=True):
        found[case_] = max(found.get(case_, 0), int(onwards.full[ticket_]) + 1 - onwards.at_most)
    cut |= found
    return [seen]


def _capped(pairs: Ints, seen: Ints, tickets: int, at_most: int, cut: dict[int, int]) -> Ints:
    """Those of the new pairs that their cases have room for; what is left out is counted in `cut`."""
    cases, first, count = np.unique(pairs // tickets, return_index=True, return_counts=True)
    held = np.searchsorted(seen, (cases + 1) * tickets) - np.searchsorted(seen, cases * tickets)
    room = np.maximum(at_most - held, 0)
    for case, left in zip(cases[count > room].tolist(), (count - room)[count > room].tolist(), strict=True):
        cut[case] = max(cut.get(case, 0), left)  # the same ones may be left out in several steps
    rank = np.arange(len(pairs)) - np.repeat(first, count)
    return pairs[rank < np.repeat(room, count)]


def _is_in(values: Ints, among: Ints) -> Bools:
    """Whether each of `values` is one of the sorted `among`."""
    if not len(among):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(among, values), len(among) - 1)
    found: Bools = among[at] == values
    return found


def beginnings(source: Ints, target: Ints, tickets: int) -> Ints:
    """The tickets to which no link leads; of those that lead to each other in a circle, to which none leads from
    outside, the one that began first."""
    circle = _components(source, target, tickets, strong=True)
    led_to = np.zeros(tickets, dtype=bool)
    led_to[circle[target[circle[source] != circle[target]]]] = True
    circles, earliest = np.unique(circle, return_index=True)
    found: Ints = np.sort(earliest[~led_to[circles]])
    return found


def in_circles(source: Ints, target: Ints, tickets: int) -> Bools:
    """Which tickets have links that lead back to them."""
    circle = _components(source, target, tickets, strong=True)
    found: Bools = np.bincount(circle, minlength=1)[circle] > 1
    return found


def connected(source: Ints, target: Ints, known: Bools, at_most: int) -> Members:
    """All that hangs together, over tickets that are in no export as well; those are no members. Of what has more than
    `at_most` members each is a case of its own."""
    group = _components(source, target, len(known), strong=False)
    ticket = np.flatnonzero(known)
    groups, first, index, count = np.unique(group[ticket], return_index=True, return_inverse=True, return_counts=True)
    whole = count <= at_most
    case = np.where(whole[index], ticket[first][index], ticket)
    order = np.lexsort((ticket, case))
    cut = tuple((int(ticket[first[i]]), int(count[i])) for i in np.flatnonzero(~whole))
    return Members(case[order], ticket[order], cut if len(groups) else ())


def _components(source: Ints, target: Ints, tickets: int, *, strong: bool) -> Ints:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(source), dtype=bool), (source, target)), shape=(tickets, tickets))
    kind = "strong" if strong else "weak"
    found: Ints = connected_components(links, directed=True, connection=kind)[1].astype(np.int64)
    return found
