"""One run of an audit: fetch, find, analyse, judge, record, publish, tell. Read `run_audit` from top to bottom."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from mining.audit import alerts, inputs, records
from mining.audit.caching import cache_of
from mining.audit.concluding import conclude, conclude_repeat
from mining.audit.folders import Partial, clear
from mining.audit.history.chain import canonical
from mining.audit.history.store import History
from mining.audit.inputs import Found, InputMissing
from mining.audit.job import REPORT, Job, Outcome, analysed
from mining.audit.places import history_of
from mining.audit.plan import Plan
from mining.audit.schedule import last_due
from mining.audit.setup import Setup, setup_of
from mining.core.clock import Clock, system_clock
from mining.core.errors import ExitCode, InputError, MiningError, Problem, shown
from mining.core.files import output_folder
from mining.core.progress import Progress, silent

_ATTEMPTS = 3  # how often inputs are read that are replaced meanwhile
_POLL = 1.0


def run_audit(
    plan: Plan,
    *,
    due: bool = False,
    patience: float = 0.0,
    clock: Clock = system_clock,
    sleep: Callable[[float], None] = time.sleep,
    progress: Progress = silent,
) -> Outcome:
    """Run an audit once, and put it into the history, whatever becomes of it.

    With `due` it runs only for a time of the schedule for which it has not run yet. `patience` is for how many
    seconds to wait where another run of the same audit is under way. Raises what the analysis raises, once that is
    recorded and told; RequestError where another run is under way, or the history cannot be used.
    """
    waited = _patient(patience, sleep, progress)
    try:
        history = history_of(plan, write=True)
    except MiningError as error:
        alerts.tell_without_history(plan, str(error.problems[0].text))
        raise
    try:
        alerts.history_is_back(plan)
        with history.one_run(plan.name, waited):
            at = clock()
            slot = last_due(plan.schedule, at) if due and plan.schedule is not None else None
            job = Job(plan, history, clock, sleep, progress, at, slot, cache_of(plan))
            if slot is not None and _has_run(history, plan, slot):
                return Outcome("not due", f"It has run for {slot.isoformat()} already.", ExitCode.DONE)
            return _recorded(job)
    finally:
        history.close()


def _patient(patience: float, sleep: Callable[[float], None], progress: Progress) -> Callable[[], bool]:
    left = [patience]

    def waited() -> bool:
        if left[0] <= 0:
            return False
        progress("waiting for another run of this audit", None)
        sleep(min(_POLL, left[0]))
        left[0] -= _POLL
        return True

    return waited


def _has_run(history: History, plan: Plan, slot: datetime) -> bool:
    return any(one.body["due"] == slot.isoformat() for one in history.read(plan.name, records.MADE))


def _recorded(job: Job) -> Outcome:
    """Run, and record also what went wrong."""
    try:
        return _run(job)
    except Exception as error:
        kind = records.MISSING if isinstance(error, InputMissing) else records.FAILED
        body = records.failed_body(job.plan, kind, error, at=job.at, due=job.due)
        record = job.history.append(body)
        alerts.tell(job.plan, job.history, record, None, job.clock)
        raise


def _run(job: Job) -> Outcome:
    plan, history = job.plan, job.history
    output_folder(plan.reports)
    clear(plan.reports)
    made = history.read(plan.name, records.MADE)
    runs = [one for one in made if one.kind == records.RUN]
    setup = setup_of(plan, job.at.date())
    job.progress("fetching the inputs", None)
    inputs.fetch(plan)
    last = frozenset(one["sha256"] for one in runs[-1].body["inputs"]) if runs else frozenset()
    for attempt in range(_ATTEMPTS):
        found = inputs.find(plan.inputs, clock=job.clock, sleep=job.sleep, last=last)
        fingerprint = _fingerprint(found, setup)
        same = next((one for one in runs if one.body["fingerprint"] == fingerprint), None)
        if same is not None and (plan.reports / same.body["report"] / REPORT).exists():
            return conclude_repeat(job, same, runs, found)
        begin = time.perf_counter()
        with Partial(plan.reports, "now") as folder:
            result = analysed(job, setup, found, folder)
            if not (changed := inputs.replaced(found)):
                return conclude(
                    job,
                    runs,
                    same=same,
                    setup=setup,
                    found=found,
                    fingerprint=fingerprint,
                    result=result,
                    folder=folder,
                    made=made,
                    begin=begin,
                )
        job.progress(f"{shown(changed[0].path)} was replaced while it was read: once more", None)
        job.sleep(_POLL * (attempt + 1))
    todo = "let the export be written under another name and renamed when it is whole"
    raise InputError(*(Problem("was replaced while it was read", file=shown(one.path), todo=todo) for one in changed))


def _fingerprint(found: Sequence[Found], setup: Setup) -> str:
    """What tells two runs on the same inputs by the same set-up: names do not matter, contents do."""
    counted = {"inputs": sorted(one.sha256 for one in found), "setup": setup.sha256}
    return hashlib.sha256(canonical(counted).encode()).hexdigest()
