"""XES, the XML format of event logs, read as a stream by expat.

A trace's attributes become the columns `case:KEY`, an event's the columns `KEY`; what is nested in an attribute is
left out, as are the defaults that a log declares as `global`. Expat says of itself where a file breaks off or is no
XML, expands nothing that we do not let it, and holds one event at a time.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from mining.core.errors import Problem, RequestError
from mining.sources.opened import Opened, Visit
from mining.sources.xml_stream import XmlStream

NAME = "XES"
_BATCH = 100_000
_CASE = "case:"
_LOG, _TRACE, _EVENT = 1, 2, 3  # how deep these elements stand
_Attributes = dict[str, str | None]


def fits(name: str, head: bytes) -> bool:
    """XML, or a file that calls itself XES."""
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return name.lower().removesuffix(".gz").endswith(".xes") or start.startswith(b"<")


def open_file(visit: Visit) -> Opened:
    """Read the events into a Parquet file of the engine's folder: the columns that may be needed, as text."""
    target = visit.engine.new_path(".parquet")
    wanted = sorted(visit.wanted)
    with pq.ParquetWriter(target, pa.schema([(name, pa.string()) for name in wanted]), compression="lz4") as writer:
        keys, dates = _parse(visit, wanted, writer)
    columns = tuple(name for name in wanted if name in keys)
    others = tuple(sorted(keys - set(columns)))
    scan = visit.engine.scan_parquet([target])
    scan = scan.select(**{f"c{i}": scan[name] for i, name in enumerate(columns)})
    # `others` have no cells, and none of them is needed: they are there to be named in messages.
    return Opened(format=NAME, path=target, columns=columns + others, scan=scan, iso=frozenset(dates), encoding=None)


def _parse(visit: Visit, wanted: list[str], writer: pq.ParquetWriter) -> tuple[set[str], set[str]]:
    """Write the events; the keys that the file has, and those of them that hold dates."""
    collector = _Collector(wanted, writer)
    stream = XmlStream(visit, NAME)
    stream.parser.EndElementHandler = collector.end
    stream.read(collector.start, is_root="log".__eq__)
    collector.flush()
    if not collector.events:
        raise RequestError(Problem("holds no events", file=visit.name, todo="export the log again"))
    return collector.keys, collector.dates


class _Collector:
    """Takes what expat finds and writes the events' cells, column by column, in batches."""

    def __init__(self, wanted: list[str], writer: pq.ParquetWriter) -> None:
        self.cells: dict[str, list[str | None]] = {key: [] for key in wanted}
        self.keys: set[str] = set()
        self.dates: set[str] = set()
        self.events = 0
        self._writer = writer
        self._of_events = [(key, self.cells[key].append) for key in wanted if not key.startswith(_CASE)]
        self._of_traces = [(key.removeprefix(_CASE), self.cells[key]) for key in wanted if key.startswith(_CASE)]
        self._depth = 0
        self._level = -1  # the depth at which the attributes of the present trace or event stand
        self._owner: _Attributes = {}  # what they are attributes of: one of the next two
        self._trace: _Attributes = {}
        self._event: _Attributes = {}
        self._in_trace = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth = depth = self._depth + 1
        if tag == "event" and depth <= _EVENT:
            self._owner = self._event = {}
            self._level = depth + 1
        elif depth == self._level:
            key = attributes.get("key")
            if key is not None:
                self._owner[key] = attributes.get("value")
                if tag == "date":
                    self.dates.add(key if self._owner is self._event else _CASE + key)
        elif tag == "trace" and depth == _TRACE:
            self._owner = self._trace = {}
            self._level, self._in_trace = depth + 1, 0

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth = depth = self._depth - 1
        if tag == "event" and depth == self._level - 2:
            self._end_event(outside=depth == _LOG)
        elif tag == "trace" and depth == _LOG:
            self._end_trace(self._trace, self._in_trace)
            self._level = -1

    def _end_event(self, *, outside: bool) -> None:
        event = self._event
        for key, append in self._of_events:
            append(event.get(key))
        self.keys.update(event)
        if outside:  # it belongs to no trace
            self._end_trace({}, 1)
            self._level = -1
        else:
            self._in_trace += 1
            self._owner, self._level = self._trace, _TRACE + 1

    def flush(self) -> None:
        """Write what was collected."""
        columns = [pa.array(column, pa.string()) for column in self.cells.values()]
        self._writer.write_table(pa.table(columns, names=list(self.cells)))
        for column in self.cells.values():
            column.clear()

    def _end_trace(self, trace: dict[str, str | None], events: int) -> None:
        self.keys.update(_CASE + key for key in trace)
        for key, column in self._of_traces:
            column.extend([trace.get(key)] * events)
        before, self.events = self.events, self.events + events
        if self.events // _BATCH != before // _BATCH:
            self.flush()
