"""One table, written as often as there are formats: the order of the events is worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.files import whole
from mining.exchange import FORMATS
from mining.exchange.ocel import write_ocel
from mining.exchange.told import told_events
from mining.exchange.xes import write_xes

if TYPE_CHECKING:
    from mining.core.analysis import MappingInfo
    from mining.core.events import EventTable, MappedLog
    from mining.core.tables import Tables


def write_log(
    tables: Tables,
    mapped: MappedLog,
    events: EventTable,
    folder: Path,
    *,
    mapping: MappingInfo,
    formats: Sequence[str],
    with_actors: bool,
) -> None:
    """See `mining.exchange.write_log`."""
    log = told_events(tables, mapped, events, mapping.export, with_actors=with_actors)
    try:
        for name in dict.fromkeys(formats):
            with whole(folder / FORMATS[name]) as partial:
                if name == "parquet":
                    tables.write_parquet(log, partial)
                elif name == "xes":
                    write_xes(tables, log, partial, mapping.name)
                else:
                    write_ocel(tables, log, partial)
    finally:
        tables.drop(log)
