"""From the figures of a run and the runs before it to what the audit says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile

from mining.audit import compare
from mining.audit.causes import Side, causes, notes
from mining.audit.gates import Now, comparable, judge
from mining.audit.history.store import History, Record
from mining.audit.measured import Measured, from_history
from mining.audit.plan import Plan
from mining.audit.records import earlier
from mining.audit.setup import Setup, earlier_setup
from mining.audit.usual import MOST
from mining.core.audit import AuditRun, Cause, CauseKind, Drift, GateResult

PACKAGE = "value-stream-miner"


@dataclass(frozen=True, slots=True)
class Counted:
    """A run that was counted. `kept` is the same inputs by the set-up of the run before, where that is another one and
    could be used; else `why_not` says why it could not."""

    measured: Measured
    setup: Setup
    program: str
    kept: Measured | None = None
    why_not: str | None = None


def of_history(record: Record, history: History) -> Counted:
    """An earlier run as it was counted then: figures and set-up, from its record and the documents of the history."""
    setup = earlier_setup(record.body["setup"], history.document)
    return Counted(from_history(record.body, history.document), setup, record.body["versions"].get(PACKAGE, ""))


def base_of(plan: Plan, runs: Sequence[Record]) -> Record | None:
    """The run that is the base line: the one that the audit file names, else the first."""
    wanted = plan.base_line or 1
    return next((one for one in runs if one.body["run"] == wanted), None)


def judged(plan: Plan, now: Counted, runs: Sequence[Record], history: History, more: Sequence[str] = ()) -> AuditRun:
    """What is to be said of a run; `runs` are those before it. Hash and numbers of the record come later."""
    before, base = (runs[-1] if runs else None), base_of(plan, runs)
    program = now.program
    setup_before = None if before is None else before.body["setup_sha256"]
    is_new = setup_before is not None and setup_before != now.setup.sha256
    gates = judge(
        plan.gates,
        Now(
            setup=comparable(now.setup.sha256, now.measured.by_completion),
            figures=now.measured.figures,
            kept_setup=_kept_setup(now, before) if is_new else None,
            kept=None if now.kept is None else now.kept.figures,
            why_not=now.why_not,
        ),
        [earlier(one) for one in runs],
        None if base is None else earlier(base),
    )
    earlier_run = None if before is None else of_history(before, history)
    base_run = None if base is None else from_history(base.body, history.document)
    if earlier_run is None:
        found: tuple[Cause, ...] = (Cause(CauseKind.FIRST, "This is the first run: there is nothing to compare with."),)
    else:
        found = causes(
            Side(now.measured, now.setup, program),
            Side(earlier_run.measured, earlier_run.setup, earlier_run.program),
            now.kept,
            now.why_not,
            partial(_counted_alike, runs, history),
        )
    past = None if earlier_run is None else earlier_run.measured
    alike = now.kept if is_new and now.kept is not None else now.measured
    if is_new and now.kept is not None:
        more = (*more, "Variants, deviations and drift are counted by the set-up of the run before.")
    elif is_new:
        more = (*more, "Variants and deviations are counted by two set-ups, and cannot be compared in earnest.")
    return AuditRun(
        audit=plan.name,
        record=0,
        records=0,
        head="",
        run=(runs[-1].body["run"] if runs else 0) + 1,
        before=None if before is None else before.body["run"],
        base=None if base is None else base.body["run"],
        verdict=_verdict(gates, found),
        gates=gates,
        causes=found,
        changes=compare.changes(plan.figures, now.measured, past, base_run, now.kept),
        variants=() if past is None else compare.variants(alike, past),
        deviations=() if past is None else compare.deviations(alike, past),
        drift=None if past is None or (is_new and now.kept is None) else compare.variant_drift(alike, past),
        drift_from_base=_from_base(now, base, base_run),
        notes=(*more, *(() if past is None else notes(now.measured, past))),
    )


def _counted_alike(runs: Sequence[Record], history: History) -> list[Measured]:
    """The runs before the last of these, the latest first, as long as they were counted by its set-up."""
    *earlier, last = runs
    alike = takewhile(lambda one: one.body["setup_sha256"] == last.body["setup_sha256"], reversed(earlier))
    return [from_history(one.body, history.document) for one in islice(alike, MOST)]


def _kept_setup(now: Counted, before: Record | None) -> str | None:
    if before is None:
        return None
    by_completion = before.body["by_completion"] if now.kept is None else now.kept.by_completion
    return comparable(before.body["setup_sha256"], by_completion)


def _from_base(now: Counted, base: Record | None, measured: Measured | None) -> Drift | None:
    """Drift since the base line; None where that was counted by another set-up."""
    if base is None or measured is None or base.body["setup_sha256"] != now.setup.sha256:
        return None
    return compare.variant_drift(now.measured, measured)


def _verdict(gates: Sequence[GateResult], found: Sequence[Cause]) -> str:
    failed = [gate.name for gate in gates if gate.fails]
    warned = [gate.name for gate in gates if gate.is_missed and not gate.fails]
    if not gates:
        said = "This audit has no gates."
    elif failed:
        said = f"Not held: {len(failed)} of {_many(len(gates))} failed ({'; '.join(failed)})."
    else:
        said = "Held: the one gate did not fail." if len(gates) == 1 else f"Held: none of {len(gates)} gates failed."
    if warned:
        said += f" Warning: {'; '.join(warned)}."
    first = next((cause.sentence for cause in found if cause.kind is not CauseKind.FIRST), None)
    return said if first is None else f"{said} {first}"


def _many(gates: int) -> str:
    return "1 gate" if gates == 1 else f"{gates} gates"
