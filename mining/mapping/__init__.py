"""The rule language: how the rows of an export become activities of the service value chain.

    load_mapping(name_or_path)                  one mapping, checked whole
    map_events(tables, events, mapping)         the event table, mapped, with its ledger
    cases_of(mappings, by)                      what a stream belongs to: a ticket, or several linked ones
    calendars_of(mappings, file)                when people work
    check_together(mappings)                    whether they can be used in one analysis
    notes_on_links(mappings, cases)             what is to be said of the tables of links among them
    together(parts)                             several mapped logs as one
    check_mapping(mapping)                      what is allowed and still questionable in a mapping
    check_against(tables, events, mapping)      columns that a mapping must not look at, found in the data
    check_data(tables, events, mapping)         what the rules do to the rows, and what they overlook
    coverage(tables, events, mapping)           how much of the rows the rules meet
    check_tells_events(mapping, what)           refuses what makes no sense with a table of links
    explain_ticket(tables, events, mapping, …)  of each row of a ticket: which rule decided, and why
    suggest(covered, mapping, most)             rules for what no rule meets, as text for the mapping's file
    without_rule(mapping, number)               the same mapping with a rule that never holds
    test_mapping(mapping, tables)               runs the mapping's own examples
    explain(mapping)                            the rules in words
    json_schema()                               the JSON Schema of a mapping file
    recognise(headers, fits, mappings, profile) the mapping that fits an export, by its columns
    propose(profile, mappings, chosen)          a mapping for an export that was looked at
    as_yaml(proposal)                           the file of that mapping

    cohort_request(where, split_by)             what is asked for of tickets and cohorts; checked by `check_cohorts`
    judge_tickets(tables, events, mapping, …)   which tickets that means, and which cohort each belongs to
    periods_of(unit, first, last, zone)         the months, quarters or years between two moments

The rooms behind this door are loaded when a name of theirs is first used, so that the command line answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.mapping.lint import Caution
from mining.mapping.model import Example, FailedExample, Mapping, Rule
from mining.mapping.proposal import Choice, Chosen, Proposal, Recognised
from mining.mapping.vocabulary import Meaning, Meant, Sure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mining.core.analysis import MappingInfo
    from mining.core.events import MappedLog
    from mining.core.links import CasesBy
    from mining.mapping.apply import map_events
    from mining.mapping.asking import carrying, check_cohorts, cohort_request
    from mining.mapping.covered import coverage
    from mining.mapping.data_check import check_data
    from mining.mapping.filtered import check_told, concluded
    from mining.mapping.filtering import cohort_labels, judge_tickets, only, periods_of
    from mining.mapping.leaks import check_against
    from mining.mapping.link_table import check_tells_events, notes_on_links
    from mining.mapping.linking import cases_of
    from mining.mapping.lint import check_mapping
    from mining.mapping.load import load_mapping, parse_mapping
    from mining.mapping.model import without_rule
    from mining.mapping.propose_columns import ask, nested
    from mining.mapping.propose_text import as_yaml
    from mining.mapping.proposing import propose
    from mining.mapping.read_calendar import calendars_of
    from mining.mapping.recognising import ask_apart, fits, recognise
    from mining.mapping.schema import json_schema
    from mining.mapping.several import check_together
    from mining.mapping.suggested import suggest
    from mining.mapping.ticket import explain_ticket
    from mining.mapping.trials import test_mapping
    from mining.mapping.vocabulary import meanings
    from mining.mapping.words import explain

__all__ = [
    "Caution",
    "Choice",
    "Chosen",
    "Example",
    "FailedExample",
    "Mapping",
    "Meaning",
    "Meant",
    "Proposal",
    "Recognised",
    "Rule",
    "Sure",
    "as_yaml",
    "ask",
    "ask_apart",
    "calendars_of",
    "carrying",
    "cases_of",
    "check_against",
    "check_cohorts",
    "check_data",
    "check_mapping",
    "check_tells_events",
    "check_together",
    "check_told",
    "cohort_labels",
    "cohort_request",
    "concluded",
    "coverage",
    "explain",
    "explain_ticket",
    "fits",
    "json_schema",
    "judge_tickets",
    "load_mapping",
    "map_events",
    "meanings",
    "nested",
    "notes_on_links",
    "only",
    "parse_mapping",
    "periods_of",
    "propose",
    "recognise",
    "suggest",
    "test_mapping",
    "together",
    "without_rule",
]

_HOMES = {
    "as_yaml": "propose_text",
    "ask": "propose_columns",
    "ask_apart": "recognising",
    "calendars_of": "read_calendar",
    "carrying": "asking",
    "cases_of": "linking",
    "check_against": "leaks",
    "check_cohorts": "asking",
    "check_data": "data_check",
    "check_mapping": "lint",
    "check_tells_events": "link_table",
    "check_together": "several",
    "check_told": "filtered",
    "cohort_labels": "filtering",
    "cohort_request": "asking",
    "concluded": "filtered",
    "coverage": "covered",
    "explain": "words",
    "explain_ticket": "ticket",
    "fits": "recognising",
    "json_schema": "schema",
    "judge_tickets": "filtering",
    "load_mapping": "load",
    "map_events": "apply",
    "meanings": "vocabulary",
    "nested": "propose_columns",
    "notes_on_links": "link_table",
    "only": "filtering",
    "parse_mapping": "load",
    "periods_of": "filtering",
    "propose": "proposing",
    "recognise": "recognising",
    "suggest": "suggested",
    "test_mapping": "trials",
    "without_rule": "model",
}
"""The functions behind the door, each with the module that has it."""

if not TYPE_CHECKING:  # a type checker sees the imports above, and what is not there

    def __getattr__(name: str) -> Any:
        """A function behind the door."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def together(parts: Sequence[tuple[Mapping, MappedLog]], by: CasesBy | None = None) -> tuple[MappingInfo, MappedLog]:
    """Several exports, each mapped by a mapping of its own, as one log, and the mappings as one to name in the report.

    Raises RequestError as `check_together` does.
    """
    from mining.mapping import several as room

    return room.together([room.Part(mapping, log) for mapping, log in parts], by)
