"""What differs from run to run: when it was, how long it took, with how much memory, where, and with which versions."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

from mining.core.analysis import Run
from mining.core.clock import Clock
from mining.core.progress import Progress

_PACKAGES = ("value-stream-miner", "pm4py", "ibis-framework", "duckdb", "pyarrow", "plotly", "tzdata", "holidays")


class Stopwatch:
    """Times the phases of the corridor and announces them."""

    def __init__(self, progress: Progress, clock: Clock) -> None:
        self._progress = progress
        self._started = clock()
        self._start = time.perf_counter()
        self._phases: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        """Time what is done inside the block as `phase`."""
        self._progress(phase, None)
        begin = time.perf_counter()
        yield
        self._phases[phase] = round(time.perf_counter() - begin, 3)

    def run(self) -> Run:
        """The run up to now."""
        return Run(
            started=self._started,
            seconds=round(time.perf_counter() - self._start, 3),
            peak_memory=_peak_memory(),
            host=platform.node(),
            versions=_versions(),
            phases=dict(self._phases),
        )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed as a package"
    return found


def _peak_memory() -> int:
    """The most memory that this process ever held, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
