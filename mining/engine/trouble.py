"""What DuckDB raises, in words of this project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from mining.core.errors import Fault, InputError, MiningError, Problem, RequestError


class UncleanCsvError(Exception):
    """A CSV file is not what the strict, parallel scan expects. The sources room then reads it row by row.

    It never leaves the engine and the sources room.
    """


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turns whatever DuckDB raises into an error of ours; `doing` says at what, in a few words."""
    try:
        yield
    except duckdb.Error as error:
        raise _ours(error, doing) from error
    except RuntimeError as error:
        if _INTERRUPTED in str(error):
            raise KeyboardInterrupt from error
        raise


_INTERRUPTED = "Query interrupted"
"""What DuckDB makes, in the main thread, of whatever a signal handler raised there: a bare RuntimeError."""

_ROOM = "make room in the temporary folder, or name another one with --temp"
_MEMORY = "allow more with --memory-limit, or use fewer threads with --threads 1"


def _ours(error: duckdb.Error, doing: str) -> BaseException:
    text = str(error).strip()
    first = text.splitlines()[0] if text else type(error).__name__
    lower = text.lower()
    if isinstance(error, duckdb.InterruptException):
        return KeyboardInterrupt()
    if isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException) and "CSV" in first:
        return UncleanCsvError(text)
    found: MiningError = Fault(Problem(f"{doing} failed in the engine", found=first, todo="please report this"))
    if isinstance(error, duckdb.OutOfMemoryException):
        todo = _ROOM if "temp_directory" in lower else _MEMORY
        found = RequestError(Problem(f"{doing} needs more memory than it may use", found=first, todo=todo))
    elif isinstance(error, duckdb.IOException) and ("no space left" in lower or "could not write" in lower):
        found = RequestError(Problem(f"the disk filled up at {doing}", found=first, todo=_ROOM))
    elif isinstance(error, duckdb.IOException) or "parquet" in lower:
        found = InputError(Problem(f"{doing} could not read or write a file", found=first))
    return found
