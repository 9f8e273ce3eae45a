"""Streams split into cohorts, on a log of few events where a reader can check each number."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.core.cohorts import Cohort, CohortKind, Cohorts, Figure, Size, Split, Unit
from mining.core.errors import RequestError
from mining.core.export import Holds
from mining.core.tables import Tables
from mining.measures import cohort_figures as room
from mining.measures import comparing, measure, split
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

pytestmark = pytest.mark.slow  # each is quick, all of them are not

LOG = """
A1: 0 engage/team, 10 deliver_and_support!claimed, 100 .lapsed
A2: 0 engage/team, 20 deliver_and_support!claimed, 30 engage!withdrawn, 40 deliver_and_support!claimed, 90 .agent
A3: 0 engage, 30 deliver_and_support!claimed, 60 .agent
A4: 0 engage, 5 deliver_and_support
B1: 0 engage/user, 40 deliver_and_support!claimed, 99 .lapsed
B2: 0 engage, 60 deliver_and_support!claimed, 99 .lapsed
C1: 0 engage, 7 deliver_and_support!claimed, 9 .lapsed
D1: 0 engage, 8 deliver_and_support!claimed, 9 .lapsed
"""
OF = {"A1": "a", "A2": "a", "A3": "a", "A4": "a", "B1": "b", "B2": "b", "C1": None}  # D1 is of another export


def cohorts(tables: Tables, text: str, of: dict[str, str | None], by: Split | None = None, **more: object) -> Cohorts:
    log = {name: more.pop(name) for name in ("holds", "shuffle", "max_paths") if name in more}
    most = log.pop("max_paths", 1000)
    streams = build_streams(tables, mapped_log(tables, text, **log), max_paths=most)
    labels = pa.table({"case_id": pa.array(list(of), pa.string()), "label": pa.array(list(of.values()), pa.string())})
    more = {"conformance": (), **more}
    return split(tables, streams, tables.put(labels, "labels"), by or Split("team"), **more)


def named(found: Cohorts) -> dict[str, Cohort]:
    return {one.label or one.kind.value: one for one in found.cohorts}


def test_each_stream_is_in_the_cohort_of_its_ticket(tables: Tables) -> None:
    found = cohorts(tables, LOG, OF)
    assert [(one.kind, one.label, one.streams) for one in found.cohorts] == [
        (CohortKind.VALUE, "a", 4),
        (CohortKind.VALUE, "b", 2),
        (CohortKind.MISSING, None, 1),
        (CohortKind.NOT_TOLD, None, 1),
    ]
    assert (found.values, found.pair) == (2, (0, 1))


def test_the_figures_of_a_cohort_are_those_of_its_streams(tables: Tables) -> None:
    a = named(cohorts(tables, LOG, OF))["a"]
    assert (a.fulfilled.part, a.fulfilled.whole) == (3, 4)
    assert (a.lead_n, a.median.value, a.p85.value) == (3, 20 * MINUTE, 30 * MINUTE)
    assert (a.median.low, a.median.high) == (None, None)  # three are too few to say
    # A1 waits 10 of 10 minutes; A2 20 of 20, and from its re-opening 10 in which nobody is waited on; A3 none of 30.
    assert (a.waiting.part, a.waiting.whole) == (30 * MINUTE, 70 * MINUTE)
    assert (a.doubling_back.part, a.doubling_back.whole) == (1, 4)
    assert (a.reopened.part, a.reopened.whole) == (1, 4)
    assert a.few
    assert a.conforming is None


def test_where_an_event_is_a_point_the_time_between_visits_counts_as_in_the_whole(tables: Tables) -> None:
    text = """
        A: 0 engage, 4 engage, 10 deliver_and_support, 12 deliver_and_support, 20 engage!confirmed, 30 .fulfilled
        B: 0 engage, 1 engage!confirmed, 3 .fulfilled
    """
    found = named(cohorts(tables, text, {"A": "x", "B": "y"}, holds=Holds.POINT))
    assert (found["x"].waiting.part, found["x"].waiting.whole) == (14 * MINUTE, 20 * MINUTE)


def test_the_largest_stand_apart_and_the_rest_are_one(tables: Tables) -> None:
    sizes = {f"v{n}": 12 - n for n in range(11)}
    of = {f"{value}-{i}": value for value, size in sizes.items() for i in range(size)}
    text = "\n".join(f"{case}: 0 engage, 5 deliver_and_support!claimed, 9 .agent" for case in of)
    found = cohorts(tables, text, of)
    assert [one.label for one in found.cohorts] == [*(f"v{n}" for n in range(8)), None]
    assert (found.cohorts[-1].kind, found.cohorts[-1].streams) == (CohortKind.OTHERS, 4 + 3 + 2)
    assert found.values == 11
    wanted = cohorts(tables, text, of, compare=("v10", "v2"))
    assert [one.label for one in wanted.cohorts] == ["v0", "v1", "v2", "v3", "v4", "v5", "v6", "v10", None]
    assert wanted.pair == (7, 2)
    assert [one.first for one in wanted.side_by_side] == [7] * 5
    assert sum(one.streams for one in wanted.cohorts) == len(of)


def test_periods_stand_in_their_order(tables: Tables) -> None:
    of = {"A": "2016-02", "B": "2016-01", "C": "2016-02", "D": "2015-12"}
    text = "\n".join(f"{case}: 0 engage, 5 deliver_and_support!claimed, 9 .agent" for case in of)
    found = cohorts(tables, text, of, Split("period", Unit.MONTH))
    assert [one.label for one in found.cohorts] == ["2015-12", "2016-01", "2016-02"]
    assert found.pair == (0, 2)  # the two largest; of equally large ones the first


def test_a_cohort_that_nobody_is_in_cannot_be_compared(tables: Tables) -> None:
    with pytest.raises(RequestError, match=r"(?s)no stream has this team.*found: aa\n.*expected: a\n"):
        cohorts(tables, LOG, OF, compare=("aa", "b"))


def test_twice_as_slow_is_told_with_how_often_and_how_sure(tables: Tables) -> None:
    of = {f"{team}{i}": team for team in "qs" for i in range(40)}
    text = "\n".join(
        f"{case}: 0 engage, {(10 + int(case[1:])) * (1 + (case[0] == 's'))} deliver_and_support!claimed, 999 .agent"
        for case in of
    )
    found = cohorts(tables, text, of)
    lead = found.side_by_side[0]
    pairs = [(10 + i, 2 * (10 + j)) for i in range(40) for j in range(40)]
    quicker = Fraction(sum(2 * (a < b) + (a == b) for a, b in pairs), 2 * len(pairs))
    assert (lead.figure, lead.estimate) == (Figure.LEAD_TIME, float(quicker))
    assert lead.low < lead.estimate < lead.high
    assert (lead.by_chance, lead.size) == (False, Size.LARGE)
    for other in found.side_by_side[1:]:
        assert other.by_chance or other.figure is Figure.WAITING
    q, s = found.cohorts
    assert (q.median.value, s.median.value) == (29 * MINUTE, 58 * MINUTE)
    # The 14th and the 27th of 40: fewer than 14 lie below the median once in 50 times, and as many above.
    assert (q.median.low, q.median.high) == (23 * MINUTE, 36 * MINUTE)
    assert not q.few


def test_in_coarser_steps_the_comparison_is_nearly_the_same(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    of = {f"{team}{i}": team for team in "qs" for i in range(40)}
    text = "\n".join(
        f"{case}: 0 engage, {7 * (1 + int(case[1:])) * (1 + (case[0] == 's'))} deliver_and_support!claimed, 999 .agent"
        for case in of
    )
    exact = cohorts(tables, text, of)
    monkeypatch.setattr(room, "_MOST_TIMES", 39)
    coarse = cohorts(tables, text, of)
    assert (exact.step, coarse.step) == (1, 60 * MINUTE)
    assert coarse.cohorts == exact.cohorts  # quantiles are exact however many lead times there are
    assert coarse.side_by_side[0].estimate == pytest.approx(exact.side_by_side[0].estimate, abs=0.05)


def test_one_cohort_is_compared_with_nothing(tables: Tables) -> None:
    found = cohorts(tables, LOG, dict.fromkeys(["A1", "A2", "A3", "A4", "B1", "B2", "C1", "D1"], "all"))
    assert (len(found.cohorts), found.pair, found.side_by_side, found.against_rest) == (1, None, (), ())


def test_the_interval_of_a_share_of_time_is_that_of_a_ratio_over_streams(tables: Tables) -> None:
    waits = [5, 10, 0, 20, 15, 30, 2, 8, 12, 40, 6]
    works = [10, 10, 20, 5, 15, 10, 30, 8, 9, 10, 60]
    text = "\n".join(
        f"A{i}: 0 engage/team, {wait} improve, {wait + work} deliver_and_support!claimed, 999 .agent"
        for i, (wait, work) in enumerate(zip(waits, works, strict=True))
    )
    share = cohorts(tables, text, {f"A{i}": "a" for i in range(11)}).cohorts[0].waiting
    n, whole = len(waits), sum(waits) + sum(works)
    ratio = sum(waits) / whole
    residuals = [wait - ratio * (wait + work) for wait, work in zip(waits, works, strict=True)]
    spread = (sum(r * r for r in residuals) / (n - 1) / n) ** 0.5 / (whole / n)
    assert share.share == pytest.approx(ratio)
    assert (share.low, share.high) == pytest.approx((ratio - 1.959964 * spread, ratio + 1.959964 * spread), rel=1e-6)


cases = st.lists(
    st.tuples(
        st.sampled_from(["x", "y", "z", None, "-"]),
        st.sampled_from(
            [
                "0 engage/team, {n} deliver_and_support!claimed, 900 .lapsed",
                "0 engage, {n} deliver_and_support, 400 engage/user, 500 deliver_and_support!claimed, 900 .agent",
                "0 engage, {n} deliver_and_support!claimed, 500 engage!withdrawn",
                "0 engage, {n} .rejected",
            ]
        ),
        st.integers(1, 300),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=cases, most=st.sampled_from([2, 1000]))
def test_the_cohorts_add_up_to_the_whole(tables: Tables, made: list[tuple[str | None, str, int]], most: int) -> None:
    text = "\n".join(f"T{i}: {events.format(n=n)}" for i, (_, events, n) in enumerate(made))
    of = {f"T{i}": label for i, (label, _, _) in enumerate(made) if label != "-"}
    mapped = mapped_log(tables, text)
    streams = build_streams(tables, mapped, max_paths=most)
    whole = measure(tables, streams, mapped)
    found = cohorts(tables, text, of, max_paths=most).cohorts
    assert sum(one.streams for one in found) == streams.cases
    assert sum(one.fulfilled.part for one in found) == whole.fulfilled
    assert sum(one.fulfilled.whole for one in found) == streams.cases - streams.beyond_cap
    assert sum(one.lead_n for one in found) == whole.lead_time_claimed.n
    assert sum(one.doubling_back.whole for one in found) == whole.rework.streams
    assert sum(one.doubling_back.part for one in found) == whole.rework.back_to_activity
    assert sum(one.reopened.part for one in found) == whole.rework.reopened
    assert sum(one.waiting.whole for one in found) == sum(each.total for each in whole.waiting)
    assert sum(one.waiting.part for one in found) == sum(each.total for each in whole.waiting if each.on is not None)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(tables: Tables, random: object) -> None:
    labels = list(OF.items())
    random.shuffle(labels)
    assert cohorts(tables, LOG, dict(labels), shuffle=random.shuffle) == cohorts(tables, LOG, OF)


def test_what_is_compared_together_is_adjusted_together(tables: Tables) -> None:
    of = {f"{team}{i}": team for team in "qs" for i in range(12)}
    text = "\n".join(f"{case}: 0 engage, {7 + 3 * int(case[1:])} deliver_and_support!claimed, 99 .agent" for case in of)
    found = cohorts(tables, text, of)
    assert [one.p_adjusted for one in found.side_by_side] == comparing.holm([one.p for one in found.side_by_side])
    assert all(one.by_chance for one in found.side_by_side)
    assert replace(found.side_by_side[0], p_adjusted=None).by_chance is None
