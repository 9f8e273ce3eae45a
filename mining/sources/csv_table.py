"""CSV: delimiter, quotes, header and encoding given or sniffed, then one parallel scan by the engine.

A file that the strict scan refuses (too many or too few cells, mixed line ends, broken quotes) is read a second time,
row by row, by Python's csv module: slower, but each row that does not fit has a number and a reason.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

from mining.core.errors import Problem, RequestError
from mining.sources import csv_mend, text
from mining.sources.csv_form import CsvHead, head_of
from mining.sources.opened import Opened, Visit

NAME = "CSV"
SUFFIXES = (".csv", ".tsv", ".txt")


def fits(name: str, head: bytes) -> bool:
    """Any text that is not marked as something else."""
    return not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"[")) and (
        name.lower().endswith(SUFFIXES) or b"\0" not in head or text.looks_like_utf16(head)
    )


def open_file(visit: Visit) -> Opened:
    """Sniff the file and make it ready to be scanned; a file that is not UTF-8 is transcoded first."""
    encoding = text.encoding_of(visit.plain.path, visit.spec.csv.encoding, visit.name)
    return _open(visit, encoding)


def _mend(visit: Visit, opened: Opened) -> Opened:
    """The engine refused the file: it is not UTF-8 after all, or not quite CSV."""
    at = visit.examined.result().not_utf8_at
    if at is not None and opened.encoding == "utf-8" and visit.spec.csv.encoding is None:
        return _open(visit, "cp1252")
    if at is not None and (opened.encoding or "").startswith("utf-8"):  # as was said, or as its first bytes say
        raise text.undecodable(visit.plain.path, "utf-8", at, visit.name)
    return csv_mend.mended(visit, opened, head(visit, opened.path))


def _confirm(visit: Visit, opened: Opened) -> tuple[str, ...]:
    """The scan only decodes what it needs; what is said of the encoding must hold for the whole file."""
    at = visit.examined.result().not_utf8_at
    if not (opened.encoding or "").startswith("utf-8") or at is None:
        return ()
    if visit.spec.csv.encoding is not None:
        raise text.undecodable(visit.plain.path, "utf-8", at, visit.name)
    return (f"{visit.name}: byte {at:,} is no UTF-8; it stands in a column that was not read",)


def _open(visit: Visit, encoding: str) -> Opened:
    path = _as_utf8(visit, encoding)
    found = head(visit, path)
    notes: tuple[str, ...] = ()
    if encoding == "cp1252" and visit.spec.csv.encoding is None:
        notes = (f"{visit.name}: is not UTF-8 and was read as Windows-1252; name the encoding if that is wrong",)
    return Opened(
        format=NAME,
        path=path,
        columns=found.columns,
        scan=visit.engine.scan_csv(path, len(found.columns), found.form),
        encoding=encoding,
        delimiter=found.form.delimiter,
        notes=notes,
        mend=partial(_mend, visit),
        confirm=partial(_confirm, visit),
    )


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
        return visit.engine.readable(visit.plain.path)
    target = visit.engine.new_path(".csv")
    phase = f"decoding {visit.name}"
    text.transcode(visit.plain.path, encoding, target, visit.name, lambda share: visit.progress(phase, share))
    return target
