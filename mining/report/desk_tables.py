"""The tables on the service desk. There is none of what the export cannot show."""

from __future__ import annotations

from collections.abc import Iterator

from mining.core.analysis import Analysis
from mining.core.desk import LEAST_ANSWERS, Apart, OpenOf, ServiceDesk
from mining.report import desk_words as words
from mining.report.desk_rows import Row, group_name, pair_cells, part_cells
from mining.report.desk_wait_tables import WAITS
from mining.report.formats import day, in_numbers, share
from mining.report.language import t
from mining.report.names import waiting_on
from mining.report.tabular import Column, Table, table


def desk_tables(analysis: Analysis) -> Iterator[Table]:
    """All tables of the section."""
    desk = analysis.measures.service_desk
    if desk is None:
        return
    for made in (_changes, _pairs, _lines, _contact, *WAITS, _priorities, _flow, _targets):
        found = made(desk)
        if found is not None:
            yield found
    yield from _open(desk)
    for made in (_satisfaction, _classes):
        found = made(desk)
        if found is not None:
            yield found


def _changes(desk: ServiceDesk) -> Table | None:
    found = desk.reassignment
    if found is None:
        return None
    columns = (
        Column("Changes of group", "prose"),
        Column("Tickets", "count"),
        Column("Of tickets with a group", "share"),
    )
    rows = [(name, n, share(n, found.tickets)) for name, n in zip(words.CHANGES, found.by_changes, strict=True)]
    return table("desk-reassignment", "Re-assignment", columns, rows)


def _pairs(desk: ServiceDesk) -> Table | None:
    found = desk.ping_pong
    if found is None or not found.pairs:
        return None
    columns = (
        Column("Group"),
        Column("Back from"),
        Column("Times", "count"),
        Column("Of all", "share"),
        Column("Time between", "hours"),
    )
    rows: list[Row] = [
        (
            *pair_cells(one.group, one.back_from, one.others),
            one.occurrences,
            share(one.occurrences, found.occurrences),
            one.between,
        )
        for one in found.pairs
    ]
    return table("desk-ping-pong", "Ping-pong by pair of groups", columns, rows, words.PAIRS_NOTE)


def _lines(desk: ServiceDesk) -> Table | None:
    found = desk.lines
    if found is None:
        return None
    columns = (
        Column("Line", "prose", sense="of support"),
        Column("Resolved", "count"),
        Column("Share", "share"),
        Column("Alone", "count"),
        Column("Share alone", "share"),
    )
    rows = [
        (
            words.NO_LINE if one.line is None else str(one.line),
            one.tickets,
            share(one.tickets, found.tickets),
            one.alone,
            None if one.alone is None else share(one.alone, found.tickets),
        )
        for one in found.by_line
    ]
    return table("desk-lines", "Push to front: at which line tickets are resolved", columns, rows, words.LINES_NOTE)


def _contact(desk: ServiceDesk) -> Table | None:
    found = desk.first_contact
    if found is None:
        return None
    columns = (
        Column("Resolved at once", "prose"),
        Column("Tickets", "count"),
        Column("Of", "count"),
        Column("Share", "share"),
    )
    parts = [(name, getattr(found, field)) for field, name in words.FIRST_CONTACT]
    rows = [(name, *part_cells(part)) for name, part in parts if part is not None]
    return table("desk-first-contact", "First-contact resolution", columns, rows)


# ------------------------------------------------------------------------------------ priorities, flow and targets


def _priorities(desk: ServiceDesk) -> Table | None:
    found = desk.priorities
    if found is None or not found.most:
        return None
    whole = found.up + found.down + found.unordered
    columns = (
        Column("From"),
        Column("To"),
        Column("Which way", "prose"),
        Column("Changes", "count"),
        Column("Of all", "share"),
    )
    way = {True: t("raised"), False: t("lowered"), None: t("no order")}
    rows = [(one.source, one.target, way[one.up], one.changes, share(one.changes, whole)) for one in found.most]
    return table("desk-priorities", "Changes of priority", columns, rows, words.PRIORITY_NOTE)


def _flow(desk: ServiceDesk) -> Table | None:
    if not desk.flow.periods:
        return None
    told = desk.flow.backlog_told
    more = (Column("Done", "count"), Column("Backlog at the end", "count")) if told else ()
    columns = (Column(t(f"{desk.flow.period.value.capitalize()} of"), "prose"), Column("Arrived", "count"), *more)
    rows: list[Row] = [
        (in_numbers(day(one.starts)), one.arrived, *((one.done, one.backlog) if told else ()))
        for one in desk.flow.periods
    ]
    return table("desk-flow", "Arrivals and backlog", columns, rows)


def _targets(desk: ServiceDesk) -> Table | None:
    found = desk.target_met
    if found is None or not found.by_priority:
        return None
    columns = (
        Column("Priority"),
        Column("Met", "count"),
        Column("Of ended tickets", "count"),
        Column("Share", "share"),
    )
    rows: list[Row] = [
        (words.NO_PRIORITY if name is None else name, *part_cells(part)) for name, part in found.by_priority
    ]
    if found.other_priorities is not None:
        rows.append((words.OTHERS.format(n="").strip(), *part_cells(found.other_priorities)))
    return table("desk-targets", "Target met by priority", columns, rows, words.TARGET_NOTE)


# ------------------------------------------------------------------------------------------- today, and who is asked

_OPEN = (
    Column("Open", "count"),
    Column("Beyond", "count"),
    Column("Waiting long", "count"),
    Column("Median age", "duration"),
    Column("Oldest", "duration"),
)


def _open(desk: ServiceDesk) -> Iterator[Table]:
    found = desk.open
    if found is None or found.all is None:
        return
    waiting: list[Row] = [(words.NOBODY if on is None else waiting_on(on), *_ages(of)) for on, of in found.by_waiting]
    waiting.append((t("all"), *_ages(found.all)))
    yield table(
        "desk-open-waiting", "Open tickets by whom they wait on", (Column("Waiting on", "prose"), *_OPEN), waiting
    )
    if found.by_group:
        groups: list[Row] = [(group_name(group), *_ages(of)) for group, of in found.by_group]
        yield table("desk-open-groups", "Open tickets by group", (Column("Group"), *_OPEN), groups)


def _ages(of: OpenOf) -> Row:
    return (of.tickets, of.beyond, of.long, of.median_age, of.oldest)


def _satisfaction(desk: ServiceDesk) -> Table | None:
    found = desk.satisfaction
    if found is None or not found.quartiles:
        return None
    columns = (
        Column("Quarter", "prose"),
        Column("Lead time up to", "duration"),
        Column("Resolved", "count"),
        Column("Answered", "count"),
        Column("Share", "share"),
        Column("Mean of the answers", "ratio"),
    )
    names = (t("fastest"), t("second"), t("third"), t("slowest"))
    rows = [
        (names[one.quarter - 1], one.until, one.tickets, one.answered, share(one.answered, one.tickets), one.mean)
        for one in found.quartiles
    ]
    note = words.QUARTILE_NOTE.format(least=LEAST_ANSWERS)
    return table("desk-satisfaction", "Satisfaction beside lead time", columns, rows, note)


def _classes(desk: ServiceDesk) -> Table | None:
    classes = (
        (t("Raised by monitoring"), t("Raised otherwise"), desk.monitoring),
        (t("Major incidents"), t("No major incidents"), desk.major),
    )
    rows = [row for own, others, found in classes if found is not None for row in _apart(own, others, found)]
    if not rows:
        return None
    columns = (
        Column("Class", "prose"),
        Column("Tickets", "count"),
        Column("Of all", "share"),
        Column("With a lead time", "count"),
        Column("Median", "duration"),
        Column("85 % within", "duration"),
    )
    return table("desk-classes", "Classes of their own", columns, rows, words.CLASSES_NOTE)


def _apart(own: str, others: str, found: Apart) -> Iterator[Row]:
    rest = found.tickets.of - found.tickets.n
    for name, tickets, lead in ((own, found.tickets.n, found.lead_time), (others, rest, found.others)):
        times = (0, None, None) if lead is None else (lead.n, lead.median, lead.p85)
        yield (name, tickets, share(tickets, found.tickets.of), *times)
