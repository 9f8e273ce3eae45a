"""Small logs for the tests of discovery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from mining.core.activities import Activity, State, Value
from mining.core.events import Symbol
from mining.core.export import Holds
from mining.core.streams import Streams, Variant

_VALUES = {"+": Value.CLAIMED, "!": Value.CONFIRMED, "-": Value.WITHDRAWN}


def symbols(text: str) -> tuple[Symbol, ...]:
    """ "engage:log deliver_and_support:resolve+" as symbols: + claims value, ! confirms it, - withdraws it."""
    found = []
    for word in text.split():
        value = _VALUES.get(word[-1])
        activity, _, step = word.rstrip("+!-").partition(":")
        found.append(Symbol(Activity(activity), step or None, value))
    return tuple(found)


def streams(
    *variants: tuple[str, int] | tuple[str, int, State], can_realise_value: bool = True, beyond_cap: int = 0
) -> Streams:
    """Streams that hold nothing but these variants: (symbols, how many streams, state)."""
    made = []
    for i, (text, count, *state) in enumerate(variants):
        made.append(Variant(i, symbols(text), cast(State, state[0]) if state else State.ENDED, count, 0))
    return holding(made, can_realise_value=can_realise_value, beyond_cap=beyond_cap)


def holding(variants: Sequence[Variant], *, can_realise_value: bool = True, beyond_cap: int = 0) -> Streams:
    """Streams with these variants, and nothing that discovery does not look at."""
    cases = sum(v.streams for v in variants) + beyond_cap
    nothing: Any = None
    return Streams(
        table=nothing,
        labels=(),
        paths=(),
        variants=tuple(variants),
        steps=(),
        activities=(),
        holds=Holds.STATE,
        cases=cases,
        events=cases,
        visits=cases,
        states={},
        beyond_cap=beyond_cap,
        can_end=True,
        can_realise_value=can_realise_value,
        first_event=0,
        last_event=0,
    )


INCIDENTS = streams(
    ("engage:log deliver_and_support:investigate deliver_and_support:resolve+", 60),
    ("engage:log deliver_and_support:route deliver_and_support:investigate deliver_and_support:resolve+", 30),
    ("engage:log deliver_and_support:investigate engage:ask deliver_and_support:investigate "
     "deliver_and_support:resolve+", 20),
    ("engage:log deliver_and_support:resolve+ engage:reopen- deliver_and_support:resolve+", 3),
    ("engage:log deliver_and_support:investigate", 9, State.OPEN),
    ("engage:log", 4, State.CANCELLED),
)  # fmt: skip
