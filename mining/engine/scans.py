"""How files are named to DuckDB."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a CSV file is written: `quote` is None where cells are not quoted."""

    delimiter: str
    quote: str | None
    header: bool


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def put_in(table: pa.Table, view: str) -> str:
    """The query for the columns of an Arrow table known as `view`.

    A dictionary of words becomes an enumeration, which DuckDB writes to Parquet in half the time it takes for text.
    """
    columns = ", ".join(_column(name, table[name].combine_chunks()) for name in table.column_names)
    return f"SELECT {columns} FROM {quoted(view)}"  # noqa: S608  names and words are escaped


def _column(name: str, column: pa.Array) -> str:
    words = getattr(column, "dictionary", None)
    if not words:
        return quoted(name)
    return f"CAST({quoted(name)} AS ENUM({', '.join(map(literal, words.to_pylist()))})) AS {quoted(name)}"


_BUFFER = 32_000_000
"""Bytes that a thread takes from a CSV file at a time. DuckDB takes 8 MB where nothing is said, which are too few rows
for a group of a table, so that all of them are copied once more: it then needs 1.4 times the time to fill a table."""


def csv_scan(path: Path, width: int, form: CsvForm) -> str:
    """The query that reads the cells of a CSV file as text, columns c0…c{width-1}.

    Nothing is guessed: every option is given. Strict, so that the threads' seams are checked: a file that is not
    quite CSV fails as a whole, and is then read row by row in the sources room.
    """
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    quote = form.quote or ""
    return (
        "SELECT * FROM "  # noqa: S608  every part is a literal that is escaped here
        f"read_csv({literal(_exact(path))}, auto_detect = false, columns = {{{columns}}}, "
        f"header = {str(form.header).lower()}, delim = {literal(form.delimiter)}, quote = {literal(quote)}, "
        f"escape = {literal(quote)}, compression = 'none', strict_mode = true, buffer_size = {_BUFFER})"
    )


def parquet_scan(paths: Sequence[Path]) -> str:
    """The query that reads Parquet files, columns of one name together."""
    names = ", ".join(literal(_exact(path)) for path in paths)
    return f"FROM read_parquet([{names}], union_by_name = true, hive_partitioning = false)"


def _exact(path: Path) -> str:
    """The path as DuckDB finds this file and no other: it would take some signs in it for a pattern of paths."""
    return re.sub(r"[*?[]", r"[\g<0>]", str(path.absolute()))
