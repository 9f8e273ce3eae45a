"""A file that one process has at a time, by what the system has for that: flock, or on Windows a locked byte."""

from __future__ import annotations

from importlib import import_module
from typing import IO, Any


def taken(file: IO[Any]) -> bool:
    """Whether this process has the open file to itself now; False where another one has it. The system lets go of it
    when the file is closed or the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:
        return _taken_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken_on_windows(file: IO[Any]) -> bool:
    msvcrt: Any = import_module("msvcrt")
    file.seek(0)  # bytes are locked from where the file stands, and may lie behind its end
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
