"""Alignments that earlier runs found: a merged stream lies against a reference stream as it always did."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.conformance.align import Alignments, Ints, Numbers, positions
from mining.conformance.automaton import Automaton
from mining.conformance.net import Unfolded
from mining.core.cache import Cache, Entry, digest_of, program

if TYPE_CHECKING:
    from mining.conformance.pm4py_worker import Moves
    from mining.conformance.waiting import Job

KIND = "aligned"

_MOST = 400_000
"""Streams that are kept; with more of them only those of the last run."""

Align = Callable[[Numbers, Ints], Alignments]


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache knows of alignments, and takes in."""

    cache: Cache

    def align(
        self,
        automaton: Automaton,
        names: tuple[str, ...],
        tokens: Numbers,
        offsets: Ints,
        align: Align,
        *,
        prefix: bool,
    ) -> Alignments:
        """What `align` makes of the streams `tokens[offsets[i]:offsets[i + 1]]`, which is only asked for those that are
        not known. `tokens` are numbers of `names`."""
        model = (automaton.names, automaton.follow, automaton.accepting, automaton.choices)
        family = digest_of(program(), "own", model, prefix)
        entry = self.cache.find(KIND, family, family)
        before = None if entry is None else self._read(entry, names)
        streams = _streams(tokens, offsets)
        place = {} if before is None else {stream: i for i, stream in enumerate(before.streams)}
        at = np.array([place.get(stream, -1) for stream in streams], dtype=np.int64)
        new = np.flatnonzero(at < 0)
        self.cache.used["alignments known"] += len(at) - len(new)
        self.cache.used["alignments made"] += len(new)
        if before is None or len(new) == len(at):
            found = align(tokens, offsets)
            self._write(family, names, streams, found)
            return found
        if not new.size:
            return _rows(before.alignments, at)
        made = align(*_some(tokens, offsets, new))
        at[new] = len(before.streams) + np.arange(len(new))
        both = _joined(before.alignments, made)
        if len(both.cost) > _MOST:
            self._write(family, names, streams, _rows(both, at))
        else:
            self._write(family, names, [*before.streams, *(streams[i] for i in new)], both)
        return _rows(both, at)

    def _read(self, entry: Entry, names: tuple[str, ...]) -> _Before | None:
        """What an entry knows of streams that can be told in `names`."""
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(entry.files[0])
        except (OSError, ValueError) as error:
            self.cache.damaged(entry.path, str(error)[:100])
            return None
        number = {name: i for i, name in enumerate(names)}
        now = np.array([number.get(name, -1) for name in entry.told["names"]], dtype=np.int32)
        tokens, starts = _list(table, "stream", np.int32)
        kinds, begins = _list(table, "kind", np.int8)
        alignments = Alignments(
            begins,
            kinds,
            now[_list(table, "name", np.int32)[0]],
            positions(begins, kinds),
            _list(table, "state", np.int32)[0],
            table["cost"].to_numpy().astype(np.int64),
        )
        told = now[tokens]
        unknown = np.zeros(len(told) + 1, dtype=np.int64)
        np.cumsum(told < 0, out=unknown[1:])
        usable = np.flatnonzero(unknown[starts[1:]] == unknown[starts[:-1]])
        if len(usable) < len(starts) - 1:
            told, starts = _some(told, starts, usable)
            alignments = _rows(alignments, usable)
        return _Before(_streams(told, starts), alignments)

    def _write(self, family: str, names: tuple[str, ...], streams: list[bytes], found: Alignments) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        tokens = np.frombuffer(b"".join(streams), dtype=np.int32)
        starts = np.zeros(len(streams) + 1, dtype=np.int32)
        np.cumsum([len(stream) // 4 for stream in streams], out=starts[1:])
        begins = found.offsets.astype(np.int32)
        table = pa.table(
            {
                "stream": pa.ListArray.from_arrays(starts, tokens),
                "kind": pa.ListArray.from_arrays(begins, found.kind),
                "name": pa.ListArray.from_arrays(begins, found.name),
                "state": pa.ListArray.from_arrays(begins, found.state),
                "cost": found.cost,
            }
        )

        def write(path: Path) -> None:
            pq.write_table(table, path, compression="zstd", compression_level=1)

        self.cache.put(KIND, family, family, {"names": list(names)}, write=write)

    # ------------------------------------------------------------------------------------- what pm4py took its time for

    def moves(self, nets: Unfolded, jobs: Sequence[Job]) -> dict[Job, Moves]:
        """The moves of those jobs that earlier runs had done."""
        entry = self.cache.find(KIND, family := _of_nets(nets), family)
        kept: Mapping[str, Any] = {} if entry is None else entry.told["moves"]
        found = {job: [(bool(reads), at) for reads, at in kept[_job(job)]] for job in jobs if _job(job) in kept}
        self.cache.used["alignments known"] += len(found)
        return found

    def remember(self, nets: Unfolded, made: Mapping[Job, Moves]) -> None:
        """Take in what was done in this run."""
        self.cache.used["alignments made"] += len(made)
        if not made:
            return
        entry = self.cache.find(KIND, family := _of_nets(nets), family)
        kept = {} if entry is None else entry.told["moves"]
        self.cache.put(KIND, family, family, {"moves": kept | {_job(job): moves for job, moves in made.items()}})


@dataclass(frozen=True, slots=True)
class _Before:
    streams: list[bytes]
    alignments: Alignments


def _of_nets(nets: Unfolded) -> str:
    return digest_of(program(), "pm4py", nets)


def _job(job: Job) -> str:
    return json.dumps([job.prefix, *job.stream])


def _streams(tokens: Numbers, offsets: Ints) -> list[bytes]:
    """Each stream as bytes, four for a token."""
    whole = tokens.astype(np.int32).tobytes()
    ends = (4 * offsets).tolist()
    return [whole[begin:end] for begin, end in pairwise(ends)]


def _list(table: Any, name: str, kind: type[np.generic]) -> tuple[Any, Ints]:
    """The elements of a column of lists, one after the other, and where each list begins."""
    column = table[name].combine_chunks()
    return column.flatten().to_numpy(zero_copy_only=False).astype(kind), _from_zero(column.offsets.to_numpy())


def _from_zero(offsets: Any) -> Ints:
    found: Ints = offsets.astype(np.int64)
    return found - found[0] if len(found) else np.zeros(1, dtype=np.int64)


def _elements(offsets: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Where the elements of some lists are, list by list, and where each list begins then."""
    lengths = np.diff(offsets)[rows]
    begins = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(lengths, out=begins[1:])
    return np.repeat(offsets[rows] - begins[:-1], lengths) + np.arange(begins[-1]), begins


def _some(tokens: Numbers, offsets: Ints, rows: Ints) -> tuple[Numbers, Ints]:
    at, begins = _elements(offsets, rows)
    return tokens[at], begins


def _rows(found: Alignments, rows: Ints) -> Alignments:
    at, begins = _elements(found.offsets, rows)
    moves = (found.kind[at], found.name[at], found.position[at], found.state[at])
    return Alignments(begins, *moves, found.cost[rows])


def _joined(one: Alignments, other: Alignments) -> Alignments:
    return Alignments(
        np.concatenate([one.offsets, one.offsets[-1] + other.offsets[1:]]),
        *(
            np.concatenate([getattr(one, name), getattr(other, name)])
            for name in ("kind", "name", "position", "state", "cost")
        ),
    )
