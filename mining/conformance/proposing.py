"""A reference stream from variants that somebody calls good.

The inductive miner (S. J. J. Leemans, D. Fahland, W. M. P. van der Aalst, "Discovering block-structured process models
from event logs", 2013) without any noise threshold: its model allows each of the variants, and blocks of it are what a
reference stream is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mining.conformance.automaton import TooLarge, compile_stream
from mining.conformance.tree import VALUE, Node, Reference
from mining.conformance.trees import from_tree
from mining.conformance.view import SymbolTable, merge
from mining.core.activities import State
from mining.core.errors import Problem, RequestError
from mining.core.streams import Variant

Word = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed reference stream: made from `streams` streams of `variants` variants; it allows `allowed` of `checked`
    streams in all, those it was made from among them."""

    reference: Reference
    variants: int
    streams: int
    allowed: int
    checked: int


def propose(
    variants: Sequence[Variant], good: Sequence[int], *, name: str, demand: str, steps: bool = False
) -> Proposal:
    """A reference stream that allows the variants with the ids `good`, all else as far as blocks need it.

    With `steps` it names activities with their steps, else activities alone. What it allows is counted over `variants`
    that have ended or whose end is not known.

    Raises RequestError where none of `good` can be used, or what they have in common is too little for a stream that
    can be checked.
    """
    from mining.pm4py_adapter import inductive_models

    usable = [variant for variant in variants if variant.state in (State.ENDED, State.UNKNOWN) and variant.symbols]
    chosen = [variant for variant in usable if variant.id in set(good)]
    if not chosen:
        todo = "choose variants that have ended"
        raise RequestError(Problem("no variant was chosen that a stream could be made from", todo=todo))
    words = _words(usable, steps=steps)
    traces: dict[Word, int] = {}
    for variant in chosen:
        traces[words[variant.id]] = traces.get(words[variant.id], 0) + variant.streams
    node = from_tree(inductive_models(traces, 0.0).tree)
    reference = _reference(node, name, demand)
    automaton = compile_stream(reference.stream, lambda _: True)
    return Proposal(
        reference,
        variants=len(chosen),
        streams=sum(variant.streams for variant in chosen),
        allowed=sum(variant.streams for variant in usable if automaton.accepts(words[variant.id])),
        checked=sum(variant.streams for variant in usable),
    )


def _words(variants: Sequence[Variant], *, steps: bool) -> dict[int, Word]:
    """The variants as a reference stream would see them that names these activities, or these steps."""
    named = {
        f"{symbol.activity.value}:{symbol.step}" if steps and symbol.step is not None else symbol.activity.value
        for variant in variants
        for symbol in variant.symbols
    }
    merged = merge(SymbolTable.of([variant.symbols for variant in variants]), frozenset({VALUE, *named}))
    tokens, offsets = (merged.tokens >> 1).tolist(), merged.offsets.tolist()
    return {
        variant.id: tuple(merged.names[token] for token in tokens[low:high])
        for variant, (low, high) in zip(variants, pairwise(offsets), strict=True)
    }


def _reference(node: Node | None, name: str, demand: str) -> Reference:
    if node is None:
        raise RequestError(Problem("the chosen variants have nothing in common", todo="choose fewer of them"))
    try:
        compile_stream(node, lambda _: True)
    except TooLarge as error:
        raise RequestError(Problem(str(error), todo="choose fewer variants, or leave --steps out")) from error
    return Reference(name, demand, "run", None, node, "proposed")
