"""Parts of a reference stream that mappings cannot show: a step that nobody's rules make, or one that is misspelt."""

from __future__ import annotations

from collections.abc import Iterable

from mining.conformance.tree import VALUE, Named, Reference, display, walk
from mining.conformance.view import producible
from mining.core.errors import Problem, nearest
from mining.core.events import VisitLabel


def unseen_parts(reference: Reference, labels: Iterable[VisitLabel]) -> list[Problem]:
    """Warnings about the parts that visits with these `labels` can never be, each once, where it first stands."""
    symbols = {label.symbol for label in labels}
    parts = {node.name: node for node in reversed([*walk(reference.stream)]) if isinstance(node, Named)}
    shown = producible(symbols, frozenset(parts))
    steps = sorted({f"{symbol.activity.value}:{symbol.step}" for symbol in symbols if symbol.step is not None})
    found = []
    for name, part in sorted(parts.items(), key=lambda one: (one[1].line, one[0])):
        if name in shown:
            continue
        near = nearest(name, steps) if name != VALUE else []
        found.append(
            Problem(
                f"no rule of the mapping makes this: {display(name)}",
                file=reference.file,
                line=part.line,
                expected=f"such as {', '.join(display(one) for one in near)}" if near else None,
                todo="spell it as the mapping does, or know that it costs nothing and is named as not observable",
            )
        )
    return found
