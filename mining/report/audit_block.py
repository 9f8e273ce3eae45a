"""What an audit says of a run, for the first screen of its report: gates, causes, figures, variants, deviations."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.audit import AuditRun, Change, Drift, GateStatus, Unit, VariantChange
from mining.report.formats import NOTHING, count, duration, harmless, many, percent
from mining.report.names import place
from mining.report.tabular import Column, Table, table

_TONES = {GateStatus.HELD: "good", GateStatus.MISSED: "fault", GateStatus.NOT_COMPARABLE: "fault"}
_MOST_SYMBOLS = 14


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate as the page shows it; `tone` is the class of its colour."""

    name: str
    status: str
    tone: str
    said: str
    sentence: str


@dataclass(frozen=True, slots=True)
class AuditBlock:
    """The parts that the template puts on the page."""

    run: AuditRun
    title: str
    gates: tuple[GateLine, ...]
    changes: Table
    variants: Table | None
    deviations: Table | None
    drift: str


def audit_block(run: AuditRun) -> AuditBlock:
    """The audit's part of the report."""
    before = "the first run" if run.before is None else f"compared with run {run.before}"
    base = "" if run.base is None else f"; base line: run {run.base}"
    return AuditBlock(
        run=run,
        title=f"Audit “{harmless(run.audit)}”, run {run.run}, {before}{base}",
        gates=tuple(
            GateLine(
                harmless(gate.name),
                gate.status.value + (" (warning)" if gate.is_missed and not gate.fails else ""),
                _TONES.get(gate.status, ""),
                harmless(gate.said),
                harmless(gate.sentence),
            )
            for gate in run.gates
        ),
        changes=_changes(run),
        variants=_variants(run) if run.variants else None,
        deviations=_deviations(run) if run.deviations else None,
        drift="" if run.drift is None else drift_in_words(run.drift),
    )


def figure(value: float | None, unit: Unit) -> str:
    """A figure of a run as people read it."""
    if value is None:
        return NOTHING
    if unit is Unit.SHARE:
        return percent(value)
    if unit is Unit.DURATION:
        return duration(round(value))
    return count(round(value)) if float(value).is_integer() else f"{value:,.3f}"


def _moved(change: Change) -> str:
    if change.now is None or change.before is None:
        return NOTHING
    moved = change.now - change.before
    if not moved:
        return "the same"
    sign = "+" if moved > 0 else "−"
    if change.unit is Unit.SHARE:
        return f"{sign}{abs(moved) * 100:.1f} points"
    return f"{sign}{figure(abs(moved), change.unit)}"


def _changes(run: AuditRun) -> Table:
    kept = any(change.unchanged_setup is not None for change in run.changes)
    columns = [Column("Figure"), *map(_number, ("Now", "Run before", "Change", "Base line"))]
    if kept:
        columns.append(_number("Now, by the set-up of the run before"))
    rows = []
    for change in run.changes:
        shown = [
            figure(value, change.unit) for value in (change.now, change.before, change.base, change.unchanged_setup)
        ]
        row = [change.figure, shown[0], shown[1], _moved(change), shown[2]]
        rows.append([*row, shown[3]] if kept else row)
    return table("audit-changes", "Figures against the run before and the base line", columns, rows)


def _number(title: str) -> Column:
    return Column(title, "prose")


def _variants(run: AuditRun) -> Table:
    columns = (
        Column("What"),
        Column("Variant", "prose"),
        Column("Streams", "count"),
        Column("Before", "count"),
        Column("Share", "share"),
        Column("Share before", "share"),
    )
    rows = [
        (one.what, route_in_words(one), one.streams, one.streams_before, one.share, one.share_before)
        for one in run.variants
    ]
    note = (
        "New and gone variants, the ten of most streams each; and those whose share moved by a point or more and by "
        "more than chance explains (two-sided z-test, p < 0.01 over all variants together)."
    )
    return table("audit-variants", "Variants that are new, gone, grown or shrunk", columns, rows, note)


def route_in_words(one: VariantChange) -> str:
    """A variant as a line of text."""
    shown = " → ".join(_symbol(symbol) for symbol in one.symbols[:_MOST_SYMBOLS]) or "no visit"
    further = len(one.symbols) - _MOST_SYMBOLS
    return f"{shown}{f' → and {further} more' if further > 0 else ''} ({one.state})"


def _symbol(text: str) -> str:
    from mining.core.activities import Activity

    bare, bracket, mark = text.partition(" [")
    activity, _, step = bare.partition(":")
    return place(Activity(activity), step or None) + (f" [{mark}" if bracket else "")


def _deviations(run: AuditRun) -> Table:
    columns = (Column("What"), Column("Deviation", "prose"), Column("Streams", "count"), Column("Before", "count"))
    rows = [(one.what, one.sentence, one.streams, one.streams_before) for one in run.deviations]
    return table("audit-deviations", "Deviations that are new or gone", columns, rows)


def drift_in_words(drift: Drift) -> str:
    """The test of whether streams take other variants, in a sentence."""
    p_value = "< 0.001" if drift.p_value < 0.001 else f"= {drift.p_value:.3f}"
    return (
        f"Variants of streams that are not open, {_which(drift)} ({many(drift.streams, 'stream')}) against the run "
        f"before ({count(drift.streams_before)}): chi-square {drift.statistic:,.1f}, {drift.degrees} degrees of "
        f"freedom, p {p_value}; effect size (Cramér's V) {drift.effect:.3f}. Rare variants are taken together."
    )


def _which(drift: Drift) -> str:
    return "those that ended since" if drift.growing else "this run"
