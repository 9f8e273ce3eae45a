"""What an earlier run decided of tickets of which nothing has come since.

What becomes of a row hangs on the rows of its own ticket alone. So where an export holds the same rows as an earlier
one and more, tickets with a new row are decided anew from their first row on, and all others are taken as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mining.core.cache import Cache, Entry, digest_of, program
from mining.core.errors import MiningError
from mining.core.events import EventTable, Piece
from mining.core.tables import Tables
from mining.mapping.model import Mapping
from mining.mapping.rows import decide, turning_in

if TYPE_CHECKING:
    import ibis.expr.types as ir

KIND = "decided"

_MOST_NEW = 0.5  # with a greater share of new rows, all are decided anew

Decide = Callable[[Tables, EventTable, Mapping], "ir.Table"]


@dataclass(frozen=True, slots=True)
class _Known:
    """A run of rows that an earlier run had: where they began then, how many they are, how far on they are now."""

    begin: int
    rows: int
    moved: int


@dataclass(frozen=True, slots=True)
class _Grown:
    known: tuple[_Known, ...]
    new: tuple[tuple[int, int], ...]  # from where to where

    @property
    def rows_new(self) -> int:
        return sum(end - begin for begin, end in self.new)


def deciding(cache: Cache | None, whole: EventTable, *, stage: str) -> Decide:
    """`rows.decide` with a memory. `whole` has all rows of the export, those too that come twice; `stage` tells apart
    what is decided of them and what is decided without those."""
    if cache is None or not whole.pieces or any(piece.key is None for piece in whole.pieces):
        return decide
    return _Deciding(cache, whole, stage)


@dataclass(frozen=True, slots=True)
class _Deciding:
    cache: Cache
    whole: EventTable
    stage: str

    def __call__(self, tables: Tables, events: EventTable, mapping: Mapping) -> ir.Table:
        cache, schema = self.cache, tuple(events.table.schema().items())
        told = [[piece.key, piece.rows] for piece in self.whole.pieces]
        hangs_on = (mapping.info.sha256, _asked(mapping), turning_in(events, mapping), schema, self.stage)
        family, key = digest_of(program(), *hangs_on), digest_of(told)
        same = cache.find(KIND, family, key)
        rows = None if same is None else self._taken(tables, same)
        if rows is None:
            rows = self._grown_from(tables, family, events, mapping)
            cache.used["logs mapped in part" if rows is not None else "logs mapped"] += 1
            rows = decide(tables, events, mapping) if rows is None else rows
            # The engine holds some whole numbers in 128 bits, and would write those as inexact ones.
            table = rows.cast({name: "int64" for name, kind in rows.schema().items() if kind.is_decimal()})
            cache.put(KIND, family, key, {"pieces": told}, write=lambda path: tables.write_parquet(table, path))
        return rows

    def _taken(self, tables: Tables, entry: Entry) -> ir.Table | None:
        try:
            found = tables.keep(tables.scan_parquet(entry.files), "rows")
        except MiningError as error:
            self.cache.damaged(entry.path, error.problems[0].text)
            return None
        return found

    def _grown_from(self, tables: Tables, family: str, events: EventTable, mapping: Mapping) -> ir.Table | None:
        """The decided rows, where an earlier export is found of which this one holds all rows and more."""
        pieces = self.whole.pieces
        for entry in self.cache.family(KIND, family):
            grown = _grown(pieces, entry.told["pieces"])
            if grown is None:
                continue
            if grown.rows_new > _MOST_NEW * sum(piece.rows for piece in pieces) or not self.cache.is_whole(entry):
                return None
            old = self._taken(tables, entry)
            return None if old is None else self._together(tables, old, grown, events, mapping)
        return None

    def _together(self, tables: Tables, old: ir.Table, grown: _Grown, events: EventTable, mapping: Mapping) -> ir.Table:
        """The tickets that have a new row decided anew, and beside them the others."""
        import ibis

        moved = old
        if any(one.moved for one in grown.known):
            places = [
                (old.row.between(one.begin, one.begin + one.rows - 1), old.row + one.moved) for one in grown.known
            ]
            moved = old.mutate(row=ibis.cases(*places))
        whole = self.whole.table
        is_new = [(whole.row >= begin) & (whole.row < end) for begin, end in grown.new]
        new = whole.filter(ibis.or_(*is_new) if is_new else ibis.literal(value=False))
        touched = tables.keep(new.select("ticket_id").distinct(), "touched")
        theirs = tables.keep(events.table.semi_join(touched, "ticket_id"), "touched_rows")
        anew = decide(tables, replace(events, table=theirs), mapping)
        others = moved.anti_join(touched, moved.case_id == touched.ticket_id).select(*anew.columns)
        rows = tables.keep(ibis.union(others.cast(anew.schema()), anew, distinct=False), "rows")
        for table in (old, theirs, anew, touched):
            tables.drop(table)
        return rows


def _asked(mapping: Mapping) -> tuple[Any, ...]:
    return mapping.rules, mapping.otherwise, mapping.system_actors, mapping.demand, mapping.export


def _grown(pieces: Sequence[Piece], earlier: Sequence[Sequence[Any]]) -> _Grown | None:
    """How the rows lie to those of an earlier run; None where one of those is gone, or they come in another order."""
    known, new = [], []
    begin = begin_then = at = 0
    for piece in pieces:
        stands = begin
        if at < len(earlier) and tuple(earlier[at]) in ((piece.key, piece.rows), *piece.earlier):
            rows = int(earlier[at][1])
            known.append(_Known(begin_then, rows, begin - begin_then))
            begin_then += rows
            stands += rows
            at += 1
        begin += piece.rows
        if stands < begin:
            new.append((stands, begin))
    return _Grown(tuple(known), tuple(new)) if at == len(earlier) else None
