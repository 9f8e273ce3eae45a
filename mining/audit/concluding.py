"""What follows once a run has its analysis: it is judged, recorded, published, and told of."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mining.audit import alerts, records, trend
from mining.audit.caching import counts
from mining.audit.folders import Partial, forget
from mining.audit.history.store import Record
from mining.audit.inputs import Found
from mining.audit.job import REPORT, Job, Outcome, analysed
from mining.audit.judging import PACKAGE, Counted, judged, of_history
from mining.audit.measured import Measured, measured
from mining.audit.setup import Setup, earlier_setup
from mining.core.audit import AuditRun
from mining.core.errors import ExitCode, MiningError, Problem, RequestError
from mining.core.files import write_text

if TYPE_CHECKING:
    from mining.result import Result


def conclude(
    job: Job,
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
    """Judge what an analysis found, record it, and give its report its place.

    `same` is the run that this one makes the lost report of again; `begin` is when the analysis began, by
    `time.perf_counter`. Raises RequestError where the report cannot be written.
    """
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


def conclude_repeat(job: Job, same: Record, runs: Sequence[Record], found: Sequence[Found]) -> Outcome:
    """Record that the inputs and the set-up are those of a run that was made before, judged by what was found then."""
    plan, history = job.plan, job.history
    before = [one for one in runs if one.number < same.number]
    audit = judged(plan, of_history(same, history), before, history, ())
    body = records.repeat_body(plan, at=job.at, due=job.due, of=same.body["run"], found=found, judged=audit)
    record = history.append(body)
    audit = replace(audit, record=record.number, records=record.number, head=record.hash)
    return _told(job, record, audit, plan.reports / same.body["report"] / REPORT)


def _told(job: Job, record: Record, audit: AuditRun, report: Path) -> Outcome:
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


def _kept(job: Job, runs: Sequence[Record], setup: Setup, found: Sequence[Found]) -> tuple[Measured | None, str | None]:
    """The inputs by the set-up of the run before, where that is another one; else why that could not be done."""
    if not runs or runs[-1].body["setup_sha256"] == setup.sha256:
        return None, None
    job.progress("once more by the set-up of the run before", None)
    old = earlier_setup(runs[-1].body["setup"], job.history.document, setup)
    try:
        with Partial(job.plan.reports, "kept") as folder:
            result = analysed(job, old, found, folder)
            return measured(result, folder, job.plan.figures, runs[-1].body["window"]), None
    except MiningError as error:
        return None, error.problems[0].text


def _notes(job: Job, made: Sequence[Record]) -> list[str]:
    said = [] if job.cache is None else list(dict.fromkeys(job.cache.said))
    if made and job.at.isoformat() < made[-1].body["at"]:
        last = made[-1].body["at"]
        said.append(f"The clock was set back: this run began at {job.at.isoformat()}, and the one before it at {last}.")
    plan_before = made[-1].body["plan_sha256"] if made else job.plan.sha256
    if plan_before != job.plan.sha256:
        said.append("The audit file changed since the run before.")
    return said
