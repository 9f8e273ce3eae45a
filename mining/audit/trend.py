"""The trend page of an audit: from its history to what the page shows, and into a file beside the reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mining.audit import records, xmr
from mining.audit.history.store import History, Record
from mining.audit.judging import PACKAGE, base_of
from mining.audit.plan import Gate, Plan
from mining.audit.quantities import unit_of
from mining.core.audit import Drift
from mining.core.files import write_text
from mining.core.trend import DriftPoint, GateLine, Limits, Point, Trend, TrendChart

PAGE = "trend.html"


def write(plan: Plan, history: History) -> Path | None:
    """Write the page beside the reports; None where the audit names no figure to follow, or has no run."""
    found = trend_of(plan, history)
    if found is None:
        return None
    from mining import pipeline

    path = plan.reports / PAGE
    write_text(path, pipeline.trend_page(found, plan.language))
    return path


def trend_of(plan: Plan, history: History) -> Trend | None:
    """What the trend page shows of all runs of an audit; None where it names no figure for it, or has not run."""
    runs = history.read(plan.name, [records.RUN])
    if not plan.trend or not runs:
        return None
    count, head = history.head()
    last = runs[-1].body
    return Trend(
        audit=plan.name,
        runs=len(runs),
        first=runs[0].body["at"],
        last=last["at"],
        verdict=last["verdict"],
        charts=tuple(_chart(plan, figure, runs) for figure in plan.trend),
        drift=_drift(plan, runs),
        rules=xmr.RULES,
        records=count,
        head=head,
        version=last["versions"].get(PACKAGE, ""),
    )


def _chart(plan: Plan, figure: str, runs: Sequence[Record]) -> TrendChart:
    segments = _segments(runs)
    limits: list[Limits] = []
    signals: dict[int, tuple[int, ...]] = {}
    for number in range(max(segments) + 1):
        inside = [
            run
            for run, segment in zip(runs, segments, strict=True)
            if segment == number and figure in run.body["figures"]
        ]
        values = [run.body["figures"][figure] for run in inside]
        found = xmr.limits(values)
        if found is not None:
            first, last = inside[0].body["run"], inside[-1].body["run"]
            limits.append(Limits(number, first, last, min(len(values), xmr.SETTLED), *found))
            signals |= {run.number: s for run, s in zip(inside, xmr.signals(values, *found), strict=True)}
    return TrendChart(
        figure=figure,
        unit=unit_of(figure),
        points=tuple(
            Point(
                run=run.body["run"],
                at=run.body["at"],
                value=run.body["figures"].get(figure),
                segment=segment,
                signals=signals.get(run.number, ()),
                report=_report(plan, run),
                causes=tuple(cause["sentence"] for cause in run.body["causes"]),
            )
            for run, segment in zip(runs, segments, strict=True)
        ),
        limits=tuple(limits),
        gates=tuple(line for gate in plan.gates if gate.figure == figure for line in _lines(gate)),
    )


def _segments(runs: Sequence[Record]) -> list[int]:
    """How many times the set-up has changed up to each run."""
    found, number = [], 0
    for before, run in zip([runs[0], *runs], runs, strict=False):
        number += before.body["setup_sha256"] != run.body["setup_sha256"]
        found.append(number)
    return found


def _lines(gate: Gate) -> list[GateLine]:
    bounds = (gate.at_least, gate.at_most)
    return [GateLine(gate.name, bound.value) for bound in bounds if bound is not None]


def _report(plan: Plan, run: Record) -> str | None:
    link = f"{run.body['report']}/report.html"
    return link if (plan.reports / link).exists() else None


def _drift(plan: Plan, runs: Sequence[Record]) -> tuple[DriftPoint, ...]:
    base = base_of(plan, runs)
    return tuple(
        DriftPoint(
            run=run.body["run"],
            at=run.body["at"],
            before=_as_drift(run.body["drift"]),
            base=_as_drift(run.body["drift_from_base"]) if base is not None else None,
            report=_report(plan, run),
        )
        for run in runs
    )


def _as_drift(told: dict[str, float] | None) -> Drift | None:
    return None if told is None else Drift(**told)  # type: ignore[arg-type]
