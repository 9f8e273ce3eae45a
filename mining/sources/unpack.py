"""Files out of their wrappings: gzip, zip, Zstandard. What comes out lies in the engine's folder, under names of ours.

A small file can unfold into terabytes, so there is a limit: more than `MOST_BYTES`, or more than `MOST_RATIO` times
the packed size once that is more than `FREE_BYTES`, is refused. Exports pack at 5 to 60 times.
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

from mining.core.errors import InputError, Problem, RequestError, shown
from mining.sources.files import KNOWN, PACKED, looks_like_data

MOST_BYTES = 500 * 10**9
MOST_RATIO = 400
FREE_BYTES = 200 * 10**6
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


def unpacked(source: Path, new_path: NewPath) -> list[Plain]:
    """The data files in `source`, in the order of their names; `source` itself where it is not packed."""
    todo = [Plain(shown(source), source, source)]
    for _ in range(MOST_WRAPPINGS):
        todo = [plain for packed in todo for plain in _one_wrapping_less(packed, new_path)]
    if any(_wrapping(plain.path) for plain in todo):
        raise RequestError(Problem("is packed too many times over", file=shown(source)))
    return todo


def _one_wrapping_less(packed: Plain, new_path: NewPath) -> list[Plain]:
    wrapping = _wrapping(packed.path)
    if wrapping is None:
        return [packed]
    with _broken_off(packed.name):
        if wrapping == "zip":
            return _from_zip(packed, new_path)
        target = new_path(_suffix(packed.path))
        chunks = _gzip_chunks(packed.path) if wrapping == "gzip" else _zstd_chunks(packed)
        _write(target, chunks, packed.path.stat().st_size, packed.name)
        _forget(packed)
        return [Plain(packed.name, target, packed.source)]


def _wrapping(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head in {b"PK\x03\x04", b"PK\x05\x06"}:
        return "zip"
    return "zstd" if head == b"\x28\xb5\x2f\xfd" else None


def _gzip_chunks(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _zstd_chunks(packed: Plain) -> Iterator[bytes]:
    import zstandard

    # A chunk unfolds to 128 kB for each 4 bytes at the most, so small ones bound the memory.
    with packed.path.open("rb") as file:
        frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        begun = False
        while chunk := file.read(2048):
            while chunk:
                begun = True
                yield frame.decompress(chunk)
                chunk = frame.unused_data if frame.eof else b""
                if frame.eof:
                    frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
                    begun = False
    if begun:
        raise EOFError


def _from_zip(packed: Plain, new_path: NewPath) -> list[Plain]:
    with zipfile.ZipFile(packed.path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and looks_like_data(entry.filename)]
        if any(entry.filename == "[Content_Types].xml" for entry in archive.infolist()):
            raise RequestError(Problem("is a spreadsheet", file=packed.name, todo="save it as CSV (UTF-8)"))
        if not entries:
            there = ", ".join(shown(entry.filename) for entry in archive.infolist()[:5])
            raise RequestError(Problem("there is no data file in this archive", file=packed.name, found=there or None))
        found = []
        for entry in sorted(entries, key=lambda entry: entry.filename):
            name = packed.name if len(entries) == 1 else f"{packed.name}/{shown(entry.filename)}"
            target = new_path(_suffix(Path(entry.filename)))
            with archive.open(entry) as file:
                _write(target, iter(lambda file=file: file.read(_CHUNK), b""), entry.compress_size, name)  # type: ignore[misc]
            found.append(Plain(name, target, packed.source))
    _forget(packed)
    return found


def _write(target: Path, chunks: Iterator[bytes], packed_bytes: int, name: str) -> None:
    limit = min(MOST_BYTES, max(FREE_BYTES, MOST_RATIO * packed_bytes))
    written = 0
    with target.open("wb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > limit:
                text = "unfolds into far more than an export does"
                expected = f"at most {limit:,} bytes from {packed_bytes:,}"
                raise RequestError(
                    Problem(text, file=name, expected=expected, todo="unpack it yourself and look at it")
                )
            file.write(chunk)


def _suffix(like: Path) -> str:
    """The suffix that tells the format, if it is one of ours: nothing else of a name in an archive is used."""
    suffixes = [suffix.lower() for suffix in like.suffixes if suffix.lower() not in PACKED]
    return suffixes[-1] if suffixes and suffixes[-1] in KNOWN else ""


def _forget(packed: Plain) -> None:
    """Free the room of a wrapping between; the user's own file is never touched."""
    if packed.path != packed.source:
        packed.path.unlink()


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
