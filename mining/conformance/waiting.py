"""Many streams aligned by pm4py within a given time: what is not done by then is left, and said to be.

Nothing here waits for pm4py without an end. Each process is watched by a clock that ends it; what waits for its answer
then goes on with the next stream and another process. When the whole time is over all of them are ended.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from mining.conformance.known import Known
from mining.conformance.net import Unfolded
from mining.conformance.pm4py_worker import Failed, Lost, Moves, Worker

SECONDS = 60.0
"""For all streams of an analysis together, unless the user says otherwise."""

_SHARE_FOR_ONE = 6
"""One stream gets a sixth of the whole time at most."""

_GRACE = 1.0
"""Seconds that pm4py gets to notice itself that its time is over, before its process is ended."""

_MOST_WORKERS = 4
_LOST_IN_A_ROW = 3

TOO_LONG = "aligning one stream took too long"
NO_TIME_LEFT = "the time for aligning was over"
FAILED = "pm4py could not align it"


@dataclass(slots=True)
class Patience:
    """How many seconds are left for pm4py, over all reference streams of an analysis; and what earlier runs aligned, so
    that it need not be aligned again."""

    seconds: float = SECONDS
    known: Known | None = None
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.seconds

    @property
    def for_one(self) -> float:
        """Seconds that one stream may take."""
        return self.seconds / _SHARE_FOR_ONE


@dataclass(frozen=True, slots=True)
class Job:
    """A merged stream to align, from beginning to end or, with `prefix`, up to anywhere."""

    stream: tuple[str, ...]
    prefix: bool


def align_in_time(
    nets: Unfolded,
    jobs: Sequence[Job],
    patience: Patience,
    *,
    start: Callable[[], Worker] = Worker,
    workers: int | None = None,
) -> dict[Job, Moves | str]:
    """The moves of each job, or why there are none; the first jobs first. What it takes is taken from `patience`.

    Ends within what is left of it, and at once where it is interrupted: no process outlives this call.
    """
    began = monotonic()
    pool = _Pool(nets, jobs, patience, start)
    count = workers or min(os.cpu_count() or 1, _MOST_WORKERS, max(len(jobs), 1))
    threads = [threading.Thread(target=pool.work, daemon=True) for _ in range(count)]
    try:
        for thread in threads:
            thread.start()
        pool.wait_until(began + patience.left)
    finally:
        pool.stop()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
        patience.left = max(patience.left - (monotonic() - began), 0.0)
    return {job: pool.done.get(job, NO_TIME_LEFT) for job in jobs}


class _Pool:
    """What the threads share, each of which talks to one process at a time."""

    def __init__(self, nets: Unfolded, jobs: Sequence[Job], patience: Patience, start: Callable[[], Worker]) -> None:
        self.done: dict[Job, Moves | str] = {}
        self._nets = nets
        self._todo = deque(dict.fromkeys(jobs))
        self._for_one = patience.for_one
        self._start = start
        self._lock = threading.Lock()
        self._running: set[Worker] = set()
        self._stopped = False
        self._working = 0
        self._finished = threading.Event()

    def wait_until(self, deadline: float) -> None:
        """Return when everything is done, nobody works any more, or the time is over."""
        while not self._finished.is_set() and (left := deadline - monotonic()) > 0:
            self._finished.wait(min(left, 0.5))  # in short stretches: Windows does not interrupt a long one

    def stop(self) -> None:
        """End every process; the threads end with them."""
        with self._lock:
            self._stopped = True
            for worker in self._running:
                worker.kill()

    def work(self) -> None:
        """One thread: job after job, with a new process where one was lost."""
        with self._lock:
            self._working += 1
        lost = 0
        try:
            while lost < _LOST_IN_A_ROW and self._todo and not self._stopped:
                lost = 0 if self._with_one_process() else lost + 1
        finally:
            with self._lock:
                self._working -= 1
                if not self._working:
                    self._finished.set()

    def _with_one_process(self) -> bool:
        """Align with one process until it is lost or nothing is left to do. Whether it was of any use."""
        try:
            worker = self._start()
        except Lost:
            return False
        with self._lock:
            self._running.add(worker)
            if self._stopped:
                worker.kill()
        asked = False
        try:
            worker.prepare(self._nets)
            while (job := self._next()) is not None:
                asked = True
                self._put(job, self._aligned(worker, job))
        except Lost:
            return asked
        finally:
            with self._lock:
                self._running.discard(worker)
            worker.close()
        return True

    def _next(self) -> Job | None:
        with self._lock:
            return self._todo.popleft() if self._todo and not self._stopped else None

    def _put(self, job: Job, outcome: Moves | str) -> None:
        with self._lock:
            self.done[job] = outcome

    def _aligned(self, worker: Worker, job: Job) -> Moves | str:
        clock = threading.Timer(self._for_one + _GRACE, worker.kill)
        clock.daemon = True
        clock.start()
        try:
            found = worker.align(job.stream, prefix=job.prefix, seconds=self._for_one)
        except Failed:
            return FAILED
        except Lost:
            if not self._stopped:
                self._put(job, TOO_LONG)
            raise
        finally:
            clock.cancel()
        return TOO_LONG if found is None else found
