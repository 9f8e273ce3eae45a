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

Libraries are imported when a function is called, so that the command line answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mining.mapping.lint import Caution
from mining.mapping.model import Example, FailedExample, Mapping, Rule
from mining.mapping.proposal import Choice, Chosen, Proposal, Recognised
from mining.mapping.vocabulary import Meaning, Meant, Sure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Map
    from pathlib import Path

    import ibis.expr.types as ir

    from mining.core.analysis import MappingInfo
    from mining.core.cache import Cache
    from mining.core.calendars import Calendars
    from mining.core.cohorts import Filtered, Unit
    from mining.core.errors import Problem
    from mining.core.events import EventTable, MappedLog
    from mining.core.links import CasesBy, CasesSpec
    from mining.core.mapping_results import Coverage, DataCheck, Suggestion, TicketExplained
    from mining.core.profile import Asked, Column, ExportProfile
    from mining.core.tables import Tables
    from mining.mapping.asking import CohortRequest
    from mining.mapping.filtering import Judged
    from mining.mapping.recognising import Fit

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


def load_mapping(name_or_path: str) -> Mapping:
    """The mapping with this name among those that ship, or in the file with this path.

    Raises RequestError where there is none (with the names near it), ConfigError with every problem of the file, each
    with its line.
    """
    from mining.mapping import load

    return load.load_mapping(name_or_path)


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    """Like `load_mapping`, from the text of a mapping file; `name` is what the problems call it."""
    from mining.mapping import load

    return load.parse_mapping(text, name)


def map_events(tables: Tables, events: EventTable, mapping: Mapping, cache: Cache | None = None) -> MappedLog:
    """Decide what becomes of every row of `events`, and keep the account.

    Raises what the engine raises, and Fault where the ledger does not add up.
    """
    from mining.mapping import apply

    return apply.map_events(tables, events, mapping, cache)


def check_mapping(mapping: Mapping) -> list[Problem]:
    """What is allowed in a mapping and still questionable, as cautions; a mapping with faults does not load."""
    from mining.mapping import lint

    return lint.check_mapping(mapping)


def check_against(tables: Tables, events: EventTable, mapping: Mapping) -> list[Problem]:
    """The columns that the mapping looks at although they are known only at a ticket's end.

    A `Caution` is to be looked at; any other `Problem` refuses the mapping. `mining.mapping.leaks` says what decides.
    """
    from mining.mapping import leaks

    return leaks.check_against(tables, events, mapping)


def check_data(tables: Tables, events: EventTable, mapping: Mapping) -> DataCheck:
    """What each rule does to the rows: how often it holds and decides; and the values that no rule names."""
    from mining.mapping import data_check

    return data_check.check_data(tables, events, mapping)


def coverage(tables: Tables, events: EventTable, mapping: Mapping) -> Coverage:
    """How much of the rows the rules meet: by events, by tickets, by time; and the labels that none meets.

    Raises what the engine raises, and Fault where the ledger does not add up.
    """
    from mining.mapping import covered

    return covered.coverage(tables, events, mapping)


def explain_ticket(
    tables: Tables, events: EventTable, mapping: Mapping, ticket: str
) -> tuple[TicketExplained, MappedLog]:
    """Of each row of one ticket which rule decided and why the earlier ones did not; and the ticket's mapped log.

    Raises RequestError where there is no such ticket, with those that look most like it.
    """
    from mining.mapping import ticket as one

    return one.explain_ticket(tables, events, mapping, ticket)


def test_mapping(mapping: Mapping, tables: Tables) -> list[FailedExample]:
    """Run the mapping's own examples through the expression that maps an export; those that fail."""
    from mining.mapping import trials

    return trials.test_mapping(mapping, tables)


def suggest(covered: Coverage, mapping: Mapping, most: int) -> Suggestion:
    """Rules for the `most` labels that no rule meets in the most rows, each with how sure it is and why.

    They come from the vocabulary of labels and from the mappings that ship.
    """
    from mining.mapping import suggested

    return suggested.suggest(covered, mapping, most)


def without_rule(mapping: Mapping, number: int) -> Mapping:
    """The mapping with the rule `number` (from 1) never holding, so that its rows fall to the next that does.

    All else stays: what the mapping looks at, and what it can show.
    """
    from mining.mapping import model

    return model.without_rule(mapping, number)


def explain(mapping: Mapping) -> str:
    """The mapping as text for people: how the export is read, then its rules in the order in which they are tried."""
    from mining.mapping import words

    return words.explain(mapping)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping file, for editors to complete from."""
    from mining.mapping import schema

    return schema.json_schema()


def ask(columns: Sequence[Column], rows: int) -> Asked:
    """What has to be looked at more closely in an export before a mapping for it can be proposed."""
    from mining.mapping import propose_columns

    return propose_columns.ask(columns, rows)


def nested(columns: Sequence[str]) -> str | None:
    """Of flattened JSON: the path of nested lists that hold changed fields; None where there is none."""
    from mining.mapping import propose_columns

    return propose_columns.nested(columns)


def propose(profile: ExportProfile, mappings: Map[str, Mapping], chosen: Chosen | None = None) -> Proposal:
    """A mapping for an export that was looked at, from the vocabulary and the labels of `mappings` (name → mapping).

    Raises RequestError where no column holds times that can be read.
    """
    from mining.mapping import propose_labels, proposing

    return proposing.propose(profile, propose_labels.shipped_meanings(mappings.items()), chosen)


def as_yaml(proposal: Proposal) -> str:
    """A proposal as the text of a mapping file, with how sure each part is in comments."""
    from mining.mapping import propose_text

    return propose_text.as_yaml(proposal)


def meanings() -> dict[str, Meaning]:
    """What a label can mean, by the names that people choose by."""
    from mining.mapping import vocabulary

    return vocabulary.meanings()


def fits(headers: Map[str, Sequence[str]], mappings: Map[str, Mapping]) -> list[Fit]:
    """How each mapping fits an export of these files (name → columns), the best first."""
    from mining.mapping import recognising

    return recognising.fits(headers, mappings)


def ask_apart(fitting: Sequence[Fit], mappings: Map[str, Mapping], columns: Sequence[str]) -> tuple[set[str], Asked]:
    """Where several mappings fit: which columns to look at, and how, to tell these mappings apart."""
    from mining.mapping import recognising

    return recognising.ask(fitting, mappings, columns)


def recognise(
    headers: Map[str, Sequence[str]], found: Sequence[Fit], mappings: Map[str, Mapping], profile: ExportProfile | None
) -> Recognised:
    """The mapping to take of those that fit; `profile` is needed where several do.

    Raises RequestError where none fits (with the nearest one), or several fit equally well.
    """
    from mining.mapping import recognising

    return recognising.recognise(headers, found, mappings, profile)


def check_together(mappings: Sequence[Mapping], by: CasesBy | None = None) -> None:
    """Raises RequestError where mappings cannot be used in one analysis: see `mining.mapping.several`."""
    from mining.mapping import several as room

    room.check_together(mappings, by)


def cases_of(mappings: Sequence[Mapping], by: CasesBy | None) -> CasesSpec:
    """How these mappings say that cases are made of tickets; `by` overrules that.

    Raises RequestError where they disagree, or where no column of links is named that cases could be made by.
    """
    from mining.mapping import linking

    return linking.cases_of(mappings, by)


def calendars_of(mappings: Sequence[Mapping], file: Path | None = None) -> Calendars | None:
    """When people work: as a file of its own says, else as these mappings do; None where nothing does.

    Raises RequestError where the mappings disagree, or the file cannot be read or is wrong.
    """
    from mining.mapping import read_calendar

    return read_calendar.calendars_of(mappings) if file is None else read_calendar.load_calendar(file, mappings)


def check_tells_events(mapping: Mapping, what: str) -> None:
    """Raises RequestError where `what` is asked of a mapping that reads a table of links, and so makes no events."""
    from mining.mapping import link_table

    link_table.check_tells_events(mapping, what)


def notes_on_links(mappings: Sequence[Mapping], cases: CasesSpec) -> list[str]:
    """What the report has to say of the tables of links among these mappings, where cases are made so."""
    from mining.mapping import link_table

    return link_table.notes_on_links(mappings, cases)


def together(parts: Sequence[tuple[Mapping, MappedLog]], by: CasesBy | None = None) -> tuple[MappingInfo, MappedLog]:
    """Several exports, each mapped by a mapping of its own, as one log, and the mappings as one to name in the report.

    Raises RequestError as `check_together` does.
    """
    from mining.mapping import several as room

    return room.together([room.Part(mapping, log) for mapping, log in parts], by)


def cohort_request(where: Sequence[str], split_by: str | None, compare: tuple[str, str] | None = None) -> CohortRequest:
    """What is asked for by these conditions and this split. Raises RequestError with every problem of the texts."""
    from mining.mapping import asking as room

    return room.read_request(where, split_by, compare)


def check_cohorts(request: CohortRequest, mappings: Sequence[Mapping], *, with_actors: bool) -> list[str]:
    """What has to be said of what is asked for. Raises RequestError where a ticket's number or a time is asked for, or
    who people are without `with_actors`."""
    from mining.mapping import asking as room

    return room.check_request(request, mappings, with_actors=with_actors)


def carrying(mapping: Mapping, request: CohortRequest, *, alone: bool) -> Mapping:
    """The mapping, reading what is asked for as well; a file may lack it where the mapping does not stand `alone`."""
    from mining.mapping import asking as room

    return room.carrying(mapping, request, alone=alone)


def judge_tickets(tables: Tables, events: EventTable, mapping: Mapping, request: CohortRequest) -> Judged:
    """Of every ticket of an export whether it meets the conditions, and to which cohort it belongs."""
    from mining.mapping import filtering

    return filtering.judge_tickets(tables, events, mapping, request)


def only(tables: Tables, events: EventTable, tickets: ir.Table) -> EventTable:
    """The events of `tickets` (ticket_id); the rows of the others count as filtered. `events.table` is dropped."""
    from mining.mapping import filtering

    return filtering.only(tables, events, tickets)


def check_told(
    tables: Tables, request: CohortRequest, judged: Sequence[Judged], columns: Sequence[str], *, with_actors: bool
) -> None:
    """Raises RequestError where something is asked for that no export tells (`columns` are those of all of them), or
    where streams would be split by mail addresses, without `with_actors`."""
    from mining.mapping import filtered

    filtered.check_told(request, judged, columns)
    if not with_actors:
        filtered.check_labels(tables, judged, request)


def concluded(request: CohortRequest, judged: Sequence[Judged], kept: int | None) -> tuple[Filtered | None, list[str]]:
    """What the conditions left of all exports, and what is to be said of it. Raises RequestError where that is nothing.

    `kept` is the number of tickets where streams were chosen by the one at which they begin; else None.
    """
    from mining.mapping import filtered

    return filtered.concluded(request, judged, kept)


def cohort_labels(tables: Tables, parts: Sequence[tuple[str, Judged]]) -> ir.Table:
    """To which cohort each ticket of several exports belongs, by what each calls them in the log: case_id and label."""
    from mining.mapping import filtering

    return filtering.labels(tables, parts)


def periods_of(unit: Unit, first: int, last: int, zone: str | None) -> Iterator[tuple[str, int, int]]:
    """The periods in which the moments from `first` to `last` (microseconds UTC) lie in a zone, and one more on either
    side of them: name, begin, and the begin of the next."""
    from mining.mapping import filtering, periods

    return periods.periods(unit, first - filtering.DAY, last + filtering.DAY, zone)
