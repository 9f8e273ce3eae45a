"""What is asked for by `--where` and `--split-by`: read, and checked against the mappings of an analysis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mining.core.cohorts import PERIOD, TICKET_TYPE, Dates, Split, Unit, Where
from mining.core.errors import Problem, RequestError, nearest
from mining.core.export import ACTOR, EVENT, GROUP
from mining.mapping.model import Mapping
from mining.mapping.people import called_like_people
from mining.mapping.periods import FORMS, read_dates

_CONDITION = re.compile(r"\s*(?P<column>[^=]*?)\s*(?P<sign>!=|=)(?P<values>.*)", re.DOTALL)
_BETWEEN = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class CohortRequest:
    """Conditions of which all must hold, and by what streams are split."""

    where: tuple[Where, ...] = ()
    split: Split | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What is asked for, beside periods and types of tickets: columns, or the roles of columns."""
        found = [condition.column for condition in self.where]
        found += [] if self.split is None else [self.split.column]
        return tuple(dict.fromkeys(name for name in found if name not in (PERIOD, TICKET_TYPE)))


def cohort_request(where: Sequence[str], split_by: str | None, compare: tuple[str, str] | None = None) -> CohortRequest:
    """The request from the texts of the options. Where `compare` are ranges of dates, streams are split by these.

    Raises RequestError with every problem of them.
    """
    problems: list[Problem] = []
    conditions = tuple(found for text in where if (found := _condition(text, problems)) is not None)
    split = None if split_by is None else _split(split_by, problems)
    if compare is not None and (split is None or split.column == PERIOD) and not problems:
        split = _ranges(compare, split, problems)
    if problems:
        raise RequestError(*problems)
    return CohortRequest(conditions, split)


def _condition(text: str, problems: list[Problem]) -> Where | None:
    found = _CONDITION.fullmatch(text)
    if found is None or not found["column"]:
        expected = "COLUMN=VALUE or COLUMN!=VALUE, several values with | between them"
        problems.append(Problem("--where is no condition", found=text, expected=expected))
        return None
    values = [value.replace("\\|", "|").strip() for value in _BETWEEN.split(found["values"])]
    denied = found["sign"] == "!="
    if found["column"] != PERIOD:
        return Where(text.strip(), found["column"], tuple(value or None for value in values), denied=denied)
    dates = {value: read_dates(value) for value in values}
    wrong = [value for value, read in dates.items() if read is None]
    problems += [Problem("--where: this is no period", found=value, expected=FORMS) for value in wrong]
    return Where(text.strip(), PERIOD, dates=tuple(read for read in dates.values() if read), denied=denied)


def _split(text: str, problems: list[Problem]) -> Split | None:
    column, _, unit = (part.strip() for part in text.partition(":"))
    if column != PERIOD:
        if text.strip():
            return Split(text.strip())
        problems.append(Problem("--split-by names nothing", expected="a column, group, ticket_type or period:month"))
        return None
    if unit in ("", *Unit):
        return Split(PERIOD, Unit(unit or Unit.MONTH))
    near = nearest(unit, list(Unit))
    todo = f"did you mean {PERIOD}:{near[0]}?" if near else None
    expected = ", ".join(f"{PERIOD}:{each.value}" for each in Unit)
    problems.append(Problem("--split-by: there is no such period", found=text, expected=expected, todo=todo))
    return None


def _ranges(compare: tuple[str, str], split: Split | None, problems: list[Problem]) -> Split | None:
    """The split by two ranges of dates, where `compare` names such; else `split` as it is."""
    texts = [text.strip() for text in compare]
    if split is not None and not any(".." in text for text in texts):
        return split  # these are names of periods
    dates = {text: read_dates(text) for text in texts}
    wrong = [text for text, read in dates.items() if read is None]
    if wrong and split is None and len(wrong) == len(texts):
        return None  # values of a column that is not named: whoever asks says so
    problems += [Problem("--compare: this is no period", found=text, expected=FORMS) for text in wrong]
    ranges = tuple((text, read) for text, read in dates.items() if read is not None)
    if not wrong and len(ranges) == len(texts) and _overlap(ranges[0][1], ranges[1][1]):
        todo = "let the second begin where the first ends: the first ends before the day that stands last"
        problems.append(Problem("--compare: the two periods overlap", found=" and ".join(texts), todo=todo))
    return Split(PERIOD, ranges=ranges)


def _overlap(one: Dates, other: Dates) -> bool:
    def before(first: Dates, second: Dates) -> bool:
        return first.stop is not None and second.start is not None and first.stop <= second.start

    return not (before(one, other) or before(other, one))


def column_of(mapping: Mapping, name: str) -> str | None:
    """The column of a mapping that `name` stands for: that of a role, or the column of that name; None where the
    mapping does not carry one."""
    export = mapping.export
    role = {GROUP: export.group, EVENT: export.event, ACTOR: export.actor}.get(name)
    found = role or name
    return found if found in export.used else None


def carrying(mapping: Mapping, request: CohortRequest, *, alone: bool) -> Mapping:
    """The mapping, reading what is asked for as well. Where several read an analysis, a file may lack it."""
    if mapping.is_link_table:
        return mapping
    missing = tuple(name for name in request.names if column_of(mapping, name) is None)
    return mapping.with_asked(missing, may_lack=not alone) if missing else mapping


def check_cohorts(request: CohortRequest, mappings: Sequence[Mapping], *, with_actors: bool) -> list[str]:
    """What has to be said of what is asked for. Raises RequestError where a ticket's number or a time is asked for, or
    who people are without `with_actors`."""
    problems = []
    for name in request.names:
        for mapping in mappings:
            column = column_of(mapping, name) or name
            if column == mapping.export.ticket:
                text, todo = "this is the ticket's number: each ticket would be a cohort", "name another column"
                problems.append(Problem(text, file=mapping.info.file, column=name, todo=todo))
            elif any(time.column == column for time in mapping.export.all_times):
                todo = "ask for periods, such as --split-by period:month or --where period=2016-03"
                problems.append(Problem("this is a time", file=mapping.info.file, column=name, todo=todo))
            elif request.split is not None and name == request.split.column and column in _links(mapping):
                text, todo = "this column names other tickets, and these stay out of reports", "name another column"
                problems.append(Problem(text, file=mapping.info.file, column=name, todo=todo))
            elif not with_actors and _names_people(mapping, column):
                text = "this column names people, who stay out of reports unless that is asked for"
                todo = "add --with-actors if the report may name them, or name another column"
                problems.append(Problem(text, file=mapping.info.file, column=name, todo=todo))
    if problems:
        raise RequestError(*problems)
    return [
        f"{mapping.name}: {name} is known only at a ticket's end. What differs by it may have been decided by how the "
        "ticket went."
        for mapping in mappings
        for name in request.names
        if (column_of(mapping, name) or name) in mapping.export.final
    ]


def _links(mapping: Mapping) -> list[str]:
    return [link.column for link in mapping.export.links]


def _names_people(mapping: Mapping, column: str) -> bool:
    """Whether it is a column with actors, or called like one with people."""
    export = mapping.export
    if column in (ACTOR, export.actor, *(time.actor for time in export.times)):
        return True
    return called_like_people(column)
