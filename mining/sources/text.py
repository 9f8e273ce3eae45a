"""Bytes to UTF-8 text: which encoding, and a stream from any encoding into a UTF-8 file for the engine to read."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from mining.core.errors import InputError, Problem, RequestError, nearest

_CHUNK = 1 << 20
_HEAD = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_COMMON = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "latin-1", "iso-8859-15", "cp437", "cp850")


_ODD = re.compile("[\udc80-\udcff]")
"""What Python's "surrogateescape" makes of bytes that are no UTF-8."""

_AS_1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}

MIXED = "utf-8, else windows-1252"
"""Not a codec of Python's: UTF-8, with the bytes that are none read as Windows-1252."""


@dataclass(frozen=True, slots=True)
class Odd:
    """Bytes of a file that are no UTF-8: where the first stands, how many there are, and how many signs beyond ASCII
    are UTF-8 all the same. Programs that cut a text after so many bytes leave a few in a file of many signs."""

    at: int
    bytes: int
    signs: int

    @property
    def encoding(self) -> str:
        """What the file is in, if nobody says it."""
        return MIXED if self.signs > self.bytes else "cp1252"


class _Utf8:
    """The bytes of a file as UTF-8, chunk by chunk. `odd_at` is where the first byte stands that is none."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._read = 0
        self.odd_at: int | None = None

    def text(self, chunk: bytes, *, final: bool = False) -> str:
        """What this chunk says, behind what was left of the one before; "" where all of it is ASCII. Bytes that are no
        UTF-8 are in it as Python's "surrogateescape" writes them."""
        self._read += len(chunk)
        if chunk.isascii() and not self._decoder.getstate()[0]:
            return ""
        try:
            return self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:  # the first only: what the decoder has kept is as it was before
            self.odd_at = self._read - len(error.object) + error.start
            self._decoder.errors = "surrogateescape"
            return self._decoder.decode(chunk, final)


def odd_bytes(path: Path, stop: Event) -> Odd | None:
    """What of a file is no UTF-8; None where all is. Given up at `stop`."""
    utf8, odd, signs, chunk = _Utf8(), 0, 0, b"."
    with path.open("rb") as file:
        while chunk and not stop.is_set():
            chunk = file.read(_CHUNK)
            found = utf8.text(chunk, final=not chunk)
            here = len(_ODD.findall(found)) if utf8.odd_at is not None and _is_odd(found) else 0
            odd += here
            signs += len(found) - len(found.encode("ascii", "ignore")) - here
    return None if utf8.odd_at is None else Odd(utf8.odd_at, odd, signs)


def _is_odd(found: str) -> bool:
    try:
        found.encode()
    except UnicodeEncodeError:
        return True
    return False


@dataclass(frozen=True, slots=True)
class Examined:
    """A file's SHA-256, and the offset of the first byte that is no UTF-8 (None where there is none, or not asked);
    `sha256_at` are the SHA-256 of its beginnings, by their bytes, where these were asked for."""

    sha256: str
    not_utf8_at: int | None
    sha256_at: dict[int, str] = field(default_factory=dict)


def examine(path: Path, stop: Event, *, as_utf8: bool, at: Sequence[int] = ()) -> Examined:
    """Read a file once for its SHA-256 and, where asked, to see whether it is UTF-8 to its end; given up at `stop`.
    `at` are bytes at which the SHA-256 so far is asked for as well."""
    digest = hashlib.sha256()
    so_far: dict[int, str] = {}
    asked = sorted(at, reverse=True)
    utf8, read, chunk = _Utf8(), 0, b"."
    with path.open("rb") as file:
        while chunk and not stop.is_set():
            chunk = file.read(_CHUNK)
            done = 0
            while asked and asked[-1] <= read + len(chunk):
                digest.update(chunk[done : asked[-1] - read])
                done = asked[-1] - read
                so_far[asked.pop()] = digest.hexdigest()
            digest.update(chunk[done:] if done else chunk)
            read += len(chunk)
            if as_utf8 and utf8.odd_at is None:
                utf8.text(chunk, final=not chunk)
    return Examined(digest.hexdigest(), utf8.odd_at, so_far)


def encoding_of(path: Path, given: str | None, name: str) -> str:
    """The Python codec to read a text file with: what is `given`, or what its first bytes show, or UTF-8 unless bytes
    further on are odd.

    Raises RequestError where `given` is no encoding.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    if given is not None:
        try:
            codec = codecs.lookup(given).name
        except LookupError as error:
            near = ", ".join(nearest(given, _COMMON)) or ", ".join(_COMMON)
            problem = Problem("there is no such encoding", file=name, found=given, expected=near)
            raise RequestError(problem) from error
        return marked if marked is not None and marked.split("-sig")[0] == codec else codec
    return marked or _by_zeros(head) or "utf-8"


def looks_like_utf16(head: bytes) -> bool:
    """Whether the zeros in these first bytes may be those of text."""
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _by_zeros(head) is not None


def _by_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark shows by its Latin letters: every other byte of them is zero, and only every other."""
    start = head[: min(len(head), 4096) // 2 * 2]
    even, odd = start[::2].count(0), start[1::2].count(0)
    few, many = sorted((even, odd))
    if many * 2 <= len(start) // 2 or few * 20 > many:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def transcode(path: Path, encoding: str, target: Path, name: str, tell: Callable[[float], None]) -> None:
    """Write the text of `path` to `target` as UTF-8. Raises InputError at the first byte that does not fit."""
    is_mixed = encoding == MIXED
    decoder = codecs.getincrementaldecoder("utf-8-sig" if is_mixed else encoding)(
        "surrogateescape" if is_mixed else "strict"
    )
    size, read = path.stat().st_size or 1, 0
    with path.open("rb") as file, target.open("wb") as out:
        while True:
            chunk = file.read(_CHUNK)
            read += len(chunk)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise undecodable(path, encoding, read - len(error.object) + error.start, name) from error
            out.write((text.translate(_AS_1252) if is_mixed else text).encode("utf-8"))
            if not chunk:
                return
            tell(read / size)


def undecodable(path: Path, encoding: str, offset: int, name: str) -> InputError:
    """The error for a byte that does not fit `encoding`, with its offset and, where lines can be counted, its line."""
    line, found = None, "the end of the file"
    with path.open("rb") as file:
        if not encoding.startswith(("utf-16", "utf-32")):
            line, left = 1, offset
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                line, left = line + chunk.count(b"\n"), left - len(chunk)
        file.seek(offset)
        if byte := file.read(1):
            found = f"byte 0x{byte[0]:02X} at offset {offset:,}"
    return InputError(
        Problem(
            f"is not {label(encoding)} text",
            file=name,
            line=line,
            found=found,
            todo="name the right encoding in the mapping (csv: {encoding: …}), or save the file as UTF-8",
        )
    )


def label(encoding: str) -> str:
    """An encoding as people know it."""
    return {"cp1252": "Windows-1252", "utf-8-sig": "UTF-8", MIXED: "UTF-8", "iso8859-1": "Latin-1"}.get(
        encoding, encoding.upper()
    )
