"""One run of an audit: fetch, find, analyse, judge, record, publish, tell. Read `run_audit` from top to bottom."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mining.audit import alerts, inputs, records, trend
from mining.audit.agreed import on_its_day
from mining.audit.caching import cache_of, counts
from mining.audit.folders import Partial, clear, forget
from mining.audit.history.chain import canonical
from mining.audit.history.store import History, Record
from mining.audit.inputs import Found, InputMissing
from mining.audit.judging import PACKAGE, Counted, judged, of_history
from mining.audit.measured import Measured, measured
from mining.audit.places import history_of
from mining.audit.plan import Plan
from mining.audit.schedule import last_due
from mining.audit.setup import Setup, as_files, earlier_setup, setup_of
from mining.core.audit import AuditRun
from mining.core.cache import Cache
from mining.core.clock import Clock, system_clock
from mining.core.errors import ExitCode, InputError, MiningError, Problem, RequestError, shown
from mining.core.files import output_folder, write_text
from mining.core.progress import Progress, silent

if TYPE_CHECKING:
    from mining.result import Result

_ATTEMPTS = 3  # how often inputs are read that are replaced meanwhile
_POLL = 1.0

REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run. `kind` is that of its record, or "not due"; `report` where its report is, if there is one;
    `told` says who was told of what."""

    kind: str
    said: str
    exit_code: ExitCode
    audit: AuditRun | None = None
    report: Path | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    """What is the same for all parts of a run."""

    plan: Plan
    history: History
    clock: Clock
    sleep: Callable[[float], None]
    progress: Progress
    at: datetime
    due: datetime | None
    cache: Cache | None


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
            job = _Job(plan, history, clock, sleep, progress, at, slot, cache_of(plan))
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


def _recorded(job: _Job) -> Outcome:
    """Run, and record also what went wrong."""
    try:
        return _run(job)
    except Exception as error:
        kind = records.MISSING if isinstance(error, InputMissing) else records.FAILED
        body = records.failed_body(job.plan, kind, error, at=job.at, due=job.due)
        record = job.history.append(body)
        alerts.tell(job.plan, job.history, record, None, job.clock)
        raise


def _run(job: _Job) -> Outcome:
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
            return _repeat(job, same, runs, found)
        begin = time.perf_counter()
        with Partial(plan.reports, "now") as folder:
            result = _analyse(job, setup, found, folder)
            if not (changed := inputs.replaced(found)):
                return _new(
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


def _analyse(job: _Job, setup: Setup, found: Sequence[Found], folder: Path | None) -> Result:
    from mining import pipeline

    with as_files(setup, job.plan.options) as (mappings, references, options):
        return pipeline.analyse(
            [one.path for one in found],
            mapping=mappings,
            reference=references,
            output=folder,
            brand=job.plan.brand,
            language=job.plan.language,
            options=options,
            progress=job.progress,
            clock=on_its_day(setup.acceptances, job.clock),
            cache=job.cache,
        )


def _new(
    job: _Job,
    runs: Sequence[Record],
    *,
    same: Record | None,
    setup: Setup,
    found: Sequence[Found],
    fingerprint: str,
    result: Result,
    folder: Path,
    made: Sequence[Record],
    begin: float,
) -> Outcome:
    plan, history = job.plan, job.history
    if same is not None:  # its report was lost, in a run that was killed or by hand: it is made again
        runs = [one for one in runs if one.number < same.number]
    now = measured(result, folder, plan.figures, runs[-1].body["window"] if runs else None)
    kept, why_not = _kept(job, runs, setup, found)
    counted = Counted(now, setup, result.analysis.run.versions[PACKAGE], kept, why_not)
    audit = judged(plan, counted, runs, history, _notes(job, made))
    if same is not None:
        name = same.body["report"]
        body = records.repeat_body(plan, at=job.at, due=job.due, of=same.body["run"], found=found, judged=audit)
        content: dict[str, bytes] = {}
    else:
        name = f"{job.at:%Y-%m-%d}-run-{audit.run:04}"
        body, content = records.run_body(
            plan,
            at=job.at,
            due=job.due,
            found=found,
            fingerprint=fingerprint,
            setup=setup,
            measured=now,
            kept=None if kept is None else kept.figures,
            judged=audit,
            result=result.to_dict(),
            report=name,
            seconds=round(time.perf_counter() - begin, 3),
            more=counts(job.cache),
        )
    record = history.append(body, content)
    audit = replace(audit, record=record.number, records=record.number, head=record.hash)
    job.progress("writing the report", None)
    _publish(result, audit, folder, plan.reports / name)
    if job.cache is not None:
        job.cache.tidy()
    return _told(job, record, audit, plan.reports / name / REPORT)


def _publish(result: Result, audit: AuditRun, folder: Path, place: Path) -> None:
    """Give the folder of the report its name, once all of it is written."""
    text = json.dumps(result.to_dict(audit), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(folder / "result.json", text)
    result.write_report(folder / REPORT, audit)
    try:
        if place.exists():  # a report of a history that is no longer there, or of another audit
            place.rename(place.with_name(f"{place.name}.old-{audit.head[:8]}"))
        folder.rename(place)
    except OSError as error:
        raise RequestError(Problem(f"cannot be written: {error.strerror}", file=str(place))) from error


def _repeat(job: _Job, same: Record, runs: Sequence[Record], found: Sequence[Found]) -> Outcome:
    plan, history = job.plan, job.history
    before = [one for one in runs if one.number < same.number]
    audit = judged(plan, of_history(same, history), before, history, ())
    body = records.repeat_body(plan, at=job.at, due=job.due, of=same.body["run"], found=found, judged=audit)
    record = history.append(body)
    audit = replace(audit, record=record.number, records=record.number, head=record.hash)
    return _told(job, record, audit, plan.reports / same.body["report"] / REPORT)


def _told(job: _Job, record: Record, audit: AuditRun, report: Path) -> Outcome:
    """Alerts, the trend page, old reports: what follows from a run, and does not change what came of it."""
    plan = job.plan
    told = alerts.tell(plan, job.history, record, audit, job.clock)
    try:
        trend.write(plan, job.history)
    except RequestError as error:  # the run is recorded and published: that stands
        told = (*told, f"nobody of the trend page: it {error.problems[0].text}")
    forget(plan, job.history)
    code = ExitCode.DONE if audit.held else ExitCode.GATE_FAILED
    said = audit.verdict
    if record.kind == records.REPEAT:
        said = f"The same inputs by the same set-up as run {record.body['of']}: it is not counted again. {said}"
    return Outcome(record.kind, said, code, audit, report, told)


def _kept(
    job: _Job, runs: Sequence[Record], setup: Setup, found: Sequence[Found]
) -> tuple[Measured | None, str | None]:
    """The inputs by the set-up of the run before, where that is another one; else why that could not be done."""
    if not runs or runs[-1].body["setup_sha256"] == setup.sha256:
        return None, None
    job.progress("once more by the set-up of the run before", None)
    old = earlier_setup(runs[-1].body["setup"], job.history.document, setup)
    try:
        with Partial(job.plan.reports, "kept") as folder:
            result = _analyse(job, old, found, folder)
            return measured(result, folder, job.plan.figures, runs[-1].body["window"]), None
    except MiningError as error:
        return None, error.problems[0].text


def _notes(job: _Job, made: Sequence[Record]) -> list[str]:
    said = [] if job.cache is None else list(dict.fromkeys(job.cache.said))
    if made and job.at.isoformat() < made[-1].body["at"]:
        last = made[-1].body["at"]
        said.append(f"The clock was set back: this run began at {job.at.isoformat()}, and the one before it at {last}.")
    plan_before = made[-1].body["plan_sha256"] if made else job.plan.sha256
    if plan_before != job.plan.sha256:
        said.append("The audit file changed since the run before.")
    return said
