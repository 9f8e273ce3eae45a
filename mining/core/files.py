"""Files that are whole or absent."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mining.core.errors import Problem, RequestError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def output_folder(path: Path, exports: Sequence[str | Path] = ()) -> Path:
    """Make the folder `path` and see that it can be written to.

    Raises RequestError where it cannot, or where it is one of the folders that `exports` are read from: the next
    analysis would read what this one writes.
    """
    if any(Path(one).is_dir() and path.exists() and path.samefile(one) for one in exports):
        text, todo = "the exports are read from this folder: nothing is written here", "name another with --output"
        raise RequestError(Problem(text, file=str(path), todo=todo))
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
def alone_in(folder: Path | None) -> Iterator[None]:
    """Keep others from writing an analysis into `folder` meanwhile: its files would be half of the one, half of the
    other. Raises RequestError where somebody else is at it.

    What holds is a lock on the folder, which leaves no file behind and ends with the process. Where the system or the
    file system has none, nothing is held.
    """
    if folder is None or fcntl is None:
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                todo = "wait until it is done, or name another folder with --output"
                raise RequestError(
                    Problem("another analysis is writing into this folder", file=str(folder), todo=todo)
                ) from error
        yield
    finally:
        os.close(opened)


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
