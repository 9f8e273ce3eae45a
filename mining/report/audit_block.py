"""What an audit says of a run, for the first screen of its report: gates, causes, figures, variants, deviations."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.audit import AuditRun, Change, Drift, GateStatus, Unit, VariantChange
from mining.report.formats import NOTHING, count, decimal, duration, harmless, many, percent
from mining.report.language import local, t, told
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
    before = t("the first run") if run.before is None else t("compared with run {n}", n=run.before)
    base = "" if run.base is None else t("; base line: run {n}", n=run.base)
    return AuditBlock(
        run=run,
        title=t(
            "Audit “{audit}”, run {n}, {before}{base}", audit=harmless(run.audit), n=run.run, before=before, base=base
        ),
        gates=tuple(
            GateLine(
                harmless(gate.name),
                t(gate.status.value) + (t(" (warning)") if gate.is_missed and not gate.fails else ""),
                _TONES.get(gate.status, ""),
                harmless(told(gate.said)),
                harmless(told(gate.sentence)),
            )
            for gate in run.gates
        ),
        changes=_changes(run),
        variants=_variants(run) if run.variants else None,
        deviations=_deviations(run) if run.deviations else None,
        drift="" if run.drift is None else drift_in_words(run.drift),
    )


def figure(value: float | None, unit: Unit) -> str:
    """A figure of a run as people read it: a share in per cent, a duration (microseconds) in a unit that fits it."""
    if value is None:
        return NOTHING
    if unit is Unit.SHARE:
        return percent(value)
    if unit is Unit.DURATION:
        return duration(round(value))
    return count(round(value)) if float(value).is_integer() else decimal(value, 3)


def _moved(change: Change) -> str:
    if change.now is None or change.before is None:
        return NOTHING
    moved = change.now - change.before
    if not moved:
        return t("the same")
    sign = "+" if moved > 0 else "−"
    if change.unit is Unit.SHARE:
        return t("{n} points", n=f"{sign}{decimal(abs(moved) * 100, 1)}")
    return f"{sign}{figure(abs(moved), change.unit)}"


def _changes(run: AuditRun) -> Table:
    kept = any(change.unchanged_setup is not None for change in run.changes)
    columns = [Column("Figure"), Column("Now", "prose"), Column("Run before", "prose")]
    columns += [Column("Change", "prose"), Column("Base line", "prose")]
    if kept:
        columns.append(Column("Now, by the set-up of the run before", "prose"))
    rows = []
    for change in run.changes:
        shown = [
            figure(value, change.unit) for value in (change.now, change.before, change.base, change.unchanged_setup)
        ]
        row = [change.figure, shown[0], shown[1], _moved(change), shown[2]]
        rows.append([*row, shown[3]] if kept else row)
    return table("audit-changes", "Figures against the run before and the base line", columns, rows)


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
        (t(one.what), route_in_words(one), one.streams, one.streams_before, one.share, one.share_before)
        for one in run.variants
    ]
    note = t(
        "New and gone variants, the ten of most streams each; and those whose share moved by a point or more and by "
        "more than chance explains (two-sided z-test, p < 0.01 over all variants together)."
    )
    return table("audit-variants", "Variants that are new, gone, grown or shrunk", columns, rows, note)


def route_in_words(one: VariantChange) -> str:
    """A variant as a line of text."""
    shown = " → ".join(_symbol(symbol) for symbol in one.symbols[:_MOST_SYMBOLS]) or t("no visit")
    further = len(one.symbols) - _MOST_SYMBOLS
    more = t(" → and {n} more", n=further) if further > 0 else ""
    return f"{shown}{more} ({t(one.state)})"


def _symbol(text: str) -> str:
    from mining.core.activities import Activity

    bare, bracket, mark = text.partition(" [")
    activity, _, step = bare.partition(":")
    return place(Activity(activity), step or None) + (f" [{t(mark.removesuffix(']'))}]" if bracket else "")


def _deviations(run: AuditRun) -> Table:
    columns = (Column("What"), Column("Deviation", "prose"), Column("Streams", "count"), Column("Before", "count"))
    rows = [(t(one.what), told(one.sentence), one.streams, one.streams_before) for one in run.deviations]
    return table("audit-deviations", "Deviations that are new or gone", columns, rows)


def drift_in_words(drift: Drift) -> str:
    """The test of whether streams take other variants, in a sentence."""
    p_value = local("< 0.001") if drift.p_value < 0.001 else f"= {decimal(drift.p_value, 3)}"
    now, before = _which(drift)
    return t(
        "Variants of {now} ({streams}) against {before} ({streams_before}): chi-square {statistic}, {degrees} degrees "
        "of freedom, p {p}; effect size (Cramér's V) {effect}. Rare variants are taken together.",
        now=now,
        streams=many(drift.streams, "stream"),
        before=before,
        streams_before=count(drift.streams_before),
        statistic=decimal(drift.statistic, 1),
        degrees=drift.degrees,
        p=p_value,
        effect=decimal(drift.effect, 3),
    )


def _which(drift: Drift) -> tuple[str, str]:
    if drift.growing:
        return t("streams of the last period, as far as they had come"), t("those of the period before, likewise")
    return t("streams that are not open, this run"), t("the run before")
