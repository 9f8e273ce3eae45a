"""The way of an export through this room: files, unpacked, opened, checked, loaded, looked at."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pyarrow as pa

from mining.core.cache import Cache
from mining.core.errors import InputError, Problem, RequestError
from mining.core.events import EventTable, InputFile
from mining.core.export import ExportSpec
from mining.core.progress import Progress
from mining.engine.trouble import UncleanCsvError
from mining.sources import rejects, remembered
from mining.sources.files import files_of
from mining.sources.formats import format_of
from mining.sources.loading import Loading, NotWhole, append, damage_noticed, set_aside
from mining.sources.opened import Visit
from mining.sources.put_clocks import clock_notes
from mining.sources.rows import Plan, good_rows
from mining.sources.text import Examined, examine, label, odd_bytes
from mining.sources.time_memory import Again, TimeMemory
from mining.sources.unpack import unpacked

if TYPE_CHECKING:
    from mining.engine.duck import Engine

_WAYS = 3  # as it seems, in another encoding, row by row


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same for all files."""

    engine: Engine
    plan: Plan
    progress: Progress
    examiner: ThreadPoolExecutor
    stop: Event
    times: TimeMemory
    cache: Cache | None

    def examine(self, path: Path, *, as_utf8: bool, at: Sequence[int] = ()) -> Future[Examined]:
        """Begin to examine a file beside everything else."""
        return self.examiner.submit(examine, path, self.stop, as_utf8=as_utf8, at=at)


def read_exports(
    engine: Engine,
    exports: Sequence[str | Path],
    spec: ExportSpec,
    *,
    max_rejected: float,
    progress: Progress,
    cache: Cache | None = None,
) -> EventTable:
    """See `mining.sources.read`."""
    files = files_of(exports)
    texts: frozenset[int] = frozenset()
    times = TimeMemory()
    while True:
        try:
            plan = Plan(spec, texts)
            return _read(engine, files, plan, times, max_rejected=max_rejected, progress=progress, cache=cache)
        except Again:  # what an earlier file left open, a later one told
            continue
        except NotWhole as found:  # order_by columns are whole numbers in all files, or text in all
            texts |= {found.order}


def _read(
    engine: Engine,
    files: Sequence[Path],
    plan: Plan,
    times: TimeMemory,
    *,
    max_rejected: float,
    progress: Progress,
    cache: Cache | None,
) -> EventTable:
    loading = Loading(engine.begin(plan.of_all, "events"))
    stop = Event()
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="examine") as examiner:
            try:
                for file in files:
                    progress(f"reading {file.name}", None)
                    run = _Run(engine, plan, progress, examiner, stop, times, cache)
                    _load_source(run, file, loading, last=file == files[-1])
            finally:
                stop.set()
        times.conclude()
        rejected, touched, rows_read = loading.rejected, loading.rows_touched, loading.rows_read
        rejects.refuse_too_many(rejected, plan.spec.shape, touched, rows_read, max_rejected)
    except BaseException:
        engine.drop(loading.kept)
        raise
    rows = good_rows(engine, loading.kept, plan, any_bad=loading.bad_in_engine > 0)
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
        pieces=tuple(loading.pieces),
    )


def _load_source(run: _Run, source: Path, loading: Loading, *, last: bool) -> None:
    """Load one file of the user's, which may be an archive of several."""
    try:
        part = loading.fresh()
        if run.cache is None:
            _unpack_and_load(run, source, part, last=last)
        else:
            kept = remembered.Rows(run.cache, run.engine, run.plan, run.times, run.progress)
            with kept.of(source, part, run.examine) as is_known:
                if not is_known:
                    _unpack_and_load(run, source, part, last=last)
        loading.take(part)
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror or error}", file=source.name)
        raise (RequestError if isinstance(error, PermissionError) else InputError)(problem) from error
    finally:
        run.engine.clear_paths()


def _unpack_and_load(run: _Run, source: Path, part: Loading, *, last: bool) -> None:
    plains = unpacked(source, run.engine.new_path, run.progress, run.engine.most_unpacked)
    digest = run.examine(source, as_utf8=False) if plains[0].path != source else None
    for plain in plains:
        odd = run.examiner.submit(odd_bytes, plain.path, run.stop)
        examined = run.examine(plain.path, as_utf8=False)
        more = not last or plain is not plains[-1]
        visit = Visit(run.engine, plain, run.plan.spec, run.progress, odd, examined, run.times, more)
        _load(visit, run.plan, part, digest or examined)


def _load(visit: Visit, plan: Plan, loading: Loading, digest: Future[Examined]) -> None:
    """Load one file without wrappings: as it seems to be, or else in another way."""
    opened = format_of(visit.plain).open_file(visit)
    if opened.relations is not None:
        loading.relations.append(opened.relations)
    elif visit.spec.reads_links:
        raise RequestError(_no_relations(visit.name, opened.format))
    for way in range(_WAYS):
        try:
            with damage_noticed(opened, visit.name):
                cells, added = append(visit, opened, plan, loading)
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
    with damage_noticed(opened, visit.name):
        set_aside(visit, opened, cells, plan, loading)
    loading.in_engine += added
    loading.may_grow = remembered.may_grow(visit, opened)


def _no_relations(file: str, format: str) -> Problem:
    return Problem(
        "the mapping links tickets by relations of objects or by events, and this export has no objects",
        file=file,
        found=format,
        expected="OCEL 2.0",
        todo="name columns of links, or choose the mapping that fits this export",
    )
