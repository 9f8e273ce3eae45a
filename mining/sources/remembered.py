"""The rows of files that an earlier run read, and of a CSV file that only grew the rows that it had then.

What a file gives depends on its content, its name, how the mapping reads it, and the program; where its times were told
by those of another file, it is not kept. So a file of the same content is never read again. A longer one is read from
the end of the earlier one on where nothing that was found out of the whole file could come out differently; else, and
wherever something is odd, it is read whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.core.cache import Cache, Entry, digest_of, program
from mining.core.errors import MiningError, shown
from mining.core.events import InputFile, Piece, RejectedRow
from mining.core.progress import Progress
from mining.engine.trouble import UncleanCsvError
from mining.sources import csv_table, text
from mining.sources.csv_form import CsvHead
from mining.sources.formats import FORMATS
from mining.sources.loading import Loading, append, set_aside
from mining.sources.opened import Opened, Visit
from mining.sources.rows import Plan
from mining.sources.time_evidence import Form
from mining.sources.time_memory import TimeMemory
from mining.sources.unpack import Plain

if TYPE_CHECKING:
    from mining.engine.duck import Engine

KIND = "rows"

_MOST_PARTS = 16  # Parquet files of one entry; then its rows are written anew as one
_MOST_EARLIER = 60
_MOST_REJECTED = 5_000  # a file with more rows that were set aside is not kept
_CHUNK = 1 << 20

_BUILT_IN = frozenset(str(module.NAME) for module in FORMATS)  # of other packages' formats nothing is known

Examine = Callable[..., "Future[text.Examined]"]


def may_grow(visit: Visit, opened: Opened) -> dict[str, Any] | None:
    """How a file was read of which a longer one may be read from its end on; None where it may not.

    It has to be a plain CSV file in UTF-8 that the strict scan took, so that its last line is a whole row.
    """
    path = visit.plain.path
    plain = opened.format == csv_table.NAME and path == visit.plain.source and not opened.misfits
    if not plain or visit.spec.until is not None or opened.encoding not in ("utf-8", "utf-8-sig"):
        return None
    line_end = _line_end(path)
    if line_end is None or len(opened.columns) < 2 or opened.path != path:
        return None
    head = csv_table.head(visit, path)
    return {"bytes": path.stat().st_size, "encoding": opened.encoding, "head": _head(head), "line_end": line_end}


def _head(head: CsvHead) -> list[Any]:
    return [list(head.columns), head.form.delimiter, head.form.quote, head.form.header]


def _mark(path: Path) -> tuple[int, ...]:
    """What changes whenever a file is written or replaced."""
    stat = path.stat()
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _bytes(entry: Entry) -> int:
    return int(entry.told["grows"]["bytes"])


def _form(form: Form) -> tuple[str | None, str | None]:
    return form.format, form.language


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of files in the cache."""

    cache: Cache
    engine: Engine
    plan: Plan
    times: TimeMemory
    progress: Progress

    @contextmanager
    def of(self, source: Path, part: Loading, examine: Examine) -> Iterator[bool]:
        """Fill `part` from the cache, if it can be; the block says whether it was, and if not, fills it. What it then
        holds is kept for the next run."""
        spec = self.plan.spec
        family = digest_of(program(), spec, sorted(self.plan.texts), shown(source), self.engine.most_unpacked)
        entries = self.cache.family(KIND, family)
        base, asked, weighed, seen = part.in_engine, self.times.asked, self.times.weighed, len(self.times.seen)
        mark = _mark(source)
        size = source.stat().st_size
        shorter = [one for one in entries if one.told["grows"] and _bytes(one) < size]
        ends = sorted({_bytes(one) for one in shorter})
        examined = examine(source, as_utf8=True, at=ends).result() if entries else None
        if examined is not None:
            same = next((one for one in entries if one.key == examined.sha256), None)
            if same is not None and self.cache.is_whole(same) and self._take(same, part, family):
                self.cache.used["rows known"] += part.in_engine - base
                yield True
                return
            for before in sorted(shorter, key=_bytes, reverse=True):
                is_beginning = before.key == examined.sha256_at.get(_bytes(before)) and self.cache.is_whole(before)
                if is_beginning and self._tail(source, before, examined, part, family):
                    yield True
                    if _mark(source) == mark:
                        self._keep(part, family, base, before.told["seen"], before)
                    else:
                        part.pieces = [Piece(None, part.in_engine - base)]
                    return
        yield False
        self.cache.used["rows read"] += part.in_engine - base
        told_by_itself = self.times.asked == asked and not part.relations and len(part.rejected) <= _MOST_REJECTED
        told_by_itself &= all(file.format in _BUILT_IN for file in part.files)
        # Somebody may have written to the file meanwhile: then its hash may not be that of what was read.
        if not told_by_itself or part.in_engine == base or _mark(source) != mark:
            part.pieces = [Piece(None, part.in_engine - base)]
            return
        if len(part.files) > 1 or self.times.weighed != weighed:
            part.may_grow = None
        part.pieces = [Piece(f"{family}:{part.files[0].sha256}", part.in_engine - base)]
        self._keep(part, family, base, [[one.file, one.column, *_form(one.form)] for one in self.times.seen[seen:]])

    # ------------------------------------------------------------------------------------------------ from the cache

    def _take(self, entry: Entry, part: Loading, family: str) -> bool:
        """Put the rows of an entry into the engine, and into `part` what was found out of them."""
        told = entry.told
        for file, column, *form in told["seen"]:
            self.times.remember(file, column, Form(*form))
        try:
            added = self._append(entry, part)
        except MiningError as error:
            self.cache.damaged(entry.path, error.problems[0].text)
            return False
        part.rows_read += told["rows_read"]
        part.rows_rejected += told["rows_rejected"]
        part.rows_touched += told["rows_touched"]
        part.further_rejected += told["further_rejected"]
        part.bad_in_engine += told["bad_in_engine"]
        part.rejected += [RejectedRow(*row) for row in told["rejected"]]
        part.files += [InputFile(**file) for file in told["files"]]
        part.columns |= dict.fromkeys(told["columns"])
        part.notes |= dict.fromkeys(told["notes"])
        part.clocks.update(Counter({(column, zone, skips): n for column, zone, skips, n in told["clocks"]}))
        part.formats |= dict.fromkeys((written, language) for written, language in told["formats"])
        part.in_engine += added
        part.pieces.append(Piece(f"{family}:{entry.key}", added, tuple((key, n) for key, n in told["earlier"])))
        return True

    def _append(self, entry: Entry, part: Loading) -> int:
        cells = set(entry.told["cells"])
        names = [name for name in self.plan.schema.names if name in self.plan.of_all or name in cells]
        rows = self.engine.scan_parquet(entry.files).select(*names)
        part.make_room(self.engine, rows)
        return self.engine.append(part.kept, rows)

    # -------------------------------------------------------------------------------------------------- what is new

    def _tail(self, source: Path, before: Entry, examined: text.Examined, part: Loading, family: str) -> bool:
        """Fill `part` with the known beginning of a CSV file and what stands behind it; False where the file has to be
        read whole."""
        told, seen = before.told, len(self.times.seen)
        tail = Loading(self.engine.begin(self.plan.of_all, "tail"))
        try:
            try:
                added = self._read_tail(source, told, examined, tail)
            except (MiningError, UncleanCsvError):  # reading the whole file will tell what is wrong
                added = 0
            finally:
                del self.times.seen[seen:]  # of the same columns the same as `_take` tells
            if not added or not self._take(before, part, family):
                return False
            part.make_room(self.engine, tail.kept)
            self.engine.append(part.kept, tail.kept)
        finally:
            self.engine.drop(tail.kept)
        self.cache.used["rows known"] += told["added"]
        self.cache.used["rows read"] += added
        size = source.stat().st_size
        rows = told["added"] + added
        part.rows_read += added
        part.rows_rejected += tail.rows_rejected
        part.rows_touched += tail.rows_touched
        part.further_rejected += tail.further_rejected
        part.bad_in_engine += tail.bad_in_engine
        part.rejected += [replace(row, row=row.row + told["rows_read"]) for row in tail.rejected]
        part.files = [replace(part.files[0], bytes=size, sha256=examined.sha256, rows=told["rows_read"] + added)]
        part.clocks.update(tail.clocks)
        part.in_engine += added
        known = part.pieces[0]
        earlier = (*known.earlier, (known.key or "", known.rows))[-_MOST_EARLIER:]
        part.pieces = [Piece(f"{family}:{examined.sha256}", rows, earlier)]
        line_end = _line_end(source)
        part.may_grow = {**told["grows"], "bytes": size} if line_end == told["grows"]["line_end"] else None
        return True

    def _read_tail(self, source: Path, told: dict[str, Any], examined: text.Examined, tail: Loading) -> int:
        """How many rows were put into `tail`; 0 where they cannot be read apart from the others."""
        grows, spec = told["grows"], self.plan.spec
        done: Future[text.Examined] = Future()
        done.set_result(examined)
        no_odd: Future[text.Odd | None] = Future()
        no_odd.set_result(None)
        plain = Plain(shown(source), source, source)
        visit = Visit(self.engine, plain, spec, self.progress, no_odd, done, self.times, more=True)
        head = csv_table.head(visit, source)
        encoding = text.encoding_of(source, spec.csv.encoding, visit.name)
        if examined.not_utf8_at is not None or (_head(head), encoding) != (grows["head"], grows["encoding"]):
            return 0
        target = self.engine.new_path(".csv")
        if not _copied(source, grows["bytes"], target, crlf=grows["line_end"] == "\r\n"):
            return 0
        counts = (self.times.asked, self.times.weighed)
        scan = self.engine.scan_csv(target, len(head.columns), replace(head.form, header=False))
        opened = Opened(csv_table.NAME, target, head.columns, scan, encoding, head.form.delimiter)
        cells, added = append(visit, opened, self.plan, tail)
        set_aside(visit, opened, cells, self.plan, tail)
        # What is found out of the cells has to come out as it did for those that are known.
        alike = (list(tail.notes), [list(one) for one in tail.formats]) == (told["notes"], told["formats"])
        return added if alike and (self.times.asked, self.times.weighed) == counts else 0

    # ------------------------------------------------------------------------------------------------ into the cache

    def _keep(self, part: Loading, family: str, base: int, seen: list[Any], before: Entry | None = None) -> None:
        """Keep the rows of `part`, which begin at `base`; where `before` holds the first of them, only the others."""
        piece = part.pieces[0]
        told = {
            "added": piece.rows,
            "rows_read": part.rows_read,
            "rows_rejected": part.rows_rejected,
            "rows_touched": part.rows_touched,
            "further_rejected": part.further_rejected,
            "bad_in_engine": part.bad_in_engine,
            "rejected": [astuple(row) for row in part.rejected],
            "files": [asdict(file) for file in part.files],
            "columns": list(part.columns),
            "cells": [name for name in part.kept.columns if name not in self.plan.of_all],
            "notes": list(part.notes),
            "clocks": [[*where, times] for where, times in sorted(part.clocks.items())],
            "formats": list(part.formats),
            "seen": seen,
            "grows": part.may_grow,
            "earlier": piece.earlier,
        }
        if before is not None and len(before.parts) >= _MOST_PARTS:
            before = None
        begin = base if before is None else base + before.told["added"]
        place = self.engine.position(part.kept)
        rows = self.plan.whole(part.kept.filter(place >= begin, place < part.in_engine))
        self.cache.put(
            KIND,
            family,
            part.files[0].sha256,
            told,
            write=lambda path: self.engine.write_parquet(rows, path),
            before=() if before is None else before.parts,
        )


def _line_end(path: Path) -> str | None:
    """How the last line of a file ends; None where it does not, or empty ones follow."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        end = file.read()
    if not end.endswith(b"\n") or end.endswith((b"\n\n", b"\n\r\n")):
        return None
    return "\r\n" if end.endswith(b"\r\n") else "\n"


def _copied(source: Path, begin: int, target: Path, *, crlf: bool) -> bool:
    """Copy a file from a byte on; whether its lines end as those before do, and the first is not empty. Where they do
    not, the scan of the whole file may refuse what that of a part takes."""
    lines = returns = both = 0
    last = b""
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(begin)
        while chunk := file.read(_CHUNK):
            if not last and chunk.startswith((b"\r", b"\n")):
                return False
            lines += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            both += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
            out.write(chunk)
    return (lines == returns == both) if crlf else returns == 0
