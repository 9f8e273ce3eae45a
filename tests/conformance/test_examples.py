"""Streams to look at: which ones are chosen, when their visits were, and where they deviate."""

from __future__ import annotations

from dataclasses import replace

from conformance_helpers import reference

from mining.conformance import check, pick_examples
from mining.conformance.agreed import Agreed
from mining.conformance.comparing import examine
from mining.core.examples import MOST_VISITS, Example
from mining.core.export import Holds
from mining.core.results import Conformance, DeviationKind
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.streams import build_streams
from tests.log_builder import MINUTE, mapped_log

AGREED = reference("[engage, {repeat: deliver_and_support}, value, {optional: [engage: confirm]}]")
RIGHT = "engage, {0}1 deliver_and_support:work, {0}5 deliver_and_support:done!claimed, {0}9 .agent"


def looked(
    tables: Tables, text: str, *, named: bool = False, holds: Holds = Holds.STATE
) -> tuple[Streams, Conformance]:
    log = mapped_log(tables, text, holds=holds, more_labels=("engage",))
    streams = build_streams(tables, log, max_paths=1000)
    found, _ = examine(tables, streams, AGREED, check(AGREED, streams), examples=named)
    return streams, found


def only(found: Conformance, key: str) -> tuple[Example, ...]:
    assert found.cases is not None
    number = next(i for i, one in enumerate(found.deviations) if one.key == key)
    return found.cases.examples[number]


def minutes(*times: int | None) -> list[int | None]:
    return [None if time is None else time // MINUTE for time in times]


def test_what_is_missing_stands_before_the_visit_where_it_is_missing(tables: Tables) -> None:
    text = (
        "A: 0 deliver_and_support:work/team, 7 deliver_and_support:work, 9 deliver_and_support:done!claimed, 12 .agent"
    )
    streams, found = looked(tables, text)
    (one,) = only(found, "missing/engage")
    assert [streams.labels[visit].waiting for visit in one.visits] == ["team", None, None]
    assert (minutes(*one.starts), minutes(*one.stops)) == ([0, 7, 9], [7, 9, 12])
    assert [(mark.kind, mark.label, mark.at) for mark in one.marks] == [(DeviationKind.MISSING, "engage", 0)]


def test_what_is_missing_at_the_end_stands_after_the_last_visit(tables: Tables) -> None:
    agreed = reference("[engage, deliver_and_support, value, improve]")
    text = "A: 0 engage, 3 deliver_and_support!claimed, 9 .agent"
    streams = build_streams(tables, mapped_log(tables, text, more_labels=("improve",)), max_paths=1000)
    found, _ = examine(tables, streams, agreed, check(agreed, streams))
    (one,) = only(found, "missing/improve")
    assert [(mark.label, mark.at) for mark in one.marks] == [("improve", 2)]


def test_a_visit_after_value_is_marked_where_it_stands(tables: Tables) -> None:
    """Merged, the stream is engage, deliver and support, value, plan: the fourth there is the fifth visit here."""
    text = (
        "A: 0 engage:log, 2 engage:ask/user, 3 deliver_and_support:work, 4 deliver_and_support:done!claimed, "
        "6 plan, 9 .agent"
    )
    streams, found = looked(tables, text)
    (key,) = [one.key for one in found.deviations]
    (one,) = only(found, key)
    assert [(mark.kind, mark.at) for mark in one.marks] == [(DeviationKind.WRONG_END, 4)]
    assert streams.labels[one.visits[4]].activity.value == "plan"


def test_the_last_to_end_come_first_and_are_named_only_where_asked_for(tables: Tables) -> None:
    lines = [f"T{i}: {i} deliver_and_support!claimed, {100 + i} .agent" for i in range(8)]
    _, found = looked(tables, "\n".join(lines), named=True)
    assert [one.case for one in only(found, "missing/engage")] == ["T7", "T6", "T5", "T4", "T3"]
    _, found = looked(tables, "\n".join(lines))
    assert {one.case for one in only(found, "missing/engage")} == {None}


def test_events_that_are_points_end_with_their_last_event(tables: Tables) -> None:
    _, found = looked(
        tables, "A: 0 deliver_and_support, 4 deliver_and_support, 9 engage!claimed, 12 .agent", holds=Holds.POINT
    )
    assert found.cases is not None
    (one,) = found.cases.examples[0]
    assert (minutes(*one.starts), minutes(*one.stops)) == ([0, 9], [4, 9])


def test_a_stream_of_very_many_visits_is_cut_and_says_so(tables: Tables) -> None:
    """The deviation at its end is not shown, and no mark is put in a wrong place for it."""
    visits = ", ".join(f"{i} deliver_and_support:{'ab'[i % 2]}" for i in range(1, 60))
    _, found = looked(tables, f"A: 0 engage, {visits}, 70 deliver_and_support!claimed, 75 plan, 80 .agent")
    (one,) = only(found, found.deviations[0].key)
    assert (len(one.visits), one.further, one.marks) == (MOST_VISITS, 62 - MOST_VISITS, ())
    assert len(one.starts) == len(one.stops) == MOST_VISITS


def test_variants_have_examples_without_a_reference_stream_too(tables: Tables) -> None:
    text = "\n".join([f"A: 0 {RIGHT.format('')}", f"B: 1 {RIGHT.format(1)}", "C: 2 engage"])
    streams = build_streams(tables, mapped_log(tables, text), max_paths=1000)
    found = pick_examples(tables, streams, None, (), named=True)
    assert {variant: [one.case for one in each] for variant, each in found.items()} == {0: ["B", "A"], 1: ["C"]}
    (still_open,) = found[1]
    assert (minutes(*still_open.starts), still_open.stops) == ([2], (None,))


def test_of_several_reference_streams_none_marks_the_variants(tables: Tables) -> None:
    streams, found = looked(tables, "A: 0 deliver_and_support!claimed, 5 .agent")
    one = Agreed((AGREED,), ())
    two = replace(one, references=(AGREED, AGREED))
    (marked,) = pick_examples(tables, streams, one, (found,), named=False)[0]
    (unmarked,) = pick_examples(tables, streams, two, (found, found), named=False)[0]
    assert (len(marked.marks), len(unmarked.marks)) == (1, 0)
