"""The passages between activities that a reference stream allows."""

from __future__ import annotations

import pytest
from conformance_helpers import SHORT, reference, streams_of, symbols

from mining.conformance import check
from mining.core.activities import Activity, State


def passages(stream: str, also: str = "E S! I P D O") -> dict[str, str]:
    """By "E→S": w where the whole reference has it, v where what can be shown of it has it."""
    found = check(reference(stream), streams_of((symbols("E S!"), State.ENDED, 1, 0), also=also)).passages
    assert found is not None
    letters = {Activity(name): letter for letter, name in SHORT.items()}

    def name(of: Activity | None, end: str) -> str:
        return end if of is None else letters[of]

    return {f"{name(one.source, '*')}→{name(one.target, '$')}": "w" * one.whole + "v" * one.visible for one in found}


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("[engage, deliver_and_support, value]", "*→E E→S S→$"),
        ("[engage, optional: [improve], deliver_and_support, value]", "*→E E→S E→I S→$ I→S"),
        ("[repeat: [engage, deliver_and_support], value]", "*→E E→S S→E S→$"),
        ("[engage, 'engage: ask', deliver_and_support, value]", "*→E E→S S→$"),
        ("[deliver_and_support, value, engage, value]", "*→S S→E S→$ E→$"),
    ],
)
def test_passages_are_between_activities_whatever_the_steps(stream: str, expected: str) -> None:
    stream = stream.replace("'engage: ask'", "engage: ask")
    found = passages(stream, also="E S! I P D O E:ask")
    assert set(found) == set(expected.split())
    assert set(found.values()) == {"wv"}


def test_what_cannot_be_shown_is_passed_over() -> None:
    found = passages("[engage, improve, deliver_and_support, value]", also="")
    assert found == {"*→E": "wv", "E→I": "w", "I→S": "w", "E→S": "v", "S→$": "wv"}


def test_they_stand_in_the_order_of_the_activities() -> None:
    assert list(passages("[engage, plan, engage, value]")) == ["*→E", "P→E", "E→P", "E→$"]
