"""`vsm mapping explain`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mining.cli import options as o
from mining.cli.output import progress, put, put_json, put_table

if TYPE_CHECKING:
    from mining.core.mapping_results import RowExplained, TicketExplained, VisitMade

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def explain(
    mapping: o.MappingName,
    exports: o.Exports,
    *,
    mappings: o.Mappings = None,  # noqa: ARG001 - its callback has done what there is to do
    ticket: Annotated[
        str, typer.Option("--ticket", "-t", metavar="ID", help="The ticket's number, as the export writes it.")
    ],
    memory_limit: o.MemoryLimit = None,
    threads: o.Threads = None,
    temp: o.Temp = None,
    max_rejected: o.MaxRejected = "1%",
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """Why the rows of one ticket became what they did: which rule decided, and why the earlier ones did not.

    Shows the cells that the rules look at; of people only whether there is one, of long texts only how long they are.

    \b
    Examples:
      vsm mapping explain servicenow_incident incidents.csv --ticket INC0000045
      vsm mapping explain mine.yaml incidents.csv --ticket 4711 --json
    """
    from mining import mapping_tools

    with progress(quiet=quiet) as tell:
        reading = o.reading(memory_limit, threads, temp, max_rejected)
        found = mapping_tools.explain_ticket(mapping, exports, ticket, options=reading, progress=tell)
    if json:
        put_json(_as_json(found))
    else:
        _tell(found)


def _as_json(found: TicketExplained) -> dict[str, Any]:
    demand = None if found.demand is None else {"time": _time(found.demand[0]).isoformat(), "event": found.demand[1]}
    return {
        "ticket": found.ticket,
        "state": found.state,
        "demand": demand,
        "rows": [{**asdict(row), "time": _time(row.time).isoformat(), "cells": dict(row.cells)} for row in found.rows],
        "rows_left_out": found.rows_left_out,
        "visits": [
            {
                **asdict(visit.label),
                "start": visit.start.isoformat(),
                "end": None if visit.end is None else visit.end.isoformat(),
            }
            for visit in found.visits
        ],
    }


def _tell(found: TicketExplained) -> None:
    put(f"Ticket {found.ticket}; times are UTC.")
    if found.demand is not None:
        put("", f"{_clock(_time(found.demand[0]))}  demand, before the first row", f"  → {found.demand[1]}")
    for row in found.rows:
        put("", *_row(row))
    if found.rows_left_out:
        put("", f"and {found.rows_left_out:,} more rows, which are not shown.")
    put("", f"The visits that result ({found.state or 'no stream'}):")
    if found.visits:
        put_table(("from", "to", "visit"), [_visit(visit) for visit in found.visits])
    else:
        put("  none")


def _row(row: RowExplained) -> list[str]:
    place = "row twice" if row.number is None else f"row {row.number + 1}"
    lines = [f"{_clock(_time(row.time))}  {place}", *(f"  {column}: {cell}" for column, cell in row.cells)]
    by = row.because if row.rule is None else f"rule {row.rule} (line {row.line}): {row.because}"
    lines.append(f"  → {row.outcome}, by {by}" if row.rule is not None else f"  → {row.outcome}: {by}")
    return [*lines, *(f"    rule {one.rule} no: {one.why}" for one in row.ruled_out)]


def _visit(visit: VisitMade) -> tuple[str, str, str]:
    symbol, waiting = str(visit.label.symbol), visit.label.waiting
    label = symbol if waiting is None else f"{symbol} (waiting on {waiting})"
    return _clock(visit.start), "" if visit.end is None else _clock(visit.end), label


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _clock(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
