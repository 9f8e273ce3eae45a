"""The log of Acme's desk: a first line "#ACME DESK", then a line an event: time | ticket | what happened."""

import pyarrow as pa
import pyarrow.parquet as pq

from mining.core.errors import Problem, RequestError
from mining.core.events import RejectedRow
from mining.sources.opened import Opened, Visit, from_parquet

PROTOCOL = 1
NAME = "Acme desk log"
SUFFIXES = (".desk",)
COLUMNS = ("time", "ticket", "event")


def fits(name: str, head: bytes) -> bool:
    return head.startswith(b"#ACME DESK")


def open_file(visit: Visit) -> Opened:
    rows, misfits = [], []
    with visit.plain.path.open(encoding="utf-8", errors="replace") as file:
        next(file)
        for number, line in enumerate(file, 1):
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) == len(COLUMNS):
                rows.append(cells)
            else:  # a row that cannot be read is set aside and told, never dropped
                reason = f"has {len(cells)} parts, not {len(COLUMNS)}"
                misfits.append(RejectedRow(visit.name, number, None, line.strip()[:100], reason))
    if not rows:
        raise RequestError(Problem("holds no events", file=visit.name, todo="export the log again"))
    path = visit.engine.new_path(".parquet")  # gone when the export has been read
    columns = zip(*rows, strict=True)
    pq.write_table(pa.table([pa.array(column, pa.string()) for column in columns], names=COLUMNS), path)
    return from_parquet(visit, path, NAME, misfits=tuple(misfits))
