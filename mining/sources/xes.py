"""XES, the XML format of event logs, read by expat, and much faster where it is written in the plain form.

A trace's attributes become the columns `case:KEY`, an event's the columns `KEY`; what is nested in an attribute is
left out, as are the defaults that a log declares as `global`. Expat says of itself where a file breaks off or is no
XML, expands nothing that we do not let it, and holds one event at a time.

A file in UTF-8 is first read in blocks of whole traces: each by `xes_plain` where it is of the plain form, by expat
where it is not. Whatever is wrong, or not understood, ends that attempt, and expat reads the file from its beginning:
so a log has the same rows and the same errors on both ways. What it costs: a block is held, of 4 MB and more where
traces are long, and a file that fails at its end takes the time of both ways.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mining.core.errors import Problem, RequestError
from mining.sources.opened import Opened, Visit
from mining.sources.xes_blocks import NotInBlocks, Piece, parse_piece, pieces
from mining.sources.xes_plain import CASE, plain_block
from mining.sources.xml_stream import XmlStream

NAME = "XES"
_BATCH = 100_000
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
    try:
        keys, dates = _read(visit, wanted, target, in_blocks=True)
    except NotInBlocks:
        keys, dates = _read(visit, wanted, target, in_blocks=False)
    columns = tuple(name for name in wanted if name in keys)
    others = tuple(sorted(keys - set(columns)))
    scan = visit.engine.scan_parquet([target])
    if columns:  # else nothing of it is used: that the columns are missing is said of every format alike
        places = dict(zip(wanted, _numbered(len(wanted)), strict=True))
        scan = scan.select(**{f"c{i}": scan[places[name]] for i, name in enumerate(columns)})
    # `others` have no cells, and none of them is needed: they are there to be named in messages.
    return Opened(format=NAME, path=target, columns=columns + others, scan=scan, iso=frozenset(dates), encoding=None)


def _numbered(columns: int) -> list[str]:
    """Names for the file of the engine, to which `Product` and `product` would be one column."""
    return [f"k{i}" for i in range(columns)]


def _read(visit: Visit, wanted: list[str], target: Path, *, in_blocks: bool) -> tuple[set[str], set[str]]:
    """Write the events to `target`; the keys that the file has, and those of them that hold dates."""
    with pq.ParquetWriter(
        target, pa.schema([(name, pa.string()) for name in _numbered(len(wanted))]), compression="lz4"
    ) as writer:
        collector = _Collector(wanted, _Rows(writer))
        if in_blocks:
            _parse_blocks(visit, collector, wanted)
        else:
            _parse(visit, collector)
        collector.finish()
    return collector.keys, collector.dates


def _parse(visit: Visit, collector: _Collector) -> None:
    """The whole file by expat."""
    stream = XmlStream(visit, NAME)
    stream.parser.EndElementHandler = collector.end
    stream.read(collector.start, is_root="log".__eq__)
    if not collector.events:
        raise RequestError(Problem("holds no events", file=visit.name, todo="export the log again"))


def _parse_blocks(visit: Visit, collector: _Collector, wanted: list[str]) -> None:
    """The file in blocks. Raises NotInBlocks where that is not to be done, or something is wrong in it."""
    size, read = visit.plain.path.stat().st_size or 1, 0
    for part, piece in pieces(visit.plain.path):
        read += len(piece)
        found = plain_block(piece, wanted) if part is Piece.TRACES else None
        if found is not None:
            collector.add(found.table, found.keys, found.dates)
        else:
            parse_piece(piece, part, collector.start, collector.end)
        visit.progress(f"reading {visit.name}", min(1.0, read / size))
    if not collector.events:
        raise NotInBlocks


class _Rows:
    """Takes tables and writes them together, a batch at a time."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._tables: list[pa.Table] = []
        self._held = 0

    def add(self, table: pa.Table) -> None:
        """Take a table; write where that makes a batch."""
        self._tables.append(table)
        self._held += len(table)
        if self._held >= _BATCH:
            self.write()

    def write(self) -> None:
        """Write what is held."""
        if self._tables:
            together = pa.concat_tables(self._tables)
            self._writer.write_table(together.rename_columns(_numbered(together.num_columns)))
        self._tables, self._held = [], 0


class _Collector:
    """Takes what expat finds, or tables, and hands the events' cells on, column by column, in batches."""

    def __init__(self, wanted: list[str], rows: _Rows) -> None:
        self.cells: dict[str, list[str | None]] = {key: [] for key in wanted}
        self.keys: set[str] = set()
        self.dates: set[str] = set()
        self.events = 0
        self._rows = rows
        self._of_events = [(key, self.cells[key].append) for key in wanted if not key.startswith(CASE)]
        self._of_traces = [(key.removeprefix(CASE), self.cells[key]) for key in wanted if key.startswith(CASE)]
        self._depth = 0
        self._level = -1  # the depth at which the attributes of the present trace or event stand
        self._owner: _Attributes = {}  # what they are attributes of: one of the next two
        self._trace: _Attributes = {}
        self._event: _Attributes = {}
        self._within = False  # a trace
        self._in_trace = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth = depth = self._depth + 1
        if tag == "event" and depth == (_EVENT if self._within else _TRACE):
            self._owner = self._event = {}
            self._level = depth + 1
        elif depth == self._level:
            key = attributes.get("key")
            if key is not None:
                self._owner[key] = attributes.get("value")
                if tag == "date":
                    self.dates.add(key if self._owner is self._event else CASE + key)
        elif tag == "trace" and depth == _TRACE:
            self._owner = self._trace = {}
            self._level, self._in_trace, self._within = depth + 1, 0, True

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth = depth = self._depth - 1
        if tag == "event" and depth == self._level - 2:
            self._end_event(outside=depth == _LOG)
        elif tag == "trace" and depth == _LOG:
            self._end_trace(self._trace, self._in_trace)
            self._level, self._within = -1, False

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

    def add(self, table: pa.Table, keys: set[str], dates: set[str]) -> None:
        """Whole traces from elsewhere."""
        self.flush()
        self._rows.add(table)
        self.keys |= keys
        self.dates |= dates
        self.events += len(table)

    def finish(self) -> None:
        """Write all that is left."""
        self.flush()
        self._rows.write()

    def flush(self) -> None:
        """Hand on what was collected."""
        if any(self.cells.values()):
            columns = [pa.array(column, pa.string()) for column in self.cells.values()]
            self._rows.add(pa.table(columns, names=list(self.cells)))
        for column in self.cells.values():
            column.clear()

    def _end_trace(self, trace: dict[str, str | None], events: int) -> None:
        self.keys.update(CASE + key for key in trace)
        for key, column in self._of_traces:
            column.extend([trace.get(key)] * events)
        before, self.events = self.events, self.events + events
        if self.events // _BATCH != before // _BATCH:
            self.flush()
