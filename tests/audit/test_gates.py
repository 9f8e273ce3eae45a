"""Gates by hand-worked figures: bounds, earlier runs, grace, and what cannot be compared."""

from __future__ import annotations

from typing import Any

import pytest

from mining.audit.gates import Earlier, Now, comparable, judge, median, sentence
from mining.audit.plan import Against, Gate
from mining.audit.quantities import distance, duration, in_words, limit, unit_of
from mining.core.audit import GateResult, GateStatus, Severity, Unit

RATE = "conformance.rate_streams"


def gate(**more: Any) -> Gate:
    return Gate(name="g", figure=RATE, unit=Unit.SHARE, line=1, **more)


def runs(*values: float, setup: str = "s", missed: tuple[bool, ...] = ()) -> list[Earlier]:
    flags = missed or (False,) * len(values)
    return [
        Earlier(i + 1, setup, {RATE: value}, frozenset(["g"] if flag else []))
        for i, (value, flag) in enumerate(zip(values, flags, strict=True))
    ]


def one(of: Gate, value: float | None, earlier: list[Earlier] | None = None, **more: Any) -> GateResult:
    now = Now("s", {} if value is None else {RATE: value}, **more)
    past = earlier or []
    return judge([of], now, past, past[0] if past else None)[0]


@pytest.mark.parametrize(("value", "status"), [(0.85, "held"), (0.8499, "missed"), (0.9, "held"), (None, "no figure")])
def test_a_bound_itself_is_held(value: float | None, status: str) -> None:
    found = one(gate(at_least=limit("85 %", Unit.SHARE)), value)
    assert found.status == status
    assert found.fails == (status != "held")


def test_a_warning_never_fails_a_run() -> None:
    found = one(gate(at_least=limit("85 %", Unit.SHARE), severity=Severity.WARN), 0.1)
    assert found.is_missed
    assert not found.fails


def test_five_points_below_the_median_of_the_last_runs() -> None:
    """The last three are 0.90, 0.92, 0.91: their median is 0.91, and 0.86 is exactly five points below."""
    against = gate(against=Against(3), at_most_below=distance("5 points", Unit.SHARE))
    earlier = runs(0.5, 0.90, 0.92, 0.91)
    assert one(against, 0.86, earlier).status == GateStatus.HELD
    missed = one(against, 0.859, earlier)
    assert missed.status == GateStatus.MISSED
    assert missed.limit == 0.86
    assert "91.0 %" in missed.said


def test_a_share_of_what_it_is_compared_with() -> None:
    against = gate(against=Against(1), at_most_above=distance("10 %", Unit.SHARE))
    assert one(against, 0.55, runs(0.5)).status == GateStatus.HELD
    assert one(against, 0.56, runs(0.5)).status == GateStatus.MISSED


def test_the_base_line_is_the_first_run_here() -> None:
    against = gate(against=Against(0), at_most_below=distance("5 points", Unit.SHARE))
    assert one(against, 0.89, runs(0.95, 0.5)).status == GateStatus.MISSED
    assert one(against, 0.90, runs(0.95, 0.5)).status == GateStatus.HELD


@pytest.mark.parametrize(("earlier", "status"), [(0, "too few runs"), (2, "too few runs"), (3, "held")])
def test_a_median_needs_three_runs(earlier: int, status: str) -> None:
    against = gate(against=Against(8), at_most_below=distance("5 points", Unit.SHARE))
    found = one(against, 0.9, runs(*[0.9] * earlier))
    assert found.status == status
    assert not found.fails


def test_grace_lets_two_runs_in_a_row_pass() -> None:
    with_grace = gate(at_least=limit("85 %", Unit.SHARE), grace=2)
    past = runs(0.9, 0.8, 0.8, missed=(False, True, True))
    assert one(with_grace, 0.8, past[:2]).status == GateStatus.IN_GRACE
    third = one(with_grace, 0.8, past)
    assert (third.status, third.misses, third.fails) == (GateStatus.MISSED, 3, True)
    broken = runs(0.8, 0.8, 0.9, missed=(True, True, False))
    assert one(with_grace, 0.8, broken).status == GateStatus.IN_GRACE


def test_another_set_up_is_held_constant_or_not_comparable() -> None:
    against = gate(against=Against(8), at_most_below=distance("5 points", Unit.SHARE))
    past = runs(0.9, 0.9, 0.9, setup="old")
    kept = one(against, 0.5, past, kept_setup="old", kept={RATE: 0.88})
    assert (kept.status, kept.value) == (GateStatus.HELD, 0.88)
    broken = one(against, 0.9, past, kept_setup="old", kept=None, why_not="the column x is missing")
    assert broken.status == GateStatus.NOT_COMPARABLE
    assert broken.fails
    assert "the column x is missing" in broken.said
    later = one(against, 0.9, past)
    assert later.status == GateStatus.NOT_COMPARABLE


def test_runs_by_the_new_set_up_count_once_there_are_some() -> None:
    against = gate(against=Against(8), at_most_below=distance("5 points", Unit.SHARE))
    past = [*runs(0.9, 0.9, 0.9, setup="old"), *runs(0.5)]
    assert one(against, 0.5, past).status == GateStatus.TOO_FEW_RUNS


def test_other_denominators_are_not_comparable() -> None:
    """The same mapping, but the export of before held open tickets too."""
    against = gate(against=Against(8), at_most_below=distance("5 points", Unit.SHARE))
    past = runs(0.9, 0.9, 0.9, setup=comparable("s", by_completion=False))
    found = judge([against], Now(comparable("s", by_completion=True), {RATE: 0.9}), past, None)[0]
    assert found.status == GateStatus.NOT_COMPARABLE
    assert "over other streams" in found.said


def test_the_median_is_a_figure_that_there_was() -> None:
    assert median([1, 2, 3, 4]) == 2
    assert median([3, 1, 2]) == 2


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("30 s", 30e6),
        ("10 min", 6e8),
        ("2 hours", 7.2e9),
        ("1.5 d", 1.296e11),
        ("2 weeks", 1.2096e12),
        ("5 working days of 8 h", 1.44e11),
    ],
)
def test_durations(text: str, micros: float) -> None:
    assert duration(text) == micros


@pytest.mark.parametrize("text", ["", "soon", "5", "5 parsecs", "5 working days", "-"])
def test_what_is_no_duration(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("figure", "unit"),
    [
        ("measures.lead_time.held.p85_us", Unit.DURATION),
        ("measures.lead_time.held.percentiles_us[90]", Unit.DURATION),
        ("conformance.rate_streams", Unit.SHARE),
        ("conformance.fitness", Unit.SHARE),
        ("measures.flow_efficiency.upper", Unit.SHARE),
        ("ledger.rows_unmapped_share", Unit.SHARE),
        ("ledger.rows_unmapped", Unit.NUMBER),
        ("streams.variants_for_80_percent", Unit.NUMBER),
    ],
)
def test_the_name_of_a_figure_tells_its_unit(figure: str, unit: Unit) -> None:
    assert unit_of(figure) is unit


def test_a_gate_in_words() -> None:
    said = sentence(gate(at_least=limit("85 %", Unit.SHARE), because="Agreed on 1 March."))
    assert said == "conformance.rate_streams is at least 85.0 %. Agreed on 1 March."
    assert in_words(5 * 86_400_000_000, Unit.DURATION) == "5.0 d"
