"""The way of an export through this room: files, unpacked, opened, checked, loaded, looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pyarrow as pa

from mining.core.errors import Fault, InputError, Problem, RequestError
from mining.core.events import EventTable, InputFile, RejectedRow
from mining.core.export import ExportSpec, Shape, columns_in
from mining.core.progress import Progress
from mining.engine.trouble import UncleanCsvError
from mining.sources import ends, rejects, tickets
from mining.sources.files import files_of
from mining.sources.formats import format_of
from mining.sources.marks import UNREADABLE
from mining.sources.opened import Opened, Visit, damaged
from mining.sources.put_clocks import Clocks, clock_notes, count_clocks
from mining.sources.rows import Cells, Plan, bad_rows, good_rows, touched_rows
from mining.sources.text import Examined, examine, label
from mining.sources.time_check import check_times
from mining.sources.time_memory import Again, TimeMemory
from mining.sources.unpack import unpacked

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

_WAYS = 3  # as it seems, in another encoding, row by row


class _NotWhole(Exception):
    """An `order_by` column that seemed to hold whole numbers does not."""

    def __init__(self, order: int) -> None:
        super().__init__(order)
        self.order = order


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same for all files."""

    engine: Engine
    plan: Plan
    progress: Progress
    examiner: ThreadPoolExecutor
    stop: Event
    times: TimeMemory

    def examine(self, path: Path, *, as_utf8: bool) -> Future[Examined]:
        """Begin to examine a file beside everything else."""
        return self.examiner.submit(examine, path, self.stop, as_utf8=as_utf8)


@dataclass
class _Loading:
    """What gathers while the files are loaded."""

    kept: ir.Table
    rows_read: int = 0
    rows_rejected: int = 0
    rows_touched: int = 0  # something of them was set aside
    further_rejected: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    files: list[InputFile] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    clocks: Clocks = field(default_factory=Counter)
    formats: dict[tuple[str | None, str | None], None] = field(default_factory=dict)
    relations: list[pa.Table] = field(default_factory=list)
    in_engine: int = 0
    bad_in_engine: int = 0


def read_exports(
    engine: Engine, exports: Sequence[str | Path], spec: ExportSpec, *, max_rejected: float, progress: Progress
) -> EventTable:
    """See `mining.sources.read`."""
    files = files_of(exports)
    texts: frozenset[int] = frozenset()
    times = TimeMemory()
    while True:
        try:
            return _read(engine, files, Plan(spec, texts), times, max_rejected=max_rejected, progress=progress)
        except Again:  # what an earlier file left open, a later one told
            continue
        except _NotWhole as found:  # order_by columns are whole numbers in all files, or text in all
            texts |= {found.order}


def _read(
    engine: Engine,
    files: Sequence[Path],
    plan: Plan,
    times: TimeMemory,
    *,
    max_rejected: float,
    progress: Progress,
) -> EventTable:
    loading = _Loading(engine.begin(plan.schema, "events"))
    stop = Event()
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="examine") as examiner:
            try:
                for file in files:
                    progress(f"reading {file.name}", None)
                    run = _Run(engine, plan, progress, examiner, stop, times)
                    _load_source(run, file, loading, last=file == files[-1])
            finally:
                stop.set()
        times.conclude()
        rejected, touched, rows_read = loading.rejected, loading.rows_touched, loading.rows_read
        rejects.refuse_too_many(rejected, plan.spec.shape, touched, rows_read, max_rejected)
    except BaseException:
        engine.drop(loading.kept)
        raise
    rows = good_rows(engine, loading.kept, plan.spec, any_bad=loading.bad_in_engine > 0)
    return EventTable(
        table=engine.dress(loading.kept, rows, "events"),
        rows_read=loading.rows_read,
        rows_rejected=loading.rows_rejected,
        rejected=tuple(loading.rejected),
        files=tuple(loading.files),
        columns=tuple(loading.columns),
        notes=(*loading.notes, *clock_notes(loading.clocks)),
        formats=tuple(loading.formats),
        further_rejected=loading.further_rejected,
        relations=engine.put(pa.concat_tables(loading.relations), "relations") if loading.relations else None,
    )


def _load_source(run: _Run, source: Path, loading: _Loading, *, last: bool) -> None:
    """Load one file of the user's, which may be an archive of several."""
    try:
        plains = unpacked(source, run.engine.new_path, run.progress, run.engine.most_unpacked)
        digest = run.examine(source, as_utf8=False) if plains[0].path != source else None
        for plain in plains:
            examined = run.examine(plain.path, as_utf8=True)
            more = not last or plain is not plains[-1]
            visit = Visit(run.engine, plain, run.plan.spec, run.progress, examined, run.times, more)
            _load(visit, run.plan, loading, digest or examined)
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror or error}", file=source.name)
        raise (RequestError if isinstance(error, PermissionError) else InputError)(problem) from error
    finally:
        run.engine.clear_paths()


def _load(visit: Visit, plan: Plan, loading: _Loading, digest: Future[Examined]) -> None:
    """Load one file without wrappings: as it seems to be, or else in another way."""
    opened = format_of(visit.plain).open_file(visit)
    if opened.relations is not None:
        loading.relations.append(opened.relations)
    elif visit.spec.reads_links:
        raise RequestError(_no_relations(visit.name, opened.format))
    for way in range(_WAYS):
        try:
            with _damage_noticed(opened, visit.name):
                cells, added = _append(visit, opened, plan, loading)
            break
        except UncleanCsvError as error:
            if way + 1 == _WAYS or opened.mend is None:
                raise InputError(Problem("cannot be read as CSV", file=visit.name, found=str(error)[:300])) from error
            opened = opened.mend(opened)
    loading.notes |= dict.fromkeys((*opened.notes, *(opened.confirm(opened) if opened.confirm else ())))
    loading.rows_read += added + len(opened.misfits)
    loading.files.append(
        InputFile(
            name=visit.name,
            bytes=visit.plain.source.stat().st_size,
            sha256=digest.result().sha256,
            format=opened.format,
            encoding=opened.encoding and label(opened.encoding),
            delimiter=opened.delimiter,
            rows=added + len(opened.misfits),
        )
    )
    with _damage_noticed(opened, visit.name):
        _set_aside(visit, opened, cells, plan, loading)
    loading.in_engine += added


def _no_relations(file: str, format: str) -> Problem:
    return Problem(
        "the mapping links tickets by relations of objects or by events, and this export has no objects",
        file=file,
        found=format,
        expected="OCEL 2.0",
        todo="name columns of links, or choose the mapping that fits this export",
    )


@contextmanager
def _damage_noticed(opened: Opened, name: str) -> Iterator[None]:
    """A damaged file can make the engine fail in ways that look like a fault of ours."""
    try:
        yield
    except Fault as error:
        if not opened.decoded_by_engine:
            raise
        raise damaged(error, opened.format, name) from error


def _append(visit: Visit, opened: Opened, plan: Plan, loading: _Loading) -> tuple[Cells, int]:
    found = columns_in(plan.spec, opened.columns, visit.name)
    cells = Cells(visit.engine, opened, found, plan.spec)
    notes = check_times(visit, opened, cells)
    with visit.engine.watched(visit.progress, f"reading {visit.name}"):
        added = visit.engine.append(loading.kept, cells.rows(plan))
    if added == 0 and not opened.misfits:
        raise RequestError(Problem("holds no rows", file=visit.name, todo="export the tickets again"))
    loading.columns |= dict.fromkeys(opened.columns)
    loading.notes |= dict.fromkeys(notes)
    loading.formats |= dict.fromkeys(cells.formats)
    return cells, added


def _set_aside(visit: Visit, opened: Opened, cells: Cells, plan: Plan, loading: _Loading) -> None:
    """Look at the rows of this file that have to be set aside, if any, and write down why."""
    kept, engine, spec = loading.kept, visit.engine, plan.spec
    fresh = kept.mutate(at=engine.position(kept) - loading.in_engine)
    fresh = fresh.filter(fresh["at"] >= 0)
    loading.clocks.update(count_clocks(engine, cells, kept, fresh))  # takes marks from the times: before all else
    looks = {"bad": bad_rows(fresh, spec).sum()}
    whole = [i for i in range(len(spec.order_by)) if i not in plan.texts]
    if spec.shape is Shape.TICKETS:
        looks |= {"touched": touched_rows(fresh, spec).sum(), "further": tickets.further_rejected(fresh, spec).sum()}
    if spec.until is not None:
        looks |= ends.looks(fresh)
    looks |= {f"order_{i}": (fresh[f"order_{i}"] == UNREADABLE).any() for i in whole}
    found = engine.fetch(fresh.aggregate(**looks), limit=1).to_pylist()[0]
    for i in whole:
        if found[f"order_{i}"]:
            raise _NotWhole(i)
    bad = found["bad"] or 0
    loading.bad_in_engine += bad
    loading.notes |= dict.fromkeys(ends.notes(visit.name, spec, found) if spec.until is not None else ())
    touched = found.get("touched", bad) or 0
    loading.rows_rejected += bad + len(opened.misfits)
    loading.rows_touched += touched + len(opened.misfits)
    loading.further_rejected += found.get("further") or 0
    room = rejects.MOST_LISTED - len(loading.rejected)
    rows = list(opened.misfits)
    if touched and room > 0:
        rows += rejects.from_engine(visit, opened, cells, fresh.filter(touched_rows(fresh, spec)).select("at"), room)
    loading.rejected += sorted(rows, key=lambda row: row.row)[: max(room, 0)]
