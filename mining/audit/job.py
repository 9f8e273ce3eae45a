"""What a run of an audit is about, what becomes of it, and the analysis in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mining.audit.agreed import on_its_day
from mining.audit.history.store import History
from mining.audit.inputs import Found
from mining.audit.plan import Plan
from mining.audit.setup import Setup, as_files
from mining.core.audit import AuditRun
from mining.core.cache import Cache
from mining.core.clock import Clock
from mining.core.errors import ExitCode
from mining.core.progress import Progress

if TYPE_CHECKING:
    from mining.result import Result

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
class Job:
    """What is the same for all parts of a run."""

    plan: Plan
    history: History
    clock: Clock
    sleep: Callable[[float], None]
    progress: Progress
    at: datetime
    due: datetime | None
    cache: Cache | None


def analysed(job: Job, setup: Setup, found: Sequence[Found], folder: Path | None) -> Result:
    """The inputs `found`, analysed by this set-up, and written into `folder` where one is named. Raises what the
    analysis raises."""
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
