"""Parquet: columns of any type; time stamps are taken as they are, everything else as text."""

from __future__ import annotations

from mining.sources.opened import Opened, Visit, from_parquet

NAME = "Parquet"


def fits(name: str, head: bytes) -> bool:
    """Parquet begins with its own mark."""
    return head.startswith(b"PAR1") or name.lower().endswith(".parquet")


def open_file(visit: Visit) -> Opened:
    """The file as the engine scans it."""
    return from_parquet(visit, visit.plain.path, NAME, decoded_by_engine=True)
