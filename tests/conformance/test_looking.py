"""What the cases tell of a deviation, on logs of a few streams that a reader can count."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from conformance_helpers import reference
from hypothesis import given
from hypothesis import strategies as st

from mining.conformance import Reference, check
from mining.conformance.attributes import attributes_of
from mining.conformance.comparing import examine
from mining.conformance.looking import checked_cases, checked_paths
from mining.conformance.periods import periods
from mining.conformance.statistics import adjusted, median_ranks, more_often, trend
from mining.core.conformance import Period
from mining.core.results import Conformance
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

DAY = 24 * 60

AGREED = "[engage, deliver_and_support, value]"
"""Six streams in order, of 10 to 60 minutes; two with a plan between, of 100 and 200 minutes, months later."""
LOG = "\n".join(
    [
        *(f"A{i}: 0 engage, {i}0 deliver_and_support!claimed, {i * DAY} .agent" for i in range(1, 7)),
        f"B1: 0 engage, 5 plan, 100 deliver_and_support!claimed, {70 * DAY} .agent",
        f"B2: 0 engage, 5 plan, 200 deliver_and_support!claimed, {75 * DAY} .agent",
        f"open: {80 * DAY} engage, {80 * DAY + 5} plan",
    ]
)


def looked(
    tables: Tables, text: str, *, agreed: Reference | None = None, turns: Any = None, **more: Any
) -> Conformance:
    mapped = replace(mapped_log(tables, text), turns=turns)
    streams = build_streams(tables, mapped, max_paths=1000)
    agreed = agreed or reference(AGREED)
    attributes = attributes_of(tables, mapped)
    return examine(tables, streams, agreed, check(agreed, streams), attributes=attributes, **more)[0]


@pytest.fixture(scope="module")
def found(tables: Tables) -> Conformance:
    return looked(tables, LOG, examples=True)


def test_medians_and_bounds_are_those_of_sorted_lead_times(tables: Tables) -> None:
    """Forty streams, many as long as others; two deviations, which some have both, and one that all but two have."""
    choose, log, leads = random.Random(7), [], {}
    for i in range(40):
        lead = choose.choice([10, 20, 30, 40, 50, 60])
        extra = [name for name in ("plan", "improve") if choose.random() < 0.4] + ["obtain_build"] * (i > 1)
        visits = "".join(f", {at} {name}" for at, name in enumerate(extra, 1))
        log.append(f"S{i}: 0 engage{visits}, {lead} deliver_and_support!claimed, 99 .agent")
        leads[i] = (lead * MINUTE, set(extra))
    found = looked(tables, "\n".join(log))
    assert found.cases is not None
    assert {one.label for one in found.deviations} == {"plan", "improve", "obtain_build"}
    for i, one in enumerate(found.deviations):
        effect = found.cases.evidence[i].effect
        for side, has in ((effect.with_it, True), (effect.without_it, False)):
            of = sorted(lead for lead, extra in leads.values() if (one.label in extra) == has)
            ranks = median_ranks(len(of))
            assert (side.n, side.median, side.low, side.high) == (
                len(of),
                *(None if rank is None else of[rank - 1] for rank in ranks),
            )


def test_the_effect_is_the_difference_of_the_medians(found: Conformance) -> None:
    assert found.cases is not None
    (plan,) = found.deviations
    effect = found.cases.evidence[0].effect
    assert (plan.sentence, plan.key) == ("Plan is not expected", "unexpected/plan")
    assert (effect.with_it.n, effect.with_it.median) == (2, 100 * MINUTE)
    assert (effect.without_it.n, effect.without_it.median) == (6, 30 * MINUTE)
    assert effect.difference == 70 * MINUTE
    assert (effect.low, effect.high) == (None, None)  # two streams bound nothing


def test_since_when(found: Conformance) -> None:
    assert found.cases is not None
    assert (found.cases.unit, len(found.cases.begins)) == ("week", 12)
    one = found.cases.evidence[0]
    assert (one.first, one.last) == (70 * DAY * MINUTE, 75 * DAY * MINUTE)
    assert [(p.checked, p.streams) for p in one.trend.periods] == [(3, 0), (3, 0)] + [(0, 0)] * 8 + [(1, 1), (1, 1)]
    assert one.trend.direction == "rising"


def test_examples_are_the_last_ones_and_only_where_asked_for(tables: Tables, found: Conformance) -> None:
    assert found.cases is not None
    assert found.cases.evidence[0].examples == ("B2", "B1")
    other = looked(tables, LOG).cases
    assert other is not None
    assert other.evidence[0].examples == ()


def test_the_interval_bounds_the_difference(tables: Tables) -> None:
    """With seven streams each, the bounds of a median are the least and the greatest of them."""
    short = [f"A{i}: 0 engage, {i} deliver_and_support!claimed, 900 .agent" for i in range(1, 8)]
    long = [f"B{i}: 0 engage, 1 plan, {100 + i} deliver_and_support!claimed, 900 .agent" for i in range(1, 8)]
    found = looked(tables, "\n".join(short + long))
    assert found.cases is not None
    effect = found.cases.evidence[0].effect
    assert effect.difference == 100 * MINUTE
    assert (effect.low, effect.high) == ((101 - 7) * MINUTE, (107 - 1) * MINUTE)


def test_every_deviation_of_every_case_can_be_written(tables: Tables) -> None:
    streams = build_streams(tables, mapped_log(tables, LOG), max_paths=1000)
    found = check(reference(AGREED), streams)
    _, rows = examine(tables, streams, reference(AGREED), found)
    told = tables.fetch(rows.select("case_id", "key", "times", "lead_time_us"), limit=10).to_pylist()
    assert [tuple(row.values()) for row in told] == [
        ("B1", "unexpected/plan", 1, 100 * MINUTE),
        ("B2", "unexpected/plan", 1, 200 * MINUTE),
    ]


def test_the_cases_agree_with_the_variants(tables: Tables) -> None:
    """Streams, occurrences and costly moves are the same, counted either way."""
    text = LOG + "\nC: 0 engage, 1 plan, 2 engage, 3 plan, 4 deliver_and_support!claimed, 9 .agent\nD: 0 plan, 9 .agent"
    streams = build_streams(tables, mapped_log(tables, text), max_paths=1000)
    found = check(reference(AGREED), streams)
    occurs = checked_cases(tables, streams, found, checked_paths(streams, found)).occurs
    by = occurs.group_by("deviation").aggregate(streams=occurs.count(), times=occurs.times.sum())
    counted = {row["deviation"]: (row["streams"], row["times"]) for row in tables.fetch(by, limit=99).to_pylist()}
    assert counted == {i: (one.streams, one.occurrences) for i, one in enumerate(found.deviations)}
    assert len(counted) >= 2


def test_nothing_to_look_at(tables: Tables) -> None:
    found = looked(tables, "open: 0 engage, 9 plan\ncancelled: 0 engage, 9 .withdrawn")
    assert found.cases is not None
    assert (found.cases.evidence, found.cases.begins) == ({}, ())


def test_equal_incidences_are_equal(tables: Tables) -> None:
    streams: Streams = build_streams(tables, mapped_log(tables, LOG), max_paths=1000)
    one, two = (check(reference(AGREED), streams).incidence for _ in range(2))
    assert one == two
    assert one is not None
    assert one != replace(one, times=one.times + 1)


@pytest.mark.parametrize(
    ("days", "unit", "count"),
    [(1, "day", 2), (13, "day", 14), (14, "week", 3), (400, "month", 14), (2000, "quarter", 23)],
)
def test_periods_are_neither_too_few_nor_too_many(days: int, unit: str, count: int) -> None:
    begin = 1_700_000_000_000_000  # a Tuesday in November 2023
    found, begins = periods(begin, begin + days * DAY * MINUTE)
    assert (found, len(begins)) == (unit, count)
    assert begins[0] <= begin < begins[1]


def test_ranks_of_the_median_hold_whatever_the_distribution() -> None:
    """P(fewer than `low` of n values lie below the median) is at most 1.25 %, by counting coin tosses."""
    from math import comb

    assert median_ranks(6) == (3, None, None)
    for n in (7, 20, 101):
        middle, low, high = median_ranks(n)
        assert low is not None
        assert high == n + 1 - low
        assert low < middle < high or n == 7
        assert sum(comb(n, k) for k in range(low)) / 2**n <= 0.0125 < sum(comb(n, k) for k in range(low + 1)) / 2**n


@given(st.integers(1, 200_000), st.integers(0, 200_000), st.floats(0, 1), st.floats(0, 1))
def test_fishers_tail_is_that_of_scipy(of: int, without: int, share: float, elsewhere: float) -> None:
    from scipy.stats import hypergeom

    hits, others = int(share * of), int(elsewhere * without)
    assert more_often(hits, of, others, without) == pytest.approx(
        float(hypergeom.sf(hits - 1, of + without, hits + others, of)), rel=1e-7, abs=1e-290
    )


@given(st.lists(st.floats(0, 1), max_size=30))
def test_the_correction_is_that_of_scipy(p: list[float]) -> None:
    from scipy.stats import false_discovery_control

    assert adjusted(p) == pytest.approx(list(false_discovery_control(p)) if p else [])


def test_tests_on_figures_that_are_known() -> None:
    assert more_often(3, 3, 0, 3) == pytest.approx(1 / 20)  # one way in 20 to draw just those three
    assert adjusted([0.01, 0.02, 0.9]) == pytest.approx([0.03, 0.03, 0.9])
    assert trend([Period(10, 5), Period(10, 5)]) == (0.0, 1.0)
    assert trend([Period(10, 0), Period(10, 0)]) is None
    assert trend([Period(10, 3)]) is None
    slope, p = trend([Period(50, 5), Period(50, 10), Period(50, 15)]) or (None, None)
    assert slope == pytest.approx(0.1)
    assert p == pytest.approx(0.01242, abs=1e-5)  # z = 2.5: 10 / sqrt(0.2 × 0.8 × 100)
