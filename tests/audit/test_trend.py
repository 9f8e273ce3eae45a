"""Process behaviour charts by hand-worked figures, and a history of a thousand runs."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from audit_builders import PLAN, Desk, body, desk
from hypothesis import given
from hypothesis import strategies as st

from mining.audit import trend, xmr
from mining.audit.places import history_of
from mining.audit.shown import history_rows

FIGURE = "conformance.rate_streams"


def test_limits_by_hand() -> None:
    """Values 10, 12, 11, 13, 12, 14: mean 12, moving ranges 2, 1, 2, 1, 2 with the mean 1.6, so 12 ± 4.256."""
    found = xmr.limits([10, 12, 11, 13, 12, 14])
    assert found is not None
    assert [round(value, 6) for value in found] == [12, 7.744, 16.256]
    assert xmr.limits([10, 12, 11, 13, 12]) is None


def test_limits_stay_once_they_are_settled() -> None:
    values = [10.0, 12.0] * 10
    assert xmr.limits(values) == xmr.limits([*values, 50.0, 60.0])


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ([17], [(1,)]),
        ([7], [(1,)]),
        ([13] * 8, [()] * 7 + [(2,)]),
        ([13] * 7 + [11], [()] * 8),
        ([15, 15, 12, 15], [(), (), (), (3,)]),
        ([15, 9, 12, 15], [(), (), (), ()]),
        ([12] * 10, [()] * 10),
    ],
)
def test_signals_by_the_stated_rules(values: list[float], rules: list[tuple[int, ...]]) -> None:
    """Mean 12, limits 8 and 16: nearer to the upper limit is above 14, nearer to the lower below 10."""
    assert xmr.signals(values, 12, 8, 16) == rules


@given(st.lists(st.integers(0, 1000), min_size=6, max_size=40), st.integers(-500, 500))
def test_a_shift_of_all_values_changes_no_signal(values: list[int], shift: int) -> None:
    own, moved = xmr.limits(values), xmr.limits([value + shift for value in values])
    assert own is not None
    assert moved is not None
    assert all(abs(a + shift - b) < 1e-6 for a, b in zip(own, moved, strict=True))


RUNS = 1000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An audit that ran a thousand times, each record as large as that of a real run; the set-up changed at run 501."""
    at = desk(tmp_path_factory.mktemp("many"), PLAN.replace("Small audit", "A"))
    history = history_of(at.plan(), write=True)
    begin = datetime(2026, 1, 5, 6, tzinfo=UTC)
    drift = {
        "streams_before": 200,
        "streams": 200,
        "variants": 9,
        "statistic": 3.0,
        "degrees": 8,
        "p_value": 0.9,
        "effect": 0.05,
    }
    for number in range(1, RUNS + 1):
        figures = {f"part{i % 9}.figure_with_a_long_name_{i}": i + number / 7 for i in range(134)}
        history.append(
            body(
                number,
                run=number,
                at=(begin + timedelta(weeks=number)).isoformat(),
                due=None,
                setup_sha256="a" if number <= 500 else "b",
                figures={**figures, FIGURE: 0.9 + (number * 7 % 5) / 100},
                gates=[],
                held=True,
                verdict="Held: the one gate did not fail.",
                causes=[
                    {"kind": "nothing", "sentence": "Nothing changed beyond what chance explains.", "evidence": []}
                ],
                drift=drift,
                drift_from_base=None if number > 500 else drift,
                report=f"run-{number:04}",
                versions={"value-stream-miner": "0.1.0"},
                ledger={f"rows_{i}": i for i in range(20)},
                inputs=[{"name": "export.csv", "bytes": 1, "sha256": "0" * 64}],
                columns=[f"column {i}" for i in range(36)],
            )
        )
    history.close()
    return at


def seconds_of_best(work: object) -> float:
    """Of the processor, since other tests run beside this one; all of it is in this process."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        work()  # type: ignore[operator]
        times.append(time.process_time() - begin)
    return min(times)


@pytest.mark.slow
def test_a_thousand_runs_are_shown_within_two_seconds(many: Desk) -> None:
    plan = many.plan()
    assert seconds_of_best(lambda: history_rows(plan, 20)) < 2

    def page() -> None:
        history = history_of(plan, write=False)
        assert trend.write(plan, history) is not None
        history.close()

    assert seconds_of_best(page) < 2


@pytest.mark.slow
def test_limits_begin_anew_with_a_new_set_up(many: Desk) -> None:
    history = history_of(many.plan(), write=False)
    found = trend.trend_of(many.plan(), history)
    history.close()
    assert found is not None
    (chart,) = found.charts
    assert [(one.first_run, one.last_run, one.runs) for one in chart.limits] == [(1, 500, 20), (501, 1000, 20)]
    assert [line.value for line in chart.gates] == [0.8]
    assert found.records == RUNS


def test_there_is_nothing_to_show(tmp_path: Path) -> None:
    at = desk(tmp_path / "desk")
    history = history_of(at.plan(), write=True)
    assert trend.write(at.plan(), history) is None
    history.close()
