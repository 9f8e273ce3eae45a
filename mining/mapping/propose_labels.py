"""What the labels of an export mean: from the codes of tools, the vocabulary, and the mappings that ship."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mining.core.activities import Activity
from mining.core.profile import Column, Label
from mining.mapping.conditions import AllOf, Condition, First, Not, OneOf
from mining.mapping.model import Mapping
from mining.mapping.outcomes import Kind
from mining.mapping.proposal import Chosen
from mining.mapping.vocabulary import Meaning, Meant, Sure, meaning_of, meanings, plain, table

Shipped = dict[str, tuple[Meaning, str]]
"""What labels mean in the mappings that ship: plain label → its meaning, and the mapping's name."""


def shipped_meanings(mappings: Iterable[tuple[str, Mapping]]) -> Shipped:
    """The labels that rules of shipped mappings name one by one, asking at most whether it is the first row."""
    found: Shipped = {}
    for name, mapping in mappings:
        for rule in mapping.rules:
            texts = _only_labels(rule.when, mapping.export.event)
            outcome = rule.outcome
            if outcome.kind is not Kind.MAPPED or len(outcome.events) > 1:
                continue
            label = outcome.events[0] if outcome.events else None
            meaning = Meaning(
                name=(label.step or label.activity.value) if label is not None else f"end {outcome.end}",
                activity=None if label is None else label.activity,
                step=None if label is None else label.step,
                waiting=None if label is None else label.waiting,
                value=None if label is None else label.value,
                end=outcome.end,
            )
            for text in texts:
                found.setdefault(plain(text), (meaning, name))
    return found


def _only_labels(when: Condition, event: str) -> tuple[str, ...]:
    parts = when.conditions if isinstance(when, AllOf) else (when,)
    found: tuple[str, ...] = ()
    for part in parts:
        match part:
            case OneOf(cell, texts) if cell.column == event and not cell.previous and not found:
                found = texts
            case First() | Not(First()):
                pass
            case _:
                return ()
    return found


def meant(label: Label, column: Column | None, beside: Sequence[str], shipped: Shipped, chosen: Chosen) -> Meant:
    """What a label means. One of which nothing is known is taken for work on the ticket, under the name `UNKNOWN`.

    `column` is the one it stands in, `beside` are the names of all columns.
    """
    if label.text in chosen.meanings:
        return Meant(label.text, _by_name(chosen.meanings[label.text], label.text, shipped), Sure.SURE, "as you said")
    code = None if column is None else _code(label.text, column, beside)
    found = code or meaning_of(label.text, shipped)
    if found is not None:
        return found
    step = plain(label.text) or label.text.strip() or "unknown"
    meaning = Meaning(UNKNOWN, Activity.DELIVER_AND_SUPPORT, step[:60])
    return Meant(label.text, meaning, Sure.UNSURE, "no word of it is known; most of what a desk does is this")


UNKNOWN = "unknown"
"""The name of what a label means of which nothing is known."""


def _by_name(name: str, label: str, shipped: Shipped) -> Meaning:
    """A meaning by its own name, or an activity by its name, the label being the step."""
    known = meanings()
    if name in known:
        return known[name]
    if name in [activity.value for activity in Activity]:
        return Meaning(name, Activity(name), plain(label)[:60] or None)
    return next((meaning for meaning, _ in shipped.values() if meaning.name == name), known["investigate"])


def _code(text: str, column: Column, beside: Sequence[str]) -> Meant | None:
    """A number that a tool writes in place of a state's name."""
    for entry in table("columns")["codes"]:
        texts = {label.text for label in column.labels}
        others = {plain(name) for name in beside}
        if plain(column.name) in entry["columns"] and texts <= set(entry["means"]) and others & set(entry["of"]):
            name = entry["names"][text]
            reason = f'"{name}", if these are {entry["source"]}'
            return Meant(text, meanings()[entry["means"][text]], Sure.LIKELY, reason)
    return None
