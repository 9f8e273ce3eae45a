"""Local times to moments, by functions that are written into the engine for each zone that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from mining.core.zones import UTC_NAMES, offset_of
from mining.engine.scans import quoted
from mining.engine.time_shifts import SKIPPED, TWICE, local_to_utc
from mining.engine.times import check_zone

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MINUTE = 60_000_000  # microseconds


class LocalTimes:
    """The functions of one database; `execute` runs a statement in it."""

    def __init__(self, execute: Callable[[str], None]) -> None:
        self._execute = execute
        self._of_zones: dict[str, Callable[[ir.IntegerValue], ir.IntegerValue]] = {}

    def to_utc(self, local: ir.IntegerColumn, zone: str) -> ir.IntegerValue:
        """Local microseconds as microseconds UTC. `local` has to be a column: an expression is computed many times.

        Times that the clocks skip or show twice are marked with `time_shifts.SKIPPED` and `TWICE`; `unmark` has to
        follow. Raises RequestError where there is no such zone.
        """
        check_zone(zone)
        if zone in UTC_NAMES:
            return local
        minutes = offset_of(zone)
        if minutes is not None:
            return local - minutes * _MINUTE
        if zone not in self._of_zones:
            self._of_zones[zone] = self._written(zone)
        return self._of_zones[zone](local)

    def unmark(self, kept: ir.Table, column: str) -> None:
        """Take the marks from a column of a kept table."""
        table, name = quoted(kept.op().name), quoted(column)
        self._execute(
            f"UPDATE {table} SET {name} = {name} - CASE WHEN {name} >= {TWICE} THEN {TWICE} ELSE {SKIPPED} END "  # noqa: S608
            f"WHERE {name} >= {SKIPPED}"
        )

    def _written(self, zone: str) -> Callable[[ir.IntegerValue], ir.IntegerValue]:
        name = f"to_utc_{len(self._of_zones)}"
        self._execute(f"CREATE MACRO {name}(x) AS {local_to_utc(zone)}")

        def to_utc(local): ...  # type: ignore[no-untyped-def]

        to_utc.__name__ = name
        function: Callable[[ir.IntegerValue], ir.IntegerValue] = ibis.udf.scalar.builtin(
            name=name, signature=((dt.int64,), dt.int64)
        )(to_utc)
        return function
