"""Streams that the window of the export cuts: not over when it closes, or begun before it opened."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.core.timing import WindowCut

if TYPE_CHECKING:
    import ibis.expr.types as ir

_EARLY = 4  # a quarter
FEWEST_LATER = 20
"""With fewer streams that appear later, nothing can be said."""
_SIGMA = 3
"""So many standard deviations more often than later must a beginning be met early on before that counts: by chance that
happens to one of 700."""
_SELDOM = 0.05
"""What more of the later streams appear with is a beginning like others: how often it is met changes with the work."""
_NO_VISIT = -1


def window_cut(tables: Tables, streams: Streams, *, demand_known: bool) -> WindowCut:
    """Count the streams that the window of the export cuts.

    Streams that began before the window appear in its early part, and in the middle of their way. So what appears more
    often early on than later, by a visit that streams seldom appear with, is taken to have begun before the window.
    Streams that happen to be cut where others begin are not seen, so there are at least as many; but where streams
    begin otherwise than they used to, that looks the same. Where a column tells when demand arose (`demand_known`), the
    beginning is known, and nothing needs to be taken.
    """
    appear = _appear(tables, streams)
    found = [_begun_before(tables, streams, appear, until) for until in _early_until(tables, streams, appear)]
    early, later, cut = max(found, key=lambda one: one[2] or 0)
    return WindowCut(
        streams=streams.cases,
        open=streams.open if streams.can_end else None,
        early=early,
        later=later,
        begun_before=None if demand_known else cut,
    )


def _appear(tables: Tables, streams: Streams) -> ir.Table:
    """One row a stream on a known path: `begins`, the label of its first visit or `_NO_VISIT`, and `first`, when it
    appears."""
    import pyarrow as pa

    begins = tables.put(
        pa.table(
            {
                "of_path": pa.array([path.id for path in streams.paths], pa.int32()),
                "begins": pa.array(
                    [path.visits[0] if path.visits else _NO_VISIT for path in streams.paths], pa.int32()
                ),
            }
        ),
        "begins",
    )
    return streams.table.inner_join(begins, streams.table.path == begins.of_path).select("begins", "first")


def _early_until(tables: Tables, streams: Streams, appear: ir.Table) -> list[int]:
    """The end of the first quarter of the window; and when a quarter of the streams have appeared, since one wrong date
    makes a window of which the first quarter is empty."""
    ranked = tables.fetch(appear.aggregate(quarter=tables.nearest_ranks(appear["first"], [1 / _EARLY])), limit=1)
    quarter = ranked["quarter"][0].as_py() or []
    by_time = streams.first_event + (streams.last_event - streams.first_event) // _EARLY
    return sorted({by_time, *quarter})


def _begun_before(tables: Tables, streams: Streams, appear: ir.Table, until: int) -> tuple[int, int, int | None]:
    """How many streams appear until then, how many later, and at least how many of the former began before the window;
    None where too few appear later."""
    by_label = appear.group_by("begins").aggregate(
        early=(appear["first"] <= until).sum(), later=(appear["first"] > until).sum()
    )
    rows = tables.fetch(by_label, limit=len(streams.labels) + 1).to_pylist()
    early, later = (sum(row[name] for row in rows) for name in ("early", "later"))
    if later < FEWEST_LATER:
        return early, later, None
    return early, later, sum(_excess(row["early"], early, row["later"], later) for row in rows)


def _excess(early: int, of_early: int, late: int, of_late: int) -> int:
    """By how many the early ones are more than the share of the later ones makes expect; 0 where that may be chance, or
    where the later ones do not seldom appear so."""
    if late > _SELDOM * of_late:
        return 0
    ratio = (early + late) / (of_early + of_late)
    chance = _SIGMA * sqrt(of_early * ratio * (1 - ratio) * (1 + of_early / of_late))
    more = early - of_early * late / of_late
    return int(more) if more > chance else 0
