"""Waits, targets, arrivals, today's list, satisfaction and classes of demand, on logs of a few tickets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from desk_logs import desk, with_turns
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from mining.core.desk import Group, Part, Period, WaitBetween, WaitOf
from mining.core.export import Holds
from mining.core.tables import Tables
from mining.measures import measure, open_list, service_desk
from mining.streams import build_streams
from tests.log_builder import HOUR, MINUTE, mapped_log

pytestmark = pytest.mark.slow  # each is quick, all of them are not

DAY = 24 * 60
MIDDLE = "C: 1 engage, 2 engage!claimed.agent\nD: 1 engage, 2 engage!claimed.agent\nE: 1 engage, 2 engage!claimed.agent"
"""Ends that do not cluster at the end of the window."""
SOLVED = "0 engage, 90 deliver_and_support!claimed, 99 .agent"


def test_waits_by_cause_and_group_and_by_the_two_groups_between_which_a_ticket_passed(tables: Tables) -> None:
    found = desk(
        tables,
        """
        A: 0 engage/team, 10 improve:route/team, 40 engage:ask/user, 100 engage!claimed, 200 engage/user, 300 .agent
        B: 0 engage, 10 deliver_and_support:route/team, 15 deliver_and_support!claimed.agent
        C: 0 engage/team
        """,
        """
        A: 0 Desk, 10 Second, 60 Third
        B: 0 Desk, 10 Second
        C: 0 Desk
        """,
    ).waits
    assert found.by_cause == (
        WaitOf("user", Group("Second"), 60 * MINUTE, 1),
        WaitOf("team", Group("Second"), 35 * MINUTE, 2),
        WaitOf("team", Group("Desk"), 10 * MINUTE, 1),
    )
    assert (found.total, found.waits) == (105 * MINUTE, 4)
    assert found.by_pair == (WaitBetween("Desk", "Second", 0, 35 * MINUTE, 2),)


_STEP = st.sampled_from(["engage:log", "engage:ask/user", "deliver_and_support:route/team", "engage!claimed"])
_TICKET = st.lists(
    st.tuples(st.integers(1, 40), _STEP, st.sampled_from(["Desk", "Second", "-"])), min_size=1, max_size=7
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(tickets=st.lists(_TICKET, min_size=1, max_size=4))
def test_waits_by_group_add_up_to_the_waits_of_the_measures(tables: Tables, tickets: list[Any]) -> None:
    visits, turns = [], []
    for i, ticket in enumerate(tickets):
        at, events, groups = 0, [], []
        for minutes, step, group in ticket:
            events.append(f"{at} {step}")
            groups.append(f"{at} {group}")
            at += minutes
        visits.append(f"t{i}: {', '.join(events)}, {at} .agent")
        turns.append(f"t{i}: {', '.join(groups)}")
    mapped = with_turns(tables, mapped_log(tables, "\n".join(visits)), "\n".join(turns))
    streams = build_streams(tables, mapped, max_paths=1_000)
    measured = measure(tables, streams, mapped)
    found = service_desk(tables, streams, mapped, measured.selection)
    assert found.waits.total == sum(one.total for one in measured.waiting if one.on is not None)
    moved = found.reassignment
    assert moved is None or sum(moved.by_changes) == moved.tickets
    assert (found.lead_time.total if found.lead_time else 0) >= 0
    assert (found.lead_time.n if found.lead_time else 0) == measured.lead_time_claimed.n


def test_signs_of_misuse_are_shares_of_the_waits_on_one_party(tables: Tables) -> None:
    (found,) = desk(
        tables,
        f"""
        A: 0 engage, 10 engage:ask/user, 13 engage, 20 engage:ask/user, 60 engage!claimed, 99 .agent
        B: 0 engage, 95 engage:ask/user, {16 * DAY} engage!claimed.agent
        C: 0 engage, 10 deliver_and_support/team, 20 engage!claimed.agent
        """,
        "A: 0 Desk\nB: 0 Desk\nC: 0 Desk",
        waiting_days=15,
    ).indicators
    assert (found.on, found.waits, found.tickets) == ("user", 3, 2)
    assert (found.resolved, found.again, found.short, found.long) == (Part(2, 3), Part(1, 3), Part(1, 3), Part(1, 3))
    assert found.late is None  # no target is told


def test_a_wait_begun_in_the_last_tenth_before_the_target_is_late(tables: Tables) -> None:
    (found,) = desk(
        tables,
        """
        A: 0 engage, 90 engage:ask/user, 120 engage!claimed.agent
        B: 0 engage, 89 engage:ask/user, 120 engage!claimed.agent
        C: 0 engage, 101 engage:ask/user, 120 engage!claimed.agent
        """,
        "A: 0 Desk target=100\nB: 0 Desk target=100\nC: 0 Desk target=100",
    ).indicators
    assert found.late == Part(1, 2)


def test_lead_time_against_the_target_and_what_the_tool_says(tables: Tables) -> None:
    found = desk(
        tables,
        f"A: {SOLVED}\nB: {SOLVED}\nC: {SOLVED}\nD: 0 engage",
        """
        A: 0 Desk target_met=no priority=1, 99 Desk target_met=yes
        B: 0 Desk target_met=no priority=2, 99 Desk
        C: 0 Desk
        D: 0 Desk target_met=yes priority=1
        """,
    )
    assert found.target_met is not None
    assert found.target_met.met == Part(1, 2)
    assert found.target_met.by_priority == (("1", Part(1, 1)), ("2", Part(0, 1)))
    assert found.target is None


def test_value_is_claimed_before_the_target_or_after_it(tables: Tables) -> None:
    found = desk(
        tables,
        f"A: {SOLVED}\nB: {SOLVED}\nC: {SOLVED}\nD: {SOLVED}\nE: 0 engage",
        "A: 0 Desk target=90\nB: 0 Desk target=60\nC: 0 Desk target=odd\nD: 0 Desk\nE: 0 Desk target=10",
    ).target
    assert found is not None
    assert (found.told, found.met) == (3, Part(1, 2))
    assert found.left is not None
    assert found.left.median == 0
    assert found.overrun is not None
    assert found.overrun.median == 30 * MINUTE


def test_arrivals_what_is_done_and_the_backlog_at_the_end_of_each_day(tables: Tables) -> None:
    found = desk(
        tables,
        f"""
        A: 0 engage, 90 deliver_and_support!claimed, {3 * DAY} .agent
        B: 10 engage, {2 * DAY + 5} deliver_and_support!claimed, {2 * DAY + 6} .agent
        C: {2 * DAY} engage
        D: {2 * DAY} engage, {2 * DAY + 1} .withdrawn
        E: {DAY} engage, {DAY + 1} engage!claimed, {DAY + 2} engage!withdrawn
        """,
    ).flow
    assert found.period is Period.DAY
    days = [
        (date.fromordinal(date(1970, 1, 1).toordinal() + one.starts // (DAY * MINUTE)), one) for one in found.periods
    ]
    assert [(day.day, one.arrived, one.done, one.backlog) for day, one in days] == [
        (1, 2, 1, 1),
        (2, 1, 0, 2),
        (3, 2, 2, 2),
    ]


@pytest.mark.parametrize(
    ("days", "period"), [(61, Period.DAY), (63, Period.WEEK), (800, Period.MONTH), (9_000, Period.YEAR)]
)
def test_the_longer_the_window_the_longer_its_parts(tables: Tables, days: int, period: Period) -> None:
    found = desk(tables, f"A: 0 engage\nB: {days * DAY} engage, {days * DAY + 1} engage!claimed.agent\n" + MIDDLE).flow
    assert found.period is period
    assert sum(one.arrived for one in found.periods) == 5
    assert found.periods[-1].backlog == 1
    starts = [one.starts for one in found.periods]
    assert starts == sorted(set(starts))


def test_an_export_selected_by_completion_shows_no_arrivals_and_says_why(tables: Tables) -> None:
    found = desk(tables, f"A: {SOLVED}").flow
    assert found.periods == ()
    assert found.not_shown is not None
    assert "selected by completion" in found.not_shown


def test_todays_list_by_age_by_whom_it_waits_on_and_by_group(tables: Tables) -> None:
    found = desk(
        tables,
        f"""
        done:  0 engage, 60 deliver_and_support!claimed, 99 .agent
        old:   {4 * DAY} engage, {5 * DAY} engage:ask/user
        new:   {20 * DAY} engage
        held:  0 engage, 60 deliver_and_support!claimed
        again: {20 * DAY - 30} engage, {20 * DAY - 20} engage!claimed, {20 * DAY - 10} engage/team!withdrawn
        """,
        "done: 0 Desk\nold: 0 Desk\nnew: 0 -\nheld: 0 Desk\nagain: 0 Desk, 10 Second",
    ).open
    assert found is not None
    assert (found.limit, found.days) == (HOUR, 14)
    assert found.all is not None
    assert (found.all.tickets, found.all.beyond, found.all.long) == (3, 1, 1)
    assert found.all.oldest == 16 * DAY * MINUTE
    assert found.all.median_age == 30 * MINUTE
    assert [(on, of.tickets, of.long) for on, of in found.by_waiting] == [(None, 1, 0), ("team", 1, 0), ("user", 1, 1)]
    assert [(group.name, of.tickets) for group, of in found.by_group] == [(None, 1), ("Desk", 1), ("Second", 1)]


def test_groups_beyond_those_that_are_shown_are_one_row(tables: Tables) -> None:
    visits = "\n".join(f"t{i}: {i} engage" for i in range(25)) + "\nend: 0 engage, 30 engage!claimed.agent"
    found = desk(tables, visits, "\n".join(f"t{i}: 0 Group{i:02}" for i in range(25))).open
    assert found is not None
    assert len(found.by_group) == 21
    group, of = found.by_group[-1]
    assert (group, of.tickets) == (Group(None, 5), 5)
    assert sum(one.tickets for _, one in found.by_group) == 25


def test_the_list_names_tickets_only_where_it_is_asked_for(tables: Tables) -> None:
    mapped = mapped_log(tables, "A: 0 engage, 9 engage!claimed.agent\nB: 0 engage, 20 engage:ask/user\nC: 30 engage")
    streams = build_streams(tables, mapped, max_paths=10)
    found = service_desk(tables, streams, mapped, measure(tables, streams, mapped).selection)
    assert "B" not in str(found.open).replace("beyond", "").split()
    rows = tables.fetch(open_list(tables, streams, mapped, found), limit=10).to_pylist()
    assert [(row["case_id"], row["on"], row["waited"], row["beyond"]) for row in rows] == [
        ("B", "user", 10 * MINUTE, True),
        ("C", None, None, False),
    ]


def test_answers_beside_lead_time_and_no_mean_of_few(tables: Tables) -> None:
    visits = "\n".join(f"t{i}: 0 engage, {i + 1} engage!claimed.agent" for i in range(200))
    turns = "\n".join(
        f"t{i}: 0 Desk{f' satisfaction={4.5 if i < 100 else 2}' if i % 2 or i < 50 else ''}" for i in range(200)
    )
    found = desk(tables, visits, turns).satisfaction
    assert found is not None
    assert found.answered == Part(125, 200)
    assert found.mean == (75 * 4.5 + 50 * 2) / 125
    assert [(q.quarter, q.tickets, q.answered, q.mean) for q in found.quartiles] == [
        (1, 50, 50, 4.5),
        (2, 50, 25, None),
        (3, 50, 25, None),
        (4, 50, 25, None),
    ]


def test_the_slowest_are_held_against_the_fastest_with_an_interval(tables: Tables) -> None:
    visits = "\n".join(f"t{i}: 0 engage, {i + 1} engage!claimed.agent" for i in range(160))
    answers = {i: 5 - i % 3 if i < 40 else 3.5 - i % 2 for i in (*range(40), *range(120, 155))}
    turns = "\n".join(f"t{i}: 0 Desk{f' satisfaction={answers[i]}' if i in answers else ''}" for i in range(160))
    found = desk(tables, visits, turns).satisfaction
    assert found is not None
    assert found.slowest_to_fastest is not None
    fast, slow = ([value for i, value in answers.items() if (i < 40) is side] for side in (True, False))
    by_scipy = ttest_ind(slow, fast, equal_var=False).confidence_interval()
    assert found.slowest_to_fastest.difference == pytest.approx(sum(slow) / 35 - sum(fast) / 40)
    assert (found.slowest_to_fastest.low, found.slowest_to_fastest.high) == pytest.approx(tuple(by_scipy))


def test_an_answer_that_is_no_number_is_counted_as_unread(tables: Tables) -> None:
    found = desk(
        tables, f"A: {SOLVED}\nB: {SOLVED}", "A: 0 Desk satisfaction=good\nB: 0 Desk satisfaction=5"
    ).satisfaction
    assert found is not None
    assert (found.answered, found.unread, found.mean) == (Part(1, 2), 1, None)


def test_a_survey_that_was_sent_is_counted_and_is_neither_an_answer_nor_value(tables: Tables) -> None:
    found = desk(tables, f"A: {SOLVED}\nB: 0 engage, 5 engage:survey, 9 .agent")
    assert found.surveys_sent == Part(1, 2)
    assert found.satisfaction is None
    assert found.reopening is not None
    assert found.reopening.reopened.of == 1


def test_monitoring_and_major_incidents_are_counted_apart_and_knowledge_is_an_attribute(tables: Tables) -> None:
    found = desk(
        tables,
        f"A: {SOLVED}\nB: 0 engage, 30 engage!claimed, 31 .agent\nC: 0 engage",
        """
        A: 0 Desk monitoring=yes major=no knowledge_used=no, 5 Desk major=yes, 9 Desk major=no knowledge_used=yes
        B: 0 Desk monitoring=no major=no knowledge_used=no
        C: 0 Desk monitoring=yes
        """,
    )
    assert found.monitoring is not None
    assert found.monitoring.tickets == Part(2, 3)
    assert found.monitoring.lead_time is not None
    assert (found.monitoring.lead_time.n, found.monitoring.lead_time.median) == (1, 90 * MINUTE)
    assert found.monitoring.others is not None
    assert found.monitoring.others.median == 30 * MINUTE
    assert found.major is not None
    assert found.major.tickets == Part(1, 3)
    assert found.knowledge_used == Part(1, 2)


def test_of_several_types_only_those_asked_for_count(tables: Tables) -> None:
    visits = f"incident 1: {SOLVED}\nchange 1: {SOLVED}\nchange 2: {SOLVED}"
    found = desk(tables, visits, ticket_types=("incident", "change"), types=("incident",))
    assert (found.types, found.tickets) == (("incident",), 1)


def test_where_events_are_points_a_wait_lasts_to_its_last_event(tables: Tables) -> None:
    text = "A: 0 engage/user, 10 engage/user, 30 engage!claimed.agent"
    found = desk(tables, text, "A: 0 Desk", holds=Holds.POINT).waits
    assert found.by_cause == (WaitOf("user", Group("Desk"), 10 * MINUTE, 1),)
