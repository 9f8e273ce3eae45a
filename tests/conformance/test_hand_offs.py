"""Hand-offs: what comes straight back, and what the description of the value chain knows of."""

from __future__ import annotations

from dataclasses import replace

from mining.conformance import check_hand_offs
from mining.core.activities import Activity
from mining.core.hand_offs import HandOffChecks
from mining.core.linked import Linked
from mining.core.links import CasesBy, CasesSpec
from mining.core.tables import Tables
from mining.streams import build_streams
from tests.log_builder import mapped_log

PLAN, ENGAGE, DESIGN = Activity.PLAN, Activity.ENGAGE, Activity.DESIGN_AND_TRANSITION
DELIVER = Activity.DELIVER_AND_SUPPORT


def found(tables: Tables, text: str) -> HandOffChecks:
    return check_hand_offs(tables, build_streams(tables, mapped_log(tables, text), max_paths=1000))


def bounces(checks: HandOffChecks) -> list[tuple[str, str, int, int, int]]:
    return [
        (str(one.source_step), str(one.target_step), one.passages, one.returned, one.quick) for one in checks.bounces
    ]


def test_what_comes_straight_back_is_counted_and_what_does_within_an_hour(tables: Tables) -> None:
    checks = found(
        tables,
        """
        quick: 0 engage:log, 5 deliver_and_support:first, 20 deliver_and_support:second, 30 deliver_and_support:first
        slow:  0 engage:log, 5 deliver_and_support:first, 20 deliver_and_support:second, 90 deliver_and_support:first
        on:    0 engage:log, 5 deliver_and_support:first, 20 deliver_and_support:second, 25 improve:write
        """,
    )
    assert bounces(checks) == [("first", "second", 3, 2, 1)]


def test_the_hour_runs_from_the_arrival_to_the_return_whatever_is_waited_for_meanwhile(tables: Tables) -> None:
    text = "A: 0 engage:log, 100 plan:a/team, 120 plan:a, 160 engage:log, 161 deliver_and_support:x"
    assert bounces(found(tables, text)) == [("log", "a", 1, 1, 1)]
    text = "A: 0 engage:log, 100 plan:a/team, 120 plan:a, 161 engage:log, 162 deliver_and_support:x"
    assert bounces(found(tables, text)) == [("log", "a", 1, 1, 0)]


def test_to_and_fro_is_two_that_came_back(tables: Tables) -> None:
    text = "A: 0 engage:log, 1 plan:a, 2 engage:log, 3 plan:a"
    assert bounces(found(tables, text)) == [("log", "a", 2, 1, 1), ("a", "log", 1, 1, 1)]


def test_undocumented_hand_offs_are_listed(tables: Tables) -> None:
    checks = found(tables, "A: 0 plan, 1 deliver_and_support, 2 plan, 3 engage\nB: 0 plan, 1 deliver_and_support")
    assert checks.undocumented == ((PLAN, DELIVER, 2), (DELIVER, PLAN, 1))


def test_what_is_never_observed_is_said_only_where_tickets_are_linked(tables: Tables) -> None:
    streams = build_streams(tables, mapped_log(tables, "A: 0 engage, 1 plan"), max_paths=1000)
    assert check_hand_offs(tables, streams).never is None
    linked = replace(streams, linked=linked_by())
    assert check_hand_offs(tables, linked).never == ((PLAN, ENGAGE),)  # both are seen, and this way only the other


def linked_by() -> Linked:
    spec = CasesSpec(CasesBy.CONNECTED)
    return Linked(
        **{
            **dict.fromkeys(("several", "largest", "median_size", "shared"), 1),
            **dict.fromkeys(("in_circles", "cut_streams", "cut_tickets", "events_before"), 0),
            **dict.fromkeys(("by_type", "in_no_stream", "cut", "uses", "orphans"), ()),
            "spec": spec,
        }
    )


def test_nothing_to_hand_off(tables: Tables) -> None:
    checks = found(tables, "A: 0 engage")
    assert (checks.bounces, checks.undocumented, checks.never) == ((), (), None)
