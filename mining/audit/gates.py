"""Judges gates: figures against bounds, and against what earlier runs had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mining.audit.plan import Against, Gate, Quantity
from mining.audit.quantities import in_words
from mining.core.audit import GateResult, GateStatus, Severity

_FEWEST = 3
"""A median of fewer runs says nothing; a gate that asks for fewer is content with what it asks for."""

_NO_FIGURE = "This run has no such figure, so it cannot be said whether it holds."


@dataclass(frozen=True, slots=True)
class Earlier:
    """What gates need of an earlier run: its figures, by which set-up (mapping, reference, options), and which gates it
    missed. Runs that read the same inputs once more are not among them."""

    record: int
    setup: str
    figures: Mapping[str, float]
    missed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Now:
    """This run: its figures by its own set-up; and, where that set-up is new, by the one of the run before.

    `kept` is None where the earlier set-up could not be used on these inputs; `why_not` says why.
    """

    setup: str
    figures: Mapping[str, float]
    kept_setup: str | None = None
    kept: Mapping[str, float] | None = None
    why_not: str | None = None


def comparable(setup: str, by_completion: bool | None) -> str:
    """What two runs must have in common for their figures to have the same denominators: the set-up, and what the
    export was selected by. (Of an export of closed tickets every share is over other streams than of one of all
    tickets.)"""
    return f"{setup} by_completion={by_completion}"


def judge(gates: Sequence[Gate], now: Now, earlier: Sequence[Earlier], base: Earlier | None) -> tuple[GateResult, ...]:
    """The result of each gate; `earlier` are the runs before this one, the newest last."""
    return tuple(_judge(gate, now, earlier, base) for gate in gates)


def _judge(gate: Gate, now: Now, earlier: Sequence[Earlier], base: Earlier | None) -> GateResult:
    if gate.against is not None:
        status, value, limit, basis, said = _against(gate, gate.against, now, earlier, base)
    else:
        status, value, limit, basis, said = _absolute(gate, now.figures.get(gate.figure))
    missed = status in (GateStatus.MISSED, GateStatus.NOT_COMPARABLE, GateStatus.NO_FIGURE)
    misses = 1 + _in_a_row(gate.name, earlier) if missed else 0
    if status is GateStatus.MISSED and misses <= gate.grace:
        status = GateStatus.IN_GRACE
        said = f"{said} Missed in {misses} of {gate.grace} runs in a row that are let pass."
    return GateResult(
        name=gate.name,
        figure=gate.figure,
        unit=gate.unit,
        severity=gate.severity,
        status=status,
        value=value,
        limit=limit,
        basis=basis,
        misses=misses,
        sentence=sentence(gate),
        said=said,
    )


_Judged = tuple[GateStatus, float | None, float | None, str, str]


def _absolute(gate: Gate, value: float | None) -> _Judged:
    if value is None:
        return (
            GateStatus.NO_FIGURE,
            None,
            None,
            "",
            _NO_FIGURE,
        )
    least, most = (None if bound is None else bound.value for bound in (gate.at_least, gate.at_most))
    bound, held = _bound(value, least, most)
    status = GateStatus.HELD if held else GateStatus.MISSED
    return status, value, bound, "", f"It is {in_words(value, gate.unit)}."


def _bound(value: float, least: float | None, most: float | None) -> tuple[float | None, bool]:
    """The bound that decides, and whether it holds. A bound itself is held."""
    if least is not None and value < least:
        return least, False
    if most is not None and value > most:
        return most, False
    return (least if least is not None else most), True


def _against(gate: Gate, against: Against, now: Now, earlier: Sequence[Earlier], base: Earlier | None) -> _Judged:
    chosen = [one for one in (base,) if one is not None] if not against.runs else list(earlier)
    value = now.figures.get(gate.figure)
    if not chosen:
        return GateStatus.TOO_FEW_RUNS, value, None, "", "There is no run to compare with yet."
    alike, figures, why_not = _alike(chosen, now)
    if figures is None:
        said = why_not or f"What it compares with ({against}) was counted by another set-up, or over other streams."
        return GateStatus.NOT_COMPARABLE, value, None, "", said
    value = figures.get(gate.figure)
    if value is None:
        return GateStatus.NO_FIGURE, None, None, "", _NO_FIGURE
    before = [one.figures[gate.figure] for one in alike[-max(against.runs, 1) :] if gate.figure in one.figures]
    if not before:
        return GateStatus.NOT_COMPARABLE, value, None, "", "No run that it compares with has this figure."
    if len(before) < min(against.runs, _FEWEST):
        many = f"{len(before)} run" if len(before) == 1 else f"{len(before)} runs"
        return GateStatus.TOO_FEW_RUNS, value, None, "", f"Only {many} by this set-up so far; {_FEWEST} are needed."
    return _compared(gate, value, before, against, kept=figures is not now.figures)


def _alike(chosen: Sequence[Earlier], now: Now) -> tuple[list[Earlier], Mapping[str, float] | None, str | None]:
    """The runs by the same set-up, and the figures of this run by it; where this run's set-up is new, those by the one
    before, so that only the inputs differ. Figures are None where nothing can be held constant."""
    alike = [one for one in chosen if one.setup == now.setup]
    if alike:
        return alike, now.figures, None
    alike = [one for one in chosen if one.setup == now.kept_setup]
    if not alike:
        return [], None, None
    why_not = f"The set-up is new, and the one before cannot be used on these inputs: {now.why_not}"
    return alike, now.kept, None if now.kept is not None else why_not


def _compared(gate: Gate, value: float, before: Sequence[float], against: Against, *, kept: bool) -> _Judged:
    middle = median(before)
    below, above = gate.at_most_below, gate.at_most_above
    least = None if below is None else middle - _size(below, middle)
    most = None if above is None else middle + _size(above, middle)
    bound, held = _bound(value, None if least is None else _round(least), None if most is None else _round(most))
    basis = f"{against}: {in_words(middle, gate.unit)}"
    if against.runs > len(before):
        basis = f"the median of the {len(before)} runs so far: {in_words(middle, gate.unit)}"
    said = f"It is {in_words(value, gate.unit)}; {basis}."
    if kept:
        said += " Counted by the set-up of the run before, so that only the inputs differ."
    return (GateStatus.HELD if held else GateStatus.MISSED), value, bound, basis, said


def _size(distance: Quantity, middle: float) -> float:
    return abs(middle) * distance.value if distance.relative else distance.value


def _round(bound: float) -> float:
    """0.9 − 0.05 is 0.85, not 0.8500000000000001: a figure that is exactly as far away as it may be is held."""
    return round(bound, 12)


def median(values: Sequence[float]) -> float:
    """The middle one; of an even number the lower of the two in the middle: a figure that there was."""
    return sorted(values)[(len(values) - 1) // 2]


def _in_a_row(name: str, earlier: Sequence[Earlier]) -> int:
    count = 0
    for one in reversed(earlier):
        if name not in one.missed:
            break
        count += 1
    return count


def sentence(gate: Gate) -> str:
    """The gate in words."""
    bounds = []
    for key in ("at_least", "at_most"):
        bound: Quantity | None = getattr(gate, key)
        if bound is not None:
            bounds.append(f"{key.replace('_', ' ')} {in_words(bound.value, gate.unit)}")
    for key, word in (("at_most_below", "below"), ("at_most_above", "above")):
        bound = getattr(gate, key)
        if bound is not None:
            far = bound.text if isinstance(bound.text, str) else str(bound.text)
            bounds.append(f"at most {far} {word} {gate.against}")
    because = "" if gate.because is None else f" {gate.because.strip()}"
    weight = " (a warning only)" if gate.severity is Severity.WARN else ""
    return f"{gate.figure} is {' and '.join(bounds)}{weight}.{because}"
