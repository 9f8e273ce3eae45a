"""An XES log cut into what stands before its traces, blocks of whole traces, and what stands after them.

The cuts are looked for as bytes. Each piece is then checked to be well formed on its own, as the inside of a `<log>`:
if all of them are, so is the file, with the same elements in the same order. Where a cut fell into a comment, or the
file breaks off, some piece is not, and the file is read in another way.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

_CHUNK = 1 << 22
_MOST = 1 << 24
"""A block that is longer has no traces, or one of some fifty thousand events: such a file is not held, but streamed."""
_BEGIN, _END = b"<trace>", b"</trace>"


class NotInBlocks(Exception):
    """The file is not to be read in blocks."""


class Piece(enum.Enum):
    """Which part of the log it is, and so which of the log's own tags it lacks to be a whole one."""

    HEAD = enum.auto()
    TRACES = enum.auto()
    TAIL = enum.auto()


def pieces(path: Path) -> Iterator[tuple[Piece, bytes]]:
    """The pieces of the file, in their order. Raises NotInBlocks where it cannot be cut."""
    with path.open("rb") as file:
        rest = file.read(_CHUNK)
        first = rest.find(_BEGIN)
        if first < 0:
            raise NotInBlocks
        yield Piece.HEAD, rest[:first]
        rest = rest[first:]
        while chunk := file.read(_CHUNK):
            rest += chunk
            cut = rest.rfind(_BEGIN)
            if cut > 0:
                yield Piece.TRACES, rest[:cut]
                rest = rest[cut:]
            if len(rest) > _MOST:
                raise NotInBlocks
    cut = rest.rfind(_END) + len(_END)
    yield Piece.TRACES, rest[:cut]
    yield Piece.TAIL, rest[cut:]


def parse_piece(
    piece: bytes, part: Piece, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None]
) -> None:
    """Tell `start` and `end` of the elements in a piece.

    Raises NotInBlocks where it is not well formed, or nothing for this way: another root or encoding, a DTD.
    """
    parser = expat.ParserCreate()

    def first(tag: str, attributes: dict[str, str]) -> None:
        if tag != "log":
            raise NotInBlocks
        parser.StartElementHandler = start
        start(tag, attributes)

    parser.StartElementHandler, parser.EndElementHandler = first, end
    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = _only_utf8, _no_dtd
    try:
        if part is not Piece.HEAD:
            parser.Parse(b"<log>", False)
        parser.Parse(piece, False)
        parser.Parse(b"" if part is Piece.TAIL else b"</log>", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise NotInBlocks from error


def _only_utf8(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() != "utf-8":
        raise NotInBlocks


def _no_dtd(*_: Any) -> None:
    raise NotInBlocks
