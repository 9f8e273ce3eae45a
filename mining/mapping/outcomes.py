"""Outcomes: what a rule makes of a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mining.core.activities import End
from mining.core.events import VisitLabel

MAX_EVENTS = 7
"""The most events that one row may make: rows are eight places of the sequence apart, and demand takes the first."""


class Kind(StrEnum):
    """What becomes of a row."""

    MAPPED = "mapped"
    IGNORED = "ignored"
    UNMAPPED = "unmapped"
    UNCHANGED = "unchanged"  # of a snapshot: nothing that anybody looks at has changed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row: the events that it makes, in their order, and how it ends the ticket.

    A mapped row without events only ends the ticket.
    """

    kind: Kind
    events: tuple[VisitLabel, ...] = ()
    end: End | None = None

    def __str__(self) -> str:
        if self.kind is not Kind.MAPPED:
            return self.kind.value
        parts = [label_in_words(label) for label in self.events]
        if self.end is not None:
            parts.append(f"end {self.end.value}")
        return ", ".join(parts)


IGNORED = Outcome(Kind.IGNORED)
UNMAPPED = Outcome(Kind.UNMAPPED)
UNCHANGED = Outcome(Kind.UNCHANGED)


def label_in_words(label: VisitLabel) -> str:
    """'engage:ask (waiting on user)', with the value mark in square brackets."""
    waiting = "" if label.waiting is None else f" (waiting on {label.waiting})"
    return f"{label.symbol}{waiting}"
