"""Alignments: ours, pm4py's and r4pm's, on all sets of variants, in one run.

    python benchmarks/alignments.py --log incidents.xes.gz=vinst_incident --log incidents.csv=servicenow_incident

Everybody gets the same distinct merged streams and the same language. Ours is everything from `Streams` (whose visits
are numbered) to `Conformance`: merging all variants, aligning, deviations, sentences and rates; of real exports also
the open streams. "Read" is that and every check read from it, each deviation of each variant an object; "first" is the
first run in a process, when the reference stream has to be compiled. r4pm is timed from its own projection of the log
to moves in Python, pm4py from its log. All figures are processor seconds, so that what else the machine does counts
little. Ours and r4pm's are medians, half of our runs before theirs and half after. Each way of pm4py stops after
`--seconds` for a set, and what it did until then is multiplied up. Every cost is compared. A difference ends with exit
code 1.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

from alignment_peers import EXACT, Outcome, by_pm4py, by_r4pm, load, timed
from alignment_sets import ENDLESS, LONG, Set, as_streams, invented, random_variants, real

from mining.conformance import Reference, automaton, check, columns, parse_reference, passages
from mining.core.streams import Streams

DEFAULT = "default"
TARGETS = {"pm4py, default": 200, "pm4py, fastest exact": 30, "r4pm": 5}


@dataclass(frozen=True)
class Row:
    """What a set took everybody. `fastest` is pm4py's faster exact way."""

    one: Set
    first: float
    ours: float
    read: float
    r4pm: Outcome
    pm4py: dict[str, Outcome]

    @property
    def fastest(self) -> Outcome:
        """The faster of pm4py's exact ways that gave the least costs."""
        exact = [self.pm4py[way] for way in EXACT if self.pm4py[way].equal]
        return min(exact, key=lambda outcome: (outcome.is_bound, outcome.seconds))

    @property
    def equal(self) -> bool:
        """Whether all costs that came in time are ours."""
        return self.r4pm.equal and all(outcome.equal for outcome in self.pm4py.values())


def run(one: Set, options: argparse.Namespace) -> Row:
    """Everybody on one set."""
    print(f"{one.title}: {one.shape}", file=sys.stderr, flush=True)
    work = partial(check, one.reference, one.streams)
    for kept in (automaton.compile_seen, columns.model_of_few, passages.passages_seen):
        kept.cache_clear()
    first = timed(work)[0]
    before = [timed(work)[0] for _ in range(options.runs)]
    theirs = by_r4pm(one, options.runs)
    ours = [*before, *(timed(work)[0] for _ in range(options.runs))]
    read = [timed(partial(_read, work))[0] for _ in range(options.runs)]
    return Row(
        one,
        first,
        statistics.median(ours),
        statistics.median(read),
        Outcome(
            statistics.median(outcome.seconds for outcome in theirs),
            len(one.words),
            len(one.words),
            all(outcome.equal for outcome in theirs),
        ),
        {way: by_pm4py(one, way, options.seconds) for way in (DEFAULT, *EXACT)},
    )


def _read(work: Callable[[], Any]) -> int:
    return sum(len(one.deviations) for one in work().checks)


# ------------------------------------------------------------------------------------------------------ the table


def table(rows: list[Row]) -> list[str]:
    """All that was measured, as a table in Markdown; the last row is of the whole run."""
    ways = (DEFAULT, *EXACT)
    head = ["", "merged", "first, ms", "ours, ms", "read, ms", "r4pm, ms", *(f"pm4py, {way}, s" for way in ways)]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for row in rows:
        cells = [
            row.one.title,
            f"{len(row.one.words):,}",
            *(f"{1000 * one:.1f}" for one in (row.first, row.ours, row.read)),
            f"{1000 * row.r4pm.seconds:.1f} ({_times(row.r4pm, row.ours)}, {_times(row.r4pm, row.read)})",
            *(_cell(row.pm4py[way], row.ours) for way in ways),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    first, ours, read = (sum(getattr(row, name) for row in rows) for name in ("first", "ours", "read"))
    r4pm = _sum([row.r4pm for row in rows])
    sums = [_sum([row.pm4py[way] for row in rows]) for way in ways]
    cells = [
        "the whole run",
        f"{sum(len(row.one.words) for row in rows):,}",
        *(f"{1000 * one:.1f}" for one in (first, ours, read)),
        f"{1000 * r4pm.seconds:.1f} ({_times(r4pm, ours)}, {_times(r4pm, read)})",
        *(_cell(one, ours) for one in sums),
    ]
    return [*lines, "| " + " | ".join(cells) + " |"]


def verdicts(rows: list[Row]) -> list[str]:
    """Of each set and of the whole run whether each target is met, as a table in Markdown."""
    head = ["", *(f"{way}: {target} times" for way, target in TARGETS.items())]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    whole = [_sum(of) for of in zip(*([*_against(row)] for row in rows), strict=True)]
    told = [(row.one.title, _against(row), row.ours) for row in rows]
    for title, against, ours in [*told, ("the whole run", whole, sum(row.ours for row in rows))]:
        met = [
            f"{_times(one, ours)}: {'met' if one.seconds / ours >= target else 'not met'}"
            for one, target in zip(against, TARGETS.values(), strict=True)
        ]
        lines.append("| " + " | ".join([title, *met]) + " |")
    return lines


def _against(row: Row) -> list[Outcome]:
    """Those that the targets are about, in their order."""
    return [row.pm4py[DEFAULT], row.fastest, row.r4pm]


def _sum(outcomes: list[Outcome]) -> Outcome:
    """All sets together: sums of seconds, multiplied up where they are."""
    return Outcome(
        sum(one.seconds for one in outcomes),
        sum(one.done for one in outcomes),
        sum(one.of for one in outcomes),
        all(one.equal for one in outcomes),
    )


def _cell(one: Outcome, ours: float) -> str:
    note = f", {one.done:,} done" if one.is_sample else ", none done" if one.is_bound else ""
    return f"{'> ' if one.is_bound else ''}{one.seconds:,.2f} ({_times(one, ours)}{note})"


def _times(one: Outcome, ours: float) -> str:
    ratio = one.seconds / ours
    return (
        f"{'> ' if one.is_bound else ''}{ratio:,.1f}" if ratio < 100 else f"{'> ' if one.is_bound else ''}{ratio:,.0f}"
    )


# --------------------------------------------------------------------------------------------------------- growth


def growth(runs: int) -> list[str]:
    """Processor time for a visit as streams grow, as a table in Markdown."""
    lines = ["| reference | streams | visits each | µs a visit |", "|---|---:|---:|---:|"]
    shapes = (
        ("repeated work", LONG, ((10, 200), (10, 800), (10, 3_200), (10, 12_800), (1, 50_000), (1, 100_000))),
        ("repeated work", LONG, ((800, 200), (3_200, 200))),
        ("two endless branches", ENDLESS, ((10, 200), (10, 800), (10, 3_200))),
    )
    for title, text, sizes in shapes:
        reference = parse_reference(text, "hard.yaml")
        for count, visits in sizes:
            streams = as_streams(random_variants(reference, count, visits, distinct=False))
            taken = statistics.median(_taken(reference, streams) for _ in range(runs))
            lines.append(f"| {title} | {count:,} | {visits:,} | {1e6 * taken / (count * visits):.2f} |")
    return lines


def _taken(reference: Reference, streams: Streams) -> float:
    return timed(partial(check, reference, streams))[0]


def main() -> int:
    """Every set, the table, whether targets are met, and how time grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", action="append", default=[], metavar="PATH=MAPPING", help="a real export; repeatable")
    parser.add_argument("--reference", default="incident", help="of the real exports")
    parser.add_argument("--incidents", type=int, default=25_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each way of pm4py and each set")
    parser.add_argument("--runs", type=int, default=5, help="of r4pm, and twice as many of ours")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(
        f"{platform.python_implementation()} {platform.python_version()}, pm4py {version('pm4py')}, "
        f"r4pm {version('r4pm')}, {os.cpu_count()} cores, {platform.machine()}\n"
    )
    load()
    sets = [*(real(told, options.reference) for told in options.log), *invented(options.incidents)]
    rows = []
    for one in sets:
        rows.append(run(one, options))
        print(table(rows)[-2], file=sys.stderr, flush=True)  # what there is, if somebody stops it
    print(*[f"- {row.one.title}: {row.one.shape}" for row in rows], "", *table(rows), "", *verdicts(rows), "", sep="\n")
    print(*growth(options.runs), sep="\n")
    equal = all(row.equal for row in rows)
    print("\nall costs that came in time are equal" if equal else "\nCOSTS DIFFER")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
