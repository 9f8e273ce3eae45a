"""Alignments of the variants of a real export: ours, pm4py's and r4pm's, in one run.

    python benchmarks/alignments_real.py EXPORT --mapping NAME [--reference incident] [--runs 5]

The export is read and mapped as `vsm analyse` does. Everybody then gets the same distinct merged streams, of those that
are checked in full, and the same language, as in alignments.py. Ours is everything from `Streams` to `Conformance`: all
variants merged, open ones aligned to a prefix too, deviations, sentences and rates. Figures are processor seconds:
medians of as many runs of ours and of r4pm, and one of each way of pm4py. Every cost is compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from functools import partial

from alignments import best_of, pm4py_costs, pm4py_ways, r4pm_costs

import mining
from mining.conformance import check, load_reference
from mining.conformance.automaton import compile_stream
from mining.conformance.tree import names
from mining.conformance.view import producible
from mining.core.activities import State

CLOCK = time.process_time


def main() -> int:
    """Run everybody, compare costs, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export")
    parser.add_argument("--mapping", required=True)
    parser.add_argument("--reference", default="incident")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    streams = mining.analyse(options.export, mapping=options.mapping).analysis.streams
    reference = load_reference(options.reference)
    ours = [best_of(1, partial(check, reference, streams), CLOCK) for _ in range(options.runs)]
    open_ = {variant.id for variant in streams.variants if variant.state is State.OPEN}
    costs = {one.merged: one.cost for one in ours[-1][1].checks if one.variant not in open_}
    words = sorted(costs)
    expected = [costs[word] for word in words]
    shown = producible((label.symbol for label in streams.labels), frozenset(names(reference.stream)))
    automaton = compile_stream(reference.stream, shown.__contains__)
    print(
        f"{len(streams.variants):,} variants, {len(words):,} distinct merged streams of up to {max(map(len, words))} "
        f"names that are checked in full, {len(automaton.names)} states"
    )
    taken = {"ours, deviations included": statistics.median(seconds for seconds, _ in ours)}
    equal = True
    theirs = [r4pm_costs(automaton, words, 1, CLOCK) for _ in range(options.runs)]
    taken["r4pm"] = statistics.median(seconds for seconds, _ in theirs)
    equal &= all(found == expected for _, found in theirs)
    for way, work in pm4py_ways(automaton).items():
        taken[way], found = pm4py_costs(work, words, CLOCK)
        differ = sum(one != other for one, other in zip(found, expected, strict=True))
        if differ:
            print(f"{way}: {differ:,} of {len(words):,} costs differ")
        equal &= not differ
    for way, seconds in taken.items():
        print(f"{way:34} {seconds:10.4f} s {seconds / taken['ours, deviations included']:10.1f} times ours")
    print("all costs are equal" if equal else "COSTS DIFFER")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
