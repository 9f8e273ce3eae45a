"""Alignments that are hard for a search: streams of 200 and 800 visits, and five parts in any order.

    python benchmarks/alignments_hard.py [--seconds 60]

Ours, r4pm and pm4py's `dijkstra_less_memory` get the same merged streams and the same language, as in alignments.py.
Every cost is compared. r4pm and pm4py work in a process of their own and are stopped after `--seconds`; how far pm4py
got is told, and the costs up to there are compared.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from alignments import as_streams, best_of, merged_words, petri_net, pm4py_ways, r4pm_costs

from mining.conformance import check, parse_reference
from mining.conformance.automaton import Automaton, compile_stream
from mining.conformance.tree import names
from mining.core.activities import Activity, Value
from mining.core.events import Symbol

Word = tuple[str, ...]
HEAD = "name: Hard\ndemand: a need\nscope: run\nstream: "
LONG = (
    HEAD + "[engage, {repeat: [deliver_and_support, {optional: [engage: ask]}]}, value, {optional: [engage: survey]}]"
)
ANY_ORDER = HEAD + (
    "[engage, {in_any_order: [plan, improve, obtain_build, [design_and_transition, {engage: ask}], "
    "deliver_and_support]}, value]"
)


@dataclass(frozen=True)
class Scenario:
    """A reference stream and variants that are made for it."""

    title: str
    reference: str
    count: int
    visits: int


SCENARIOS = (
    Scenario("200 visits", LONG, 200, 200),
    Scenario("800 visits", LONG, 50, 800),
    Scenario("five parts in any order", ANY_ORDER, 2_000, 8),
)


def variants(scenario: Scenario, named: frozenset[str]) -> list[tuple[Symbol, ...]]:
    """Variants of so many visits, all different once they are merged; a tenth of the visits is not expected."""
    choose = random.Random(20261126)  # noqa: S311
    known = sorted(name for name in named if name != "value")
    visit = {name: _visit(name) for name in known}  # as in any analysis, the same visit is the same object
    foreign = Symbol(Activity.PLAN, "again")
    made: dict[Word, tuple[Symbol, ...]] = {}
    while len(made) < scenario.count:
        visits = [visit[choose.choice(known)] for _ in range(scenario.visits)]
        visits = [foreign if choose.random() < 0.1 else one for one in visits]
        visits[-1] = Symbol(visits[-1].activity, visits[-1].step, Value.CLAIMED)
        (word,) = merged_words([tuple(visits)], named)
        made.setdefault(word, tuple(visits))
    return list(made.values())


def _visit(name: str) -> Symbol:
    activity, _, step = name.partition(":")
    return Symbol(Activity(activity), step or None)


def in_time(work: Callable[..., Iterator[Any]], seconds: float, *given: Any) -> tuple[list[Any], bool]:
    """What `work` yields in a process of its own until it is done or the time is over; and whether it was done."""
    told: Any = multiprocessing.Queue()
    process = multiprocessing.Process(target=_tell, args=(told, work, given), daemon=True)
    process.start()
    found: list[Any] = []
    done = False
    try:
        while not done:
            kind, value = told.get(timeout=seconds if not found else max(seconds - sum(v[0] for v in found), 0.1))
            done = kind == "done"
            if kind == "one":
                found.append(value)
    except queue.Empty:
        pass
    process.terminate()
    process.join()
    return found, done


def _tell(told: Any, work: Callable[..., Iterator[Any]], given: tuple[Any, ...]) -> None:
    warnings.simplefilter("ignore")
    for one in work(*given):
        told.put(("one", one))
    told.put(("done", None))


def by_pm4py(automaton: Automaton, words: list[Word]) -> Iterator[tuple[float, int]]:
    """Seconds and cost of each word."""
    from alignments import pm4py_costs

    work = pm4py_ways(automaton)["pm4py, dijkstra_less_memory"]
    for word in words:
        seconds, (cost,) = pm4py_costs(work, [word])
        yield seconds, cost


def by_r4pm(automaton: Automaton, words: list[Word]) -> Iterator[tuple[float, list[int]]]:
    """Seconds for all words, and their costs."""
    yield r4pm_costs(automaton, words, 1)


def run(scenario: Scenario, seconds: float) -> bool:
    """Everybody on one scenario; whether all costs that came in time are equal."""
    reference = parse_reference(scenario.reference, "hard.yaml")
    named = frozenset(names(reference.stream))
    chosen = variants(scenario, named)
    words = merged_words(chosen, named)
    automaton = compile_stream(reference.stream, lambda _: True)
    petri_net(automaton)
    ours, found = best_of(3, lambda: check(reference, as_streams(chosen)))
    costs = [one.cost for one in found.checks]
    longest = max(map(len, words))
    print(f"\n{scenario.title}: {len(words):,} merged streams of up to {longest} names, {len(automaton.names)} states")
    print(f"{'ours, deviations included':34} {ours:10.3f} s")
    equal = True
    found_r4pm, done = in_time(by_r4pm, seconds, automaton, words)
    if done:
        taken, theirs = found_r4pm[0]
        equal &= theirs == costs
        print(f"{'r4pm':34} {taken:10.3f} s {taken / ours:9.1f} times ours")
    else:
        print(f"{'r4pm':34} not done within {seconds:.0f} s")
    theirs_one_by_one, done = in_time(by_pm4py, seconds, automaton, words)
    spent = sum(taken for taken, _ in theirs_one_by_one)
    n = len(theirs_one_by_one)
    equal &= [cost for _, cost in theirs_one_by_one] == costs[:n]
    whole = spent * len(words) / n if n else float("nan")
    said = "every variant" if done else f"{n:,} of {len(words):,} within {seconds:.0f} s, multiplied up"
    print(f"{'pm4py, dijkstra_less_memory':34} {whole:10.3f} s {whole / ours:9.1f} times ours   {said}")
    return equal


def main() -> int:
    """Every scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="after which r4pm and pm4py are stopped")
    options = parser.parse_args()
    outcomes = [run(scenario, options.seconds) for scenario in SCENARIOS]  # all of them, whatever comes of the first
    equal = all(outcomes)
    print("\nall costs that came in time are equal" if equal else "\nCOSTS DIFFER")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
