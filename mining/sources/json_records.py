"""JSON, as the interfaces of ticketing tools give it, and JSON Lines; a log in OCEL 2.0's JSON is handed on.

JSON Lines are read line by line, and a line that is no record is set aside. A plain document has to be parsed as a
whole, which takes six to ten times its size in memory: above `MOST_DOCUMENT` bytes it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from mining.core.errors import InputError, MiningError, Problem, RequestError
from mining.core.events import RejectedRow
from mining.sources import ocel_json, text
from mining.sources.json_paths import Records, lists_in
from mining.sources.json_text import NotJson, Value, cell, parse
from mining.sources.opened import Opened, Visit
from mining.sources.text_rows import TextRows, opened_rows

NAME = "JSON"
LINES = "JSON Lines"
SUFFIXES = (".json", ".jsonl", ".ndjson", ".jsonocel")
MOST_DOCUMENT = 256_000_000
MOST_LINE = 256_000_000
MOST_MISFITS = 1_000_000
_SHOWN = 200
_NAMED = 5
_TELL_EVERY = 1 << 24  # bytes
_TODO = "fetch or export the file again; nothing was concluded from its beginning"
_BLANK = b" \t\r\n"


def fits(name: str, head: bytes) -> bool:
    """A file that calls itself JSON, or begins like it."""
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe" + _BLANK)
    return name.lower().endswith(SUFFIXES) or start.startswith((b"{", b"["))


def open_file(visit: Visit) -> Opened:
    """Write the records' cells, and of them the columns that may be needed, to a Parquet file, and scan that."""
    path = _as_utf8(visit)
    if _are_lines(path, visit.plain.path.name):
        with path.open("rb") as file:
            return _opened(visit, LINES, lambda reading: reading.lines(file, path.stat().st_size or 1))
    document = _document(path, visit.name)
    if ocel_json.is_log(document):
        return ocel_json.opened(visit, document)
    records = _records_in(document, visit)
    return _opened(visit, NAME, lambda reading: reading.records(records))


def _opened(visit: Visit, format: str, read: Callable[[_Reading], None]) -> Opened:
    wanted = sorted(visit.wanted)
    with TextRows(visit.engine.new_path(".parquet"), len(wanted)) as rows:
        reading = _Reading(visit, wanted, rows)
        read(reading)
    if not rows.count:
        raise _no_records(visit.name, reading.misfits)
    expand = visit.spec.layout.expand
    if not reading.found.expanded:
        problem = Problem(
            f'no record has the list "{expand}", whose elements are the rows',
            file=visit.name,
            found="columns " + ", ".join(sorted(reading.found.known)[:12]),
            todo="mend export.expand in the mapping",
        )
        raise RequestError(problem)
    return opened_rows(visit, rows.path, wanted, reading.found.known, format=format, misfits=reading.misfits)


def _no_records(name: str, misfits: Sequence[RejectedRow]) -> MiningError:
    text_, todo = "holds no records", "export the tickets again"
    if not misfits:
        return RequestError(Problem(text_, file=name, todo=todo))
    rows = (Problem(row.reason, file=name, row=row.row, found=row.found) for row in misfits[:_NAMED])
    return InputError(Problem(text_, file=name, todo=todo), *rows)


class _Reading:
    """Takes the records of one file; what is none goes to `misfits`."""

    def __init__(self, visit: Visit, wanted: list[str], rows: TextRows) -> None:
        self.misfits: list[RejectedRow] = []
        self.found = Records(wanted, visit.spec.layout.expand)
        self._visit, self._rows = visit, rows

    def records(self, records: list[Value]) -> None:
        """The records of a document."""
        for number, record in enumerate(records):
            self._take(record, "")
            if number % 10_000 == 0:
                self._visit.progress(f"reading {self._visit.name}", number / len(records))

    def lines(self, file: BinaryIO, size: int) -> None:
        """The records of JSON Lines; empty lines are none. Raises InputError where the last line breaks off."""
        path, told = self._visit.spec.layout.records, 0
        for number, line in enumerate(_lines_of(file, self._visit.name), 1):
            if not line.strip(_BLANK):
                continue
            place = f"line {number:,}: "
            try:
                value = parse(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                self._set_aside(f"{place}is not UTF-8: byte {error.start + 1:,} of the line", None)
                continue
            except NotJson as error:
                if not line.endswith(b"\n") and error.breaks_off:
                    problem = Problem("breaks off", file=self._visit.name, line=number, found=error.said, todo=_TODO)
                    raise InputError(problem) from error
                found = line[:_SHOWN].decode("utf-8", "replace").strip()
                self._set_aside(f"{place}is no JSON: {error.said} (column {error.column:,})", found)
                continue
            for record in _below(value, path) if path else [value]:
                self._take(record, place)
            if file.tell() - told > _TELL_EVERY:
                told = file.tell()
                self._visit.progress(f"reading {self._visit.name}", told / size)

    def _take(self, record: Value, place: str) -> None:
        if not isinstance(record, dict):
            shown = cell(record) if not isinstance(record, list) else "a list"
            return self._set_aside(f"{place}is no record: a record is an object with names and values", shown)
        try:
            rows = list(self.found.rows(record))
        except RecursionError:
            return self._set_aside(f"{place}is nested too deeply", None)
        for row in rows:
            self._rows.add(row)
        return None

    def _set_aside(self, reason: str, found: str | None) -> None:
        number = self._rows.count + len(self.misfits) + 1
        self.misfits.append(RejectedRow(self._visit.name, number, None, found and found[:_SHOWN], reason))
        if len(self.misfits) > MOST_MISFITS:
            problem = Problem(f"more than {MOST_MISFITS:,} rows are no records", file=self._visit.name, row=number)
            raise InputError(problem)


def _lines_of(file: BinaryIO, name: str) -> Iterator[bytes]:
    number = 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        if len(line) > MOST_LINE:
            text_ = f"a line is longer than {MOST_LINE:,} bytes"
            raise InputError(Problem(text_, file=name, line=number, todo="export fewer records in one line"))
        yield line


def _as_utf8(visit: Visit) -> Path:
    encoding = text.encoding_of(visit.plain.path, None, visit.name)
    if not encoding.startswith(("utf-16", "utf-32")):  # JSON is UTF-8; what is not is named where it stands
        return visit.plain.path
    target = visit.engine.new_path(".json")
    text.transcode(
        visit.plain.path,
        encoding,
        target,
        visit.name,
        lambda share: visit.progress(f"decoding {visit.name}", share),
    )
    return target


def _are_lines(path: Path, name: str) -> bool:
    """Whether each line is a record of its own: the first one is an object, whole, and another one follows."""
    with path.open("rb") as file:
        first = b""
        while not first and (line := file.readline(MOST_LINE)):
            first = line.removeprefix(b"\xef\xbb\xbf").strip(_BLANK)
        following = file.read(1 << 16).lstrip(_BLANK)
    if name.lower().endswith((".jsonl", ".ndjson")):
        return first != b"{" and not first.startswith(b"[")
    if not (first.startswith(b"{") and following.startswith(b"{")):
        return False
    try:
        return isinstance(parse(first.decode("utf-8")), dict)
    except (NotJson, UnicodeDecodeError):
        return False


def _document(path: Path, name: str) -> Value:
    if path.stat().st_size > MOST_DOCUMENT:
        expected = f"at most {MOST_DOCUMENT:,} bytes in one JSON document"
        todo = "write JSON Lines, one record in each line (as jq -c '.result[]' does): these may be of any size"
        raise RequestError(Problem("is too large for one document", file=name, expected=expected, todo=todo))
    data = path.read_bytes()
    try:
        return parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise text.undecodable(path, "utf-8", error.start, name) from error
    except NotJson as error:
        what = "breaks off" if error.breaks_off else "is damaged: from here on it is no JSON"
        found = f"{error.said} (column {error.column:,})"
        raise InputError(Problem(what, file=name, line=error.line, found=found, todo=_TODO)) from error


def _records_in(document: Value, visit: Visit) -> list[Value]:
    """The records of a document: where the mapping says, or the only list of objects that there is."""
    path = visit.spec.layout.records
    if isinstance(document, list):
        return [record for one in document for record in (_below(one, path) if path else [one])]
    if not isinstance(document, dict):
        raise RequestError(Problem("holds no records", file=visit.name, found=cell(document), expected="JSON objects"))
    if path:
        found = _below(document, path)
        if found == [document]:
            raise RequestError(_no_list(f'there is no list "{path}"', document, visit))
        return found
    lists = [key for key, value in document.items() if isinstance(value, list) and _of_objects(value)]
    filled = [key for key in lists if document[key]] or lists
    if len(filled) == 1:
        return list(document[filled[0]])
    if not filled and _is_record(document, visit):
        return [document]
    text_ = "it is not clear which of its lists holds the records" if filled else "there is no list of records"
    raise RequestError(_no_list(text_, document, visit))


def _is_record(document: dict[str, Value], visit: Visit) -> bool:
    """Whether a document is one record: it has the ticket."""
    aliases = dict(visit.spec.aliases).get(visit.spec.ticket, ())
    looking = Records([visit.spec.ticket, *aliases], None)
    return any(cell is not None for row in looking.rows(document) for cell in row)


def _below(value: Value, path: str) -> list[Value]:
    """The elements of the list at a dotted path; the value itself where there is no such path."""
    node = value
    for key in path.split("."):
        if not isinstance(node, dict) or key not in node:
            return [value]
        node = node[key]
    if isinstance(node, list):
        return node
    return [] if node is None else [node]


def _of_objects(values: list[Value]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _no_list(what: str, document: dict[str, Value], visit: Visit) -> Problem:
    lists = list(lists_in(document))[:10]
    found = "lists of records at " + ", ".join(lists) if lists else "keys " + ", ".join(list(document)[:20])
    todo = "name the path to the records in the mapping, as in export: {records: result}"
    return Problem(what, file=visit.name, found=found, todo=todo)
