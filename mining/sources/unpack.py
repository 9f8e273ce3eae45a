"""Files out of their wrappings: gzip, zip, Zstandard. What comes out lies in the engine's folder, under names of ours.

A small file can unfold into terabytes, so there is a limit for all that comes out of one file, archives in archives
included: more than --max-unpacked, or more than `zips.MOST_RATIO` times the packed size once that is more than
`zips.FREE_BYTES`, is refused. Exports pack at 5 to 60 times. Names in an archive are only looked at, never opened.
"""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mining.core.errors import InputError, Problem, RequestError, shown
from mining.core.progress import Progress
from mining.sources.files import PACKED, known_suffixes, looks_like_data
from mining.sources.zips import is_workbook, limit_of, refuse_overlaps, too_much

MOST_WRAPPINGS = 3
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Plain:
    """A file without wrappings. `name` is what messages call it; `source` the file on disk that the user named."""

    name: str
    path: Path
    source: Path


NewPath = Callable[[str], Path]
"""Gives an unused path for a file that ends so."""


def unpacked(source: Path, new_path: NewPath, progress: Progress, most: int) -> list[Plain]:
    """The data files in `source`, in the order of their names; `source` itself where it is not packed.

    No more than `most` bytes come out of it.

    Raises InputError where it breaks off, RequestError where it is no export or unfolds beyond all measure.
    """
    todo = [Plain(shown(source), source, source)]
    size = source.stat().st_size
    target = _Target(shown(source), limit_of(size, most), size, most, progress)
    for _ in range(MOST_WRAPPINGS):
        todo = [plain for packed in todo for plain in _one_wrapping_less(packed, new_path, target)]
    if any(_wrapping(plain.path) for plain in todo):
        raise RequestError(Problem("is packed too many times over", file=shown(source)))
    return todo


def _one_wrapping_less(packed: Plain, new_path: NewPath, target: _Target) -> list[Plain]:
    wrapping = _wrapping(packed.path)
    if wrapping is None:
        return [packed]
    with _broken_off(packed.name):
        if wrapping == "zip":
            found = _from_zip(packed, new_path, target)
        else:
            path = new_path(_suffix(packed.path))
            with packed.path.open("rb") as file:
                target.write(path, _gzip_chunks(file) if wrapping == "gzip" else _zstd_chunks(file), file.tell)
            found = [Plain(packed.name, path, packed.source)]
    if packed.path != packed.source:  # a wrapping in between; the user's own file is never touched
        packed.path.unlink()
    return found


@dataclass
class _Target:
    """Takes all that comes out of one file of the user's, and no more than `limit` bytes of it."""

    name: str
    limit: int
    packed_bytes: int
    most: int
    progress: Progress
    written: int = 0

    def write(self, path: Path, chunks: Iterator[bytes], at: Callable[[], int]) -> None:
        """Write `chunks` to `path`; `at` tells how far in the packed file they have come."""
        with path.open("wb") as file:
            for chunk in chunks:
                self.written += len(chunk)
                if self.written > self.limit:
                    raise RequestError(too_much(self.name, self.limit, self.packed_bytes, self.most))
                file.write(chunk)
                self.progress(f"unpacking {self.name}", min(1.0, at() / self.packed_bytes))


def _wrapping(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head in {b"PK\x03\x04", b"PK\x05\x06"}:
        return None if is_workbook(path) else "zip"
    return "zstd" if head == b"\x28\xb5\x2f\xfd" else None


def _gzip_chunks(packed: IO[bytes]) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=packed) as file:
        yield from _chunks(file.read)


def _zstd_chunks(packed: IO[bytes]) -> Iterator[bytes]:
    import zstandard

    # Four bytes can unfold into 128 kB, so small chunks bound the memory.
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    frame, begun = unpacker.decompressobj(), False
    while chunk := packed.read(2048):
        while chunk:
            yield frame.decompress(chunk)
            begun, chunk = not frame.eof, frame.unused_data if frame.eof else b""
            if frame.eof:  # what is left of the chunk is the next frame
                frame = unpacker.decompressobj()
    if begun:
        raise EOFError


def _from_zip(packed: Plain, new_path: NewPath, target: _Target) -> list[Plain]:
    with packed.path.open("rb") as whole, zipfile.ZipFile(whole) as archive:
        entries = sorted(
            (entry for entry in archive.infolist() if not entry.is_dir()), key=lambda entry: entry.filename
        )
        refuse_overlaps(archive.infolist(), packed.name)
        wanted = [entry for entry in entries if looks_like_data(entry.filename)]
        if not wanted:
            there = ", ".join(shown(entry.filename) for entry in entries[:5])
            raise RequestError(Problem("there is no data file in this archive", file=packed.name, found=there or None))
        found = []
        for entry in wanted:
            path = new_path(_suffix(Path(entry.filename)))
            with archive.open(entry) as file:
                target.write(path, _chunks(file.read), whole.tell)
            name = packed.name if len(wanted) == 1 else f"{packed.name}/{shown(entry.filename)}"
            found.append(Plain(name, path, packed.source))
    return found


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(_CHUNK):
        yield chunk


def _suffix(like: Path) -> str:
    """The suffix that tells the format, if it is one of ours: nothing else of a name in an archive is used."""
    suffixes = [suffix.lower() for suffix in like.suffixes if suffix.lower() not in PACKED]
    return suffixes[-1] if suffixes and suffixes[-1] in known_suffixes() else ""


@contextmanager
def _broken_off(name: str) -> Iterator[None]:
    import zstandard

    todo = "fetch or export the file again"
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, zstandard.ZstdError, lzma.LZMAError) as error:
        text = "breaks off, or is damaged: it cannot be unpacked to its end"
        raise InputError(Problem(text, file=name, found=str(error) or None, todo=todo)) from error
    except (RuntimeError, NotImplementedError) as error:  # zipfile: a password, an unknown method
        raise RequestError(Problem(f"cannot be unpacked: {error}", file=name, todo="unpack it yourself")) from error
