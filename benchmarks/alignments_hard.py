"""Alignments that are hard for a search: streams of 200 and 800 visits, and five parts in any order.

    python benchmarks/alignments_hard.py [--seconds 60] [--runs 5] [--without-pm4py]

Ours, r4pm and pm4py's `dijkstra_less_memory` get the same merged streams and the same language, as in alignments.py.
Every cost is compared. Ours is timed from `Streams` to `Conformance`, deviations included; r4pm from its own projection
of the log to moves in Python. All figures are processor seconds, so that what else the machine does counts little;
those of ours and r4pm are medians (and the least) of as many runs, half of ours before and half after theirs. r4pm and
pm4py work in a process of their own and are stopped after `--seconds`; how far pm4py got is told, and the costs up to
there are compared.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from alignments import as_streams, best_of, merged_words, petri_net, pm4py_ways, r4pm_costs

from mining.conformance import check, parse_reference
from mining.conformance.align import align
from mining.conformance.automaton import Automaton, compile_stream
from mining.conformance.tree import Reference, names
from mining.conformance.view import SymbolTable, merge
from mining.core.activities import Activity, Value
from mining.core.events import Symbol
from mining.core.streams import Streams

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
        seconds, (cost,) = pm4py_costs(work, [word], clock=time.process_time)
        yield seconds, cost


def by_r4pm(automaton: Automaton, words: list[Word], runs: int) -> Iterator[tuple[float, list[int]]]:
    """Seconds for all words, and their costs, for each run."""
    for _ in range(runs):
        taken, costs = r4pm_costs(automaton, words, 1, clock=time.process_time)
        yield taken, costs


def timed(runs: int, work: Callable[[], Any]) -> tuple[list[float], Any]:
    """The processor seconds of each run, and what the last one found."""
    return [best_of(1, work, clock=time.process_time)[0] for _ in range(runs)], work()


def run(scenario: Scenario, options: argparse.Namespace) -> bool:
    """Everybody on one scenario; whether all costs that came in time are equal."""
    reference = parse_reference(scenario.reference, "hard.yaml")
    named = frozenset(names(reference.stream))
    chosen = variants(scenario, named)
    words = merged_words(chosen, named)
    automaton = compile_stream(reference.stream, lambda _: True)
    petri_net(automaton)
    streams = as_streams(chosen)
    work = partial(check, reference, streams)
    before, found = timed(options.runs, work)
    costs = [one.cost for one in found.checks]
    longest = max(map(len, words))
    print(f"\n{scenario.title}: {len(words):,} merged streams of up to {longest} names, {len(automaton.names)} states")
    by_r4pm_, done = in_time(by_r4pm, options.seconds, automaton, words, options.runs)
    ours = [*before, *timed(options.runs, work)[0]]
    equal = all(theirs == costs for _, theirs in by_r4pm_)
    print(f"{'ours, deviations included':34} {_median_and_least(ours)}")
    alone = timed(options.runs, partial(moves_alone, reference, streams))[0]
    print(f"{'ours, moves alone':34} {_median_and_least(alone)}")
    if done:
        theirs = [taken for taken, _ in by_r4pm_]
        of_all, of_moves = (statistics.median(theirs) / statistics.median(one) for one in (ours, alone))
        print(f"{'r4pm, moves alone':34} {_median_and_least(theirs)}   {of_all:.1f} and {of_moves:.1f} times ours")
    else:
        print(f"{'r4pm':34} not done within {options.seconds:.0f} s")
    if options.without_pm4py:
        return equal
    one_by_one, done = in_time(by_pm4py, options.seconds, automaton, words)
    spent = sum(taken for taken, _ in one_by_one)
    n = len(one_by_one)
    equal &= [cost for _, cost in one_by_one] == costs[:n]
    whole = spent * len(words) / n if n else float("nan")
    said = "every variant" if done else f"{n:,} of {len(words):,} within {options.seconds:.0f} s, multiplied up"
    ratio = whole / statistics.median(ours)
    print(f"{'pm4py, dijkstra_less_memory':34} {whole:10.3f} s {ratio:28.1f} times ours   {said}")
    return equal


def moves_alone(reference: Reference, streams: Streams) -> Any:
    """Ours up to the moves, which is what r4pm gives: streams merged, each distinct one aligned."""
    automaton = compile_stream(reference.stream, lambda _: True)
    merged = merge(SymbolTable.of_streams(streams), frozenset(names(reference.stream)))
    number = {name: i for i, name in enumerate(merged.names)}
    labels = np.array([-1, *(number[name] for name in automaton.names[1:])], dtype=np.int32)
    return align(automaton, labels, merged.tokens >> 1, merged.offsets, prefix=False)


def _median_and_least(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):10.3f} s (least {min(seconds):.3f})"


def main() -> int:
    """Every scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="after which r4pm and pm4py are stopped")
    parser.add_argument("--runs", type=int, default=5, help="of ours, twice, and of r4pm")
    parser.add_argument("--without-pm4py", action="store_true")
    options = parser.parse_args()
    outcomes = [run(scenario, options) for scenario in SCENARIOS]  # all of them, whatever comes of the first
    equal = all(outcomes)
    print("\nall costs that came in time are equal" if equal else "\nCOSTS DIFFER")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
