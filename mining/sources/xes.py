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


def mend(visit: Visit, opened: Opened) -> Opened:
    """There is no second way."""
    raise AssertionError("a scan of XES is no scan of CSV")


def confirm(visit: Visit, opened: Opened) -> tuple[str, ...]:
    """All was checked at reading."""
    return ()


def _parse(visit: Visit, wanted: list[str], writer: pq.ParquetWriter) -> tuple[set[str], set[str]]:
    """Write the events; the keys that the file has, and those of them that hold dates."""
    collector = _Collector(wanted, writer, visit.name)
    parser = collector.parser()
    size, read = visit.plain.path.stat().st_size or 1, 0
    try:
        with visit.plain.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
                read += len(chunk)
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

    def parser(self) -> expat.XMLParserType:
        """A parser that feeds this collector. One closure, since it is called for every attribute of the log."""
        depth = level = 0  # `level` is the depth at which the attributes of the present trace or event stand
        trace: dict[str, str | None] = {}
        event: dict[str, str | None] = {}
        owner, inside, in_trace = trace, "", 0
        of_events = [(key, self.cells[key].append) for key in self.cells if not key.startswith(_CASE)]
        dates = self.dates

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, level, trace, event, owner, inside, in_trace
            depth += 1
            if tag == "event" and depth <= 3:
                owner = event = {}
                inside, level = "", depth + 1
            elif depth == level:
                key = attributes.get("key")
                if key is not None:
                    owner[key] = attributes.get("value")
                    if tag == "date":
                        dates.add(inside + key)
            elif tag == "trace" and depth == 2:
                owner = trace = {}
                inside, level, in_trace = _CASE, 3, 0
            elif depth == 1:
                self._root(tag)

        def end(tag: str) -> None:
            nonlocal depth, level, owner, inside, in_trace
            depth -= 1
            if tag == "event" and depth == level - 2:
                for key, append in of_events:
                    append(event.get(key))
                self.keys.update(event)
                if depth == 1:  # an event that belongs to no trace
                    self._end_trace({}, 1)
                    level = 0
                else:
                    in_trace += 1
                    owner, inside, level = trace, _CASE, 3
            elif tag == "trace" and depth == 1:
                self._end_trace(trace, in_trace)
                level = 0

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.EntityDeclHandler = self._refuse
        return parser

    def flush(self) -> None:
        """Write what was collected."""
        columns = [pa.array(column, pa.string()) for column in self.cells.values()]
        self._writer.write_table(pa.table(columns, names=list(self.cells)))
        for column in self.cells.values():
            column.clear()

    def _end_trace(self, trace: dict[str, str | None], events: int) -> None:
        self.keys.update(_CASE + key for key in trace)
        for key, column in self.cells.items():
            if key.startswith(_CASE):
                column.extend([trace.get(key[len(_CASE) :])] * events)
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
