"""The formats that can be read. A new one is one module and one line here; other packages bring theirs as plugins."""

from __future__ import annotations

from types import ModuleType
from typing import cast

from mining.core.errors import Problem, RequestError
from mining.sources import csv_table, json_records, ocel_sqlite, ocel_xml, parquet, workbook, xes
from mining.sources.opened import Format
from mining.sources.plugins import plugins
from mining.sources.unpack import Plain

FORMATS: tuple[ModuleType, ...] = (
    parquet,
    workbook,
    ocel_sqlite,
    json_records,
    ocel_xml,
    xes,
    csv_table,
)
"""In the order in which they are asked; CSV, which has no mark of its own, comes last."""

_HEAD = 4096


def format_of(plain: Plain) -> Format:
    """The format of a file, by its name and its first bytes.

    Raises RequestError where the file is empty, or in none of the formats.
    """
    with plain.path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise RequestError(Problem("is empty", file=plain.name, todo="export the tickets again"))
    known = [*plugins(), *(cast(Format, module) for module in FORMATS)]
    for form in known:
        if form.fits(plain.path.name, head):
            return form
    names = ", ".join(str(form.NAME) for form in known)
    raise RequestError(
        Problem("is in no format that is read here", file=plain.name, expected=names, todo="export as CSV")
    )
