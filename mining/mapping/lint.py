"""What is allowed in a mapping and still questionable."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.errors import Problem
from mining.core.export import EVENT, Holds, Shape
from mining.mapping.cells import bare_conditions, positive
from mining.mapping.conditions import AllOf, Cell, Condition, OneOf, columns_of
from mining.mapping.model import Mapping, Rule


@dataclass(frozen=True, slots=True)
class Caution(Problem):
    """Something to look at. Unlike a plain `Problem` it does not make the mapping wrong."""


def check_mapping(mapping: Mapping) -> list[Problem]:
    """What can be said of a mapping without data. All of it are cautions: a mapping with faults does not load."""
    if mapping.is_link_table:  # the rest is about rules
        return _times_without_zone(mapping)
    return [
        *_rules_never_reached(mapping),
        *_rules_without_example(mapping),
        *_what_it_cannot_say(mapping),
        *_times_without_zone(mapping),
        *_words_that_look_alike(mapping),
        *_what_tickets_know_too_early(mapping),
    ]


def _caution(mapping: Mapping, line: int, text: str, todo: str | None = None) -> Caution:
    return Caution(text, file=mapping.info.file, line=line, todo=todo)


def _parts(condition: Condition) -> frozenset[Condition]:
    return frozenset(condition.conditions) if isinstance(condition, AllOf) else frozenset((condition,))


def _rules_never_reached(mapping: Mapping) -> list[Problem]:
    """A rule is never reached where an earlier one asks nothing that it does not ask too."""
    found: list[Problem] = []
    for i, rule in enumerate(mapping.rules):
        earlier = next((r for r in mapping.rules[:i] if _parts(r.when) <= _parts(rule.when)), None)
        if earlier is not None:
            text = f"rule {rule.number} never decides: rule {earlier.number} (line {earlier.line}) always comes first"
            found.append(_caution(mapping, rule.line, text, "put the rule with more conditions first"))
    return found


def _rules_without_example(mapping: Mapping) -> list[Problem]:
    expected = {example.expected for example in mapping.examples}
    return [
        _caution(
            mapping, rule.line, f"rule {rule.number} has no example", "add one, so that `vsm mapping test` keeps it"
        )
        for rule in mapping.rules
        if rule.outcome not in expected
    ]


def _what_it_cannot_say(mapping: Mapping) -> list[Problem]:
    found: list[Problem] = []
    rules = mapping.lines.get("rules", 1)
    export = mapping.lines.get("export", 1)
    if not mapping.can_end:
        found.append(_caution(mapping, rules, "no rule ends a ticket, so the state of every stream is unknown"))
    if not mapping.can_realise_value:
        found.append(_caution(mapping, rules, "no rule claims or confirms value, so there are no lead times"))
    if not mapping.export.order_by and mapping.export.shape is not Shape.TICKETS:
        text = "without order_by, rows of a ticket with the same time stay in the order of the file"
        found.append(_caution(mapping, export, text, "name an update counter under order_by where the export has one"))
    if mapping.export.until is not None and mapping.export.holds is Holds.STATE:
        text = "until tells when events end, but with holds: state each goes on until the next"
        found.append(_caution(mapping, export, text, "write holds: point, so that visits last until the ends"))
    return found


def _times_without_zone(mapping: Mapping) -> list[Problem]:
    export = mapping.export
    if not export.has_time or export.time.zone is not None or _has_offset(export.time.format):
        return []
    line = mapping.lines.get("export", 1)
    return [_caution(mapping, line, "no zone is named: times without an offset are read as UTC")]


def _has_offset(format: str | None) -> bool:
    return format is not None and "%z" in format.replace("%%", "")


def _words_that_look_alike(mapping: Mapping) -> list[Problem]:
    """Two spellings of one step or of one party that is waited on would be two."""
    found: list[Problem] = []
    for what in ("step", "waiting"):
        spellings: dict[str, str] = {}
        for label in mapping.visits:
            word = getattr(label, what)
            if word is None:
                continue
            known = spellings.setdefault("".join(filter(str.isalnum, word.lower())), word)
            if known != word:
                line = mapping.lines.get("rules", 1)
                found.append(_caution(mapping, line, f'"{known}" and "{word}" look like one {what}, and count as two'))
    return found


def _what_tickets_know_too_early(mapping: Mapping) -> list[Problem]:
    """A ticket in one row holds what was known when it was exported, and a rule may take that for its beginning."""
    export = mapping.export
    if export.shape is not Shape.TICKETS:
        return []
    known = {*export.made, *mapping.initial}
    found: dict[str, Problem] = {}
    for rule in mapping.rules:
        for column in columns_of(rule.when) if _may_meet(rule, export.times[0].event) else ():
            if column not in known:
                text = f'rule {rule.number} looks at "{column}" from the first event on; a row holds its last value'
                todo = "say in the rule at which later event it holds, or list the column under initial"
                found.setdefault(column, _caution(mapping, rule.line, text, todo))
    return list(found.values())


def _may_meet(rule: Rule, event: str) -> bool:
    """Whether a rule leaves it open that it speaks of `event`."""
    bare = bare_conditions(positive(rule.when))
    asked = [
        (one.leaf.texts, one.denied) for one in bare if isinstance(one.leaf, OneOf) and one.leaf.cell == Cell(EVENT)
    ]
    return all((event in texts) is not denied for texts, denied in asked)


def columns_by_line(mapping: Mapping) -> dict[str, int]:
    """The columns that the mapping looks at, each with the line that names it first."""
    found: dict[str, int] = {}
    for rule in mapping.rules:
        for column in columns_of(rule.when):
            found.setdefault(column, rule.line)
    for column in mapping.looked_at:
        found.setdefault(column, mapping.lines.get("export", 1))
    return found
