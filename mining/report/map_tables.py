"""The tables beside the maps."""

from __future__ import annotations

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.report import map_words, words
from mining.report.agreement import agreed, agreed_streams, compared
from mining.report.formats import NOTHING
from mining.report.hand_off_rows import HAND_OFF, hand_off_cells
from mining.report.map_parts import documented, passes
from mining.report.map_working import median_of, working_hand_offs
from mining.report.names import display, place
from mining.report.step_tally import step_map
from mining.report.tabular import Column, Table, Value, table


def map_tables(analysis: Analysis) -> tuple[Table | None, ...]:
    """Those that this analysis has."""
    return (_hand_offs(analysis), _steps(analysis), _passages(analysis), _compared(analysis))


def _hand_offs(analysis: Analysis) -> Table | None:
    shown = step_map(analysis)
    if shown is None:
        return None
    working = working_hand_offs(analysis)
    columns = (
        *HAND_OFF,
        *([Column(map_words.MEDIAN_WORKING, "work")] if working else []),
        Column("Documented to pass", "prose"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in shown.drawable:
        worked = [median_of(one, working)] if working else []
        rows.append((*hand_off_cells(one), *worked, passes(one) or None))
    left = shown.all - len(shown.drawable)
    note = f"{words.AFTER_VALUE} {map_words.BEYOND.format(n=left) if left else ''}".strip()
    return table("map-hand-offs", "Hand-offs on the map on steps", columns, rows, note)


def _steps(analysis: Analysis) -> Table | None:
    shown = step_map(analysis)
    if shown is None:
        return None
    columns = (
        Column("Activity"),
        Column("Step"),
        Column("Streams", "count"),
        Column("Visits", "count"),
        Column("Time before value", "duration"),
        Column("Share", "share"),
        Column("What the export shows", "prose"),
    )
    rows = [
        (
            display(one.step[0]),
            one.step[1] or map_words.NO_STEP,
            one.streams,
            one.visits,
            one.time,
            one.time_share,
            map_words.NEVER_SEEN if not one.streams else "" if one.box else map_words.NO_ROOM,
        )
        for one in shown.steps
    ]
    return table("map-steps", "The steps that the mapping can show", columns, rows)


def _passages(analysis: Analysis) -> Table | None:
    if not agreed_streams(analysis):
        return None
    columns = (Column("From"), Column("To"), Column("This export", "prose"), Column("Documented to pass", "prose"))
    rows = [
        (
            *_ends(one.source, one.target),
            map_words.CAN_SHOW if one.visible else map_words.NOT_SHOWN,
            documented(one.source, one.target) or NOTHING,
        )
        for one in agreed(analysis)
        if one.whole
    ]
    return table("map-passages", "Passages that are agreed", columns, rows)


def _compared(analysis: Analysis) -> Table | None:
    if not agreed_streams(analysis):
        return None
    columns = (
        Column("From"),
        Column("To"),
        Column("Agreed and seen", "prose"),
        Column("Passages", "count"),
        Column("Streams", "count"),
        Column("Median", "duration"),
        Column("85 % within", "duration"),
        Column("Documented to pass", "prose"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in compared(analysis):
        said = map_words.SKIPPING if one.skipping else one.agreement.display
        seen, times = one.seen, one.seen.times if one.seen else None
        figures = (None, None) if seen is None else (seen.count, seen.streams)
        quantiles = (None, None) if times is None else (times.median, times.p85)
        rows.append(
            (*_ends(one.source, one.target), said, *figures, *quantiles, documented(one.source, one.target) or NOTHING)
        )
    return table("map-compared", "Passages that are agreed, seen, or both", columns, rows)


def _ends(source: Activity | None, target: Activity | None) -> tuple[str, str]:
    return place(source, None, otherwise=words.DEMAND), place(target, None, otherwise=words.VALUE)
