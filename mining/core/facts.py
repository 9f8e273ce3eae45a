"""What columns of an export tell about a ticket, beside what happened to it: facts that figures ask for by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fact(StrEnum):
    """A fact on a ticket. Those of `YES_OR_NO` hold or do not; the others are texts."""

    GROUP = "group"  # that has the ticket; of `changes`, where no column says so in every row
    LINE = "line"  # of support, where the export tells it beside the group: by its number, or as first, second or third
    PRIORITY = "priority"
    SERVICE = "service"
    CATEGORY = "category"
    ITEM = "item"  # the configuration item
    CALLER = "caller"  # a person: is compared and counted, and never shown
    CUSTOMER = "customer"  # whom the ticket is for: an organisation, a company or a department, never a person
    TARGET = "target"  # until when value was to be realised
    TARGET_MET = "target_met"  # whether the tool says that it was
    SATISFACTION = "satisfaction"  # the requester's answer to the survey, as a number
    MAJOR = "major"  # a major incident: by a field of its own, never by priority
    MONITORING = "monitoring"  # demand was raised by monitoring, not by a person
    KNOWLEDGE_USED = "knowledge_used"  # a knowledge article was used
    PARENT = "parent"  # the ticket of the same type that this one is a child of
    CHANGE = "change"  # the ticket changes the business; others of its mapping run it


YES_OR_NO = frozenset({Fact.TARGET_MET, Fact.MAJOR, Fact.MONITORING, Fact.KNOWLEDGE_USED, Fact.CHANGE})


GROUPED_BY = (Fact.ITEM, Fact.SERVICE, Fact.CATEGORY)
"""What incidents are grouped by to see whether they recur: the first that at least half of them tell, else the one that
most of them do."""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """Where a fact stands: in `column`; or, of `changes`, in the new value of the field `field`. Of a fact that holds
    or does not, `holds` are the cells that say that it does."""

    fact: Fact
    column: str | None = None
    field: str | None = None
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SupportLine:
    """Groups of one line of support: those whose names fit one of the patterns, in which `*` stands for any text and
    `?` for one character. `ticket_type` is that of the tickets of the mapping that says so."""

    ticket_type: str
    line: int
    groups: tuple[str, ...]


def kept(column: str) -> str:
    """The name of a kept column in `MappedLog.turns`, whatever it is called in the export."""
    return f"keep.{column}"


def told(fact: Fact) -> str:
    """The name of a fact's column in `MappedLog.turns`."""
    return f"fact.{fact.value}"
