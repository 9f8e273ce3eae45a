"""The tables on waiting at the service desk: on whom, between whom, and what may point to misuse."""

from __future__ import annotations

from mining.core.desk import ServiceDesk
from mining.report import desk_words as words
from mining.report.desk_rows import Row, group_name, pair_cells, part_cells
from mining.report.formats import share
from mining.report.names import waiting_on
from mining.report.tabular import Column, Table, table


def causes_table(desk: ServiceDesk) -> Table | None:
    """Waiting before value, by whom it is on and by the group that had the ticket."""
    found = desk.waits
    if not found.by_cause:
        return None
    columns = (
        Column("Waiting on", "prose"),
        Column("Group"),
        Column("Time", "hours"),
        Column("Of all waiting", "share"),
        Column("Waits", "count"),
    )
    rows = [
        (
            "" if one.on is None else waiting_on(one.on),
            group_name(one.group),
            one.total,
            share(one.total, found.total),
            one.waits,
        )
        for one in found.by_cause
    ]
    return table("desk-waits", "Waiting by cause and group", columns, rows, words.CAUSE_NOTE)


def pairs_table(desk: ServiceDesk) -> Table | None:
    """Waiting that began when a ticket passed from one group to another, by that pair."""
    found = desk.waits
    if not found.by_pair:
        return None
    columns = (
        Column("From group"),
        Column("To group"),
        Column("Time", "hours"),
        Column("Of all waiting", "share"),
        Column("Waits", "count"),
    )
    rows: list[Row] = [
        (*pair_cells(one.source, one.target, one.others), one.total, share(one.total, found.total), one.waits)
        for one in found.by_pair
    ]
    return table("desk-waits-between", "Waiting by pair of groups", columns, rows, words.PAIR_NOTE)


def misuse_table(desk: ServiceDesk) -> Table | None:
    """What may point to misuse of waiting, by the party outside the desk."""
    if not desk.indicators:
        return None
    days = desk.open.days if desk.open is not None else 0
    columns = (
        Column("Waiting on", "prose"),
        Column("Sign", "prose"),
        Column("Waits", "count"),
        Column("Of", "count"),
        Column("Share", "share"),
    )
    rows: list[Row] = []
    for one in desk.indicators:
        for field, name in words.INDICATORS:
            part = getattr(one, field)
            if part is not None:
                rows.append((waiting_on(one.on), name.format(days=days), *part_cells(part)))
    return table("desk-indicators", "Signs of misuse of waiting", columns, rows, words.INDICATORS_NOTE)


WAITS = (causes_table, pairs_table, misuse_table)
"""In the order of the page."""
