"""CSV: delimiter, quotes, header and encoding given or sniffed, then one parallel scan by the engine.

A file that the strict scan refuses (too many or too few cells, mixed line ends, broken quotes) is read a second time,
row by row, by Python's csv module: slower, but each row that does not fit has a number and a reason.
"""

from __future__ import annotations

import codecs
import shutil
from collections import Counter
from functools import partial
from pathlib import Path

from mining.core.errors import Problem, RequestError
from mining.sources import csv_mend, text
from mining.sources.csv_form import CsvHead, head_of
from mining.sources.opened import Opened, Visit

NAME = "CSV"
SUFFIXES = (".csv", ".tsv", ".txt")
_ENDS = (b"\r", b"\n")
_PIECE = 1 << 16  # bytes


def fits(name: str, head: bytes) -> bool:
    """Any text that is not marked as something else; `head` are the first bytes of the file."""
    return not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"[")) and (
        name.lower().endswith(SUFFIXES) or b"\0" not in head or text.looks_like_utf16(head)
    )


def open_file(visit: Visit) -> Opened:
    """Sniff the file and make it ready to be scanned; a file that is not UTF-8 is transcoded first.

    That has to be known before the scan: an odd byte in a column that is read makes the engine fail for good.
    """
    encoding = text.encoding_of(visit.plain.path, visit.spec.csv.encoding, visit.name)
    notes: tuple[str, ...] = ()
    odd = visit.odd.result() if encoding.startswith("utf-8") else None
    if odd is not None:
        encoding, notes = _of_odd_bytes(visit, encoding, odd)
    path = _from_first_line(visit, _as_utf8(visit, encoding))
    found = head(visit, path)
    return Opened(
        format=NAME,
        path=path,
        columns=found.columns,
        scan=visit.engine.scan_csv(path, len(found.columns), found.form),
        encoding=encoding,
        delimiter=found.form.delimiter,
        notes=notes,
        mend=partial(_mend, visit),
    )


def _of_odd_bytes(visit: Visit, encoding: str, odd: text.Odd) -> tuple[str, tuple[str, ...]]:
    """The encoding of a file that is not quite the UTF-8 that it seems to be, and what is said of it."""
    if visit.spec.csv.encoding is not None:
        raise text.undecodable(visit.plain.path, "utf-8", odd.at, visit.name)
    if encoding == "utf-8" and odd.encoding == "cp1252":
        said = "is not UTF-8 and was read as Windows-1252; name the encoding if that is wrong"
        return odd.encoding, (f"{visit.name}: {said}",)
    n = "1 byte is" if odd.bytes == 1 else f"{odd.bytes:,} bytes are"
    said = f"{n} no UTF-8 (the first at offset {odd.at:,}) and read as Windows-1252; all else is UTF-8"
    return text.MIXED, (f"{visit.name}: {said}",)


def _mend(visit: Visit, opened: Opened) -> Opened:
    """The engine refused the file: it is not quite CSV."""
    return csv_mend.mended(visit, opened, head(visit, opened.path))


def head(visit: Visit, path: Path) -> CsvHead:
    """The form and the columns of a UTF-8 file. Raises RequestError where a column that is read is there twice."""
    found = head_of(path, "utf-8-sig", visit.spec.csv, visit.wanted, visit.name)
    doubled = [name for name, times in Counter(found.columns).items() if times > 1 and name in visit.wanted]
    if doubled:
        text_, todo = "there are several columns of this name", "rename or remove all but one of them in the file"
        raise RequestError(*(Problem(text_, file=visit.name, column=name, todo=todo) for name in doubled))
    return found


def _as_utf8(visit: Visit, encoding: str) -> Path:
    if encoding in ("utf-8", "utf-8-sig"):
        return visit.plain.path
    target = visit.engine.new_path(".csv")
    phase = f"decoding {visit.name}"
    text.transcode(visit.plain.path, encoding, target, visit.name, lambda share: visit.progress(phase, share))
    return target


def _from_first_line(visit: Visit, path: Path) -> Path:
    """The file without the empty lines that it begins with: the engine would take one of them for the header, and the
    header for a row. Rows keep their numbers."""
    with path.open("rb") as file:
        head = file.read(_PIECE).removeprefix(codecs.BOM_UTF8)
        if not head.startswith(_ENDS):
            return path
        target = visit.engine.new_path(".csv")
        with target.open("wb") as out:
            while head and not (rest := head.lstrip(b"\r\n")):
                head = file.read(_PIECE)
            out.write(rest)
            shutil.copyfileobj(file, out)
    return target
