"""The second way to read a CSV file: row by row, each row that does not fit set aside with its number and reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

from mining.core.errors import InputError, Problem
from mining.core.events import RejectedRow
from mining.engine.scans import CsvForm
from mining.sources.csv_form import CsvHead, reader
from mining.sources.opened import Opened, Visit

MOST_MISFITS = 1_000_000
"""Beyond this a file is not "CSV with some bad rows", and their list would no longer be small."""

_SHOWN = 200
_TELL_EVERY = 50_000


def mended(visit: Visit, opened: Opened, head: CsvHead) -> Opened:
    """Write the rows that fit, and of them the columns that may be needed, to a clean file, and scan that."""
    kept = [i for i, name in enumerate(head.columns) if name in visit.wanted]
    columns = tuple(head.columns[i] for i in kept)
    target = visit.engine.new_path(".csv")
    misfits: list[RejectedRow] = []
    with opened.path.open(encoding="utf-8-sig", newline="") as file, target.open("w", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([row[i] for i in kept] for row in _fitting(visit, file, head, misfits))
    scan = visit.engine.scan_csv(target, len(columns), CsvForm(",", '"', header=False))
    return replace(opened, path=target, columns=columns, scan=scan, misfits=tuple(misfits))


def _fitting(visit: Visit, file: TextIO, head: CsvHead, misfits: list[RejectedRow]) -> Iterator[list[str]]:
    """The data rows that are as wide as the header; the others go to `misfits`."""
    rows = reader(file, head.form, strict=True)
    width, number, line = len(head.columns), -1 if head.form.header else 0, 0
    size = visit.plain.path.stat().st_size or 1
    while True:
        line = rows.line_num
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            misfits.append(_broken(visit.name, number, line, str(error)))
            continue
        if not row:  # an empty line is no row
            continue
        number += 1
        if number % _TELL_EVERY == 0:
            visit.progress(f"reading {visit.name} row by row", min(1.0, file.buffer.tell() / size))
        if number == 0:
            continue
        if len(row) == width or (len(row) == width + 1 and row[-1] == ""):  # a delimiter at the end of each line
            yield row
        else:
            misfits.append(_wrong_width(visit.name, number, row, width, head.form.delimiter))
        if len(misfits) > MOST_MISFITS:
            problem = Problem(f"more than {MOST_MISFITS:,} rows do not fit the header", file=visit.name, row=number)
            raise InputError(problem)


def _broken(name: str, number: int, line: int, said: str) -> RejectedRow:
    if "unexpected end of data" in said or "field larger" in said:
        raise InputError(
            Problem(
                "a quote is opened here and never closed",
                file=name,
                row=number,
                line=line + 1,
                todo="close it, or fetch the file again where it breaks off",
            )
        )
    return RejectedRow(name, number, None, None, f"cannot be taken apart into cells: {said}")


def _wrong_width(name: str, number: int, row: list[str], width: int, delimiter: str) -> RejectedRow:
    what = "too few cells" if len(row) < width else "too many cells"
    found = delimiter.join(row)[:_SHOWN]
    return RejectedRow(name, number, None, found, f"{what}: {len(row)} where the header has {width}")
