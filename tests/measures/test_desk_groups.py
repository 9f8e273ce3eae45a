"""Re-assignment, ping-pong, lines of support, first contact and re-opening, on logs of a few tickets."""

from __future__ import annotations

import re

import pytest
from desk_logs import LINES, desk

from mining.core.desk import AtLine, Part, PingPongPair
from mining.core.tables import Tables
from mining.measures.desk_priorities import is_up
from mining.measures.desk_stays import as_expression
from tests.log_builder import MINUTE

pytestmark = pytest.mark.slow  # each is quick, all of them are not

SOLVED = "0 engage, 90 deliver_and_support!claimed, 99 .agent"
FOUR = f"A: {SOLVED}\nB: {SOLVED}\nC: {SOLVED}\nD: {SOLVED}"


def test_changes_of_group_are_counted_and_the_first_group_is_none(tables: Tables) -> None:
    found = desk(
        tables,
        FOUR,
        """
        A: 0 -, 5 Desk, 6 Desk, 7 -, 8 Desk
        B: 0 Desk, 10 Second
        C: 0 Desk, 10 Second, 20 Third, 30 Fourth, 40 Fifth
        D: 0 -, 99 -
        """,
    ).reassignment
    assert found is not None
    assert (found.tickets, found.by_changes, found.changes) == (3, (1, 1, 0, 1), 5)


def test_ping_pong_is_back_at_once_and_a_return_by_whatever_way(tables: Tables) -> None:
    found = desk(
        tables,
        FOUR,
        """
        A: 0 Desk, 10 Second, 15 Desk, 20 Second
        B: 0 Desk, 10 Second, 20 Third, 30 Desk
        C: 0 Desk, 10 Second, 40 -, 50 Desk
        D: 0 Desk, 10 Second
        """,
    ).ping_pong
    assert found is not None
    assert (found.tickets, found.occurrences) == (Part(2, 4), 3)
    assert found.between is not None
    assert (found.between.n, found.between.total, found.between.median) == (3, 50 * MINUTE, 5 * MINUTE)
    assert (found.returned, found.returns) == (Part(3, 4), 4)
    assert found.pairs == (
        PingPongPair("Desk", "Second", 0, 2, 45 * MINUTE),
        PingPongPair("Second", "Desk", 0, 1, 5 * MINUTE),
    )


def test_more_pairs_than_are_shown_are_summed(tables: Tables) -> None:
    turns = "\n".join(f"t{i}: 0 Desk, 10 Group{i:02}, 11 Desk" for i in range(22))
    visits = "\n".join(f"t{i}: {SOLVED}" for i in range(22))
    found = desk(tables, visits, turns).ping_pong
    assert found is not None
    assert [pair.back_from for pair in found.pairs][:2] == ["Group00", "Group01"]
    assert len(found.pairs) == 21
    assert found.pairs[-1] == PingPongPair(None, None, 2, 2, 2 * MINUTE)


def test_a_ticket_is_resolved_at_the_line_that_has_it_then_and_alone_where_no_other_line_had_it(tables: Tables) -> None:
    found = desk(
        tables,
        FOUR,
        """
        A: 0 Desk, 10 Desk2, 95 Second
        B: 0 Desk, 10 Second
        C: 0 Second, 10 Far_3rd, 20 Desk, 30 Desk2
        D: 0 Far_3rd
        """,
        support_lines=LINES,
    ).lines
    assert found is not None
    assert found.by_line == (AtLine(1, 2, 1), AtLine(2, 1, 0), AtLine(3, 1, 1))
    assert found.tickets == 4


def test_the_line_may_be_told_by_a_fact_and_its_number_leads(tables: Tables) -> None:
    turns = "A: 0 X line=firstLine, 10 Y line=Line_2\nB: 0 X line=1st, 10 X line=?"
    found = desk(tables, f"A: {SOLVED}\nB: {SOLVED}", turns).lines
    assert found is not None
    assert found.by_line == (AtLine(1, 1, 1), AtLine(2, 1, 0))


def test_without_lines_nothing_is_said_of_them(tables: Tables) -> None:
    assert desk(tables, FOUR, "A: 0 Desk").lines is None


def test_first_contact_is_the_first_group_without_re_opening_and_stricter_without_asking(tables: Tables) -> None:
    found = desk(
        tables,
        """
        first:  0 engage, 90 deliver_and_support!claimed, 99 .agent
        asked:  0 engage, 10 engage:ask/user, 90 deliver_and_support!claimed, 99 .agent
        moved:  0 engage, 90 deliver_and_support!claimed, 99 .agent
        later:  0 engage, 90 deliver_and_support!claimed, 99 .agent
        again:  0 engage, 90 deliver_and_support!claimed, 95 engage!withdrawn, 96 engage!claimed, 97 engage!withdrawn
        touch:  0 engage, 0 deliver_and_support!claimed, 99 .agent
        open:   0 engage
        """,
        """
        first: 0 Desk
        asked: 0 Desk
        moved: 0 Desk, 10 Second
        later: 0 Desk, 91 Second
        again: 0 Desk
        touch: 0 Second
        open:  0 Desk
        """,
        support_lines=LINES,
    )
    contact = found.first_contact
    assert contact is not None
    assert contact.first_group == Part(4, 6)
    assert contact.without_asking == Part(3, 6)
    assert contact.first_line == Part(3, 6)
    assert contact.first_touch == Part(1, 6)
    assert found.reopening is not None
    assert (found.reopening.reopened, found.reopening.reopenings) == (Part(1, 6), 2)


def test_a_list_tells_no_changes_but_the_line_that_resolved(tables: Tables) -> None:
    found = desk(tables, FOUR, "A: 0 -, 90 Desk\nB: 0 -, 90 Second", support_lines=LINES, listed=("ticket",))
    assert (found.reassignment, found.ping_pong, found.priorities) == (None, None, None)
    assert found.lines is not None
    assert found.lines.by_line == (AtLine(1, 1, None), AtLine(2, 1, None))
    assert found.first_contact is not None
    assert found.first_contact.first_group is None


def test_without_turns_only_what_needs_no_group_is_told(tables: Tables) -> None:
    found = desk(tables, FOUR)
    assert (found.reassignment, found.ping_pong, found.lines, found.target_met) == (None, None, None, None)
    assert found.tickets == 4
    assert found.reopening is not None
    assert found.first_contact is not None
    assert found.first_contact.first_touch == Part(0, 4)


def test_priorities_that_were_changed_and_which_way(tables: Tables) -> None:
    found = desk(
        tables,
        FOUR,
        """
        A: 0 Desk priority=3_-_Low, 10 Desk priority=1_-_High, 20 Desk priority=2
        B: 0 Desk priority=P2, 10 Desk priority=P3
        C: 0 Desk priority=3, 50 Desk priority=Odd
        D: 0 Desk priority=3, 50 Second
        """,
    ).priorities
    assert found is not None
    assert (found.changed, found.up, found.down, found.unordered) == (Part(3, 4), 1, 2, 1)
    assert {(one.source, one.target): one.up for one in found.most}["3", "Odd"] is None


def test_a_priority_that_only_the_last_row_tells_shows_no_change(tables: Tables) -> None:
    assert desk(tables, FOUR, "A: 0 Desk, 10 Second priority=3").priorities is None


@pytest.mark.parametrize(
    ("before", "now", "up"),
    [
        ("3 - Moderate", "1 - Critical", True),
        ("P2", "P3", False),
        ("Priority 10", "Priority 9", True),
        ("High", "Low", None),
        ("1", "1 - Critical", None),
        ("", "1", None),
    ],
)
def test_the_number_that_leads_orders_priorities(before: str, now: str, up: bool | None) -> None:
    assert is_up(before, now) is up


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("* 2nd", ["G7 2nd", " 2nd"], ["G7 2nd line", "G72nd", "2nd"]),
        ("Desk?", ["Desk1", "Desk "], ["Desk", "Desk12", "MyDesk1"]),
        ("a.b (c)*", ["a.b (c)", "a.b (c) d"], ["axb (c)"]),
    ],
)
def test_patterns_of_groups_fit_whole_names(pattern: str, fits: list[str], fits_not: list[str]) -> None:
    expression = as_expression(pattern)
    assert [name for name in fits + fits_not if re.search(expression, name)] == fits
