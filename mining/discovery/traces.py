"""From variants to the traces that the miner reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from mining.core.activities import Value
from mining.core.events import Symbol
from mining.core.streams import Streams, Variant, is_fulfilled

MAX_VARIANTS = 10_000
"""The miner's time grows with the variants, and its threshold sets rare ones aside anyway: of 26,000 variants it takes
2.3 seconds, of the 10,000 most frequent (92 % of the streams) 0.9."""

MAX_WORK = 100_000
"""Variants times activities. The miner tries every activity at every cut: with 60 activities, which are many, a few
thousand variants took a minute."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What is mined: how often each sequence of activity names occurs, and what was left out to get there."""

    counts: dict[tuple[str, ...], int]
    variants: int
    streams: int
    variants_fulfilled: int
    streams_fulfilled: int
    streams_all: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in sentences; empty where nothing was."""
        notes = []
        if self.streams_fulfilled < self.streams_all:
            left = self.streams_all - self.streams_fulfilled
            notes.append(
                f"The models rest on fulfilled streams; {left:,} of {self.streams_all:,} streams are open, cancelled, "
                "without value or beyond the cap on variants, and are left out."
            )
        if self.variants < self.variants_fulfilled:
            share = self.streams / self.streams_fulfilled
            notes.append(
                f"Of {self.variants_fulfilled:,} variants the {self.variants:,} most frequent were mined; "
                f"they hold {share:.1%} of the fulfilled streams."
            )
        return tuple(notes)


def activity_name(symbol: Symbol) -> str:
    """The name of an activity in the models: "activity:step", or the activity alone; value marks are no part of it."""
    return symbol.activity.value if symbol.step is None else f"{symbol.activity.value}:{symbol.step}"


def trace(variant: Variant) -> tuple[str, ...]:
    """A variant as names; neighbours that differ by their value mark only are one."""
    return tuple(name for name, _ in groupby(map(activity_name, variant.symbols)))


def fulfilled_traces(streams: Streams, *, most: int = MAX_VARIANTS, work: int = MAX_WORK) -> Traces:
    """The traces of the fulfilled streams (`core.streams.is_fulfilled`, as in lead time and conformance), of the most
    frequent variants: at most `most`, and at most `work` divided by the number of activities."""
    fulfilled = [v for v in streams.variants if _fulfilled(v, streams)]
    fulfilled.sort(key=lambda v: (-v.streams, v.id))
    activities = {activity_name(symbol) for variant in fulfilled for symbol in variant.symbols}
    used = fulfilled[: min(most, max(1, work // max(1, len(activities))))]
    counts: Counter[tuple[str, ...]] = Counter()
    for variant in used:
        counts[trace(variant)] += variant.streams
    return Traces(
        counts=dict(counts),
        variants=len(used),
        streams=sum(v.streams for v in used),
        variants_fulfilled=len(fulfilled),
        streams_fulfilled=sum(v.streams for v in fulfilled),
        streams_all=streams.cases,
    )


def _fulfilled(variant: Variant, streams: Streams) -> bool:
    has_value = any(symbol.value in (Value.CLAIMED, Value.CONFIRMED) for symbol in variant.symbols)
    return is_fulfilled(variant.state, has_value, can_realise_value=streams.can_realise_value)
