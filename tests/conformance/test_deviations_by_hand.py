"""Every kind of deviation, small enough to be checked by hand.

E engage, P plan, D design and transition, O obtain/build, S deliver and support, I improve; `!` claims value.
All activities can be shown by the mapping, unless a test says otherwise.
"""

from __future__ import annotations

import pytest
from conformance_helpers import one_check, outcome, spelled

from mining.core.activities import State
from mining.core.results import DeviationKind, MoveKind

EVERYTHING = "E P D O S I E:ask E:confirm S!"
SIMPLE = "[engage, deliver_and_support, value]"


def told(stream: str, variant: str) -> list[tuple[str, str, str | None, int, int]]:
    check = one_check(stream, variant, also=EVERYTHING)
    return [(d.kind.value, d.label, d.instead_of, d.position, d.moves) for d in check.deviations]


def sentences(stream: str, variant: str) -> list[str]:
    return [d.sentence for d in outcome(stream, variant, also=EVERYTHING).deviations]


def test_a_stream_as_agreed_has_none() -> None:
    assert told(SIMPLE, "E S!") == []


def test_missing() -> None:
    stream = "[engage, {engage: confirm}, deliver_and_support, value]"
    assert told(stream, "E S!") == [("missing", "engage:confirm", None, 1, 1)]
    assert sentences(stream, "E S!") == ["Engage (confirm) is missing"]


def test_missing_says_where_when_the_name_alone_does_not() -> None:
    stream = "[engage, plan, engage, deliver_and_support, value]"
    assert told(stream, "E P S!") == [("missing", "engage", None, 2, 1)]
    assert sentences(stream, "E P S!") == ["Engage is missing after Plan"]
    assert sentences(stream, "P E S!") == ["Engage is missing at the start"]


def test_missing_value() -> None:
    assert told("[engage, value, improve, value]", "E! I") == [("missing", "value", None, 3, 1)]
    assert sentences("[engage, value, improve, value]", "E! I") == ["Value is missing after Improve"]


def test_unexpected() -> None:
    assert told(SIMPLE, "E P S!") == [("unexpected", "plan", None, 1, 1)]
    assert sentences(SIMPLE, "E P S!") == ["Plan is not expected"]


def test_unexpected_after_value() -> None:
    stream = "[engage, value, improve]"
    assert told(stream, "E! P I") == [("unexpected", "plan", None, 2, 1)]
    assert sentences(stream, "E! P I") == ["Plan is not expected after value"]


def test_repeated() -> None:
    assert told(SIMPLE, "E S E S!") == [
        ("repeated", "engage", None, 2, 1),
        ("repeated", "deliver_and_support", None, 3, 1),
    ]
    assert sentences(SIMPLE, "E S E S!") == ["Deliver and support is repeated", "Engage is repeated"]


def test_repeated_after_value_is_told_as_such() -> None:
    assert sentences(SIMPLE, "E S! E S!") == [
        "Deliver and support is repeated after value",
        "Engage is repeated after value",
        "Value is realised once more than agreed",
    ]


def test_reopening_is_told_as_such() -> None:
    assert "Engage, to re-open the ticket, is repeated after value" in sentences(SIMPLE, "E S! E:reopen- S!")


def test_out_of_order_too_late() -> None:
    stream = "[engage, plan, deliver_and_support, value]"
    assert told(stream, "E S! P") == [("out of order", "plan", None, 3, 2)]
    assert sentences(stream, "E S! P") == ["Plan comes too late"]


def test_out_of_order_too_early() -> None:
    stream = "[engage, deliver_and_support, value, improve]"
    assert told(stream, "I E S!") == [("out of order", "improve", None, 0, 2)]
    assert sentences(stream, "I E S!") == ["Improve comes too early"]


def test_wrong_choice() -> None:
    stream = "[engage, {one_of: [design_and_transition, improve]}, value]"
    also = EVERYTHING + " P!"
    (found,) = one_check(stream, "E P!", also=also).deviations
    assert (found.kind, found.label, found.moves) == (DeviationKind.WRONG_CHOICE, "plan", 2)
    assert found.instead_of == "design_and_transition"
    assert [d.sentence for d in outcome(stream, "E P!", also=also).deviations] == [
        "Plan comes instead of Design and transition"
    ]


def test_a_branch_that_was_begun_is_no_wrong_choice() -> None:
    stream = "[engage, {one_of: [[plan, obtain_build], improve]}, value]"
    assert told(stream, "E P D!") == [
        ("missing", "obtain_build", None, 2, 1),
        ("unexpected", "design_and_transition", None, 2, 1),
    ]


def test_only_one_wrong_choice_for_one_branch() -> None:
    stream = "[engage, {one_of: [[plan, obtain_build], [plan, improve]]}, value]"
    kinds = [(kind, label, moves) for kind, label, _, _, moves in told(stream, "E D S!")]
    assert kinds.count(("wrong choice", "design_and_transition", 2)) == 1
    assert sum(moves for _, _, moves in kinds) == one_check(stream, "E D S!", also=EVERYTHING).cost == 4


def test_wrong_start() -> None:
    assert told(SIMPLE, "P E S!") == [("wrong start", "plan", None, 0, 1)]
    assert sentences(SIMPLE, "P E S!") == ["The stream begins with Plan"]


def test_wrong_end() -> None:
    assert told(SIMPLE, "E S! P") == [("wrong end", "plan", None, 3, 1)]
    assert sentences(SIMPLE, "E S! P") == ["Plan comes after the end of the agreed stream"]


def test_where_nothing_matches_nothing_begins_or_ends_wrongly() -> None:
    assert {d[0] for d in told("[plan, improve]", "E S")} == {"missing", "unexpected"}


def test_the_nearest_pair_goes_first() -> None:
    # Plan is missing two moves before the second Plan, and three after the first.
    stream = "[engage, obtain_build, plan, deliver_and_support, improve]"
    assert told(stream, "P E O S P I") == [
        ("wrong start", "plan", None, 0, 1),
        ("out of order", "plan", None, 4, 2),
    ]


def test_of_equally_near_pairs_the_leftmost_goes_first() -> None:
    stream = "[engage, obtain_build, plan, deliver_and_support, improve]"
    assert told(stream, "P E O S I P") == [
        ("out of order", "plan", None, 0, 2),
        ("wrong end", "plan", None, 5, 1),
    ]


def test_the_later_one_is_the_repeated_one() -> None:
    check = one_check(SIMPLE, "E S! E S!", also=EVERYTHING)
    assert [m.kind for m in check.moves] == [MoveKind.MATCH] * 3 + [MoveKind.UNEXPECTED] * 3


def test_what_is_missing_is_missed_right_after_what_did_happen() -> None:
    check = one_check("[engage, plan, value]", "E I!", also=EVERYTHING + " I!")
    assert [(m.kind, m.label, m.position) for m in check.moves] == [
        (MoveKind.MATCH, "engage", 0),
        (MoveKind.MISSING, "plan", 1),
        (MoveKind.UNEXPECTED, "improve", 1),
        (MoveKind.MATCH, "value", 2),
    ]


@pytest.mark.parametrize(
    ("variant", "cost"),
    [("", 0), ("E", 0), ("E S", 0), ("E S!", 0), ("S", 1), ("E P", 1), ("E S! P", 1), ("P I", 2)],
)
def test_what_has_not_happened_yet_is_no_deviation_of_an_open_stream(variant: str, cost: int) -> None:
    check = one_check(SIMPLE, variant, state=State.OPEN, also=EVERYTHING)
    assert check.cost == cost
    assert check.merged == spelled(*variant.replace("!", " value").split())
