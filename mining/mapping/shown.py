"""How cells of an export may be shown: nothing of people, and nothing of what somebody wrote as prose."""

from __future__ import annotations

from dataclasses import dataclass

from mining.mapping.conditions import Matches, Missing, OneOf, columns_of, leaves
from mining.mapping.model import Mapping

LONGEST = 80
"""Labels are shorter; longer texts are prose, of which only the length is told."""


def shown_text(text: str) -> str:
    """A label as it is, of a long text only how long it is."""
    return text if len(text) <= LONGEST else _length_of(text)


def _length_of(text: str) -> str:
    return f"a text of {len(text):,} characters"


@dataclass(frozen=True, slots=True)
class Shown:
    """The cells of one kind of export in words."""

    mapping: Mapping
    prose: frozenset[str]
    named: frozenset[str]

    @classmethod
    def of(cls, mapping: Mapping) -> Shown:
        """`prose` are columns that rules search for patterns and never compare with a text or the row before, and of
        changes what a field held, which may be anything; `named` are the texts that rules name, which are shown."""
        export = mapping.export
        labels = {export.event, export.group}
        searched: set[str] = set()
        named: set[str] = set()
        for rule in mapping.rules:
            for leaf in leaves(rule.when):
                columns = columns_of(leaf)
                if isinstance(leaf, Matches):
                    searched.update(columns)
                elif not isinstance(leaf, Missing):
                    labels.update(columns)
                if isinstance(leaf, OneOf):
                    named.update(leaf.texts)
        held = {column for column in (export.old, export.new) if column is not None}
        return cls(mapping, frozenset((searched - labels) | held), frozenset(named))

    def cell(self, column: str, text: str | None) -> str:
        """A label in quotes, "missing", of an actor only whether it is a machine, of prose only how long it is."""
        if text is None:
            return "missing"
        if column == self.mapping.export.actor:
            return "a machine" if text in self.mapping.system_actors else "a person"
        is_prose = column in self.prose and text not in self.named
        return _length_of(text) if is_prose or len(text) > LONGEST else f'"{text}"'
