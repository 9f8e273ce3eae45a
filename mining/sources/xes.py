"""XES, the XML format of event logs, read as a stream by expat.

A trace's attributes become the columns `case:KEY`, an event's the columns `KEY`; what is nested in an attribute is
left out, as are the defaults that a log declares as `global`. Expat says of itself where a file breaks off or is no
XML, expands nothing that we do not let it, and holds one event at a time.
"""

from __future__ import annotations

from xml.parsers import expat

import pyarrow as pa
import pyarrow.parquet as pq

from mining.core.errors import InputError, MiningError, Problem, RequestError
from mining.sources.opened import Opened, Visit

NAME = "XES"
_CHUNK = 1 << 20
_BATCH = 100_000
_CASE = "case:"
_LOG, _TRACE, _EVENT = 1, 2, 3  # how deep these elements stand
_Attributes = dict[str, str | None]
_BROKEN_OFF = {
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
}


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
    collector = _Collector(wanted, writer, visit.name)
    parser = collector.parser()
    size, read = visit.plain.path.stat().st_size or 1, 0
    try:
        with visit.plain.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                read += len(chunk)
                parser.Parse(chunk, False)
                visit.progress(f"reading {visit.name}", read / size)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _unreadable(error, visit.name, begun=collector.begun, empty=read == 0) from error
    collector.flush()
    if not collector.events:
        raise RequestError(Problem("holds no events", file=visit.name, todo="export the log again"))
    return collector.keys, collector.dates


class _Collector:
    """Takes what expat finds and writes the events' cells, column by column, in batches."""

    def __init__(self, wanted: list[str], writer: pq.ParquetWriter, name: str) -> None:
        self.cells: dict[str, list[str | None]] = {key: [] for key in wanted}
        self.keys: set[str] = set()
        self.dates: set[str] = set()
        self.events = 0
        self.begun = False
        self._writer, self._name = writer, name
        self._of_events = [(key, self.cells[key].append) for key in wanted if not key.startswith(_CASE)]
        self._of_traces = [(key.removeprefix(_CASE), self.cells[key]) for key in wanted if key.startswith(_CASE)]
        self._depth = 0
        self._level = -1  # the depth at which the attributes of the present trace or event stand
        self._owner: _Attributes = {}  # what they are attributes of: one of the next two
        self._trace: _Attributes = {}
        self._event: _Attributes = {}
        self._in_trace = 0

    def parser(self) -> expat.XMLParserType:
        """A parser that feeds this collector."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._refuse
        return parser

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
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
        elif depth == _LOG:
            self._root(tag)

    def _end(self, tag: str) -> None:
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

    def _root(self, tag: str) -> None:
        if tag != "log":
            todo = "name an event log: its outermost element is <log>"
            raise RequestError(Problem("is XML, but no XES", file=self._name, found=f"<{tag[:40]}>", todo=todo))
        self.begun = True

    def _refuse(self, entity: str, *_: object) -> None:
        todo = "an event log has no use for entities: have it exported again without"
        raise RequestError(
            Problem("declares an XML entity, which is refused", file=self._name, found=entity, todo=todo)
        )


def _unreadable(error: expat.ExpatError, name: str, *, begun: bool, empty: bool) -> MiningError:
    said = expat.errors.messages[error.code]
    if empty:
        return RequestError(Problem("is empty", file=name, todo="export the log again"))
    if not begun:
        return RequestError(Problem("is no XES: it is not even XML", file=name, line=error.lineno, found=said))
    text = "breaks off" if error.code in _BROKEN_OFF else "is damaged: from here on it is no XML"
    todo = "fetch or export the file again; nothing was concluded from its beginning"
    return InputError(Problem(text, file=name, line=error.lineno, found=said, todo=todo))
