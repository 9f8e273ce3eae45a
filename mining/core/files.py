"""Files that are whole or absent."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mining.core.errors import Problem, RequestError


def output_folder(path: Path) -> Path:
    """Make the folder `path` and see that it can be written to. Raises RequestError where it cannot."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        todo = "name a folder that you may write to with --output"
        raise RequestError(
            Problem(f"cannot write to this output folder: {error.strerror}", file=str(path), todo=todo)
        ) from error
    return path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to, and rename it to `path` once all is written.

    Whatever interrupts the writing leaves neither a part of the new file nor harms an old one. Raises RequestError
    where the folder cannot be written to, or is full.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as error:
        raise RequestError(Problem(f"cannot be written: {error.strerror or error}", file=str(path))) from error
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all: UTF-8, lines ended by LF on every system."""
    with whole(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
