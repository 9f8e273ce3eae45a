"""Doubling back by activity and step, on logs of a dozen events where a reader can check each number."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.core.activities import Activity
from mining.core.doubling import ComesBack, Depth, DoublingBack
from mining.core.export import Holds
from mining.core.tables import Tables
from mining.measures import measure
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

DELIVER, ENGAGE, BUILD = Activity.DELIVER_AND_SUPPORT, Activity.ENGAGE, Activity.OBTAIN_BUILD


def doubled(
    tables: Tables, text: str, *, rework_after: tuple[tuple[Activity, str | None], ...] = (), **more: object
) -> DoublingBack:
    mapped = replace(mapped_log(tables, text, **more), rework_after=rework_after)  # type: ignore[arg-type]
    return measure(tables, build_streams(tables, mapped, max_paths=1000), mapped).doubling_back


def at(found: DoublingBack, activity: Activity, step: str | None = None) -> ComesBack:
    level = found.activities if step is None else found.steps
    (one,) = [each for each in level if (each.activity, each.step) == (activity, step)]
    return one


def test_a_return_its_depth_and_both_of_its_times(tables: Tables) -> None:
    """A comes back to engage at 30 (20 minutes after it had left, for 60), and to deliver at 90 (60 after, for 10).
    B comes back to deliver at 50: two stays lie between, of 20 and 20 minutes; it stays for 5."""
    found = doubled(
        tables,
        "A: 0 engage:log, 10 deliver_and_support:fix, 30 engage:ask/user, 90 deliver_and_support:fix, "
        "100 improve!claimed.agent\n"
        "B: 0 deliver_and_support:fix, 10 engage:ask/user, 30 improve, 50 deliver_and_support:fix, "
        "55 improve!claimed.agent",
    )
    deliver = at(found, DELIVER)
    assert (deliver.visited, deliver.streams, deliver.returns) == (2, 2, 2)
    assert deliver.iteration.depth == Depth(median=1, p85=2, most=2)
    assert deliver.iteration.away is not None
    assert (deliver.iteration.away.total, deliver.iteration.away.median) == (100 * MINUTE, 40 * MINUTE)
    assert deliver.iteration.again is not None
    assert (deliver.iteration.again.total, deliver.iteration.again.median) == (15 * MINUTE, 5 * MINUTE)
    engage = at(found, ENGAGE)
    assert (engage.visited, engage.streams, engage.returns) == (2, 1, 1)
    assert engage.iteration.away is not None
    assert engage.iteration.again is not None
    assert (engage.iteration.away.total, engage.iteration.again.total) == (20 * MINUTE, 60 * MINUTE)
    improve = at(found, Activity.IMPROVE)  # B comes back to where it claims value: that stay is after value
    assert improve.iteration.away is not None
    assert (improve.returns, improve.iteration.away.total, improve.iteration.again) == (1, 5 * MINUTE, None)
    assert (found.streams, found.back, found.returns, found.rework_returns) == (2, 2, 4, 0)


def test_what_follows_a_re_opening_is_rework_until_value_is_claimed_again(tables: Tables) -> None:
    """Re-opened at 100, and resolved again at 160: both returns to engage in that time, and both to deliver, are
    rework. The survey at 300 comes after value: no rework, and its stay is not timed."""
    found = doubled(
        tables,
        "A: 0 engage:log, 5 deliver_and_support:fix, 40 deliver_and_support:fix!claimed, "
        "100 engage:reopen/team!withdrawn, 110 deliver_and_support:fix, 130 engage:ask/user, "
        "150 deliver_and_support:fix, 160 deliver_and_support:fix!claimed, 300 engage:survey, 310 .agent",
    )
    engage, deliver = at(found, ENGAGE), at(found, DELIVER)
    assert (engage.iteration.returns, engage.rework.returns) == (1, 2)
    assert (deliver.iteration.returns, deliver.rework.returns) == (0, 2)
    # Engage was left at 5, and value stood from 40 to 100: 35 minutes away. Left again at 110: 20 more.
    assert engage.rework.away is not None
    assert (engage.rework.away.total, engage.rework.away.n) == (55 * MINUTE, 2)
    assert engage.rework.again is not None
    assert engage.rework.again.total == (10 + 20) * MINUTE
    assert deliver.rework.away is not None
    assert deliver.rework.away.total == (10 + 20) * MINUTE
    assert deliver.rework.again is not None
    assert deliver.rework.again.total == (20 + 10) * MINUTE  # from 160 on value stands
    # Deliver was left at 130, and value stood from 160 on: to the survey it was away from engage for 10 minutes.
    assert engage.iteration.away is not None
    assert (engage.iteration.away.total, engage.iteration.again) == (10 * MINUTE, None)
    assert (found.tells_rework, found.rework, found.rework_returns, found.returns) == (True, 1, 4, 5)


def test_a_confirmation_or_a_survey_after_value_is_no_rework(tables: Tables) -> None:
    found = doubled(tables, "A: 0 engage:log, 5 deliver_and_support!claimed, 9 engage:confirm!confirmed, 12 .fulfilled")
    assert (found.returns, found.rework_returns, found.tells_rework) == (1, 0, False)


def test_a_return_after_a_failed_step_is_rework_where_the_mapping_names_that_step(tables: Tables) -> None:
    """The first return to build follows a failed test, the second a review that asked for nothing."""
    log = (
        "A: 0 obtain_build:code, 10 obtain_build:test failed, 15 plan, 20 obtain_build:code, "
        "40 design_and_transition:review, 50 obtain_build:code, 70 plan!claimed.agent"
    )
    told = doubled(tables, log, rework_after=((BUILD, "test failed"),))
    assert (at(told, BUILD).rework.returns, at(told, BUILD).iteration.returns) == (1, 1)
    assert at(told, BUILD, "code").rework.returns == 1
    assert (told.tells_rework, told.rework_after) == (True, ((BUILD, "test failed"),))
    # The return to plan at 70 comes two stays after the failure, but plan itself was only left at 20.
    assert at(told, Activity.PLAN).iteration.returns == 1
    untold = doubled(tables, log)
    assert (at(untold, BUILD).rework.returns, at(untold, BUILD).iteration.returns) == (0, 2)
    assert untold.tells_rework is False
    whole = doubled(tables, log, rework_after=((Activity.DESIGN_AND_TRANSITION, None),))
    assert (at(whole, BUILD).rework.returns, at(whole, BUILD).iteration.returns) == (1, 1)


def test_a_return_by_a_step_that_means_rejection_is_rework_itself(tables: Tables) -> None:
    log = "A: 0 engage:request, 5 design_and_transition:assess, 9 engage:revise, 20 design_and_transition!claimed.agent"
    told = doubled(tables, log, rework_after=((ENGAGE, "revise"),))
    assert [(one.activity, one.rework.returns, one.iteration.returns) for one in told.activities] == [
        (Activity.DESIGN_AND_TRANSITION, 1, 0),
        (ENGAGE, 1, 0),
    ]


def test_coming_back_to_a_step_within_one_activity_is_a_return_to_the_step_alone(tables: Tables) -> None:
    found = doubled(
        tables,
        "A: 0 engage, 1 deliver_and_support:route, 3 deliver_and_support:fix, 7 deliver_and_support:route, "
        "12 deliver_and_support:fix, 20 engage!claimed.agent",
    )
    assert [one.activity for one in found.activities] == [ENGAGE]
    assert [(one.step, one.returns) for one in found.steps] == [("fix", 1), ("route", 1)]
    route = at(found, DELIVER, "route").iteration
    assert route.away is not None
    assert route.again is not None
    assert (route.away.total, route.again.total) == (4 * MINUTE, 5 * MINUTE)


def test_visits_that_differ_in_waiting_alone_are_one_stay(tables: Tables) -> None:
    found = doubled(tables, "A: 0 engage:log, 5 engage:log/user, 8 engage:log, 20 improve!claimed.agent")
    assert (found.returns, found.activities, found.steps) == (0, (), ())


def test_a_return_whose_end_is_not_known_is_counted_and_not_timed(tables: Tables) -> None:
    found = doubled(tables, "A: 0 engage, 5 improve, 9 engage\nB: 0 engage, 5 improve, 9 engage, 10 .agent")
    engage = at(found, ENGAGE).iteration
    assert engage.away is not None
    assert engage.again is not None
    assert (engage.returns, engage.away.n, engage.again.n, engage.again.total) == (2, 2, 1, MINUTE)


def test_where_events_are_points_the_time_to_the_next_stay_belongs_to_the_one_that_it_leaves(tables: Tables) -> None:
    text = "A: 0 engage, 4 improve, 6 improve, 10 engage, 11 engage, 30 improve!claimed.agent"
    found = doubled(tables, text, holds=Holds.POINT)
    engage = at(found, ENGAGE).iteration
    assert engage.away is not None
    assert engage.again is not None
    assert (engage.away.total, engage.again.total) == (6 * MINUTE, 20 * MINUTE)


def test_re_opened_within_one_stay_the_time_in_which_value_stood_does_not_count(tables: Tables) -> None:
    """Back at deliver from 10 to 100; value stands from 20 to 60 and from 90 on."""
    found = doubled(
        tables,
        "A: 0 deliver_and_support:fix, 5 engage, 10 deliver_and_support:fix, 20 deliver_and_support:fix!claimed, "
        "60 deliver_and_support:fix!withdrawn, 90 deliver_and_support:fix!claimed, 100 .agent",
    )
    deliver = at(found, DELIVER)
    assert deliver.iteration.again is not None
    assert (deliver.returns, deliver.iteration.again.n, deliver.iteration.again.total) == (1, 1, 40 * MINUTE)


_EVENTS = ("engage:log", "engage:ask/user", "deliver_and_support:fix", "deliver_and_support:fix!claimed", "improve")
_STREAM = st.lists(
    st.tuples(st.sampled_from((*_EVENTS, "engage:reopen!withdrawn", "obtain_build:failed")), st.integers(0, 9)),
    min_size=1,
    max_size=9,
)


def _text(streams: list[list[tuple[str, int]]]) -> str:
    lines = []
    for number, events in enumerate(streams):
        now, parts = 0, []
        for event, gap in events:
            now += gap
            parts.append(f"{now} {event}")
        lines.append(f"c{number}: {', '.join(parts)}, {now + 3} .agent")
    return "\n".join(lines)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(streams=st.lists(_STREAM, min_size=1, max_size=5), seed=st.integers(0, 99))
def test_laws(tables: Tables, streams: list[list[tuple[str, int]]], seed: int) -> None:
    """Against a count by hand, in plain Python; and the order of the rows does not matter."""
    text, blamed = _text(streams), ((BUILD, "failed"),)
    found = doubled(tables, text, rework_after=blamed)
    assert found == doubled(tables, text, rework_after=blamed, shuffle=random.Random(seed).shuffle)
    returns, streams_back, away, again = 0, 0, 0, 0
    for events in streams:
        stays = _stays(events)
        own = [i for i, (name, *_) in enumerate(stays) if name in [other for other, *_ in stays[:i]]]
        returns += len(own)
        streams_back += bool(own)
        for i in own:
            before = max(j for j in range(i) if stays[j][0] == stays[i][0])
            away += sum(stays[j][1] for j in range(before + 1, i))
            again += stays[i][1]
    assert (found.returns, found.back) == (returns, streams_back)
    kinds = [kind for one in found.activities for kind in (one.iteration, one.rework)]
    assert sum(kind.away.total for kind in kinds if kind.away) == away * MINUTE
    assert sum(kind.again.total for kind in kinds if kind.again) == again * MINUTE
    assert all(one.streams <= one.visited <= len(streams) for one in (*found.activities, *found.steps))


def _stays(events: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """(activity, minutes that count) of each stay. Value that stands stops the clock."""
    stays: list[tuple[str, int]] = []
    stands = False
    for number, (event, _) in enumerate(events):
        activity = event.split(":")[0].split("!")[0]
        if "!" in event:
            stands = event.endswith("claimed")
        lasts = events[number + 1][1] if number + 1 < len(events) else 3
        counted = 0 if stands else lasts
        if stays and stays[-1][0] == activity:
            stays[-1] = (activity, stays[-1][1] + counted)
        else:
            stays.append((activity, counted))
    return stays
