"""Lead times where not all streams are done: by hand, and against scipy's estimate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.core.results import Measures
from mining.core.tables import Tables
from mining.core.timing import Timing
from mining.measures import measure
from mining.measures.survival import UNITS, product_limit, survival
from mining.streams import build_streams
from tests.log_builder import HOUR, MINUTE, mapped_log

SECOND = 1_000_000


def timing(tables: Tables, text: str, **more: object) -> Timing:
    found = measured(tables, text, **more).timing
    assert found is not None
    return found


def measured(tables: Tables, text: str, **more: object) -> Measures:
    mapped = mapped_log(tables, text, **more)
    return measure(tables, build_streams(tables, mapped, max_paths=1000), mapped)


HALF_OPEN = """
    A: 0 engage, 10 improve!claimed, 99 .lapsed
    B: 0 engage, 20 improve!claimed
    C: 70 engage
    D: 0 engage, 40 improve!claimed, 50 engage!withdrawn
    E: 0 engage, 15 .duplicate
    F: 0 engage, 60 .agent
    """


def test_open_streams_count_as_long_as_they_were_seen(tables: Tables) -> None:
    """By hand: 6 at risk, one done at 10; of 5, one leaves at 15; of 4, one done at 20; one is last seen at 29 (70 to
    the last event, 99); of 2, one done at 40; the last leaves at 60."""
    claimed = timing(tables, HALF_OPEN).claimed
    assert claimed is not None
    assert (claimed.streams, claimed.done, claimed.open, claimed.left) == (6, 3, 1, 2)
    survive = [5 / 6, 5 / 6 * 3 / 4, 5 / 6 * 3 / 4 * 1 / 2]
    assert [(p.time // MINUTE, p.at_risk) for p in claimed.curve] == [(10, 6), (20, 4), (40, 2)]
    assert [p.done for p in claimed.curve] == pytest.approx([1 - s for s in survive])
    assert claimed.median == 40 * MINUTE
    assert claimed.p85 is None  # the estimate ends at 68.75 %
    assert claimed.longest == 60 * MINUTE


def test_value_that_was_withdrawn_and_not_claimed_again_was_not_held(tables: Tables) -> None:
    held = timing(tables, HALF_OPEN).held
    assert held is not None
    assert (held.done, held.open, held.left) == (2, 2, 2)  # D is open without value
    assert [p.time // MINUTE for p in held.curve] == [10, 20]


def test_a_cancelled_stream_is_no_fulfilled_one_whatever_it_claimed(tables: Tables) -> None:
    log = mapped_log(tables, "A: 0 engage!claimed, 5 .rejected\nB: 0 engage, 9 engage")
    claimed = survival(tables, build_streams(tables, log, max_paths=9), lambda path: path.value_at)
    assert (claimed.done, claimed.open, claimed.left) == (0, 1, 1)
    assert claimed.percentiles == (None,) * 101
    assert claimed.curve == ()


@pytest.mark.parametrize(
    ("log", "why"),
    [
        ("A: 0 engage!claimed, 1 .agent", "No stream is open"),
        ("A: 0 engage!claimed", "ends no ticket"),
        ("A: 0 engage, 1 .agent\nB: 0 engage", "claims or confirms value"),
        ("A: 0 engage!claimed, 1 .rejected\nB: 0 engage", "has come to value yet"),
    ],
)
def test_where_nothing_is_open_or_known_to_be_there_is_no_estimate_and_it_is_said_why(
    tables: Tables, log: str, why: str
) -> None:
    found = timing(tables, log)
    assert (found.claimed, found.held) == (None, None)
    assert why in found.not_survival


def test_an_export_of_completed_tickets_says_nothing_of_open_ones(tables: Tables) -> None:
    days = 24 * 60
    log = "\n".join(f"c{i}: {i * 20 * days} engage, {(400 + i) * days} engage!claimed.agent" for i in range(20))
    found = measured(tables, log + f"\nopen: 0 engage, {410 * days} engage")
    assert found.selection.by_completion is True
    assert found.timing is not None
    assert found.timing.claimed is None
    assert found.timing.not_survival.startswith(found.selection.reason)


def test_many_different_durations_are_rounded_up_to_a_coarser_unit(tables: Tables) -> None:
    log = "\n".join(f"c{i}: 0 engage, {i} engage!claimed.agent" for i in range(1, 31)) + "\nopen: 0 engage"
    streams = build_streams(tables, mapped_log(tables, log), max_paths=100)
    fine = survival(tables, streams, lambda path: path.value_at)
    coarse = survival(tables, streams, lambda path: path.value_at, most=5)
    assert (fine.unit, fine.median) == (1, 16 * MINUTE)  # 31 streams, of which the open one is seen for 30 minutes
    assert (coarse.unit, coarse.median) == (15 * MINUTE, 30 * MINUTE)
    assert coarse.unit in UNITS


def test_the_interval_of_the_median_is_read_from_the_bounds_of_the_curve() -> None:
    found = product_limit([(minute, 1, 0, 0) for minute in range(1, 41)])
    early, late = found.median_interval
    assert found.median == 20
    # At 14 the upper one is 1 - 0.65 ** exp(1.96 * sqrt(0.35 / (0.65 * 40)) / -log(0.65)) = 51.8 %, at 13 it is 49.3 %.
    # At 26 the lower one is 50.4 %, at 25 it is 47.9 %.
    assert (early, late) == (14, 26)
    assert product_limit([(1, 1, 0, 0), (2, 0, 50, 0)]).median_interval == (None, None)


outcomes = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["done", "open", "left"])), min_size=1, max_size=60)


def counts(rows: list[tuple[int, str]]) -> list[tuple[int, int, int, int]]:
    at = sorted({time for time, _ in rows})
    return [(t, *(rows.count((t, what)) for what in ("done", "open", "left"))) for t in at]


@settings(max_examples=200, deadline=None)
@given(rows=outcomes)
def test_it_is_what_scipy_estimates(rows: list[tuple[int, str]]) -> None:
    from scipy.stats import CensoredData, ecdf

    found = product_limit(counts(rows))
    done = [time for time, what in rows if what == "done"]
    if not done:
        assert found.curve == ()
        return
    right = [time for time, what in rows if what != "done"]
    estimate = ecdf(CensoredData(uncensored=done, right=right)).cdf
    known = dict(zip(estimate.quantiles.tolist(), estimate.probabilities.tolist(), strict=True))
    for point in found.curve:
        assert point.done == pytest.approx(known[point.time], abs=1e-9)
        assert point.at_risk == sum(time >= point.time for time, _ in rows)
    for level, time in enumerate(found.percentiles[1:], start=1):
        reached = [t for t, share in known.items() if share >= level / 100 - 1e-12]
        assert time == (min(reached) if reached else None)


@settings(max_examples=100, deadline=None)
@given(rows=outcomes)
def test_its_intervals_are_those_of_scipy(rows: list[tuple[int, str]]) -> None:
    import warnings

    from scipy.stats import CensoredData, ecdf

    found = product_limit(counts(rows))
    done = [time for time, what in rows if what == "done"]
    if not done:
        return
    right = [time for time, what in rows if what != "done"]
    survive = ecdf(CensoredData(uncensored=done, right=right)).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        interval = survive.confidence_interval(confidence_level=0.95, method="log-log")
    low = dict(zip(survive.quantiles.tolist(), (1 - interval.high.probabilities).tolist(), strict=True))
    high = dict(zip(survive.quantiles.tolist(), (1 - interval.low.probabilities).tolist(), strict=True))
    for point in found.curve:
        if point.low is not None and point.high is not None and not math.isnan(low[point.time]):
            assert (point.low, point.high) == pytest.approx((low[point.time], high[point.time]), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(minutes=st.lists(st.integers(1, 50), min_size=1, max_size=60))
def test_where_every_stream_is_done_it_is_the_nearest_rank(minutes: list[int]) -> None:
    found = product_limit(counts([(minute, "done") for minute in minutes]))
    ranked = sorted(minutes)
    for level in range(101):
        assert found.percentiles[level] == ranked[max(1, -(-len(ranked) * level // 100)) - 1]


def test_the_marks_say_how_many_are_still_looked_at() -> None:
    found = product_limit([(30 * 60 * SECOND, 2, 0, 0), (HOUR, 1, 0, 0), (2 * HOUR, 0, 1, 0), (30 * HOUR, 0, 1, 0)])
    assert [(mark.time // HOUR, mark.done, mark.at_risk) for mark in found.marks] == [
        (1, pytest.approx(0.6), 3),
        (4, pytest.approx(0.6), 1),
        (24, pytest.approx(0.6), 1),
    ]
