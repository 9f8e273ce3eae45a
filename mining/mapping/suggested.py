"""Rules for what a mapping does not meet, from the vocabulary and the mappings that ship."""

from __future__ import annotations

from collections.abc import Iterator

from mining.core.catalogue import Kind, catalogue
from mining.core.mapping_results import Coverage, SuggestedRule, Suggestion, UnmappedWeight
from mining.core.profile import Label
from mining.mapping.load import load_mapping
from mining.mapping.model import Mapping
from mining.mapping.proposal import Chosen
from mining.mapping.propose_labels import Shipped, meant, shipped_meanings
from mining.mapping.propose_rules import expected, outcome
from mining.mapping.propose_text import flow
from mining.mapping.shown import shown_text
from mining.mapping.vocabulary import Sure

_HOUR = 3_600_000_000  # microseconds
_ANOTHER = "(another)"  # of examples: a label that no rule knows


def suggest(covered: Coverage, mapping: Mapping, most: int) -> Suggestion:
    """Rules for the `most` labels that no rule meets in the most rows, each with how sure it is and why, and their text
    for the mapping's file.

    They come from the vocabulary of labels and from the mappings that ship.
    """
    others = ((name, load_mapping(name)) for name in catalogue(Kind.EXPORTS))
    shipped = shipped_meanings(others)
    labels = covered.unmapped[:most]
    rules = tuple(_suggested(label, shipped) for label in labels)
    left_out = len(covered.unmapped) + covered.unmapped_left_out - len(rules)
    text = "\n".join(_lines(mapping, covered, rules, left_out)) + "\n"
    return Suggestion(mapping.name, covered, rules, left_out, text)


def _suggested(label: UnmappedWeight, shipped: Shipped) -> SuggestedRule:
    if label.event is None:
        why = "the rows say nothing of what happened; if other columns do, look at those"
        return SuggestedRule(label, {"ignore": True}, Sure.UNSURE.value, why)
    found = meant(Label(label.event, label.rows), None, (), shipped, Chosen())
    return SuggestedRule(label, outcome(found.meaning), found.sure.value, found.reason)


def _lines(mapping: Mapping, covered: Coverage, rules: tuple[SuggestedRule, ...], left_out: int) -> Iterator[str]:
    unmapped = covered.ledger.events_unmapped
    made = covered.ledger.events_made - covered.ledger.events_rejected
    yield f"# For {_comment(mapping.name)}: {unmapped:,} of {made:,} events are met by no rule."
    if not rules:
        yield "# There is nothing to suggest."
        return
    yield "# Put these at the end of its `rules`: the first that holds decides, so nothing that is mapped changes."
    yield "# Each says how sure it is: sure, likely, or unsure. Correct what is wrong, and check it."
    if left_out:
        yield f"# {left_out:,} more labels, each with fewer rows, are left out."
    yield "rules:"
    for rule in rules:
        yield from _rule(rule)
    yield ""
    yield "# And these at the end of its `examples`, so that `vsm mapping test` keeps the rules."
    yield "examples:"
    for rule in rules:
        yield from _example(rule)


def _rule(rule: SuggestedRule) -> Iterator[str]:
    weight = rule.label
    time = f", {weight.time / _HOUR:,.1f} h" if weight.time else ""
    check = ": check, " if rule.sure == Sure.UNSURE else ": "
    rows, tickets = _many(weight.rows, "row"), _many(weight.tickets, "ticket")
    yield f"  # {rows} of {tickets}{time}. {rule.sure}{check}{_comment(rule.reason)}"
    yield f"  - when: {{event: {_asked(weight.event)}}}"
    for key, value in rule.does.items():
        yield f"    {key}: {flow(value)}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _asked(event: str | None) -> str:
    return flow({"missing": True}) if event is None else flow(event)


def _example(rule: SuggestedRule) -> Iterator[str]:
    cells = {"event": rule.label.event, "previous.event": _ANOTHER}
    yield f"  - event: {flow(cells)}"
    yield f"    is: {flow(expected(rule.does))}"


def _comment(text: str) -> str:
    """A text that fits behind a comment sign: no line ends, nothing that does not print."""
    return "".join(c if c.isprintable() else " " for c in shown_text(text))
