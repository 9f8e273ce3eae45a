"""How much memory, how many threads and which folder the engine may use."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from mining.core.analysis import Options
from mining.core.errors import Problem, RequestError
from mining.core.sizes import bytes_in

DEFAULT_MEMORY = 1_600_000_000
"""Chosen by measuring 10,000,000 events: no slower than with more, and the whole process stays below 2.5 GB."""

LEAST_MEMORY = 100_000_000
"""Below this even small exports fail."""

MOST_THREADS = 1_024


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked settings. `memory` and `most_unpacked` are in bytes; `threads` None means one for each processor."""

    memory: int
    threads: int | None
    temp: Path
    most_unpacked: int

    @classmethod
    def of(cls, options: Options) -> Settings:
        """The settings that `options` ask for. Raises RequestError with every option that makes no sense."""
        problems: list[Problem] = []
        memory = _memory(options.memory_limit, problems)
        most_unpacked = _most_unpacked(options.max_unpacked, problems)
        threads = options.threads
        if threads is not None and not 1 <= threads <= MOST_THREADS:
            text = f"--threads must be between 1 and {MOST_THREADS:,}"
            problems.append(Problem(text, found=str(threads), todo="leave it out to use every processor"))
        temp = Path(tempfile.gettempdir() if options.temp is None else options.temp)
        if not temp.is_dir() or not os.access(temp, os.W_OK):
            todo = "name a folder that exists and may be written to"
            problems.append(Problem("the temporary folder cannot be used", file=str(temp), todo=todo))
        if problems:
            raise RequestError(*problems)
        return cls(memory, threads, temp.absolute(), most_unpacked)

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """A fresh private folder below `temp`, removed with all that is in it on leaving, on SIGTERM too."""
        folder = Path(tempfile.mkdtemp(prefix="vsm-", dir=self.temp))
        try:
            with _terminate_like_ctrl_c():
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _memory(text: str | None, problems: list[Problem]) -> int:
    if text is None:
        return min(DEFAULT_MEMORY, max(LEAST_MEMORY, _machine_memory() // 2))
    size = bytes_in(text) or 0
    if size < LEAST_MEMORY:
        problems.append(
            Problem(
                "--memory-limit is not usable",
                found=text,
                expected="a number and a unit, at least 100MB",
                todo="write, for example, 2GB",
            )
        )
    return size


def _most_unpacked(text: str, problems: list[Problem]) -> int:
    size = bytes_in(text)
    if not size:
        todo = "write, for example, 20GB"
        problems.append(Problem("--max-unpacked is not usable", found=text, expected="a number and a unit", todo=todo))
    return size or 0


def _machine_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return 2 * DEFAULT_MEMORY


@contextmanager
def _terminate_like_ctrl_c() -> Iterator[None]:
    """A scheduler ends a process with SIGTERM; without this the folder that was spilled to would stay behind.

    What Ctrl-C does is done: who listens to that, as the command line does, hears of this too.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def stop(_signal: int, frame: FrameType | None) -> Any:
        on_ctrl_c = signal.getsignal(signal.SIGINT)
        if callable(on_ctrl_c):
            on_ctrl_c(signal.SIGINT, frame)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
