"""Which zone holds for the times of a file: of all rows, by the file's name, or of each row."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatch
from pathlib import PurePath
from typing import TYPE_CHECKING

from mining.core.errors import Problem, RequestError
from mining.core.export import TimeSpec
from mining.core.zones import is_zone

if TYPE_CHECKING:
    from mining.sources.opened import Visit
    from mining.sources.rows import Cells

MOST_ZONES = 1_000


def for_file(visit: Visit, time: TimeSpec) -> TimeSpec:
    """`time` with the zone of this file. Raises RequestError where the mapping names zones by file, and none fits."""
    if not time.zones:
        return time
    names = (visit.name, PurePath(visit.name).name, visit.plain.source.name)
    zone = next((zone for files, zone in time.zones if any(fnmatch(name, files) for name in names)), time.zone)
    if zone is None:
        patterns = ", ".join(files for files, _ in time.zones)
        todo = "add a pattern for this file to zones, or a zone for all other files"
        raise RequestError(
            Problem("the mapping names no time zone for this file", file=visit.name, expected=patterns, todo=todo)
        )
    return replace(time, zone=zone, zones=())


def of_rows(visit: Visit, cells: Cells, column: str) -> tuple[str, ...]:
    """The zones that stand in a column; what is no zone is left out. Raises RequestError where nothing there is one."""
    table = cells.scan.select(zone=cells.zone(column)).distinct()
    table = table.filter(table.zone.notnull()).order_by("zone").limit(MOST_ZONES)
    found: list[str] = visit.engine.fetch(table, limit=MOST_ZONES)["zone"].to_pylist()
    zones = tuple(zone for zone in found if is_zone(zone))
    if found and not zones:
        raise RequestError(
            Problem(
                "no cell of this column is a time zone",
                file=visit.name,
                column=column,
                found="; ".join(found[:3]),
                expected="IANA names, as Europe/Berlin, or offsets, as +02:00",
                todo="name the zone in the mapping, or the column that holds it",
            )
        )
    return zones
