"""For each format: how such a file is called, what to look for in it, and small whole files to begin with."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from mining.core.export import ExportSpec, Layout, Shape, TimeSpec

sys.path.append(str(Path(__file__).parents[1] / "sources"))

from workbook_builder import parts, sheet, workbook

ROWS = [
    ["number", "updated", "state", "group"],
    ["INC1", "2024-03-01 10:00:00", "New", "Desk"],
    ["INC1", "2024-03-01T11:00:00Z", 'Act"ive', None],
    ["INC2", "", "Ünsicher\nzwei", "Desk"],
]

TABLE = ExportSpec(
    shape=Shape.SNAPSHOTS,
    ticket="number",
    time=TimeSpec("updated", zone="Europe/Berlin"),
    event="state",
    used=("state", "group"),
    order_by=("group",),
    optional=("group",),
)
CHANGES = replace(
    TABLE,
    ticket="key",
    time=TimeSpec("log.created"),
    event="log.items.to",
    used=("log.items.to", "fields.tags", "fields.a.b"),
    order_by=(),
    optional=("fields.tags", "fields.a.b", "log.items.to"),
    layout=Layout(expand="log.items"),
)
XES = replace(
    TABLE,
    ticket="case:concept:name",
    time=TimeSpec("time:timestamp"),
    event="concept:name",
    used=("concept:name", "case:impact"),
    order_by=(),
    optional=("case:impact", "concept:name"),
)
OCEL = replace(
    TABLE,
    ticket="ocel:oid",
    time=TimeSpec("ocel:timestamp"),
    event="ocel:activity",
    used=("ocel:activity", "who", "object:state"),
    order_by=(),
    optional=("who", "object:state"),
)


@dataclass(frozen=True)
class Kind:
    """One format. `around` makes a file of bytes that are only the part of it which is worth changing."""

    suffix: str
    spec: ExportSpec
    seeds: tuple[bytes, ...]
    around: bytes | None = None


def _csv() -> bytes:
    """With a column before all others that nobody reads."""
    lines = ["remark," + ",".join(f'"{cell}"'.replace('t"i', 't""i') if cell else "" for cell in row) for row in ROWS]
    return ("\n".join(lines) + "\n").encode()


_EVENT = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="{}"/></event>'
_TRACE = (
    '<trace><string key="concept:name" value="A"/><string key="impact" value="&amp;ü"/>'
    f"{_EVENT.format('Open', '2024-03-01T10:00:00+01:00')}{_EVENT.format('Close', 'x')}</trace>"
)
_XES = f'<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0"><!-- c -->{_TRACE}</log>'

_ISSUES = [
    {
        "key": "A-1",
        "fields": {"tags": ["a", "b"], "a.b": 1.50},
        "log": [{"created": "2024-03-01", "items": [{"to": "x"}]}],
    },
    {"key": "A-2", "fields": {"a": {"b": None}}, "log": [{"created": "2024-03-02", "items": []}, {"created": True}]},
    {"key": 7e3, "log": []},
]

_OCEL = {
    "eventTypes": [{"name": "Open", "attributes": [{"name": "who", "type": "string"}]}],
    "objectTypes": [{"name": "ticket", "attributes": [{"name": "state", "type": "string"}]}],
    "objects": [
        {
            "id": "T1",
            "type": "ticket",
            "attributes": [{"name": "state", "time": "2024-01-01T00:00:00Z", "value": "new"}],
        }
    ],
    "events": [
        {
            "id": "e1",
            "type": "Open",
            "time": "2024-03-01T10:00:00Z",
            "attributes": [{"name": "who", "value": "desk"}],
            "relationships": [{"objectId": "T1", "qualifier": "q"}],
        }
    ],
}

_OCEL_XML = (
    '<?xml version="1.0"?><log><object-types><object-type name="ticket"><attributes>'
    '<attribute name="state"/></attributes>'
    '</object-type></object-types><event-types><event-type name="Open"/></event-types><objects><object id="T1" '
    'type="ticket"><attributes><attribute name="state" time="2024-01-01">new</attribute></attributes></object>'
    "</objects>"
    '<events><event id="e1" type="Open" time="2024-03-01T10:00:00"><attributes><attribute name="who">desk</attribute>'
    '</attributes><objects><relationship object-id="T1" qualifier="q"/></objects></event></events></log>'
)

OCEL_TABLES = """
CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
CREATE TABLE event_Open (ocel_id TEXT, ocel_time TIMESTAMP, who TEXT);
CREATE TABLE object_ticket (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT, state TEXT);
INSERT INTO event_map_type VALUES ('Open', 'Open'); INSERT INTO object_map_type VALUES ('ticket', 'ticket');
INSERT INTO object VALUES ('T1', 'ticket'); INSERT INTO event VALUES ('e1', 'Open');
INSERT INTO event_object VALUES ('e1', 'T1', 'q');
INSERT INTO event_Open VALUES ('e1', '2024-03-01 10:00:00', 'desk');
INSERT INTO object_ticket VALUES ('T1', '2024-01-01 00:00:00', NULL, 'new');
"""


def sqlite_file(script: str = OCEL_TABLES) -> bytes:
    """The bytes of a database that `script` makes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.sqlite"
        database = sqlite3.connect(path)
        database.execute("PRAGMA page_size = 512")
        database.executescript(script)
        database.commit()
        database.close()
        return path.read_bytes()


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    columns = [[row[i] for row in ROWS[1:]] for i in range(4)]
    pq.write_table(pa.table(columns, names=ROWS[0]), out)
    return out.getvalue()


def kinds() -> dict[str, Kind]:
    """The formats by their names."""
    text = json.dumps(_ISSUES)
    return {
        "csv": Kind(".csv", TABLE, (_csv(), _csv().replace(b",", b";").replace(b"\n", b"\r\n"), _csv() + b"a,b\n")),
        "xes": Kind(".xes", XES, (_XES.encode(), _XES.replace("UTF-8", "utf-16").encode("utf-16"))),
        "json": Kind(".json", CHANGES, (text.encode(), json.dumps({"n": 1, "issues": _ISSUES}, indent=1).encode())),
        "jsonl": Kind(".jsonl", CHANGES, ("".join(json.dumps(issue) + "\n" for issue in _ISSUES).encode(),)),
        "xlsx": Kind(".xlsx", TABLE, (sheet(ROWS).encode(), workbook(ROWS)), around=b"<"),
        "ocel-json": Kind(".jsonocel", OCEL, (json.dumps(_OCEL).encode(),)),
        "ocel-xml": Kind(".xmlocel", OCEL, (_OCEL_XML.encode(),)),
        "sqlite": Kind(".sqlite", OCEL, (sqlite_file(),)),
        "parquet": Kind(".parquet", TABLE, (_parquet(),)),
    }


def as_file(kind: Kind, data: bytes) -> bytes:
    """The file that `data` stands for: itself, or the workbook around the XML of one sheet."""
    if kind.around is None or not data.startswith(kind.around):
        return data
    from workbook_builder import packed

    return packed({**parts([""], ["Sheet1"]), "xl/worksheets/sheet1.xml": data})
