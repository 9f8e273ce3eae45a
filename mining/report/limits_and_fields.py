"""What a reference stream asks for beside its steps: limits on time, and fields at hand-offs. Their tables, and what
`result.json` says of them."""

from __future__ import annotations

from typing import Any

from mining.core.analysis import Analysis
from mining.core.results import Conformance
from mining.report import deviation_words as words
from mining.report.formats import share
from mining.report.hand_off_rows import TIMES, times_cells
from mining.report.language import told
from mining.report.names import display
from mining.report.tabular import Column, Table, table
from mining.report.times_as_json import quantiles_block

Json = dict[str, Any]


def limits_table(analysis: Analysis) -> Table | None:
    """The limits on time of the reference stream, and how they were kept."""
    found = analysis.conformance
    if found is None or not found.limits:
        return None
    columns = (
        Column("What was agreed"),
        Column("Passages", "count"),
        Column("Too slow", "count"),
        Column("Share", "share"),
        Column("Streams", "count"),
        *TIMES,
        Column("Open, too slow already", "count"),
        Column("What the export shows", "prose"),
    )
    rows = []
    for one in found.limits:
        times = one.times
        n = 0 if times is None else times.n
        said = "" if one.observable else words.LIMIT_NOT_OBSERVABLE
        rows.append(
            (
                told(one.sentence),
                n,
                one.late,
                share(one.late, n),
                one.late_streams,
                *times_cells(times),
                one.open_late_streams,
                said,
            )
        )
    return table("limits", words.LIMITS_CAPTION, columns, rows, words.LIMITS)


def limits_block(found: Conformance) -> list[Json]:
    """The limits on time in `result.json`."""
    return [
        {
            "sentence": one.sentence,
            "from": one.source,
            "to": one.target,
            "within_us": one.within,
            "observable": one.observable,
            "times": quantiles_block(one.times),
            "late": one.late,
            "late_streams": one.late_streams,
            "working": one.working,
            "open_running": one.open_running,
            "open_overdue": one.open_overdue,
            "open_late_streams": one.open_late_streams,
        }
        for one in found.limits
    ]


def fields_table(analysis: Analysis) -> Table | None:
    """The fields that the reference stream asks for at hand-offs, and how often they were filled."""
    found = analysis.conformance
    if found is None or not found.fields:
        return None
    columns = (
        Column("From"),
        Column("To"),
        Column("Field"),
        Column("Passages", "count"),
        Column("Filled", "count"),
        Column("Share", "share"),
        Column("What the export shows", "prose"),
    )
    rows = [
        (
            display(one.source),
            display(one.target),
            one.field,
            one.passages,
            one.filled if one.observable else None,
            share(one.filled, one.passages) if one.observable else None,
            "" if one.observable else words.FIELD_NOT_OBSERVABLE,
        )
        for one in found.fields
    ]
    return table("hand-off-fields", words.FIELDS_CAPTION, columns, rows, words.FIELDS)


def fields_block(found: Conformance) -> list[Json]:
    """The fields at hand-offs in `result.json`."""
    return [
        {
            "source": one.source.value,
            "target": one.target.value,
            "field": one.field,
            "observable": one.observable,
            "passages": one.passages,
            "filled": one.filled,
        }
        for one in found.fields
    ]
