"""The connections to the one database in memory: one for each query that runs at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from queue import LifoQueue
from typing import Any, TypeVar

import duckdb

T = TypeVar("T")

_AT_ONCE = 2  # jobs of `together` beside the one of the caller's own thread
_AGAIN = 0.05  # seconds
_CONNECTIONS = 2 + _AT_ONCE  # one for the caller, and one for whoever writes files beside


class Connections:
    """Queries that several threads ask for, run side by side; all see the same tables.

    One query of many rows keeps all of the engine's threads busy. Small ones do not, nor does Python while it writes
    the next one: that is when another job's queries run.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._all = [duckdb.connect(":memory:", config=dict(config))]
        self._all += [self._all[0].cursor() for _ in range(_CONNECTIONS - 1)]
        for each in self._all:
            each.execute("SET TimeZone = 'UTC'")
            with suppress(duckdb.Error):  # a notebook without ipywidgets gets no bar, even one that is never shown
                each.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        self._free: LifoQueue[duckdb.DuckDBPyConnection] = LifoQueue()
        for each in reversed(self._all):
            self._free.put(each)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._beside = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="together")
        self._here = threading.local()
        self._stopping = threading.Event()

    @property
    def first(self) -> duckdb.DuckDBPyConnection:
        """The one that stands for the database where nothing is computed."""
        return self._all[0]

    def lock(self) -> None:
        """No setting can be changed afterwards."""
        self.first.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Stop what runs, and free everything."""
        self._interrupt()  # Ctrl-C may have come before anybody waited for the query that still runs
        self._worker.shutdown()
        self._beside.shutdown(cancel_futures=True)
        for each in reversed(self._all):
            with suppress(duckdb.Error):
                each.close()

    def run(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Do `work` with a connection that nobody else has, so that Ctrl-C stops it: DuckDB does not look at signals
        in the middle of a long query."""
        if threading.current_thread() is not threading.main_thread():
            return self._done(work)
        running = self._worker.submit(self._done, work)
        try:
            return running.result()
        except KeyboardInterrupt:
            self._interrupt()
            wait([running])
            raise

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """What each of `jobs` returns; see `Tables.together`."""
        if getattr(self._here, "inside", False):
            return [job() for job in jobs]
        beside = [self._beside.submit(self._job, job) for job in jobs[1:]]
        try:
            return [self._job(job) for job in jobs[:1]] + [each.result() for each in beside]
        except BaseException:
            self._stop(beside)
            raise

    def percent(self) -> float:
        """How far the query is that is farthest, of 100; negative where none can tell."""
        found = -1.0
        for each in self._all:
            with suppress(duckdb.Error):
                found = max(found, each.query_progress())
        return found

    def _job(self, job: Callable[[], T]) -> T:
        self._here.inside = True
        try:
            return job()
        finally:
            self._here.inside = False

    def _done(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        with self._one() as connection:
            if self._stopping.is_set():
                raise KeyboardInterrupt
            return work(connection)

    @contextmanager
    def _one(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = self._free.get()
        try:
            yield connection
        finally:
            self._free.put(connection)

    def _interrupt(self) -> None:
        for each in self._all:
            each.interrupt()

    def _stop(self, jobs: Sequence[Future[T]]) -> None:
        """End `jobs` where they are: at their query, or before their next one."""
        self._stopping.set()
        for job in jobs:
            job.cancel()
        self._interrupt()
        while wait(jobs, timeout=_AGAIN).not_done:  # a query that began meanwhile has not heard of it
            self._interrupt()
        self._stopping.clear()
