"""Small streams and reference streams for the tests of this room."""

from __future__ import annotations

from mining.conformance import Reference, check, parse_reference
from mining.core.activities import Activity, State, Value
from mining.core.events import Symbol, VisitLabel
from mining.core.export import Holds
from mining.core.results import Conformance, VariantCheck
from mining.core.streams import Streams, Variant

MARKS = {"!": Value.CLAIMED, "+": Value.CONFIRMED, "-": Value.WITHDRAWN}
SHORT = {
    "E": "engage",
    "P": "plan",
    "D": "design_and_transition",
    "O": "obtain_build",
    "S": "deliver_and_support",
    "I": "improve",
}


def symbol(text: str) -> Symbol:
    """`E` or `E:ask`, with `!` where value is claimed, `+` confirmed, `-` withdrawn."""
    mark = MARKS.get(text[-1])
    activity, _, step = (text if mark is None else text[:-1]).partition(":")
    return Symbol(Activity(SHORT[activity]), step or None, mark)


def symbols(text: str) -> tuple[Symbol, ...]:
    return tuple(map(symbol, text.split()))


def spelled(*names: str) -> tuple[str, ...]:
    """Names as the reference uses them: `E:ask` becomes `engage:ask`."""
    return tuple(n if n == "value" else ":".join([SHORT[n.split(":")[0]], *n.split(":")[1:]]) for n in names)


def reference(stream: str) -> Reference:
    """A reference stream from the YAML of its `stream`, with the activities in full."""
    return parse_reference(f"name: Test\ndemand: somebody needs something\nscope: run\nstream: {stream}\n", "test.yaml")


def streams_of(
    *variants: tuple[tuple[Symbol, ...], State, int, int],
    also: str = "",
    can_realise_value: bool = True,
    beyond_cap: int = 0,
) -> Streams:
    """Streams from (symbols, state, streams, streams with unmapped events); `also` are labels that never occurred."""
    shown = {symbol for variant in variants for symbol in variant[0]} | set(symbols(also))
    states: dict[State, int] = {}
    for _, state, count, _ in variants:
        states[state] = states.get(state, 0) + count
    return Streams(
        table=None,  # type: ignore[arg-type]  # the room never touches the engine
        labels=tuple(sorted((VisitLabel(s.activity, s.step, None, s.value) for s in shown), key=repr)),
        paths=(),
        variants=tuple(Variant(i, *variant) for i, variant in enumerate(variants)),
        steps=(),
        activities=(),
        holds=Holds.STATE,
        cases=sum(states.values()) + beyond_cap,
        events=0,
        visits=0,
        states=states,
        beyond_cap=beyond_cap,
        can_end=State.UNKNOWN not in states,
        can_realise_value=can_realise_value,
        first_event=0,
        last_event=0,
    )


def outcome(stream: str, variant: str, *, state: State = State.UNKNOWN, also: str = "") -> Conformance:
    """One stream against one reference stream."""
    return check(reference(stream), streams_of((symbols(variant), state, 1, 0), also=also))


def one_check(stream: str, variant: str, *, state: State = State.UNKNOWN, also: str = "") -> VariantCheck:
    """How one stream lies against one reference stream."""
    return outcome(stream, variant, state=state, also=also).checks[0]
