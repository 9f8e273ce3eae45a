"""Times and counts, on logs of a few events where a reader can check each number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.core.activities import Activity, End
from mining.core.export import Holds
from mining.core.results import Measures
from mining.core.tables import Tables
from mining.measures import measure
from mining.streams import build_streams
from tests.log_builder import HOUR, MINUTE, mapped_log


def measured(tables: Tables, text: str, *, max_paths: int = 1000, **more: object) -> Measures:
    mapped = mapped_log(tables, text, **more)
    return measure(tables, build_streams(tables, mapped, max_paths=max_paths), mapped)


def test_lead_time_to_the_first_value_claimed_to_the_first_held_and_to_closure(tables: Tables) -> None:
    found = measured(
        tables,
        """
        plain:    0 engage, 10 deliver_and_support!claimed, 100 .lapsed
        reopened: 0 engage, 20 improve!claimed, 30 engage!withdrawn, 50 improve!claimed, 90 .agent
        open:     0 engage, 5 deliver_and_support!claimed
        """,
    )
    assert found.fulfilled == 2
    claimed, held, closure = found.lead_time_claimed, found.lead_time_held, found.closure
    assert (claimed.median, claimed.p95) == (10 * MINUTE, 20 * MINUTE)
    assert (held.median, held.p95) == (10 * MINUTE, 50 * MINUTE)
    assert (closure.median, closure.p95) == (90 * MINUTE, 100 * MINUTE)
    assert (found.closure_lag.median, found.closure_lag.p95) == (40 * MINUTE, 90 * MINUTE)


def test_time_after_value_is_neither_work_nor_waiting(tables: Tables) -> None:
    found = measured(
        tables,
        """
        A: 0 engage:log/team, 10 improve:fix, 25 improve:fix!claimed, 500 engage:survey, 900 .lapsed
        """,
    )
    assert {w.on: w.total for w in found.waiting} == {"team": 10 * MINUTE, None: 15 * MINUTE}
    assert found.flow_efficiency.upper == 15 / 25
    assert found.flow_efficiency.lower == 0
    (survey,) = [v for v in found.visit_times if v.label.step == "survey"]
    assert (survey.visits, survey.after_value, survey.times) == (1, 1, None)


def test_time_counts_again_from_a_re_opening_on(tables: Tables) -> None:
    found = measured(
        tables,
        "A: 0 deliver_and_support:fix, 10 deliver_and_support:fix!claimed, 50 engage:reopen/team!withdrawn, "
        "57 deliver_and_support:fix, 60 deliver_and_support:fix!claimed, 99 .lapsed",
    )
    assert {w.on: w.total for w in found.waiting} == {None: 13 * MINUTE, "team": 7 * MINUTE}
    assert (found.rework.reopened, found.rework.reopenings) == (1, 1)


def test_where_an_event_is_a_point_the_time_between_visits_is_the_hand_offs(tables: Tables) -> None:
    text = "A: 0 engage, 4 engage, 10 deliver_and_support, 12 deliver_and_support, 20 engage!confirmed, 30 .fulfilled"
    found = measured(tables, text, holds=Holds.POINT)
    assert {w.on: w.total for w in found.waiting} == {"hand-off": 14 * MINUTE, None: 6 * MINUTE}
    assert found.flow_efficiency.upper == 6 / 20


def test_doubling_back_needs_something_in_between(tables: Tables) -> None:
    found = measured(
        tables,
        """
        straight: 0 engage:log, 1 engage:ask, 2 deliver_and_support
        to step:  0 engage:log, 1 engage:ask, 2 engage:log
        to both:  0 engage:log, 1 deliver_and_support, 2 engage:log
        """,
    )
    assert (found.rework.streams, found.rework.back_to_activity, found.rework.back_to_step) == (3, 1, 2)


def test_ends_and_streams_that_never_reach_value(tables: Tables) -> None:
    found = measured(
        tables,
        """
        A: 0 engage, 1 deliver_and_support!claimed, 2 .lapsed
        B: 0 engage, 1 .agent
        C: 0 engage, 1 .duplicate
        D: 0 engage
        """,
    )
    assert found.ends == {End.LAPSED: 1, End.AGENT: 1, End.DUPLICATE: 1}
    assert (found.fulfilled, found.ended_without_value, found.without_value_or_end) == (1, 1, 1)


def test_where_a_mapping_knows_no_value_every_ended_stream_counts(tables: Tables) -> None:
    found = measured(tables, "A: 0 engage, 3 deliver_and_support, 7 .agent")
    assert found.fulfilled == 1
    assert found.lead_time_claimed.n == 0
    assert found.closure.median == 7 * MINUTE


def test_the_last_visit_of_an_unknown_stream_has_no_known_end(tables: Tables) -> None:
    found = measured(tables, "A: 0 engage:log, 3 engage:ask/user")
    assert {w.on: w.total for w in found.waiting} == {None: 3 * MINUTE}


def test_time_by_activity(tables: Tables) -> None:
    found = measured(tables, "A: 0 engage, 60 deliver_and_support:a, 61 deliver_and_support:b, 63 engage!claimed.agent")
    assert found.time_by_activity == {Activity.ENGAGE: HOUR, Activity.DELIVER_AND_SUPPORT: 3 * MINUTE}


def test_lead_time_by_variant(tables: Tables) -> None:
    found = measured(
        tables,
        """
        A: 0 engage, 10 deliver_and_support!claimed.agent
        B: 0 engage, 30 deliver_and_support!claimed.agent
        """,
    )
    assert found.variant_lead_time[0].median == 10 * MINUTE
    assert found.variant_lead_time[0].n == 2


def test_an_export_of_ended_tickets_only_was_selected_by_completion(tables: Tables) -> None:
    ended = measured(tables, "A: 0 engage!claimed, 1 .agent")
    assert ended.selection.by_completion is True
    assert "backlog" in ended.selection.not_shown
    still_open = measured(tables, "A: 0 engage!claimed, 1 .agent\nB: 0 engage")
    assert still_open.selection.by_completion is False
    assert still_open.selection.not_shown == ()
    assert measured(tables, "A: 0 engage").selection.by_completion is None


def test_ends_that_cluster_show_selection_by_completion(tables: Tables) -> None:
    days = 24 * 60
    clustered = "\n".join(f"c{i}: {i * 20 * days} engage, {(400 + i) * days} engage!claimed.agent" for i in range(20))
    found = measured(tables, clustered + f"\nopen: 0 engage, {410 * days} engage")
    assert found.selection.by_completion is True
    assert "31" in found.selection.reason


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(minutes=st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_percentiles_are_nearest_ranks(tables: Tables, minutes: list[int]) -> None:
    text = "\n".join(f"c{i}: 0 engage, {m} deliver_and_support!claimed.agent" for i, m in enumerate(minutes))
    found = measured(tables, text)
    in_order = sorted(minutes)
    expected = [in_order[max(1, math.ceil(len(in_order) * k / 100)) - 1] * MINUTE for k in range(101)]
    assert list(found.lead_time_claimed.percentiles) == expected
    assert found.variant_lead_time[0].p85 == expected[85]
    assert found.variant_lead_time[0].p95 == expected[95]


def test_time_that_the_export_records_as_work_is_the_lower_bound_of_flow_efficiency(tables: Tables) -> None:
    """Work: 2 minutes of logging, and of the fix 10 and 5. Its visit lasts 20 minutes, of which 5 lie between its
    events. The time with the user is no work, whoever recorded it."""
    found = measured(
        tables,
        """
        A: 0-2 engage:log, 10-20 improve:fix, 25-30 improve:fix, 40-60 engage:ask/user, 100-130 improve:give!claimed
        """,
        holds=Holds.POINT,
    )
    efficiency = found.flow_efficiency
    assert (efficiency.recorded_work, efficiency.not_waiting, efficiency.elapsed) == (
        17 * MINUTE,
        22 * MINUTE,
        100 * MINUTE,
    )
    assert (efficiency.lower, efficiency.upper) == (17 / 100, 22 / 100)


def test_visits_that_overlap_take_no_more_time_than_there_was(tables: Tables) -> None:
    found = measured(
        tables,
        """
        A: 0-90 engage:log, 10-70 improve:fix, 50-200 engage:ask/user, 100-300 improve:give!claimed
        """,
        holds=Holds.POINT,
    )
    assert {w.on: w.total for w in found.waiting} == {None: 50 * MINUTE, "user": 50 * MINUTE, "hand-off": 0}
    assert found.flow_efficiency.elapsed == found.lead_time_claimed.median == 100 * MINUTE
    assert (found.flow_efficiency.lower, found.flow_efficiency.upper) == (0.5, 0.5)


def test_points_without_ends_record_no_work(tables: Tables) -> None:
    found = measured(tables, "A: 0 engage:log, 10 engage:log, 40 improve!claimed", holds=Holds.POINT)
    assert found.flow_efficiency.lower == 0
    assert found.flow_efficiency.recorded_work == 0


_SPANS = st.lists(
    st.tuples(st.sampled_from(["engage", "improve", "plan/user"]), st.integers(0, 9), st.integers(0, 20)),
    min_size=1,
    max_size=6,
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(events=_SPANS)
def test_work_is_at_most_what_is_not_waiting_and_that_at_most_all_time(
    tables: Tables, events: list[tuple[str, int, int]]
) -> None:
    now, parts = 0, ["0-1 engage"]
    for label, gap, length in events:
        now += gap
        parts.append(f"{now}-{now + length} {label}")
    found = measured(tables, f"A: {', '.join(parts)}, {now + 5} engage!claimed", holds=Holds.POINT).flow_efficiency
    assert 0 <= found.recorded_work <= found.not_waiting <= found.elapsed == (now + 5) * MINUTE
