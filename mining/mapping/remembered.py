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
_MOST_LAYERS = 10  # files of one entry: with more, all are

Decide = Callable[[Tables, EventTable, Mapping], "ir.Table"]


@dataclass(frozen=True, slots=True)
class _Grown:
    """The rows that an earlier run had not."""

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
        if same is not None and (rows := self._taken(tables, same)) is not None:
            return rows
        grown = self._grown_from(tables, family, events, mapping)
        cache.used["logs mapped" if grown is None else "logs mapped in part"] += 1
        if grown is None:
            rows = anew = decide(tables, events, mapping)
            before: tuple[str, ...] = ()
        else:
            rows, anew, before = grown
        told_of = {"pieces": told}
        cache.put(KIND, family, key, told_of, write=lambda path: tables.write_parquet(anew, path), before=before)
        if grown is not None:
            tables.drop(anew)
        return rows

    def _taken(self, tables: Tables, entry: Entry) -> ir.Table | None:
        try:
            return tables.keep(_layers(tables, entry), "rows")
        except MiningError as error:
            self.cache.damaged(entry.path, error.problems[0].text)
            return None

    def _grown_from(
        self, tables: Tables, family: str, events: EventTable, mapping: Mapping
    ) -> tuple[ir.Table, ir.Table, tuple[str, ...]] | None:
        """Where an earlier export is found of which this one holds all rows and more: the decided rows, those of them
        that were decided anew, and the files that hold the others."""
        pieces = self.whole.pieces
        for entry in self.cache.family(KIND, family):
            grown = _grown(pieces, entry.told["pieces"])
            if grown is None:
                continue
            few = grown.rows_new <= _MOST_NEW * sum(piece.rows for piece in pieces) and len(entry.parts) < _MOST_LAYERS
            if not few or not self.cache.is_whole(entry):
                return None
            try:
                rows, anew = self._together(tables, _layers(tables, entry), grown, events, mapping)
            except MiningError as error:
                self.cache.damaged(entry.path, error.problems[0].text)
                return None
            return rows, anew, entry.parts
        return None

    def _together(
        self, tables: Tables, old: ir.Table, grown: _Grown, events: EventTable, mapping: Mapping
    ) -> tuple[ir.Table, ir.Table]:
        """The tickets that have a new row decided anew, with the others, and alone."""
        import ibis

        row = self.whole.table.row
        is_new = [(row >= begin) & (row < end) for begin, end in grown.new]
        new = self.whole.table.filter(ibis.or_(*is_new) if is_new else ibis.literal(value=False))
        touched = tables.keep(new.select("ticket_id").distinct(), "touched")
        theirs = tables.keep(events.table.semi_join(touched, "ticket_id"), "touched_rows")
        anew = decide(tables, replace(events, table=theirs), mapping)
        others = old.anti_join(touched, old.case_id == touched.ticket_id).select(*anew.columns)
        rows = tables.keep(ibis.union(others.cast(anew.schema()), anew, distinct=False), "rows")
        for table in (theirs, touched):
            tables.drop(table)
        return rows, anew


def _layers(tables: Tables, entry: Entry) -> ir.Table:
    """The rows of an entry: each of its files holds tickets that were decided anew, instead of what files before it say
    of them."""
    import ibis

    *earlier, last = (tables.scan_parquet([file]) for file in entry.files)
    found, later = [last], last.select("case_id")
    for layer in reversed(earlier):
        found.append(layer.anti_join(later, "case_id"))
        later = ibis.union(later, layer.select("case_id"), distinct=False)
    return ibis.union(*found, distinct=False) if len(found) > 1 else last


def _asked(mapping: Mapping) -> tuple[Any, ...]:
    return mapping.rules, mapping.otherwise, mapping.system_actors, mapping.demand, mapping.export


def _grown(pieces: Sequence[Piece], earlier: Sequence[Sequence[Any]]) -> _Grown | None:
    """Which rows are new since an earlier run; None where one of its rows is gone, or has another number."""
    new = []
    begin = begin_then = at = 0
    for piece in pieces:
        stands = begin
        if at < len(earlier) and tuple(earlier[at]) in ((piece.key, piece.rows), *piece.earlier):
            if begin != begin_then:
                return None
            stands += int(earlier[at][1])
            begin_then = stands
            at += 1
        begin += piece.rows
        if stands < begin:
            new.append((stands, begin))
    return _Grown(tuple(new)) if at == len(earlier) else None
