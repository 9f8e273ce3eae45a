"""What `--where` and `--split-by` came to over all exports: what was left, or why there is nothing to analyse."""

from __future__ import annotations

from collections.abc import Sequence

from mining.core.cohorts import PERIOD, TICKET_TYPE, ConditionMet, Filtered, Where
from mining.core.errors import Problem, RequestError, nearest
from mining.core.tables import Tables
from mining.mapping.asking import CohortRequest
from mining.mapping.filtering import Judged

_SHOWN = 8


def concluded(request: CohortRequest, judged: Sequence[Judged], kept: int | None) -> tuple[Filtered | None, list[str]]:
    """What the conditions left of all exports, and what has to be said of it; `kept` is the number of tickets where
    streams were chosen by the one at which they begin.

    Raises RequestError where nothing is left, with the values that look most like those that nobody has.
    """
    if not request.where:
        return None, []
    conditions, notes, problems = [], [], []
    for i, condition in enumerate(request.where):
        asked = [(each, found) for each in judged if (found := each.met[i]) is not None]
        met = sum(found.met for _, found in asked)
        conditions.append(ConditionMet(condition.text, sum(each.tickets for each, _ in asked), met))
        absent = [text for text in condition.values if text and asked and all(text in one.absent for _, one in asked)]
        near = list(dict.fromkeys(value for _, one in asked for value in one.near))
        for text in absent:
            alike = ", ".join(nearest(text, near) or near[:_SHOWN])
            if not met:
                problems.append(_nobody(condition, text, alike))
            notes.append(f"--where: no ticket has {condition.column}={text}; values there are: {alike}.")
    total, chosen = sum(each.tickets for each in judged), sum(each.chosen for each in judged)
    of_asked = [each for each in judged if any(met is not None for met in each.met)]
    if not any(each.chosen for each in of_asked):
        raise RequestError(*(problems or [_nothing_left(conditions)]))
    return Filtered(tuple(conditions), total, chosen if kept is None else kept, kept is not None), notes


def _nobody(condition: Where, text: str, alike: str) -> Problem:
    return Problem(
        "--where: no ticket has this value",
        column=condition.column,
        found=text,
        expected=alike or None,
        todo="write the value as the export does; upper and lower case differ",
    )


def _nothing_left(conditions: Sequence[ConditionMet]) -> Problem:
    each = "; ".join(f"{one.text}: {one.met:,} of {one.tickets:,} tickets" for one in conditions)
    together = "no ticket meets all of these conditions" if len(conditions) > 1 else "no ticket meets this condition"
    todo = "leave one out, or widen it: there is nothing to analyse"
    return Problem(f"--where: {together}", found=each, todo=todo)


def check_told(
    tables: Tables, request: CohortRequest, judged: Sequence[Judged], columns: Sequence[str], *, with_actors: bool
) -> None:
    """Raises RequestError where something is asked for that no export tells (`columns` are those of all exports), or
    where streams would be split by mail addresses, without `with_actors`."""
    problems = [
        _no_such_column(f"--where {condition.text}", condition.column, columns)
        for i, condition in enumerate(request.where)
        if all(each.met[i] is None for each in judged)
    ]
    if request.split is not None and not any(each.tells for each in judged):
        problems.append(_no_such_column(f"--split-by {request.split.name}", request.split.column, columns))
    if problems:
        raise RequestError(*problems)
    if not with_actors:
        _check_labels(tables, judged, request)


def _no_such_column(option: str, name: str, columns: Sequence[str]) -> Problem:
    known = [*columns, "group", TICKET_TYPE, PERIOD]
    return Problem(
        f"{option}: no export has this column",
        found=name,
        expected=", ".join(nearest(name, known) or known[:_SHOWN]),
        todo="name a column as the export does",
    )


def _check_labels(tables: Tables, judged: Sequence[Judged], request: CohortRequest) -> None:
    """Raises RequestError where streams would be split by addresses of people."""
    for each in judged:
        if each.tells and request.split is not None:
            people = each.table.filter(tables.matches(each.table.label, r"^\S+@\S+\.\w+$")).select("label")
            if tables.fetch(people.limit(1), limit=1).num_rows:
                text = "this column holds mail addresses, and people stay out of reports unless that is asked for"
                todo = "add --with-actors if the report may name them, or name another column"
                raise RequestError(Problem(text, column=request.split.column, todo=todo))
