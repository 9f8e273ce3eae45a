"""The mapped log as a file, so that other tools can go on where this program ends.

    FORMATS                                     the formats by name
    check_request(formats, output, …)           refuses what cannot be written
    write_log(tables, mapped, events, …)        the mapped log into a folder, one file a format
    clear_log(folder, keep=formats)             removes what an earlier run wrote and this one did not

Libraries are imported when a function is called, so that the command line answers at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mining.core.analysis import MappingInfo
    from mining.core.events import EventTable, MappedLog
    from mining.core.tables import Tables

__all__ = ["FORMATS", "check_request", "clear_log", "write_log"]

FORMATS = {"parquet": "events.parquet", "xes": "events.xes", "ocel": "events.ocel.json"}
"""What a log can be written as, and the file that holds it then."""


def check_request(formats: Collection[str], output: str | Path | None, *, with_actors: bool) -> None:
    """Raises RequestError where one of `formats` is none, or there is no folder to write into, or nothing to write."""
    from mining.core.errors import Problem, RequestError, nearest

    for name in formats:
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            todo = f"did you mean {near[0]}?" if near else None
            raise RequestError(Problem("--log: no such format", found=name, expected=", ".join(FORMATS), todo=todo))
    if formats and output is None:
        raise RequestError(Problem("--log needs a folder to write into", todo="name one with --output"))
    if with_actors and not formats:
        raise RequestError(Problem("--with-actors goes with --log", todo="add --log, such as --log xes"))


def write_log(
    tables: Tables,
    mapped: MappedLog,
    events: EventTable,
    folder: Path,
    *,
    mapping: MappingInfo,
    formats: Sequence[str],
    with_actors: bool = False,
) -> None:
    """Write every event that stands into `folder`, as each of `formats`; each file whole or not at all.

    `mapping` is the one that made `mapped` of `events`. What an event says, and in which columns, stands in
    `mining.exchange.told`. Who it was is left out unless `with_actors`. Raises RequestError where a file cannot be
    written.
    """
    from mining.exchange import writing

    writing.write_log(tables, mapped, events, folder, mapping=mapping, formats=formats, with_actors=with_actors)


def clear_log(folder: Path, *, keep: Iterable[str]) -> None:
    """Remove what `write_log` wrote into `folder`, except the formats `keep`: the rest is of another run."""
    for name in FORMATS.keys() - set(keep):
        (folder / FORMATS[name]).unlink(missing_ok=True)
