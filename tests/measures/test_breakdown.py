"""The streams by what their tickets tell, on a log where a reader can check each number."""

from __future__ import annotations

from datetime import date

import pytest

from mining.conformance import compare, parse_reference
from mining.conformance.agreed import Agreed
from mining.core.breakdown import Breakdowns, Dimension, Slice
from mining.core.tables import Tables
from mining.measures import breakdowns, measure
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log
from tests.measures.desk_logs import with_turns

pytestmark = pytest.mark.slow  # each is quick, all of them are not

LOG = """
A: 0 engage, 10 deliver_and_support!claimed, 20 .lapsed
B: 0 engage, 30 deliver_and_support!claimed, 40 .lapsed
C: 0 engage, 100 deliver_and_support!claimed, 110 engage!withdrawn, 120 deliver_and_support!claimed, 130 .lapsed
D: 0 engage
"""
TURNS = """
A: 0 Desk priority=1, 5 Second priority=2
B: 0 Desk priority=2
C: 0 Desk priority=1
D: 0 -
"""


def broken_down(tables: Tables, text: str = LOG, turns: str = TURNS) -> Breakdowns | None:
    mapped = with_turns(tables, mapped_log(tables, text), turns)
    streams = build_streams(tables, mapped, max_paths=1000)
    typical = measure(tables, streams, mapped).lead_time_claimed.median
    return breakdowns(tables, streams, mapped, (), typical=typical)


def by(found: Breakdowns | None, dimension: Dimension) -> tuple[Slice, ...]:
    assert found is not None
    (one,) = (one for one in found.by if one.by is dimension)
    return one.slices


def test_a_stream_counts_where_the_last_row_of_its_ticket_stands(tables: Tables) -> None:
    found = broken_down(tables)
    assert [(one.label, one.streams) for one in by(found, Dimension.PRIORITY)] == [("1", 1), ("2", 2), (None, 1)]
    assert [(one.label, one.streams) for one in by(found, Dimension.GROUP)] == [("Desk", 2), ("Second", 1), (None, 1)]
    assert found is not None
    assert {one.by for one in found.by} == {Dimension.PRIORITY, Dimension.GROUP}


def test_delay_is_what_lead_times_exceed_the_median_of_all_by(tables: Tables) -> None:
    """The lead times are 10, 30 and 100 minutes: 30 is the median, and C exceeds it by 70."""
    found = broken_down(tables)
    assert found is not None
    assert (found.streams, found.typical, found.delay) == (4, 30 * MINUTE, 70 * MINUTE)
    first, second, nothing = by(found, Dimension.PRIORITY)
    assert [one.delay // MINUTE for one in (first, second, nothing)] == [70, 0, 0]
    assert (second.lead_n, second.median, second.p85) == (2, 10 * MINUTE, 30 * MINUTE)
    assert (nothing.lead_n, nothing.median, nothing.p85) == (0, None, None)


def test_the_shares_of_a_value_are_of_its_own_streams(tables: Tables) -> None:
    first, second, nothing = by(broken_down(tables), Dimension.PRIORITY)
    assert [(one.held, one.not_open) for one in (first, second, nothing)] == [(1, 1), (2, 2), (0, 0)]
    assert [(one.reopened, one.known) for one in (first, second, nothing)] == [(1, 1), (0, 2), (0, 1)]
    assert [(one.doubling_back, one.few) for one in (first, second, nothing)] == [(1, True), (0, True), (0, True)]


def test_values_beyond_the_eighth_are_one_row_and_nothing_is_lost(tables: Tables) -> None:
    """T1 to T10 take 10 to 100 minutes: 50 is the median, and T6 to T10 exceed it; of equal ones the first stay."""
    log = "\n".join(f"T{n}: 0 engage, {n * 10} deliver_and_support!claimed, 999 .lapsed" for n in range(1, 11))
    turns = "\n".join(f"T{n}: 0 Desk service=S{n:02}" for n in range(1, 11))
    found = broken_down(tables, log, turns)
    assert found is not None
    (only,) = found.by  # all are with one group, which tells nothing
    assert (only.by, only.values) == (Dimension.SERVICE, 10)
    assert [one.label for one in only.slices] == ["S10", "S09", "S08", "S07", "S06", "S01", "S02", "S03", None]
    others = only.slices[-1]
    assert (others.others, others.streams, others.median, others.p85) == (2, 2, 40 * MINUTE, 50 * MINUTE)
    assert sum(one.streams for one in only.slices) == 10


def test_without_anything_that_tells_streams_apart_there_is_no_breakdown(tables: Tables) -> None:
    assert broken_down(tables, LOG, "A: 0 Desk\nB: 0 Desk\nC: 0 Desk\nD: 0 Desk") is None


# Value within 20 minutes of demand for priority 2, over engage; all others plan.
LOW = """\
name: Low
demand: a need
scope: run
applies_to: {priority: 2}
stream: [engage, deliver_and_support, value]
limits: [{from: demand, to: value, within: 20 minutes}]
"""
REST = "name: Rest\ndemand: a need\nscope: run\nstream: [plan, deliver_and_support, value]\n"


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        # A conforms; B is too slow, E does as the rest should, and C does not. D is open.
        ((LOW, REST), {"1": (0, 1), "2": (1, 2), "3": (1, 1), None: (0, 0)}),
        ((LOW,), {"1": (0, 1), "2": (1, 2), "3": (0, 1), None: (0, 0)}),  # one is for all
        ((), {"1": (0, 0), "2": (0, 0), "3": (0, 0), None: (0, 0)}),
    ],
)
def test_a_stream_conforms_where_its_own_reference_stream_says_so(
    tables: Tables, references: tuple[str, ...], expected: dict[str | None, tuple[int, int]]
) -> None:
    text, turns = LOG + "E: 0 plan, 5 deliver_and_support!claimed, 9 .agent\n", TURNS + "E: 0 Desk priority=3\n"
    mapped = with_turns(tables, mapped_log(tables, text), turns)
    streams = build_streams(tables, mapped, max_paths=1000)
    agreed = Agreed(tuple(parse_reference(one, "agreed.yaml") for one in references)) if references else None
    checked, _, _ = compare(tables, mapped, streams, agreed, today=date(2026, 1, 1))
    found = breakdowns(tables, streams, mapped, checked, typical=None)
    slices = by(found, Dimension.PRIORITY)
    assert {one.label: (one.conforming, one.checked) for one in slices} == expected
    assert found is not None
    assert found.checked == bool(references)
    assert sum(one.conforming for one in slices) == sum(one.conforming for one in checked)
