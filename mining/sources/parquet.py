"""Parquet: columns of any type; time stamps are taken as they are, everything else as text."""

from __future__ import annotations

from mining.core.errors import Fault, Problem, RequestError
from mining.sources.opened import Opened, Visit, damaged

NAME = "Parquet"


def fits(name: str, head: bytes) -> bool:
    """Parquet begins with its own mark."""
    return head.startswith(b"PAR1") or name.lower().endswith(".parquet")


def open_file(visit: Visit) -> Opened:
    """The file as the engine scans it."""
    path = visit.engine.readable(visit.plain.path)
    try:
        scan = visit.engine.scan_parquet([path])
    except Fault as error:
        raise damaged(error, NAME, visit.name) from error
    columns = tuple(scan.columns)
    if not columns:
        raise RequestError(Problem("has no columns", file=visit.name))
    scan = scan.select(**{f"c{i}": scan[name] for i, name in enumerate(columns)})
    return Opened(format=NAME, path=path, columns=columns, scan=scan, decoded_by_engine=True)
