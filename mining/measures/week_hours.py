"""When in the week tickets arrive and visits begin, on the clocks of a zone.

The engine counts by quarters of an hour, UTC; since every zone is whole quarters ahead or behind, the few sums that
come out can be put on its clocks afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mining.core.shifts import all_shifts, first_offset
from mining.core.tables import Tables
from mining.core.workload import DAYS, HOURS, WeekHours

if TYPE_CHECKING:
    import ibis.expr.types as ir

_QUARTER = 900_000_000  # microseconds
_HOUR = 4 * _QUARTER
_MOST = 1_000_000
"""So many quarters of an hour in which anything happens: 28 years, were something to happen in each of them."""
_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday


def week_hours(tables: Tables, table: ir.Table, moment: ir.IntegerColumn, zone: str) -> WeekHours | None:
    """How often the `moment` (microseconds UTC) of a row of `table` lies in each hour of the week; None where there are
    more different times than any export of real tickets has."""
    quarters = table.select(quarter=moment - moment % _QUARTER)
    counted = quarters.group_by("quarter").aggregate(n=quarters.count())
    counted = counted.filter(counted.quarter.notnull()).limit(_MOST + 1)
    found = tables.fetch(counted, limit=_MOST + 1)
    if found.num_rows > _MOST:
        return None
    utc = found["quarter"].to_numpy().astype(np.int64)
    shifts = all_shifts(zone)
    offsets = np.array([first_offset(zone), *(shift.after for shift in shifts)], dtype=np.int64)
    local = utc + offsets[np.searchsorted(np.array([shift.at for shift in shifts], dtype=np.int64), utc, side="right")]
    hour = local // _HOUR
    place = (hour // HOURS + _FIRST_WEEKDAY) % DAYS * HOURS + hour % HOURS
    counts = np.zeros(DAYS * HOURS, dtype=np.int64)
    np.add.at(counts, place, found["n"].to_numpy().astype(np.int64))
    return WeekHours(zone, tuple(counts.tolist()))
