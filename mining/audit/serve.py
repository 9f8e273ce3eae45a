"""Runs audits by their schedules, in the foreground: for a container, or wherever there is neither systemd nor cron.

One audit at a time. A time that passed while another audit ran, or while the server was down, is made up for once,
where the audit had run before. Audit files are read anew before each run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from mining.audit import inputs, records
from mining.audit.file import load_plan
from mining.audit.job import Outcome
from mining.audit.places import history_of
from mining.audit.plan import Plan
from mining.audit.run import run_audit
from mining.audit.schedule import last_due, next_due
from mining.core.clock import Clock, system_clock
from mining.core.errors import Problem, RequestError
from mining.core.progress import Progress, silent

_LONGEST = 30.0
"""Seconds between two looks at the clock and at watched folders, so that a clock that is set is noticed."""


@dataclass(slots=True)
class _Watched:
    """An audit that is served. `seen` marks the files that its folder had when it last ran."""

    file: Path
    plan: Plan
    next: datetime | None
    seen: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(slots=True)
class Server:
    """Serves audits until `stopped` says so. `heard` is told of each run: the audit's name, and its outcome or its
    error."""

    files: Sequence[Path]
    heard: Callable[[str, Outcome | BaseException], None]
    clock: Clock = system_clock
    sleep: Callable[[float], None] = time.sleep
    stopped: Callable[[], bool] = lambda: False
    progress: Progress = silent
    _audits: list[_Watched] = field(default_factory=list)

    def serve(self) -> None:
        """Run what is due, wait, and look again. Raises RequestError where an audit has neither a schedule nor a
        folder to watch."""
        self._audits = [self._begin(file) for file in self.files]
        while not self.stopped():
            now = self.clock()
            for audit in self._audits:
                if self.stopped():
                    return
                if audit.next is not None and audit.next <= now:
                    self._run(audit, due=True)
                elif audit.plan.inputs.watch and self._has_landed(audit):
                    self._run(audit, due=False)
            self.sleep(self._pause())

    def _begin(self, file: Path) -> _Watched:
        plan = load_plan(file)
        if plan.schedule is None and not plan.inputs.watch:
            todo = "give it a schedule, or inputs with watch: true"
            raise RequestError(Problem("this audit has nothing that could start it", file=str(file), todo=todo))
        audit = _Watched(file, plan, None)  # what landed while nothing was served is run too: at worst it is a repeat
        if plan.schedule is not None:
            audit.next = (
                last_due(plan.schedule, self.clock())
                if self._is_behind(plan)
                else next_due(plan.schedule, self.clock())
            )
        return audit

    def _is_behind(self, plan: Plan) -> bool:
        """Whether the audit ran at some time, but not for the last time that it was due."""
        slot = last_due(plan.schedule, self.clock())
        try:
            with closing(history_of(plan, write=False)) as history:
                made = history.read(plan.name, records.MADE)
        except RequestError:
            return False
        return slot is not None and bool(made) and all(one.body["at"] < slot.isoformat() for one in made)

    def _run(self, audit: _Watched, *, due: bool) -> None:
        begun = self.clock()
        try:
            audit.plan = load_plan(audit.file)
            audit.seen = _marks(audit.plan)
            made = run_audit(
                audit.plan, due=due, patience=60, clock=self.clock, sleep=self.sleep, progress=self.progress
            )
            self.heard(audit.plan.name, made)
        except Exception as error:  # noqa: BLE001 - one audit that fails must not stop the others; it is told
            self.heard(audit.plan.name, error)
        # What came due meanwhile lies in the past then, and is run next.
        audit.next = None if audit.plan.schedule is None else next_due(audit.plan.schedule, begun)

    def _has_landed(self, audit: _Watched) -> bool:
        marks = _marks(audit.plan)
        return bool(marks) and marks != audit.seen

    def _pause(self) -> float:
        now = self.clock()
        waits = [(audit.next - now) / timedelta(seconds=1) for audit in self._audits if audit.next is not None]
        return max(0.0, min([_LONGEST, *waits]))


def _marks(plan: Plan) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """What is in a watched folder now, in a form that changes with it."""
    if not plan.inputs.watch:
        return ()
    try:
        return tuple((str(path), inputs.mark(path)) for path in inputs.candidates(plan.inputs))
    except OSError:  # a file went away while it was looked at: next time
        return ()
