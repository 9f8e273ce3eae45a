"""Events → visits → paths → variants and hand-offs, on logs that a reader can check."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.core.activities import Activity, State
from mining.core.analysis import Options
from mining.core.export import Holds
from mining.core.streams import HandOff, Streams
from mining.core.tables import Tables
from mining.engine import open_engine
from mining.streams import build_streams, visits_by_case
from tests.log_builder import MINUTE, mapped_log

ENGAGE, DELIVER = Activity.ENGAGE, Activity.DELIVER_AND_SUPPORT


def build(tables: Tables, text: str, *, max_paths: int = 1000, **more: object) -> Streams:
    return build_streams(tables, mapped_log(tables, text, **more), max_paths=max_paths)


def variants(streams: Streams) -> list[tuple[str, str, int]]:
    return [(" > ".join(map(str, v.symbols)), v.state.value, v.streams) for v in streams.variants]


def hand_off(hand_offs: tuple[HandOff, ...], source: Activity | None, target: Activity | None) -> HandOff:
    (found,) = [h for h in hand_offs if (h.source, h.target) == (source, target)]
    return found


def test_neighbouring_events_with_one_label_are_one_visit(tables: Tables) -> None:
    streams = build(
        tables,
        """
        A: 0 engage:log, 1 engage:log, 2 deliver_and_support:fix, 3 deliver_and_support:fix, 4 engage:log
        """,
    )
    assert variants(streams) == [("engage:log > deliver_and_support:fix > engage:log", "unknown", 1)]
    assert (streams.cases, streams.events, streams.visits) == (1, 5, 3)


def test_waiting_splits_visits_but_not_variants(tables: Tables) -> None:
    streams = build(
        tables,
        """
        A: 0 engage:log, 1 engage:log/team, 2 deliver_and_support:fix
        B: 0 engage:log, 2 deliver_and_support:fix
        """,
    )
    assert variants(streams) == [("engage:log > deliver_and_support:fix", "unknown", 2)]
    assert len(streams.paths) == 2
    assert streams.visits == 5


def test_a_value_mark_is_part_of_a_variant(tables: Tables) -> None:
    streams = build(tables, "A: 0 deliver_and_support:fix, 1 deliver_and_support:fix!claimed")
    assert variants(streams) == [("deliver_and_support:fix > deliver_and_support:fix [claimed]", "unknown", 1)]


def test_states_by_the_last_event(tables: Tables) -> None:
    streams = build(
        tables,
        """
        ended:     0 engage, 1 deliver_and_support!claimed, 2 .lapsed
        reopened:  0 engage, 1 deliver_and_support!claimed, 2 .lapsed, 3 engage:reopen!withdrawn
        unsure:    0 engage, 1 .agent, 2 ?
        cancelled: 0 engage, 1 .duplicate
        at once:   0 engage!claimed.fulfilled
        """,
    )
    assert streams.states == {State.ENDED: 2, State.OPEN: 2, State.CANCELLED: 1}
    assert (streams.open, streams.cancelled) == (2, 1)


def test_without_a_rule_that_ends_every_stream_is_unknown(tables: Tables) -> None:
    streams = build(tables, "A: 0 engage\nB: 0 engage")
    assert streams.states == {State.UNKNOWN: 2}
    assert not streams.can_end


def test_where_value_is_claimed_and_where_it_is_held(tables: Tables) -> None:
    streams = build(
        tables,
        "A: 0 engage, 1 deliver_and_support!claimed, 2 engage!withdrawn, 3 deliver_and_support, "
        "4 deliver_and_support!claimed, 5 engage!confirmed, 6 .fulfilled",
    )
    (path,) = streams.paths
    assert (path.value_at, path.held_at) == (1, 4)


def test_unmapped_events_make_no_visit_but_are_flagged(tables: Tables) -> None:
    streams = build(tables, "A: 0 engage, 1 ?, 2 engage\nB: 0 engage\nC: 0 ?")
    assert [(v.symbols != (), v.streams, v.streams_with_unmapped) for v in streams.variants] == [
        (True, 2, 1),
        (False, 1, 1),
    ]


def test_hand_offs_between_activities_have_demand_and_value_and_no_inner_moves(tables: Tables) -> None:
    streams = build(
        tables,
        """
        A: 0 engage:log, 4 deliver_and_support:route/team, 9 deliver_and_support:fix, 10 deliver_and_support:fix!claimed
        B: 0 engage:log, 6 deliver_and_support:fix!claimed, 30 .lapsed
        """,
    )
    assert [(h.source, h.target, h.count) for h in streams.activities] == [
        (None, ENGAGE, 2),
        (DELIVER, None, 2),
        (ENGAGE, DELIVER, 2),
    ]
    to_deliver = hand_off(streams.activities, ENGAGE, DELIVER).times
    assert to_deliver is not None
    assert (to_deliver.n, to_deliver.total, to_deliver.median, to_deliver.p85) == (
        2,
        10 * MINUTE,
        4 * MINUTE,
        6 * MINUTE,
    )
    to_value = hand_off(streams.activities, DELIVER, None).times
    assert to_value is not None
    assert to_value.total == 6 * MINUTE  # A: from 4 to 10; B: at once


def test_hand_offs_between_steps_count_passages_and_streams(tables: Tables) -> None:
    streams = build(
        tables, "A: 0 engage:log, 1 engage:ask/user, 3 engage:log, 4 engage:ask/user, 9 engage:ask/customer, 10 engage"
    )
    (log_ask,) = [h for h in streams.steps if (h.source_step, h.target_step) == ("log", "ask")]
    assert (log_ask.count, log_ask.streams) == (2, 1)
    (ask_none,) = [h for h in streams.steps if (h.source_step, h.target_step) == ("ask", None)]
    assert ask_none.times is not None
    assert ask_none.times.total == 6 * MINUTE  # the run of asking began at 4, whoever was waited on


def test_hand_offs_of_steps_from_demand_and_into_value(tables: Tables) -> None:
    streams = build(
        tables,
        """
        A: 0 engage:log, 4 deliver_and_support:fix!claimed
        B: 0 engage:log, 6 deliver_and_support:fix, 9 deliver_and_support:close!claimed
        C: 0 deliver_and_support:fix, 2 deliver_and_support:close!claimed
        """,
    )
    assert [(h.source, h.source_step, h.target, h.target_step, h.count) for h in streams.step_ends] == [
        (None, None, ENGAGE, "log", 2),
        (DELIVER, "close", None, None, 2),
        (None, None, DELIVER, "fix", 1),
        (DELIVER, "fix", None, None, 1),
    ]


def test_passages_after_value_are_counted_and_not_timed(tables: Tables) -> None:
    streams = build(tables, "A: 0 deliver_and_support!claimed, 100 engage:reopen!withdrawn, 101 deliver_and_support")
    back = hand_off(streams.activities, DELIVER, ENGAGE)
    assert (back.count, back.after_value, back.times) == (1, 1, None)
    again = hand_off(streams.activities, ENGAGE, DELIVER)
    assert again.after_value == 0


def test_point_events_time_a_hand_off_from_the_end_of_the_giving_visit(tables: Tables) -> None:
    text = "A: 0 engage, 3 engage, 10 deliver_and_support, 12 deliver_and_support!claimed"
    state = hand_off(build(tables, text).activities, ENGAGE, DELIVER).times
    point = hand_off(build(tables, text, holds=Holds.POINT).activities, ENGAGE, DELIVER).times
    assert state is not None
    assert point is not None
    assert (state.total, point.total) == (10 * MINUTE, 7 * MINUTE)


def test_the_cap_keeps_the_most_frequent_paths_and_counts_the_rest(tables: Tables) -> None:
    text = "A: 0 engage\nB: 0 engage\nC: 0 plan\nD: 0 improve, 1 plan"
    streams = build(tables, text, max_paths=2)
    assert [v[0] for v in variants(streams)] == ["engage", "plan"]
    assert (streams.cases, streams.beyond_cap) == (4, 1)


def test_visits_by_case_say_when_each_began_and_ended(tables: Tables) -> None:
    streams = build(tables, "A: 0 engage, 5 deliver_and_support!claimed, 9 .lapsed\nB: 0 engage\nC: 2 .lapsed")
    rows = tables.fetch(visits_by_case(tables, streams).order_by(["case_id", "position"]), limit=10).to_pylist()
    minutes = [(r["case_id"], r["position"], r["start"].minute, r["end"] and r["end"].minute) for r in rows]
    assert minutes == [("A", 0, 0, 5), ("A", 1, 5, 9), ("B", 0, 0, None)]
    assert rows[0]["start"].tzinfo is not None


def test_the_visits_of_a_very_long_stream_need_no_more_memory_than_they_are(tmp_path: Path) -> None:
    """They did where a join copied all moments of the stream beside each of its visits."""
    events = ", ".join(f"{i} {('engage', 'plan')[i % 2]}" for i in range(8_000))
    with open_engine(Options(memory_limit="200MB", threads=1)) as tables:
        streams = build_streams(tables, mapped_log(tables, f"A: {events}"), max_paths=1, hand_offs=False)
        tables.write_parquet(visits_by_case(tables, streams), tmp_path / "visits.parquet")
    assert pq.read_metadata(tmp_path / "visits.parquet").num_rows == 8_000


def test_the_visits_of_variants_are_numbered(tables: Tables) -> None:
    """What differs in waiting alone is one; a stream without a visit has none."""
    text = "A: 0 engage:log, 1 plan/user, 2 plan, 3 engage:log\nB: 0 engage:log\nC: 0 engage:log\nD: 0 ?"
    streams = build(tables, text)
    numbered = streams.variant_visits
    assert numbered is not None
    assert numbered.of is streams.variants
    symbols = [numbered.symbols[number] for number in numbered.numbers.tolist()]
    told = [tuple(symbols[low:high]) for low, high in pairwise(numbered.starts.tolist())]
    assert told == [variant.symbols for variant in streams.variants]
    assert sorted(map(len, told)) == [0, 1, 3]


_LABELS = ("engage:log", "deliver_and_support:fix", "deliver_and_support:fix/user", "engage:ask/user", "?", ".lapsed")
_CASES = st.lists(st.lists(st.sampled_from(_LABELS), min_size=1, max_size=8), min_size=1, max_size=6)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(cases=_CASES, seed=st.integers(0, 2**16))
def test_every_stream_and_event_is_there_whatever_the_order_of_rows(
    tables: Tables, cases: list[list[str]], seed: int
) -> None:
    text = "\n".join(f"c{i}: " + ", ".join(f"{t} {e}" for t, e in enumerate(case)) for i, case in enumerate(cases))
    streams = build(tables, text)
    again = build(tables, text, shuffle=random.Random(seed).shuffle)
    assert variants(streams) == variants(again)
    assert streams.steps == again.steps
    assert streams.activities == again.activities
    assert streams.cases == sum(v.streams for v in streams.variants) == len(cases)
    assert streams.events == sum(map(len, cases))
    visible = [[event for event in case if event[0] not in "?."] for case in cases]
    assert streams.visits == sum(1 for case in visible for i, e in enumerate(case) if i == 0 or case[i - 1] != e)
