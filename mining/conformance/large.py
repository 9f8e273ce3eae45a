"""Streams against a reference stream that has too many states for our own alignments: pm4py aligns, within a time.

What it finds takes the same way from there: the same moves, deviations and rates. Only which of the cheapest alignments
it is follows no rule that reads as simply as that of `align` (docs/decisions/0043).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mining.conformance.align import MATCH, MISSING, UNEXPECTED, Alignments, Ints, Numbers, positions
from mining.conformance.fragments import Choices
from mining.conformance.net import Unfolded
from mining.conformance.pm4py_worker import Moves
from mining.conformance.view import Merged
from mining.conformance.waiting import Job, Patience, align_in_time
from mining.core.streams import Variant

_Move = tuple[int, int]
"""Kind of the move, and the part of the reference stream, 0 for none."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """What pm4py found, in the place of an automaton: `names` and `choices` are those of the parts. `moves` are by
    whether a stream may stop anywhere, and the stream."""

    names: tuple[str, ...]
    choices: tuple[Choices, ...]
    shortest: int
    moves: dict[Job, list[_Move]]

    def alignments(self, names: Sequence[str], tokens: Numbers, offsets: Ints, *, prefix: bool) -> Alignments:
        """As `align.align` returns them, for the streams `tokens[offsets[i]:offsets[i + 1]]`, all of which pm4py has
        aligned; tokens are indices into `names`."""
        number = {name: i for i, name in enumerate(names)}
        kinds, labels, states = [], [], []
        begins = np.zeros(len(offsets), dtype=np.int64)
        for i in range(len(offsets) - 1):
            stream = tokens[offsets[i] : offsets[i + 1]].tolist()
            moves = self.moves[Job(tuple(names[token] for token in stream), prefix)]
            begins[i + 1] = begins[i] + len(moves)
            read = iter(stream)
            for kind, part in moves:
                kinds.append(kind)
                states.append(0 if kind == UNEXPECTED else part)
                labels.append(number[self.names[part]] if kind == MISSING else next(read))
        of_moves = np.array(kinds, dtype=np.int8)
        costs = np.zeros(len(of_moves) + 1, dtype=np.int64)
        np.cumsum(of_moves != MATCH, out=costs[1:])
        return Alignments(
            begins,
            of_moves,
            np.array(labels, dtype=np.int32),
            positions(begins, of_moves),
            np.array(states, dtype=np.int32),
            np.diff(costs[begins]),
        )


@dataclass(frozen=True, slots=True)
class Left:
    """The variants that were aligned, of those to be checked in full and of the open ones; how many streams the others
    have, by reason; and what is to be said of it."""

    full: list[int]
    prefix: list[int]
    not_checked: dict[str, int]
    note: str


def align_large(
    nets: Unfolded,
    merged: Merged,
    variants: Sequence[Variant],
    *,
    full: list[int],
    prefix: list[int],
    patience: Patience,
) -> tuple[Aligned, Left]:
    """Align the variants `full` to the end and `prefix` to a beginning, those of most streams first, and all that are
    checked in full before the open ones; stop when the patience is over."""
    job_of = {i: _job(merged, i, prefix=False) for i in full} | {i: _job(merged, i, prefix=True) for i in prefix}
    streams: Counter[Job] = Counter()
    for i, job in job_of.items():
        streams[job] += variants[i].streams
    empty = Job((), prefix=False)  # what it lacks is the shortest way through
    jobs = [empty, *sorted(streams, key=lambda job: (job.prefix, -streams[job], job.stream))]
    known = {} if patience.known is None else patience.known.moves(nets, jobs)
    left = [job for job in jobs if job not in known]
    made = align_in_time(nets, left, patience) if left else {}
    if patience.known is not None:
        patience.known.remember(nets, {job: one for job, one in made.items() if not isinstance(one, str)})
    found: dict[Job, Moves | str] = {**known, **made}
    moves = {job: _in_gaps(nets, one) for job, one in found.items() if not isinstance(one, str)}
    shortest = sum(kind == MISSING for kind, _ in moves.get(empty, ()))
    not_checked: Counter[str] = Counter()
    for i, job in job_of.items():
        if isinstance(why := found[job], str):
            not_checked[why] += variants[i].streams
    kept = [[i for i in some if job_of[i] in moves] for some in (full, prefix)]
    earlier = f", {len(known) - (empty in known)} of them in earlier runs" if known else ""
    note = (
        "This reference stream has too many states for exact alignment of all streams at once, so pm4py aligned them "
        f"one by one: {len(moves) - (empty in moves)} of {len(jobs) - 1} different ones within {patience.seconds:g} "
        f"seconds{earlier}. Of several cheapest alignments it took one; which streams were reached in time may differ "
        "from run to run."
    )
    return Aligned(nets.names, nets.choices, shortest, moves), Left(kept[0], kept[1], dict(not_checked), note)


def _job(merged: Merged, at: int, *, prefix: bool) -> Job:
    tokens = merged.tokens[merged.offsets[at] : merged.offsets[at + 1]] >> 1
    return Job(tuple(merged.names[token] for token in tokens.tolist()), prefix)


def _in_gaps(nets: Unfolded, found: Moves) -> list[_Move]:
    """The moves with what is missing between two matches before what is unexpected there, as `align` has it: the two
    can always change places."""
    moves: list[_Move] = []
    unexpected = 0
    for reads, transition in found:
        part = nets.part[transition] if transition >= 0 else 0
        kind = UNEXPECTED if not part else MATCH if reads else MISSING
        if kind == UNEXPECTED:
            unexpected += 1
            continue
        if kind == MATCH:
            moves += [(UNEXPECTED, 0)] * unexpected
            unexpected = 0
        moves.append((kind, part))
    return moves + [(UNEXPECTED, 0)] * unexpected
