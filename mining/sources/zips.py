"""What a zip says of its own contents, looked at before anything of it is read."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from mining.core.errors import InputError, Problem, RequestError

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""The names of workbooks end so."""

MOST_RATIO = 400
FREE_BYTES = 200 * 10**6


def limit_of(packed_bytes: int, most: int) -> int:
    """How many bytes a packed file may unfold into: `most`, and MOST_RATIO times its own size from FREE_BYTES on."""
    return min(most, max(FREE_BYTES, MOST_RATIO * packed_bytes))


def is_workbook(path: Path) -> bool:
    """Whether a zip is a workbook, by what it holds, or, where that cannot be seen, by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return path.suffix.lower() in WORKBOOKS
    return bool(names & {"[Content_Types].xml", "content.xml", "xl/workbook.xml", "xl/workbook.bin"})


def check_archive(path: Path, name: str, most: int) -> list[str]:
    """The names of the entries of a zip that is to be read by others. Raises RequestError where it unfolds beyond
    measure, InputError where it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        text = "breaks off, or is damaged: it cannot be unpacked"
        todo = "fetch or export the file again"
        raise InputError(Problem(text, file=name, found=str(error) or None, todo=todo)) from error
    size = path.stat().st_size
    refuse_overlaps(entries, name)
    if sum(entry.file_size for entry in entries) > limit_of(size, most):
        raise RequestError(too_much(name, limit_of(size, most), size, most))
    return [entry.filename for entry in entries]


def refuse_overlaps(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Raises RequestError where two entries share bytes of the archive, as only bombs do."""
    end, least_header = 0, 30
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            todo = "unpack it yourself and look at it"
            text = "is no archive but a trap: its files lie over one another"
            raise RequestError(Problem(text, file=name, found=f"{len(entries):,} files", todo=todo))
        end = entry.header_offset + least_header + entry.compress_size


def too_much(name: str, limit: int, packed_bytes: int, most: int) -> Problem:
    """The problem of a file that unfolds from `packed_bytes` beyond `limit`, with what the limit is set by (`most`)."""
    todo = "unpack it yourself and look at it"
    return Problem(
        "unfolds into far more than an export does",
        file=name,
        expected=f"at most {limit:,} bytes from {packed_bytes:,}",
        todo=f"{todo}, or allow more with --max-unpacked" if limit == most else todo,
    )
