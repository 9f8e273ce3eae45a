"""A first look at an export that nobody has said anything about: what its columns hold, as far as figures can tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.core.profile import TOKENS, Asked, Column, ExportProfile, Grouping, Label, Pair
from mining.core.progress import Progress
from mining.sources.look_table import CUT, Gathered, Wanted, gather
from mining.sources.look_times import Times

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.engine.duck import Engine

MOST_LABELS = 200
"""A column with more texts than this holds no labels."""

_LONGEST_LABEL = 80
_LONGEST_NAME = 64  # of a ticket, or of what refers to one
_NUMBERED = r"^[A-Za-z][A-Za-z_]{0,9}[-#]?[0-9]{2,}$"
_MOST_PAIRS = 500
_WIDE = 100  # columns
_FEW = 20  # texts, up to which a column does not refer to tickets, unless they look like their numbers
Ask = Callable[[Sequence[Column], int], Asked]
"""From all columns and the number of rows: what to look at more closely."""


def look(engine: Engine, exports: Sequence[str | Path], ask: Ask, wanted: Wanted, progress: Progress) -> ExportProfile:
    """See `mining.sources.look`."""
    gathered = gather(engine, exports, wanted, progress)
    view = None
    try:
        progress("looking at the columns", None)
        view = _View(engine, gathered)
        columns = view.columns()
        asked = ask(columns, view.rows)
        groupings = tuple(view.grouped(ticket, columns) for ticket in asked.tickets)
        pairs = tuple(view.pair(first, second) for first, second in asked.pairs)
        before = view.times.before()
    finally:
        if view is None:
            engine.drop(gathered.table)
        else:
            view.close()
    return ExportProfile(
        file=gathered.file,
        files=gathered.files,
        format=gathered.format,
        rows=view.rows,
        columns=columns,
        groupings=groupings,
        before=before,
        pairs=pairs,
        notes=tuple(gathered.notes),
        expand=wanted.expand,
    )


class _View:
    """The gathered cells, with what stands for "nothing is known" taken out."""

    def __init__(self, engine: Engine, gathered: Gathered) -> None:
        self._engine, self._gathered = engine, gathered
        raw = gathered.table
        self.rows, self._tokens = self._count(raw)
        known = {f"c{i}": raw[f"c{i}"].isin(TOKENS).ifelse(None, raw[f"c{i}"]) for i in self._tokens}
        self._raw = raw if known and len(raw.columns) > _WIDE else None
        if known:  # a second table spares work at each look, but costs room for each column
            self.table = (engine.keep if self._raw is None else engine.named)(raw.mutate(**known), "look")
        else:
            self.table = raw
        if known and self._raw is None:
            engine.drop(raw)
        self.times = Times(engine, self.table, gathered)

    def columns(self) -> tuple[Column, ...]:
        """Each column as it is over all rows."""
        figures = self._one(self.table.aggregate(**self._figures()))
        self.times.sample()
        found = []
        for i, name in enumerate(self._gathered.columns):
            filled = figures[f"filled_{i}"]
            column = Column(
                name=name,
                filled=filled,
                distinct=figures[f"distinct_{i}"],
                longest=figures[f"longest_{i}"] or 0,
                tokens=self._tokens.get(i, ()),
                readings=self.times.readings(i, filled),
                typed=name in self._gathered.typed,
                whole=0 < filled == figures[f"whole_{i}"],
                lines=bool(figures[f"lines_{i}"]),
                numbered=round((figures[f"numbered_{i}"] or 0) / filled, 3) if filled else 0.0,
            )
            found.append(column)
        return tuple(self._with_labels(i, column) for i, column in enumerate(found))

    def _figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = {}
        for i in range(len(self._gathered.columns)):
            cell = self._cell(i)
            figures |= {
                f"filled_{i}": cell.count(),
                f"distinct_{i}": cell.approx_nunique(),
                f"longest_{i}": cell.length().max(),
                f"whole_{i}": self._engine.parse_integer(cell).count(),
                f"lines_{i}": (cell.contains("\n") | cell.contains("\r")).any(),
                f"numbered_{i}": self._engine.matches(cell, _NUMBERED).cast("int64").sum(),
            }
        return figures

    def _count(self, raw: ir.Table) -> tuple[int, dict[int, tuple[tuple[str, int], ...]]]:
        """The rows, and by column how often it holds something that stands for "nothing is known"."""
        asked = {f"any_{i}": raw[f"c{i}"].isin(TOKENS).any() for i in range(len(self._gathered.columns))}
        found = self._one(raw.aggregate(n=raw.count(), **asked))
        some = [i for i in range(len(self._gathered.columns)) if found[f"any_{i}"]]
        each = {
            f"t{i}_{j}": (raw[f"c{i}"] == token).cast("int64").sum() for i in some for j, token in enumerate(TOKENS)
        }
        counts = self._one(raw.aggregate(**each)) if each else {}
        return found["n"], {
            i: tuple((token, n) for j, token in enumerate(TOKENS) if (n := counts[f"t{i}_{j}"])) for i in some
        }

    def _with_labels(self, i: int, column: Column) -> Column:
        """The column with its texts, where there are few; its `distinct` is exact then."""
        import ibis

        if not _may_hold_labels(column):
            return column
        filled = self.table.filter(self._cell(i).notnull())
        times = {f"filled_{j}": filled[f"c{j}"].count() for j in self.times.columns}
        counted = filled.group_by(text=filled[f"c{i}"]).aggregate(rows=filled.count(), **times)
        counted = counted.order_by(ibis.desc("rows"), ibis.asc("text")).limit(MOST_LABELS + 1)
        found = self._engine.fetch(counted, limit=MOST_LABELS + 1).to_pylist()
        if len(found) > MOST_LABELS:
            return column
        names = {j: self._gathered.columns[j] for j in self.times.columns}
        labels = tuple(
            Label(row["text"], row["rows"], tuple((name, row[f"filled_{j}"]) for j, name in names.items()))
            for row in found
        )
        return replace(column, labels=labels, distinct=len(labels))

    def grouped(self, ticket: str, columns: Sequence[Column]) -> Grouping:
        """The rows by the column `ticket`."""
        name = f"c{self._gathered.columns.index(ticket)}"
        named = self.table.filter(self.table[name].notnull())
        asked: dict[str, Any] = {"rows": named.count()}
        for i in range(len(columns)):
            cell = named[f"c{i}"]
            asked |= {f"least_{i}": cell.min(), f"most_{i}": cell.max(), f"filled_{i}": cell.count()}
        tickets = self._engine.keep(named.group_by(ticket=named[name]).aggregate(**asked), "tickets")
        try:
            several = tickets.filter(tickets.rows > 1)
            varying = {
                f"v{i}": ((several[f"filled_{i}"] > 0) & ~_constant(several, i)).cast("int64").sum()
                for i in range(len(columns))
            }
            found = self._one(several.aggregate(n=several.count(), **varying))
            changing = {i: found[f"v{i}"] or 0 for i in range(len(columns))}
            return Grouping(
                ticket=ticket,
                tickets=self._one(tickets.aggregate(n=tickets.count()))["n"],
                several=found["n"],
                varying=tuple((columns[i].name, n) for i, n in changing.items()),
                later=self._later(several, changing, columns),
                refers=self._refers(tickets, name, columns),
            )
        finally:
            self._engine.drop(tickets)

    def _later(
        self, several: ir.Table, changing: dict[int, int], columns: Sequence[Column]
    ) -> tuple[tuple[str, int], ...]:
        """For times that never change: in how many tickets they are later than the ticket's first moment."""
        import ibis

        moving = [self.times.read(several[f"least_{i}"], i) for i in self.times.columns if changing[i]]
        still = [i for i in self.times.columns if not changing[i]]
        if not moving or not still:
            return ()
        first = ibis.least(*moving)
        asked = {
            f"l{i}": (self.times.read(several[f"most_{i}"], i) > first).fill_null(False).cast("int64").sum()
            for i in still
        }
        found = self._one(several.aggregate(**asked))
        return tuple((columns[i].name, found[f"l{i}"] or 0) for i in still)

    def _refers(self, tickets: ir.Table, name: str, columns: Sequence[Column]) -> tuple[tuple[str, float], ...]:
        """The share of cells that are the name of a ticket, of columns whose cells may be that."""
        may = [
            i
            for i, column in enumerate(columns)
            if f"c{i}" != name and column.filled and not column.is_time and column.longest <= _LONGEST_NAME
            if (column.distinct > _FEW or column.numbered > 0.5) and not column.lines
        ]
        if not may:
            return ()
        asked = {f"r{i}": self._cell(i).isin(tickets.ticket).cast("int64").sum() for i in may}
        found = self._one(self.table.aggregate(**asked))
        shares = {i: round((found[f"r{i}"] or 0) / columns[i].filled, 3) for i in may}
        return tuple((columns[i].name, share) for i, share in shares.items() if share)

    def pair(self, first: str, second: str) -> Pair:
        """Two columns together."""
        import ibis

        one, other = (f"c{self._gathered.columns.index(name)}" for name in (first, second))
        short = self.table.filter(self.table[one].length() + self.table[other].length() <= 2 * _LONGEST_LABEL)
        counted = short.group_by(a=short[one], b=short[other]).aggregate(rows=short.count())
        counted = counted.order_by(ibis.desc("rows"), ibis.asc("a"), ibis.asc("b")).limit(_MOST_PAIRS)
        found = self._engine.fetch(counted, limit=_MOST_PAIRS).to_pylist()
        return Pair(first, second, tuple((row["a"], row["b"], row["rows"]) for row in found))

    def close(self) -> None:
        """Free the cells."""
        for table in (self.table, self._raw):
            if table is not None:
                self._engine.drop(table)

    def _cell(self, i: int) -> ir.StringValue:
        cell: ir.StringValue = self.table[f"c{i}"]
        return cell

    def _one(self, table: ir.Table) -> dict[str, Any]:
        row: dict[str, Any] = self._engine.fetch(table, limit=1).to_pylist()[0]
        return row


def _may_hold_labels(column: Column) -> bool:
    few = 0 < column.distinct <= 1.2 * MOST_LABELS and column.longest <= _LONGEST_LABEL
    return few and not column.lines and not column.is_time


def _constant(several: ir.Table, i: int) -> ir.BooleanValue:
    filled = several[f"filled_{i}"] == several.rows
    same: ir.BooleanValue = filled & (several[f"least_{i}"] == several[f"most_{i}"])
    return same


__all__ = ["CUT", "MOST_LABELS", "look"]
