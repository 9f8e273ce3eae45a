"""Streams that the window of the export cuts: not over when it closes, or begun before it opened."""

from __future__ import annotations

from mining.core.streams import Streams
from mining.core.tables import Tables
from mining.core.timing import WindowCut

_EARLY = 4  # one in four: streams of the first quarter of the window may have begun before it
FEWEST_LATER = 20
"""With fewer streams that begin later, nothing can be said."""
_EXPECTED = 5
"""So many streams would have to begin so later, if they did as often as early on, before it says something that none
does: by chance that happens in one of 150 cases (Poisson)."""


def window_cut(tables: Tables, streams: Streams) -> WindowCut:
    """Count the streams that the window of the export cuts.

    A stream that appears in the first quarter of the window, with a visit with which not one of the streams begins that
    appear later, although some would be expected to, is taken to have begun before the window. Streams that happen to
    be cut where others begin are not seen, so there are at least as many.
    """
    import pyarrow as pa

    paths = [path for path in streams.paths if path.visits]
    begins = tables.put(
        pa.table(
            {
                "of_path": pa.array([path.id for path in paths], pa.int32()),
                "begins": pa.array([path.visits[0] for path in paths], pa.int32()),
            }
        ),
        "begins",
    )
    early_until = streams.first_event + (streams.last_event - streams.first_event) // _EARLY
    joined = streams.table.inner_join(begins, streams.table.path == begins.of_path)
    by_label = joined.group_by("begins").aggregate(
        early=(joined["first"] <= early_until).sum(), later=(joined["first"] > early_until).sum()
    )
    rows = tables.fetch(by_label, limit=max(len(streams.labels), 1)).to_pylist()
    early, later = (sum(row[name] for row in rows) for name in ("early", "later"))
    cut = sum(row["early"] for row in rows if not row["later"] and row["early"] * later >= _EXPECTED * early)
    return WindowCut(
        streams=streams.cases,
        open=streams.open if streams.can_end else None,
        early=early,
        later=later,
        begun_before=cut if later >= FEWEST_LATER else None,
    )
