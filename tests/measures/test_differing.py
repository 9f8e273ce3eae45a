"""Two parts against each other: what is called more than chance, after how much was compared."""

from __future__ import annotations

import pytest

from mining.core.cohorts import Share
from mining.core.differing import Difference, Of
from mining.measures.differing import adjusted


def difference(p: float | None, estimate: float | None = 0.1, of: Of = Of.VARIANT) -> Difference:
    share = Share(1, 2, None, None)
    return Difference(of, None, 0, None, share, share, None, estimate, None, None, p)


def test_p_is_adjusted_for_all_that_was_compared() -> None:
    found = adjusted([difference(p) for p in (0.01, 0.04, 0.03, None, 0.5)])
    # Of four that are told: 0.01 × 4, then the least of 0.03 × 4 ÷ 2 and 0.04 × 4 ÷ 3, then 0.5.
    assert [one.p_adjusted for one in found] == [
        pytest.approx(0.04),
        pytest.approx(0.04 * 4 / 3),
        pytest.approx(0.04 * 4 / 3),
        None,
        pytest.approx(0.5),
    ]
    assert [one.by_chance for one in found] == [False, True, True, None, True]


def test_only_what_chance_does_not_explain_points_somewhere() -> None:
    (more,), (less,), (chance,) = (
        adjusted([difference(*given)]) for given in ((0.001, 0.2), (0.001, -0.2), (0.2, 0.2))
    )
    assert (more.towards, less.towards, chance.towards) == (1, -1, 0)
    (longer,) = adjusted([difference(0.001, 0.3, Of.WAIT)])  # the first seldom takes less time
    assert longer.towards == 1
    assert difference(0.001).towards == 0  # not adjusted yet, so nothing can be said
