"""Rows that are set aside: why, and when there are too many of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mining.core.errors import InputError, Problem
from mining.core.events import RejectedRow
from mining.core.export import Shape, TimeSpec
from mining.core.time_forms import EPOCH_MILLISECONDS, EPOCH_SECONDS, EXCEL
from mining.core.zones import is_zone
from mining.sources import tickets
from mining.sources.marks import UNREADABLE
from mining.sources.opened import Opened, Visit
from mining.sources.rows import Cells

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_LISTED = 100_000
"""So many rows are listed with their reason; what is beyond is only counted."""

_NAMED = 5  # in an error
_SHOWN = 200  # signs of a cell


_NUMBERS: dict[str | None, str] = {
    EPOCH_SECONDS: "the seconds since 1970, as 1711893900",
    EPOCH_MILLISECONDS: "the milliseconds since 1970, as 1711893900000",
    EXCEL: "the days since 1899-12-30, as 45382.586805",
}


def from_engine(visit: Visit, opened: Opened, cells: Cells, at: ir.Table, room: int) -> list[RejectedRow]:
    """The rows without a ticket or a readable time, and of tickets each time that cannot be read: `at` are the
    positions of those rows among the rows of the file, from 0.

    What stood in them was not kept. It is read again: the scan gives its rows in the same order as when it was kept.
    """
    positions = visit.engine.fetch(at.order_by("at").limit(room), limit=room).column("at").to_pylist()
    rows = visit.engine.fetch(cells.bad().limit(room), limit=room).to_pylist()
    numbers = row_numbers(positions, [misfit.row for misfit in opened.misfits])
    reasons = _ticket_reasons if visit.spec.shape is Shape.TICKETS else _reasons
    return [reason for number, row in zip(numbers, rows, strict=True) for reason in reasons(visit, cells, number, row)]


def refuse_too_many(rejected: Sequence[RejectedRow], shape: Shape, count: int, rows: int, share: float) -> None:
    """Raises InputError, naming the first rows, where of more than `share` of the rows something was set aside."""
    if count <= share * rows:
        return
    which = "cannot be used" if shape is not Shape.TICKETS else "cannot be used, or not with all of their times"
    first = Problem(
        f"{count:,} of {rows:,} rows {which}, more than the share of {share:.2%} that may be set aside",
        todo="mend the file or the mapping, or allow more with --max-rejected",
    )
    raise InputError(first, *(_problem(row) for row in rejected[:_NAMED]))


def expectation(format: str | None) -> str:
    """What a time should look like, in words."""
    if format in _NUMBERS:
        return _NUMBERS[format]
    return "ISO 8601, as 2024-03-31T14:05:00+02:00" if format is None else f'a time like "{format}"'


def _problem(row: RejectedRow) -> Problem:
    return Problem(row.reason, file=row.file, row=row.row, column=row.column, found=row.found)


def row_numbers(positions: Sequence[int], misfits: Sequence[int]) -> list[int]:
    """Positions among the rows that fit (from 0) as numbers of data rows (from 1); `misfits` are those that do not."""
    # Before misfit number i there are misfits[i] - 1 - i rows that fit.
    before = [number - 1 - i for i, number in enumerate(misfits)]
    return [position + 1 + bisect_right(before, position) for position in positions]


def _reasons(visit: Visit, cells: Cells, number: int, row: dict[str, Any]) -> list[RejectedRow]:
    spec = visit.spec
    if row["ticket_id"] is None:
        return [_no_ticket(visit, number)]
    if spec.shape is Shape.LINKS:
        return [_bad_time(visit, cells, number, spec.time, (row["time_text"], row.get("zone")))]
    no_demand = spec.demand is not None and row["demand"] == UNREADABLE
    at_demand = spec.shape is Shape.CHANGES and no_demand and row["time_text"] is None
    if row["time"] is None and not at_demand:
        return [_bad_time(visit, cells, number, spec.time, (row["time_text"], row.get("zone")))]
    assert no_demand and spec.demand is not None  # noqa: S101, PT018  nothing else is filtered
    return [_bad_time(visit, cells, number, spec.demand, (row["demand_text"], row.get("zone")))]


def _ticket_reasons(visit: Visit, cells: Cells, number: int, row: dict[str, Any]) -> list[RejectedRow]:
    """What is wrong with a ticket; its times are told one by one, unless the ticket itself is missing."""
    spec = visit.spec
    if row["ticket_id"] is None:
        return [_no_ticket(visit, number)]
    names = tickets.time_names(spec)
    if all(row[name] is None for name in names):
        columns = ", ".join(time.column for time in spec.times)
        return [RejectedRow(visit.name, number, None, None, f"none of its times is filled: {columns}")]
    specs = dict(zip(names, (replace(spec.time, column=time.column) for time in spec.times), strict=True))
    specs |= {} if spec.demand is None else {"demand": spec.demand}
    return [
        _bad_time(visit, cells, number, specs[name], (row[f"{name}_text"], row.get("zone")))
        for name in tickets.unread_names(spec)
        if row[name] == UNREADABLE
    ]


def _no_ticket(visit: Visit, number: int) -> RejectedRow:
    return RejectedRow(visit.name, number, visit.spec.ticket, None, "the ticket is missing")


def _bad_time(visit: Visit, cells: Cells, number: int, time: TimeSpec, read: tuple[str | None, Any]) -> RejectedRow:
    found, zone = read
    if found is None:
        return RejectedRow(visit.name, number, time.column, None, "the time is missing")
    if time.zone_column is not None and (zone is None or not is_zone(zone)):
        reason = "the time zone is missing" if zone is None else "there is no such time zone"
        return RejectedRow(visit.name, number, time.zone_column, zone and zone[:_SHOWN], reason)
    reason = f"the time cannot be read: it should be {expectation(cells.format(time))}"
    return RejectedRow(visit.name, number, time.column, found[:_SHOWN], reason)
