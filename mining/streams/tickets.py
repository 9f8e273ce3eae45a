"""Streams of single tickets, whatever the analysis makes its cases of."""

from __future__ import annotations

from mining.core.events import MappedLog
from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.streams.build import build_streams


def streams_of_tickets(tables: Tables, mapped: MappedLog, found: Streams, *, max_paths: int) -> Streams:
    """`found`, unless its streams are of several tickets: then streams of each ticket by itself, built anew, without
    hand-offs; the caller drops their table."""
    if found.linked is None:
        return found
    return build_streams(tables, mapped, max_paths=max_paths, hand_offs=False)
