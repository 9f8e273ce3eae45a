"""Every cell of an export as text in one kept table, before anybody has said which of them matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import ibis

from mining.core.errors import InputError, Problem, RequestError
from mining.core.export import ExportSpec, Layout, Shape, TimeSpec
from mining.core.progress import Progress
from mining.engine.trouble import UncleanCsvError
from mining.sources.files import files_of
from mining.sources.formats import format_of
from mining.sources.opened import Opened, Visit
from mining.sources.text import Examined, Odd, examine, odd_bytes
from mining.sources.time_memory import TimeMemory
from mining.sources.unpack import Plain, unpacked

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

CUT = 256
"""Cells are kept up to this length: what is longer is free text, of which nothing else is asked."""

_WAYS = 3
_USUAL = ("concept:name", "case:concept:name", "time:timestamp")  # XES always has one of them
_ANY = ExportSpec(Shape.EVENTS, ticket="", time=TimeSpec(""), event="", used=())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look at: `only` these columns, or all. In JSON each element of lists on the path `expand` is a row."""

    only: Collection[str] | None = None
    expand: str | None = None


@dataclass
class Gathered:
    """The cells of an export: `table` has the columns c0, c1, …, which the first file calls `columns`; null where a
    cell is empty. `typed` are those of which the file itself says that they are times."""

    table: ir.Table
    columns: tuple[str, ...]
    file: str
    format: str
    files: int = 0
    typed: set[str] = field(default_factory=set)
    notes: dict[str, None] = field(default_factory=dict)


def headers(engine: Engine, exports: Sequence[str | Path], progress: Progress) -> dict[str, tuple[str, ...]]:
    """The columns of each file of an export, by its name; nothing else is read, where the format allows that."""
    found = {}
    with _Opener(engine, progress) as opener:
        for source in files_of(exports):
            for plain in unpacked(source, engine.new_path, progress, engine.most_unpacked):
                found[plain.name] = opener.open(plain, _USUAL)[1].columns
            engine.clear_paths()
    return found


def gather(engine: Engine, exports: Sequence[str | Path], wanted: Wanted, progress: Progress) -> Gathered:
    """Read all files of an export; the columns are those of the first that are `wanted`. The caller drops `table`.

    Raises what reading an export raises: RequestError, InputError.
    """
    gathered: Gathered | None = None
    try:
        with _Opener(engine, progress, wanted.expand) as opener:
            for source in files_of(exports):
                progress(f"looking at {source.name}", None)
                for plain in unpacked(source, engine.new_path, progress, engine.most_unpacked):
                    gathered = _add(opener, plain, wanted, gathered)
                engine.clear_paths()
    except BaseException:
        if gathered is not None:
            engine.drop(gathered.table)
        raise
    assert gathered is not None  # noqa: S101  files_of names one at least
    return gathered


def _add(opener: _Opener, plain: Plain, wanted: Wanted, gathered: Gathered | None) -> Gathered:
    visit, opened = opener.open(plain, _USUAL)
    if len(opened.scan.columns) < len(opened.columns):  # a format that reads only what is asked for
        visit, opened = opener.open(plain, opened.columns)
    if gathered is None:
        gathered = _begin(opener.engine, visit.name, opened, wanted.only)
    for way in range(_WAYS):
        try:
            with opener.engine.watched(visit.progress, f"looking at {visit.name}"):
                added = opener.engine.append(gathered.table, _cells(opened, gathered.columns))
            break
        except UncleanCsvError as error:
            if way + 1 == _WAYS or opened.mend is None:
                raise InputError(Problem("cannot be read as CSV", file=visit.name, found=str(error)[:300])) from error
            if way == 0:  # what is mended holds only the columns that are asked for
                visit, opened = opener.open(plain, gathered.columns)
            opened = opened.mend(opened) if opened.mend is not None else opened
    if not added:
        raise RequestError(Problem("holds no rows", file=visit.name, todo="export the tickets again"))
    gathered.files += 1
    gathered.notes |= dict.fromkeys(opened.notes)
    if opened.misfits:
        gathered.notes[f"{visit.name}: rows that cannot be taken apart into cells: {len(opened.misfits):,}"] = None
    missing = [name for name in gathered.columns if name not in opened.columns]
    if missing:
        gathered.notes[f"{visit.name}: lacks columns of {gathered.file}: {', '.join(missing[:10])}"] = None
    return gathered


def _begin(engine: Engine, name: str, opened: Opened, only: Collection[str] | None) -> Gathered:
    times = Counter(opened.columns)
    columns = tuple(column for column in opened.columns if column and times[column] == 1)
    columns = columns if only is None else tuple(column for column in columns if column in only)
    if not columns:
        raise RequestError(Problem("has no column with a name of its own", file=name))
    schema = ibis.schema(dict.fromkeys((f"c{i}" for i in range(len(columns))), "string"))
    gathered = Gathered(engine.begin(schema, "look"), columns, name, opened.format)
    doubled = [column for column, n in times.items() if n > 1 and column]
    if doubled:
        text = f"{name}: several columns are called the same and were not looked at: {', '.join(doubled[:10])}"
        gathered.notes[text] = None
    for column in columns:
        cells = opened.scan[f"c{opened.columns.index(column)}"]
        if column in opened.iso or cells.type().is_timestamp() or cells.type().is_date():
            gathered.typed.add(column)
    return gathered


def _cells(opened: Opened, columns: Sequence[str]) -> ir.Table:
    found: dict[str, ir.Value] = {}
    for i, name in enumerate(columns):
        if name in opened.columns:
            text = opened.scan[f"c{opened.columns.index(name)}"].cast("string")
            found[f"c{i}"] = text.substr(0, CUT).nullif("")
        else:
            found[f"c{i}"] = ibis.null("string")
    return opened.scan.select(**found)


class _Opener:
    """Opens files of which no mapping says anything."""

    def __init__(self, engine: Engine, progress: Progress, expand: str | None = None) -> None:
        self.engine, self._progress = engine, progress
        self._spec = replace(_ANY, layout=Layout(expand=expand))
        self._stop = Event()
        self._examiner = ThreadPoolExecutor(1, thread_name_prefix="examine")

    def __enter__(self) -> _Opener:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._examiner.shutdown()

    def open(self, plain: Plain, used: tuple[str, ...]) -> tuple[Visit, Opened]:
        odd: Future[Odd | None] = self._examiner.submit(odd_bytes, plain.path, self._stop)
        examined: Future[Examined] = self._examiner.submit(examine, plain.path, self._stop, as_utf8=False)
        spec = replace(self._spec, used=tuple(dict.fromkeys(name for name in used if name)))
        visit = Visit(self.engine, plain, spec, self._progress, odd, examined, TimeMemory(), more=False)
        return visit, format_of(plain).open_file(visit)
