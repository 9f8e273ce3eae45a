"""A run that leaves nothing behind: it analyses and judges, and neither fetches, records, publishes nor tells."""

from __future__ import annotations

import time

from mining.audit import inputs, records
from mining.audit.gates import Now, comparable, judge
from mining.audit.history.store import History
from mining.audit.job import Outcome
from mining.audit.judging import base_of
from mining.audit.measured import measured
from mining.audit.places import history_of
from mining.audit.plan import Plan
from mining.audit.setup import as_files, setup_of
from mining.core.audit import AuditRun
from mining.core.clock import Clock, system_clock
from mining.core.errors import ExitCode, RequestError
from mining.core.progress import Progress, silent


def dry_run(plan: Plan, *, clock: Clock = system_clock, progress: Progress = silent) -> Outcome:
    """What a run would find now, on the inputs that are there. Raises what a run raises."""
    from mining import pipeline

    begin = clock()
    setup = setup_of(plan, begin.date())
    found = inputs.find(plan.inputs, clock=clock, sleep=time.sleep, last=frozenset())
    with as_files(setup, plan.options) as given:
        mappings, references, options = given
        result = pipeline.analyse(
            [one.path for one in found],
            mapping=mappings,
            reference=references,
            options=options,
            progress=progress,
            clock=lambda: begin,
        )
        now = measured(result, None, plan.figures)
    history = _history(plan)
    runs = [] if history is None else history.read(plan.name, [records.RUN])
    if history is not None:
        history.close()
    base = base_of(plan, runs)
    kept = records.earlier(runs[-1]).setup if runs and runs[-1].body["setup_sha256"] != setup.sha256 else None
    gates = judge(
        plan.gates,
        Now(
            comparable(setup.sha256, now.by_completion),
            now.figures,
            kept,
            None,
            "a dry run does not try the set-up of the run before",
        ),
        [records.earlier(one) for one in runs],
        None if base is None else records.earlier(base),
    )
    failed = [gate.name for gate in gates if gate.fails]
    said = f"A dry run: nothing is recorded. {len(failed)} of {len(gates)} gates would fail."
    audit = AuditRun(
        audit=plan.name,
        record=0,
        records=0,
        head="",
        run=len(runs) + 1,
        before=None,
        base=None,
        verdict=said,
        gates=gates,
        causes=(),
        changes=(),
        variants=(),
        deviations=(),
        drift=None,
        drift_from_base=None,
        notes=() if plan.inputs.fetch is None else ("The command that fetches inputs was not run.",),
    )
    return Outcome("dry run", said, ExitCode.DONE if audit.held else ExitCode.GATE_FAILED, audit, None)


def _history(plan: Plan) -> History | None:
    try:
        return history_of(plan, write=False)
    except RequestError:  # there is none yet
        return None
