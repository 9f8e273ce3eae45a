"""Where the export tells when events end: `0-9 engage` is an event from minute 0 to minute 9."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.core.activities import Activity
from mining.core.export import Holds
from mining.core.streams import HandOff, Streams
from mining.core.tables import Tables
from mining.streams import build_streams, visits_by_case
from tests.log_builder import MINUTE, mapped_log

pytestmark = pytest.mark.slow

ENGAGE, DELIVER = Activity.ENGAGE, Activity.DELIVER_AND_SUPPORT


def build(tables: Tables, text: str, *, holds: Holds = Holds.POINT, **more: object) -> Streams:
    return build_streams(tables, mapped_log(tables, text, holds=holds, **more), max_paths=1000)


def minutes(tables: Tables, streams: Streams, *columns: str) -> list[tuple[object, ...]]:
    """Of each stream, by its name, what columns hold, in minutes."""
    found = tables.fetch(streams.table.order_by("case_id").select(*columns), limit=100).to_pylist()
    in_minutes = lambda one: [in_minutes(e) for e in one] if isinstance(one, list) else one and one // MINUTE  # noqa: E731
    return [tuple(in_minutes(row[column]) for column in columns) for row in found]


def hand_off(hand_offs: tuple[HandOff, ...], source: Activity, target: Activity) -> HandOff:
    (found,) = [h for h in hand_offs if (h.source, h.target) == (source, target)]
    return found


def test_a_visit_lasts_to_the_latest_end_of_its_events(tables: Tables) -> None:
    streams = build(
        tables,
        """
        A: 0-2 engage, 10-40 deliver_and_support, 20-30 deliver_and_support, 50 deliver_and_support, 60-61 engage
        B: 0 engage, 3-5 deliver_and_support
        """,
    )
    assert minutes(tables, streams, "starts", "lasts") == [([0, 10, 60], [2, 50, 61]), ([0, 3], [0, 5])]
    assert streams.tells_ends


def test_what_events_worked_counts_no_moment_twice(tables: Tables) -> None:
    """From 10 to 20 the first event goes on, from 20 to 30 the second, and to 35 nobody knows."""
    streams = build(tables, "A: 10-40 deliver_and_support, 20-30 deliver_and_support, 35-90 engage, 50-55 improve")
    assert minutes(tables, streams, "worked", "lasts") == [([20, 15, 5], [40, 90, 55])]


def test_events_without_a_label_part_no_visit_and_do_no_work(tables: Tables) -> None:
    streams = build(tables, "A: 0-1 engage, 2-99 ?, 3-4 engage, 5 .agent")
    assert minutes(tables, streams, "starts", "lasts", "worked", "ended") == [([0], [4], [2], 5)]


def test_a_ticket_has_ended_when_the_visit_that_ends_it_is_over(tables: Tables) -> None:
    streams = build(tables, "A: 0-1 engage, 5-9 improve!claimed.fulfilled\nB: 0-1 engage, 5-7 .agent")
    assert minutes(tables, streams, "last", "ended") == [(5, 9), (5, 7)]


def test_hand_offs_run_from_the_end_to_the_start_and_are_never_negative(tables: Tables) -> None:
    streams = build(tables, "A: 0-2 engage, 10-11 deliver_and_support\nB: 0-20 engage, 10-11 deliver_and_support")
    times = hand_off(streams.activities, ENGAGE, DELIVER).times
    assert times is not None
    assert (times.n, times.total, times.median) == (2, 8 * MINUTE, 0)


def test_ends_mean_nothing_where_events_hold_until_the_next(tables: Tables) -> None:
    streams = build(tables, "A: 0-20 engage, 10-30 deliver_and_support.agent", holds=Holds.STATE)
    assert not streams.tells_ends
    assert "lasts" not in streams.table.columns
    assert minutes(tables, streams, "starts", "ended") == [([0, 10], 10)]


def test_visits_by_case_have_the_ends_of_the_export_even_where_they_overlap(tables: Tables) -> None:
    streams = build(tables, "A: 0-20 engage, 10-11 improve")
    rows = tables.fetch(visits_by_case(tables, streams).order_by("position"), limit=10).to_pylist()
    assert [row["end"] for row in rows] == [datetime(1970, 1, 1, 0, minute, tzinfo=UTC) for minute in (20, 11)]


_EVENT = st.tuples(st.sampled_from(["engage", "improve", "?", "plan"]), st.integers(0, 5), st.integers(-1, 12))


@settings(max_examples=20, deadline=None)
@given(cases=st.lists(st.lists(_EVENT, min_size=1, max_size=6), min_size=1, max_size=4), seed=st.integers(0, 2**16))
def test_visits_with_ends_are_those_of_an_independent_count(
    tables: Tables, cases: list[list[tuple[str, int, int]]], seed: int
) -> None:
    """Events of (label, minutes since the one before, minutes that it lasts; -1: not known)."""
    lines, expected = ["known: 0-1 engage"], [([0], [1], [1])]
    for case in cases:
        now, events = 0, []
        for label, gap, length in case:
            now += gap
            events.append((label, now, now + length if length >= 0 else None))
        spans = ", ".join(f"{t}{'' if end is None else f'-{end}'} {label}" for label, t, end in events)
        lines.append(f"{len(lines):03}: {spans}")
        expected.append(_by_hand([event for event in events if event[0] != "?"]))
    expected = expected[1:] + expected[:1]  # by name
    streams = build(tables, "\n".join(lines), shuffle=random.Random(seed).shuffle)
    assert minutes(tables, streams, "starts", "lasts", "worked") == expected


def _by_hand(seen: list[tuple[str, int, int | None]]) -> tuple[list[int], list[int], list[int]]:
    starts: list[int] = []
    lasts: list[int] = []
    worked: list[int] = []
    for i, (label, start, end) in enumerate(seen):
        if i == 0 or seen[i - 1][0] != label:
            starts.append(start)
            lasts.append(start)
            worked.append(0)
        over = start if end is None else end
        lasts[-1] = max(lasts[-1], over)
        worked[-1] += (min(over, seen[i + 1][1]) if i + 1 < len(seen) else over) - start
    return starts, lasts, worked
