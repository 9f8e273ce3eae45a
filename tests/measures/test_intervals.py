"""Intervals and tests of shares and quantiles, against published values, scipy, and counting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mining.measures.intervals import cohens_h, holm, newcombe, p_of_shares, ranks, wilson
from mining.measures.superiority import LEAST, superiority


@pytest.mark.parametrize(("part", "whole"), [(0, 1), (0, 40), (3, 10), (40, 40), (5_000, 1_000_000)])
def test_the_interval_of_a_share_is_wilsons(part: int, whole: int) -> None:
    found = wilson(part, whole)
    expected = stats.binomtest(part, whole).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_share_of_nothing_has_no_interval() -> None:
    found = wilson(0, 0)
    assert (found.share, found.low, found.high) == (None, None, None)
    assert newcombe(found, wilson(1, 2)) == (None, None)
    assert p_of_shares(found, wilson(1, 2)) is None


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    assert newcombe(wilson(*one), wilson(*other)) == pytest.approx((low, high), abs=5e-5)


def test_two_shares_are_tested_by_the_table_of_their_counts() -> None:
    expected = stats.chi2_contingency([[56, 14], [48, 32]], correction=False)[1]
    assert p_of_shares(wilson(56, 70), wilson(48, 80)) == pytest.approx(expected, rel=1e-9)


def test_where_few_are_expected_the_test_is_the_exact_one() -> None:
    expected = stats.fisher_exact([[3, 97], [0, 50]])[1]
    assert p_of_shares(wilson(3, 100), wilson(0, 50)) == pytest.approx(expected, rel=1e-9)
    assert p_of_shares(wilson(0, 9), wilson(0, 5)) == 1.0


def test_the_effect_on_shares_is_cohens() -> None:
    assert cohens_h(1.0, 0.0) == pytest.approx(math.pi)
    assert cohens_h(0.5, 0.25) == pytest.approx(math.pi / 6)  # arcsin of the roots: 45° and 30°, twice each
    assert cohens_h(None, 0.5) is None


@pytest.mark.parametrize(("one", "n", "other", "m"), [(0, 12, 7, 9), (5, 4_000_000, 0, 30), (2, 8, 3, 40)])
def test_the_exact_test_is_fishers(one: int, n: int, other: int, m: int) -> None:
    expected = stats.fisher_exact([[one, n - one], [other, m - other]])[1]
    assert p_of_shares(wilson(one, n), wilson(other, m)) == pytest.approx(expected, rel=1e-6)


def test_the_ranks_are_those_of_the_binomial_distribution_however_many_there_are() -> None:
    for n in (50, 1_001, 20_000_000):
        for quantile in (0.5, 0.85):
            low, high = stats.binom.ppf([0.025, 0.975], n, quantile)
            assert ranks(n, quantile) == (low, high + 1)


@pytest.mark.parametrize("quantile", [0.5, 0.85])
def test_the_order_statistics_hold_the_quantile_as_often_as_promised_and_are_the_nearest_that_do(
    quantile: float,
) -> None:
    for n in (6, 7, 10, 30, 100, 997):
        found = ranks(n, quantile)
        below = [math.comb(n, k) * quantile**k * (1 - quantile) ** (n - k) for k in range(n + 1)] if n < 200 else None
        if found is None or below is None:
            continue
        low, high = found
        assert sum(below[low:high]) >= 0.95  # at least `low` and fewer than `high` values lie below the quantile
        assert sum(below[: low + 1]) > 0.025
        assert sum(below[high - 1 :]) > 0.025


def test_five_values_are_too_few_to_enclose_their_median() -> None:
    assert ranks(5, 0.5) is None  # all five lie on one side of it once in 16 times: more often than once in 20
    assert ranks(6, 0.5) == (1, 6)
    assert ranks(0, 0.5) is None


def test_the_smallest_p_is_multiplied_by_how_many_there_are() -> None:
    assert holm([0.01, 0.04, None, 0.03]) == pytest.approx([0.03, 0.06, None, 0.06], nan_ok=False)
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def counted(first: list[int], second: list[int]) -> tuple[np.ndarray, np.ndarray]:
    values = np.unique([*first, *second])
    return tuple(np.array([group.count(v) for v in values], dtype=np.int64) for group in (first, second))


groups = st.lists(st.integers(0, 12), min_size=LEAST, max_size=25)


@settings(max_examples=60, deadline=None)
@given(first=groups, second=groups)
def test_it_is_the_test_of_brunner_and_munzel_over_all_pairs(first: list[int], second: list[int]) -> None:
    found = superiority(*counted(first, second))
    wins = [1.0 if a < b else 0.5 if a == b else 0.0 for a in first for b in second]
    assert found.probability == pytest.approx(sum(wins) / len(wins))
    if found.probability in (0.0, 1.0) or len({*first, *second}) == 1:
        return
    expected = stats.brunnermunzel(first, second)
    assert found.p == pytest.approx(float(expected.pvalue), abs=1e-9)
    assert found.low is not None
    assert 0 <= found.low <= found.probability <= found.high <= 1


def test_the_other_way_round_it_says_the_opposite() -> None:
    one, other = counted([1, 2, 3, 5, 8, 9, 9, 10, 12, 20], [2, 4, 6, 8, 8, 10, 12, 14, 16, 18, 30])
    found, back = superiority(one, other), superiority(other, one)
    assert back.probability == pytest.approx(1 - found.probability)
    assert (back.low, back.high) == pytest.approx((1 - found.high, 1 - found.low))
    assert back.delta == pytest.approx(-found.delta)
    assert back.p == pytest.approx(found.p)


def test_groups_that_do_not_overlap_are_told_by_counting_orders() -> None:
    one, other = counted(list(range(10)), list(range(20, 32)))
    found = superiority(one, other)
    assert (found.probability, found.high) == (1.0, 1.0)
    assert found.p == pytest.approx(2 / math.comb(22, 10))
    assert found.low == pytest.approx(0.025 ** (1 / 10))


def test_of_few_durations_only_the_probability_is_told() -> None:
    found = superiority(*counted([1, 2], [3] * 200))
    assert found == (1.0, None, None, None)
    assert superiority(*counted([], [3])).probability is None


def test_equal_durations_do_not_differ() -> None:
    found = superiority(*counted([7] * 20, [7] * 30))
    assert (found.probability, found.p, found.low) == (0.5, 1.0, None)
